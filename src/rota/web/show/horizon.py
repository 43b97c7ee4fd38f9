"""The next times as one drawing: an axis that is as long as they are far apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rota.web.show.times import Viewer, clock

__all__ = ("Horizon", "horizon")

DAY = timedelta(days=1)
# How far an axis reaches, its words, and the hours or days between its marks.
SPANS = (
    (timedelta(minutes=10), "ten minutes", timedelta(minutes=1)),
    (timedelta(hours=1), "hour", timedelta(minutes=10)),
    (timedelta(hours=6), "six hours", timedelta(hours=1)),
    (DAY, "24 hours", timedelta(hours=3)),
    (7 * DAY, "week", DAY),
    (35 * DAY, "five weeks", 7 * DAY),
    (366 * DAY, "year", None),
    (3_660 * DAY, "ten years", None),
)
MOST = 400


@dataclass(frozen=True, slots=True)
class Mark:
    """A line on the axis with its label."""

    x: float  # percent
    label: str


@dataclass(frozen=True, slots=True)
class Horizon:
    """A drawn future, from now at the left edge."""

    words: str
    ticks: list[Mark] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def horizon(times: Sequence[datetime], look: Viewer, shown: int = 10) -> Horizon | None:
    """The drawing on which the first `shown` of these times fit; None without any.

    >>> from datetime import UTC
    >>> look = Viewer(UTC, datetime(2026, 3, 1, tzinfo=UTC))
    >>> horizon([look.now + DAY * n for n in range(1, 6)], look).words
    'the next week'
    """
    if not times:
        return None
    far = times[: shown + 1][-1] - look.now
    reach, word, step = next((one for one in SPANS if one[0] >= far), SPANS[-1])

    def place(moment: datetime) -> float:
        return round((moment - look.now) / reach * 100, 2)

    ticks = [
        Mark(x, f"{moment.astimezone(look.zone):%a %d %b} {clock(moment.astimezone(look.zone))}")
        for moment in times[:MOST] if 0 <= (x := place(moment)) <= 100
    ]  # fmt: skip
    marks = [Mark(place(moment), label) for moment, label in axis(look, reach, step)]
    return Horizon(f"the next {word}", ticks, [one for one in marks if 0 <= one.x <= 88])


def axis(look: Viewer, reach: timedelta, step: timedelta | None) -> list[tuple[datetime, str]]:
    """The marks of an axis: full minutes, hours, days, weeks, months or years of the viewer."""
    local = look.now.astimezone(look.zone)
    if step is None:
        return months(local, reach)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if step > DAY:
        midnight -= timedelta(days=midnight.weekday())
    found = []
    count = int(reach / step) + int(DAY / step) + 2
    for n in range(count):
        wall = midnight + step * n
        moment = wall.replace(tzinfo=look.zone)
        label = f"{wall:%H:%M}" if step < DAY else f"{wall:%a} {wall.day}"
        if step > DAY:
            label = f"{wall.day} {wall:%b}"
        found.append((moment, label))
    return found


def months(local: datetime, reach: timedelta) -> list[tuple[datetime, str]]:
    """The firsts of months within a year, of years beyond."""
    yearly = reach > 400 * DAY
    found = []
    for n in range(14 if not yearly else 12):
        year, month = (
            (local.year + n, 1) if yearly else divmod(local.year * 12 + local.month - 1 + n, 12)
        )
        month = 1 if yearly else month + 1
        if year > 9_998:
            break
        moment = datetime(year, month, 1, tzinfo=local.tzinfo)
        found.append((moment, f"{year}" if yearly else f"{moment:%b}"))
    return found
