"""The kind `sitecore`: `start|end|days|interval`, after the vendor's rule or anchored on a grid.

The vendor's rule hangs on the last run: a start is owed one interval after its end, or with `async`
after its start, within start and end (both inclusive) and on the days allowed. The interval is
elapsed time there. `anchored` makes it a grid from the start which no run can move; an interval of
whole days then keeps the time of day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import ClassVar

from rota.errors import Problem
from rota.when import wallclock
from rota.when.days import DayGrid
from rota.when.grid import Filters, Grid
from rota.when.sitecore_text import EVERY_DAY, Recurrence, Stamp, read_parts
from rota.when.sitecore_words import date_words, recurrence_words
from rota.when.term import Follows, Ground, Kind, Often, Reader, Warning
from rota.when.wallclock import Clock, Local, number
from rota.when.zone import DAY, FIRST, LAST

__all__ = ("READERS", "Sitecore")

SECOND = 1_000_000
NEVER_ENDS = 9999  # a year that stands for "no end"
CENTURIES = 401 * 366 * DAY
MODES = ("anchored", "async")
LOOKS = 400  # wall steps looked at for one on an allowed day; a week's cycle decides after seven


@dataclass(frozen=True, slots=True)
class Sitecore:
    """When Sitecore would run it.

    >>> from rota.when import trigger
    >>> str(trigger("sitecore 20260220|99990101|62|01:00 anchored"))
    'sitecore 20260220T000000|99990101T000000|62|01:00:00 anchored'
    """

    recurrence: Recurrence
    anchored: bool = False
    from_start: bool = False  # `async`: the interval counts from the last run's start

    word: ClassVar[str] = "sitecore"
    often: ClassVar[Often] = "again"
    options: ClassVar[frozenset[str]] = frozenset()

    @property
    def follows(self) -> Follows | None:
        """The end of the last run, or its start if it is async; nothing if anchored."""
        return None if self.anchored else "start" if self.from_start else "end"

    @property
    def zoned(self) -> bool:
        """Unless both ends are in UTC, every day is allowed and steps are elapsed time."""
        ends = (self.recurrence.start, self.recurrence.end)
        wall = any(end is not None and not end.utc for end in ends)
        whole = self.anchored and self._by_days
        return wall or whole or self.recurrence.days != EVERY_DAY

    def body(self) -> str:
        """The canonical text."""
        mode = " anchored" if self.anchored else " async" if self.from_start else ""
        return f"sitecore {self.recurrence}{mode}"

    def words(self) -> str:
        """The recurrence in plain English."""
        return recurrence_words(self.recurrence, self.follows)

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """The slots later than `after`; for the vendor's rule `after` is the last run."""
        end = self.end(ground)
        for slot in self._anchored(after, ground) if self.anchored else self._chain(after, ground):
            if slot > end:
                return
            yield slot

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """The last `count` slots in (after, until], ascending; one at most if not anchored."""
        until = min(until, self.end(ground), LAST)
        if count <= 0 or until <= after:
            return []
        if not self.anchored:
            return [slot for slot in islice(self.slots(after, ground), 1) if slot <= until]
        if self._by_days:
            back = self._allowed(wallclock.back(self._plan(after, ground), until), ground)
        else:
            back = self._grid(after, ground).back(until, after, ground.zone, self._filters)
        low = max(after, self._first(after, ground) - 1)
        return [slot for slot in islice(back, count) if slot > low][::-1]

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """How many slots lie in (after, until]; one at most for the vendor's rule."""
        if not self.anchored:
            return min(limit, len(self.latest(after, until, 1, ground)))
        return number(self.slots(after, ground), until, limit)

    def problems(self, ground: Ground) -> list[Problem]:
        """E_WINDOW if the zone turns start and end round; E_NEVER if no step meets days and end."""
        start, end = self.start(ground), self.end(ground)
        if start is not None and start >= end:
            return [
                Problem(
                    "E_WINDOW",
                    "end",
                    str(self.recurrence.end),
                    "the end is not after the start",
                    "write an end after the start",
                )
            ]
        if start is None and self.anchored:
            return []  # the days the grid meets depend on when the schedule is created
        begin = FIRST if start is None else start
        if begin > LAST - CENTURIES or self.eligible(begin, None, ground) is not None:
            return []
        return [
            Problem(
                "E_NEVER",
                "days",
                str(self.recurrence),
                "no day that is allowed comes between start and end",
                "change the days or the end",
            )
        ]

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """An end at midnight leaves its day out."""
        end = self.recurrence.end
        if end is None or end.moment.year == NEVER_ENDS or end.wall % DAY:
            return []
        day = date_words(end, year=False)
        return [
            Warning(
                "end_midnight",
                f"The end is midnight at the start of {day}, so nothing later that day runs.",
            )
        ]

    # --- the vendor's rule -----------------------------------------------------------------------

    def reason(self, now: int, last: int | None, ground: Ground) -> str | None:
        """Why no start is owed at `now`, given the last run; None if one is.

        The codes are `not_started`, `expired`, `wrong_day` and `interval_not_elapsed`; the first
        that holds is given.
        """
        start = self.start(ground)
        if start is not None and now < start:
            return "not_started"
        if now > self.end(ground):
            return "expired"
        if not self._filters.allow(ground.zone.wall(now)):
            return "wrong_day"
        if last is not None and now < last + self._step:
            return "interval_not_elapsed"
        return None

    def eligible(self, now: int, last: int | None, ground: Ground) -> int | None:
        """The first instant not before `now` at which a start is owed if nothing runs meanwhile."""
        if self.anchored:
            return next(self.slots(now - 1, ground), None)
        begin = max(now, FIRST if (start := self.start(ground)) is None else start)
        if last is not None:
            begin = max(begin, last + self._step)
        if begin > LAST:
            return None
        found = self._filters.onward(begin, ground.zone)
        return found if found <= self.end(ground) else None

    def swallowed(self, last: int | None, ground: Ground) -> Warning | None:
        """That the first run at the start will be left out, because of an earlier last run."""
        start = self.start(ground)
        if self.anchored or last is None or start is None or last + self._step <= start:
            return None
        if last >= start:
            return None
        first = self.eligible(start, last, ground)
        when = "there is none" if first is None else f"the first is {instant_words(first, ground)}"
        return Warning(
            "first_run_swallowed",
            "The first run at the new start will be skipped, "
            f"because the last run was less than one interval before it; {when}.",
        )

    def _chain(self, after: int, ground: Ground) -> Iterator[int]:
        last: int | None = after
        while last is not None:
            last = self.eligible(FIRST, last, ground)
            if last is not None:
                yield last

    # --- the grid --------------------------------------------------------------------------------

    def _anchored(self, after: int, ground: Ground) -> Iterator[int]:
        if not self._by_days:
            yield from self._grid(after, ground).forth(after, ground.zone, self._filters)
            return
        first = self._first(after, ground)
        slots = wallclock.forth(self._plan(after, ground), max(after, first - 1))
        yield from self._allowed(slots, ground)

    def _allowed(self, slots: Iterator[int], ground: Ground) -> Iterator[int]:
        """The slots on allowed days; ends where none can come any more."""
        missed = 0
        for slot in slots:
            if self._filters.allow(ground.zone.wall(slot)):
                missed = 0
                yield slot
            elif (missed := missed + 1) > LOOKS:
                return

    def _first(self, after: int, ground: Ground) -> int:
        """The first slot of the grid: the start, else one interval after the creation."""
        start = self.start(ground)
        if start is not None:
            return start
        return (after if ground.anchor is None else ground.anchor) + (
            1 if self._by_days else self._step
        )

    def _grid(self, after: int, ground: Ground) -> Grid:
        return Grid(self._first(after, ground), self._step)

    def _plan(self, after: int, ground: Ground) -> Local:
        """Whole days from the start, at its time of day."""
        start = self.recurrence.start
        if start is not None and not start.utc:
            wall = start.wall
        else:
            anchor = self.start(ground) if start else ground.anchor
            wall = ground.zone.wall(after if anchor is None else anchor)
        day, rest = divmod(wall, DAY)
        return Local(
            DayGrid(day, self._step // DAY),
            Clock((0,), (rest,)),
            ground.zone,
            ground.gap or "shift",
            ground.fold or "first",
        )

    # --- what the text says, as instants ---------------------------------------------------------

    @property
    def _step(self) -> int:
        return self.recurrence.seconds * SECOND

    @property
    def _by_days(self) -> bool:
        return self._step % DAY == 0

    @property
    def _filters(self) -> Filters:
        return Filters(sum(1 << day for day in self.recurrence.weekdays))

    def start(self, ground: Ground) -> int | None:
        """The first instant allowed; None for the beginning of time."""
        start = instant_of(self.recurrence.start, ground)
        moved = ground.start  # the term may move it on, past days that are excepted
        return start if moved is None else moved if start is None else max(start, moved)

    def end(self, ground: Ground) -> int:
        """The last instant allowed."""
        end = self.recurrence.end
        found = instant_of(end, ground)
        if found is None or end is None or end.moment.year == NEVER_ENDS:
            return LAST
        return found


def instant_of(stamp: Stamp | None, ground: Ground) -> int | None:
    """The instant of a start or an end."""
    if stamp is None:
        return None
    if stamp.utc:
        return stamp.wall
    return min(max(ground.zone.instant(stamp.wall), FIRST), LAST)


def instant_words(instant: int, ground: Ground) -> str:
    """An instant as the zone's clocks show it."""
    return date_words(Stamp(ground.zone.wall(instant)), clock=True)


def read(payload: str, own: Mapping[str, str], problems: list[Problem]) -> Kind | None:
    """The kind of a recurrence text, with `anchored`, `async` or nothing behind it."""
    text, blank, last = payload.rpartition(" ")
    mode = last.lower() if blank and last.lower() in MODES else ""
    if blank and not mode and (meant := get_close_matches(last.lower()[:20], MODES, 1, 0.7)):
        reason = "there is no such word here"
        problems.append(Problem("E_WORD", "sitecore", last, reason, f"write {meant[0]}"))
        mode = meant[0]
    recurrence = read_parts(text if mode else payload, problems, None)
    if recurrence is None:
        return None
    return Sitecore(recurrence, anchored=mode == "anchored", from_start=mode == "async")


READERS = {"sitecore": Reader("sitecore", read, window=False)}
