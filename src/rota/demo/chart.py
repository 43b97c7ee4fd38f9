"""The weekly report's chart: SVG made on the server, coloured by the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ("week_chart",)

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WIDTH, HEIGHT = 420, 230
LEFT, RIGHT, TOP, BOTTOM = 34, 412, 26, 200
BAR = 30


def week_chart(title: str, week: Sequence[int], before: Sequence[int]) -> str:
    """Seven bars, and a short line across each where the week before stood.

    >>> week_chart("Views", [1, 2, 3, 4, 5, 6, 7], [0] * 7).startswith("<svg ")
    True
    """
    ceiling = _ceiling(max((*week, *before, 1)))
    step = (RIGHT - LEFT) / 7
    days = (_day(LEFT + step * (n + 0.5), DAYS[n], week[n], before[n], ceiling) for n in range(7))
    told = ", ".join(f"{day} {views}" for day, views in zip(DAYS, week, strict=True))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(title)}</title><desc>{told}</desc>"
        f"{_grid(ceiling)}{''.join(days)}</svg>"
    )


def _day(middle: float, name: str, views: int, before: int, ceiling: int) -> str:
    top, earlier = _height(views, ceiling), _height(before, ceiling)
    words = f"{name}: {views} views, {before} the week before"
    # inside the bar if it fits there: above it stands the line of the week before
    inside = BOTTOM - top > 20
    number = (
        f'<text class="number{" inside" if inside else ""}" x="{middle:.1f}" '
        f'y="{BOTTOM - 7 if inside else top - 6:.1f}">{views}</text>'
    )
    return (
        f"<g><title>{words}</title>"
        f'<rect class="bar" x="{middle - BAR / 2:.1f}" y="{top:.1f}" width="{BAR}" '
        f'height="{BOTTOM - top:.1f}"/>'
        f'<line class="earlier" x1="{middle - BAR / 2 - 4:.1f}" x2="{middle + BAR / 2 + 4:.1f}" '
        f'y1="{earlier:.1f}" y2="{earlier:.1f}"/>'
        f'{number}<text class="day" x="{middle:.1f}" y="{BOTTOM + 18}">{name}</text></g>'
    )


def _grid(ceiling: int) -> str:
    marks = (0, ceiling // 2, ceiling)
    return "".join(
        f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{_height(mark, ceiling):.1f}" '
        f'y2="{_height(mark, ceiling):.1f}"/>'
        f'<text class="scale" x="{LEFT - 6}" y="{_height(mark, ceiling) + 4:.1f}">{mark}</text>'
        for mark in marks
    )


def _height(value: int, ceiling: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / ceiling


def _ceiling(largest: int) -> int:
    """The round number that the scale ends with."""
    size = 10
    while True:
        for factor in (1, 2, 3, 4, 5, 6, 8):
            if size * factor >= largest:
                return size * factor
        size *= 10
