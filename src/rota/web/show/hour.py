"""The next hour as a drawing: every minute's starts, and which minutes are crowded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rota.web.show.times import Viewer

__all__ = ("CROWD", "Hour", "Mark", "Minute", "next_hour")

CROWD = 8  # starts within one minute that are worth a word
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Minute:
    """The starts of one minute."""

    x: float  # percent
    height: float
    label: str
    crowd: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Hour:
    """A drawn hour, and its starts in words."""

    minutes: list[Minute]
    marks: list[Mark]
    starts: int
    first: list[tuple[datetime, str, str, str]]  # first time, schedule, title, how often
    tasks: int
    goes_on: float | None = None  # right of this more starts than is drawn


def next_hour(
    starts: Iterable[tuple[datetime, str, str]], viewer: Viewer,
    cut: Mapping[str, datetime] | None = None, listed: int = 8,
) -> Hour:  # fmt: skip
    """The hour from the viewer's now, of starts as (time, schedule, title). `cut` says how far the
    schedules are known that start more often than was asked.
    """
    cut = cut or {}
    coming = sorted(one for one in starts if viewer.now <= one[0] <= viewer.now + HOUR)
    together: dict[datetime, list[str]] = {}
    for time, _, title in coming:
        together.setdefault(time.replace(second=0, microsecond=0), []).append(title)
    often = Counter(name for _, name, _ in coming)
    first = {
        name: (time, name, title, times_of(often[name], name in cut))
        for time, name, title in reversed(coming)
    }
    return Hour(
        [minute_of(at, titles, viewer) for at, titles in together.items()],
        list(axis(viewer)), len(coming), sorted(first.values())[:listed], len(first),
        place(min(cut.values()), viewer) if cut else None,
    )  # fmt: skip


def times_of(often: int, more: bool) -> str:
    """How often, where it is more than once.

    >>> times_of(1, False), times_of(12, False), times_of(1000, True)
    ('', '12 times', 'more than 1,000 times')
    """
    if more:
        return f"more than {often:,} times"
    return f"{often:,} times" if often > 1 else ""


def place(moment: datetime, viewer: Viewer) -> float:
    return round(max(0.0, (moment - viewer.now) / HOUR * 100), 2)


def minute_of(at: datetime, titles: list[str], viewer: Viewer) -> Minute:
    """One minute's tick."""
    names = list(dict.fromkeys(titles))
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    label = f"{viewer.clock(at)[:5]} {shown}"
    if len(titles) > len(names) or len(titles) > 4:
        label += f" ({len(titles)} starts)"
    middle = at + timedelta(seconds=30)
    return Minute(min(99.5, place(middle, viewer)), min(28.0, 10.0 + 3 * (len(titles) - 1)), label,
                  len(titles) >= CROWD)  # fmt: skip


def axis(viewer: Viewer) -> Iterable[Mark]:
    """A mark at every tenth minute of the viewer's clock."""
    local = viewer.now.astimezone(viewer.zone).replace(second=0, microsecond=0)
    moment = local + timedelta(minutes=10 - local.minute % 10)
    while moment <= viewer.now + HOUR:
        yield Mark(place(moment, viewer), f"{moment:%H:%M}")
        moment += timedelta(minutes=10)
