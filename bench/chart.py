"""Bars on a logarithmic scale, as an SVG that reads on light and dark pages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

__all__ = ("Bar", "Chart", "drawn")

WIDTH, ROW, TOP, LEFT, RIGHT = 720, 26, 44, 220, 90
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1a1a1a}.title{font-weight:600}"
    ".ours{fill:#0b6e4f}.theirs{fill:#9aa3a8}.tail{stroke:#1a1a1a;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.ours{fill:#4cc38a}.theirs{fill:#6b7378}"
    ".tail{stroke:#eee}}"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One side: a value, and where there is one the value that 99 of 100 stay below."""

    name: str
    value: float
    tail: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A title and its bars."""

    title: str
    bars: tuple[Bar, ...]


def drawn(chart: Chart) -> str:
    """The chart as one SVG document.

    >>> drawn(Chart("Speed", (Bar("Rota", 100), Bar("Other", 10)))).count("<rect")
    2
    """
    values = [value for bar in chart.bars for value in (bar.value, bar.tail) if value]
    low = math.floor(math.log10(min(values))) - 0.1 if values else 0
    high = math.log10(max(values)) if values else 1
    scale = (WIDTH - LEFT - RIGHT) / max(high - low, 0.1)

    def across(value: float) -> float:
        return max(1.0, (math.log10(value) - low) * scale)

    rows = []
    for number, bar in enumerate(chart.bars):
        y = TOP + number * ROW
        kind = "ours" if bar.name.startswith("Rota") else "theirs"
        wide, end = across(bar.value), across(bar.tail or bar.value)
        words = figure(bar.value) + (f" / {figure(bar.tail)}" if bar.tail is not None else "")
        rows.append(
            f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(bar.name)}</text>'
            f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{wide:.1f}" height="18" rx="2"/>'
        )
        if bar.tail is not None:
            rows.append(
                f'<path class="tail" d="M{LEFT + wide:.1f} {y + 9}H{LEFT + end:.1f}'
                f'M{LEFT + end:.1f} {y + 4}v10"/>'
            )
        rows.append(f'<text x="{LEFT + end + 6:.1f}" y="{y + 13}">{words}</text>')
    height = TOP + len(chart.bars) * ROW + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{escape(chart.title)}</title><style>{STYLE}</style>"
        f'<text class="title" x="0" y="18">{escape(chart.title)} (logarithmic)</text>'
        f"{''.join(rows)}</svg>\n"
    )


def figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
