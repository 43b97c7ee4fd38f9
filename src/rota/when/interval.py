"""`every <duration>`: a grid from an anchor, in elapsed time or on the wall calendar.

Elapsed steps are arithmetic (`grid.py`); wall steps are days (`days.py`) at the anchor's time of
day. `on` and `between` filter, `after end` hangs the next start on the end of the last run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar

from rota.errors import Problem
from rota.when import wallclock
from rota.when.days import DayGrid, MonthGrid
from rota.when.duration import Duration, read_duration
from rota.when.grid import Filters, Grid
from rota.when.term import Follows, Ground, Kind, Often, Reader, Warning
from rota.when.wallclock import Clock, Days, Local, number
from rota.when.window import ALL_DAYS, days_text, days_words, read_between, read_days
from rota.when.zone import DAY, LAST

__all__ = ("READERS", "Every")

SECOND = 1_000_000
TRIES = 64  # wall steps looked at for one on an allowed day; a cycle of weekdays is shorter
LOOKS = 80  # changes looked at if only a gap can move a slot into the allowed times
YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class Every:
    """A grid that neither drifts nor moves: anchor + n × duration, n ≥ 0, filtered."""

    duration: Duration
    filters: Filters = field(default_factory=Filters)
    after_end: bool = False

    word: ClassVar[str] = "every"
    often: ClassVar[Often] = "again"
    options: ClassVar[frozenset[str]] = frozenset(("from", "until", "on", "between", "after"))

    @property
    def follows(self) -> Follows | None:
        """`end` if each start counts from the end of the run before."""
        return "end" if self.after_end else None

    @property
    def zoned(self) -> bool:
        """Wall steps and filters depend on the zone; plain elapsed time does not."""
        return not self.duration.seconds or not self.filters.idle

    @property
    def on_wall(self) -> bool:
        """Whether its steps are wall time, which changes of the clocks touch."""
        return not self.duration.seconds

    def body(self) -> str:
        """The canonical text."""
        parts = [f"every {self.duration}"]
        if self.filters.days != ALL_DAYS:
            parts.append(f"on {days_text(self.filters.days)}")
        if self.filters.between:
            parts.append(f"between {self.filters.between}")
        if self.after_end:
            parts.append("after end")
        return " ".join(parts)

    def words(self) -> str:
        """`every 30 minutes between 08:00 and 18:00, Monday to Friday`."""
        text = f"every {self.duration.words()}"
        if self.after_end:
            shown = self.duration.words()
            text = f"{shown if shown[0].isdigit() else '1 ' + shown} after the last run ends"
        if self.filters.between:
            text += f" {self.filters.between.words()}"
        if self.filters.days != ALL_DAYS:
            text += f", {days_words(self.filters.days)}"
        return text

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """The grid's allowed slots later than `after`."""
        if self.after_end:
            return self._chain(after, ground)
        if self.duration.seconds:
            return self._grid(after, ground).forth(after, ground.zone, self.filters)
        plan, first = self._plan(after, ground)
        after = max(after, first)
        if not self._timely(plan):
            return self._gapped(plan, after)
        return self._allowed(wallclock.forth(plan, after), plan, after)

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """The last `count` allowed slots in (after, until]."""
        if count <= 0 or until <= after:
            return []
        if self.after_end:
            return [one for one in islice(self._chain(after, ground), 1) if one <= until]
        if self.duration.seconds:
            grid = self._grid(after, ground)
            back = grid.back(min(until, LAST), after, ground.zone, self.filters)
            return list(islice(back, count))[::-1]
        plan, first = self._plan(after, ground)
        found: list[int] = []
        if not self._timely(plan):  # rare: at most once a year, so as good from the front
            low = max(after, first, until - LOOKS * YEAR)
            return [one for one in self._gapped(plan, low) if one <= until][-count:]
        for slot in self._allowed(wallclock.back(plan, until), plan, max(after, first)):
            found.append(slot)
            if len(found) >= count:
                break
        return found[::-1]

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """How many slots lie in (after, until]; arithmetic for a plain elapsed grid."""
        if self.after_end:
            return min(limit, len(self.latest(after, until, 1, ground)))
        if self.duration.seconds and self.filters.idle:
            grid = self._grid(after, ground)
            return max(0, min(limit, (min(until, LAST) - grid.above(after + 1)) // grid.step + 1))
        return number(self.slots(after, ground), until, limit)

    def problems(self, ground: Ground) -> list[Problem]:
        """E_NEVER if grid and filters never meet; only known with `from`."""
        if self.filters.idle or ground.start is None or self.after_end:
            return []
        if next(self.slots(ground.start - 1, ground), None) is not None:
            return []
        if ground.start > LAST - 400 * 366 * DAY:
            return []  # the calendar ends before 400 years are over
        return [
            Problem(
                "E_NEVER",
                "every",
                self.body(),
                "no step of the grid ever falls into the days and times allowed",
                "change from, on or between",
            )
        ]

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """None of its own."""
        return []

    def _anchor(self, after: int, ground: Ground) -> tuple[int, int]:
        """Where the grid begins, and its first step: `from` itself runs, a creation does not."""
        if ground.start is not None:
            return ground.start, 0
        if ground.anchor is not None:
            return ground.anchor, 1
        return after, 1

    def _grid(self, after: int, ground: Ground) -> Grid:
        anchor, first = self._anchor(after, ground)
        return Grid(anchor, self.duration.seconds * SECOND, first)

    def _plan(self, after: int, ground: Ground) -> tuple[Local, int]:
        """The wall grid, and the instant that its slots must be later than."""
        anchor, first = self._anchor(after, ground)
        wall = ground.zone.wall(anchor)
        if ground.start is not None and ground.wall is not None:
            wall = ground.wall
        day, rest = divmod(wall, DAY)
        length = self.duration
        days: Days = (
            MonthGrid(day, length.months, length.days)
            if length.months
            else DayGrid(day, length.days)
        )
        plan = Local(
            days, Clock((0,), (rest,)), ground.zone, ground.gap or "shift", ground.fold or "first"
        )
        return plan, anchor if first else anchor - 1

    def _allowed(self, slots: Iterator[int], plan: Local, after: int) -> Iterator[int]:
        """The wall slots later than `after` that the filters allow; ends where none can come."""
        zone, filters = plan.zone, self.filters
        missed = 0
        for slot in slots:
            if slot <= after:
                return
            if filters.idle or filters.allow(zone.wall(slot)):
                missed = 0
                yield slot
            elif (missed := missed + 1) > TRIES:
                return

    def _timely(self, plan: Local) -> bool:
        """Whether the grid's time of day is allowed; if not, only a gap can move a slot there."""
        rest = plan.clock.within[0]
        return any(low <= rest < high for low, high in self.filters.spans())

    def _gapped(self, plan: Local, after: int) -> Iterator[int]:
        """The allowed slots later than `after` of a grid whose own time of day is not allowed."""
        instant = after - 2 * DAY
        for _ in range(LOOKS):
            change = plan.zone.next_change(instant)
            if change is None:
                return
            instant = change.instant
            rest = plan.clock.within[0]
            day = -((rest - instant - change.before) // DAY)  # the first with its time after that
            missing = change.kind == "gap" and day * DAY + rest < instant + change.after
            if missing and next(plan.days.forth(day), None) == day:
                near = wallclock.forth(plan, max(after, instant - DAY))
                for slot in self._allowed(islice(near, 3), plan, after):
                    if slot > instant + 2 * DAY:
                        break
                    after = slot
                    yield slot

    def _chain(self, after: int, ground: Ground) -> Iterator[int]:
        """Each slot one duration after the one before, moved to the first instant allowed."""
        anchor = ground.start if ground.start is not None else ground.anchor
        slot = after
        if ground.start is not None and after < ground.start:
            slot = self.filters.onward(ground.start, ground.zone)
        else:
            if anchor is not None:
                slot = max(after, anchor)
            slot = self._later(slot, ground)
        while slot <= LAST:
            yield slot
            slot = self._later(slot, ground)

    def _later(self, end: int, ground: Ground) -> int:
        """One duration after the end of a run, moved to the first instant allowed."""
        zone, length = ground.zone, self.duration
        if length.seconds:
            later = end + length.seconds * SECOND
        else:
            day, rest = divmod(zone.wall(end), DAY)
            if length.months:
                to = MonthGrid(day, length.months, length.days).at(1)
            else:
                to = day + length.days
            if to is None:
                return LAST + 1
            later = zone.resolve(to * DAY + rest, "shift", "first")[0]
        return self.filters.onward(later, zone) if later <= LAST else LAST + 1


def read(payload: str, own: Mapping[str, str], problems: list[Problem]) -> Kind | None:
    """`5m`, with `on`, `between` and `after`."""
    duration = read_duration(payload, problems)
    days = read_days(own["on"], "on", problems) if "on" in own else ALL_DAYS
    between = read_between(own["between"], problems) if "between" in own else None
    if own.get("after", "end").lower() != "end":
        problems.append(
            Problem(
                "E_WORD",
                "after",
                own["after"],
                "a run can only be counted from its end",
                "write after end",
            )
        )
    if duration is None or not days or problems:
        return None
    return Every(duration, Filters(days, between), "after" in own)


READERS = {"every": Reader("every", read, own=frozenset(("on", "between", "after")))}
