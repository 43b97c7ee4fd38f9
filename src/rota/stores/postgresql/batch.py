"""What a batch of decisions meets and leaves: read at its start, written at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rota.ports.records import Decision, NewRun, Skip
from rota.stores.claiming import Claim
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.database import Database
from rota.stores.postgresql.faults import Collided, unreachable
from rota.stores.postgresql.rows import run_values, skip_values
from rota.stores.relational import Values

__all__ = ("Batch", "Place", "Standing")

Where = tuple[str, str]  # schedule and target


class Standing(NamedTuple):
    """Where a schedule stands."""

    task: str
    enabled: bool
    paused: bool
    version: int
    next_due: int | None
    decided_through: int


@dataclass(slots=True)
class Place:
    """What the next slot of a schedule's target meets."""

    opened: int  # open runs
    reason: str | None = None  # why the latest slot was skipped, if it was
    due_last: int | None = None  # the last slot of that skip
    row: int | None = None  # its id, if it was there before the batch
    written: int | None = None  # else its number in the batch


@dataclass(slots=True)
class Advance:
    """Where a schedule stands after the batch."""

    next_due: int | None
    decided_through: int
    awaits_end: bool
    launched: int = 0
    lift: bool = False
    start: int | None = None  # of the latest launch that was taken at once


class Batch:
    """Decisions on their way into the store."""

    def __init__(
        self, store: Database, decisions: Sequence[Decision], now: int, *, patient: bool
    ) -> None:
        self.store = store
        self.now = now
        free = "" if patient and not store.holds_locks() else "_free"
        names = {decision.name for decision in decisions}
        locked = store.lock(f"decide_schedules{free}", (listed(names),))
        self.standing = {name: Standing(*rest) for name, *rest in locked}
        left = names - self.standing.keys()
        there = store.all("take_known", (listed(left),)) if left else ()
        self.barred = {name for (name,) in there}  # in somebody else's hands
        self.places: dict[Where, Place] = {}  # everywhere a launch or a skip will look
        self.slots: set[tuple[str, int, str]] = set()  # that have a row, or get one here
        self._read_places(decisions)
        self.rows: list[Values] = []  # of the runs table, to be
        self.ids: list[int] = []  # of those that are written
        self.fences: list[int] = []
        self.claim: Claim | None = None  # of the node that takes what it decides
        self.extended: dict[int, tuple[int, int]] = {}  # skips there were: last slot, how many more
        self.advances: dict[str, Advance] = {}

    def bar(self, name: str) -> None:
        """Let nothing of the batch happen to a schedule that is locked."""
        if self.standing.pop(name, None) is not None:
            self.barred.add(name)

    def _read_places(self, decisions: Sequence[Decision]) -> None:
        """What every slot of the batch meets."""
        wanted: set[tuple[str, str, int]] = set()
        for one in decisions:
            if one.name in self.standing:
                news = (*one.launches, *one.late)
                wanted.update((one.name, new.target, new.due) for new in news)
                targets = {"", *(new.target for new in news)}
                wanted.update(
                    (one.name, target, skip.first) for skip in one.skips for target in targets
                )
        if not wanted:
            return
        slots = [(*slot, self.standing[slot[0]].decided_through) for slot in wanted]
        found = self.store.all("decide_places", columns(slots))
        for schedule, target, due, decided, opened, *skip in found:
            self.places.setdefault((schedule, target), Place(opened, *skip))
            if decided:
                self.slots.add((schedule, due, target))

    def is_decided(self, schedule: str, new: NewRun) -> bool:
        """Whether the slot has had its decision."""
        through = self.standing[schedule].decided_through
        return new.due <= through or (schedule, new.due, new.target) in self.slots

    def takes(self, new: NewRun, schedule: str) -> bool:
        """Whether the launch is taken as it is written."""
        opened, paused = self.places[schedule, new.target].opened, self.standing[schedule].paused
        return self.claim is not None and self.claim.takes(new, opened, paused=paused)

    def launch(self, new: NewRun, schedule: str, *, taken: bool) -> int:
        """Gather a launch; its number in the batch."""
        place = self.places[schedule, new.target]
        place.opened += 1
        values = run_values(new, schedule, self.now, self.claim if taken else None)
        number = self._add(values, schedule, new.due, new.target)
        self._stand(place, None, None, number)
        return number

    def skip(self, skip: Skip, schedule: str, stood: int) -> None:
        """Gather a skip as a row, or lengthen the one it follows, which ends at `stood`."""
        target = skip.target
        place = self.places[schedule, target]
        follows = place.reason == skip.reason and place.due_last is not None
        if follows and place.due_last is not None and stood <= place.due_last < skip.first:
            place.due_last = skip.last
            self._lengthen(place, skip)
        elif (schedule, skip.first, target) not in self.slots:
            values = skip_values(skip, schedule, target, self.standing[schedule].task, self.now)
            number = self._add(values, schedule, skip.first, target)
            self._stand(place, skip.reason, skip.last, number)

    def _add(self, values: Values, schedule: str, due: int, target: str) -> int:
        self.rows.append(values)
        self.slots.add((schedule, due, target))
        return len(self.ids) + len(self.rows) - 1

    def _stand(self, place: Place, reason: str | None, due_last: int | None, number: int) -> None:
        place.reason, place.due_last = reason, due_last
        place.row, place.written = None, number

    def _lengthen(self, place: Place, skip: Skip) -> None:
        row, number = place.row, place.written
        if number is not None and number >= len(self.ids):  # not written yet
            at = number - len(self.ids)
            *rest, _, skips, start = self.rows[at]
            assert isinstance(skips, int)
            self.rows[at] = (*rest, skip.last, skips + skip.count, start)
            return
        if row is None and number is not None:
            row = self.ids[number]
        assert row is not None
        _, more = self.extended.get(row, (0, 0))
        self.extended[row] = (skip.last, more + skip.count)

    def advance(self, decision: Decision, launched: int, start: int | None = None) -> None:
        """Note where the schedule stands after a decision, for the next one and for the end."""
        name, row = decision.name, self.standing[decision.name]
        lift = decision.lift_pause and row.paused
        through = max(row.decided_through, decision.decided_through)
        before = self.advances.get(name)
        self.advances[name] = Advance(
            decision.next_due,
            through,
            decision.awaits_end,
            launched + (before.launched if before else 0),
            lift or (before is not None and before.lift),
            before.start if start is None and before is not None else start,
        )
        self.standing[name] = row._replace(
            next_due=decision.next_due,
            decided_through=through,
            paused=row.paused and not lift,
            version=row.version + lift,
        )

    def flush_rows(self) -> None:
        """Write the gathered rows, because the next statement must see them."""
        if not self.rows:
            return
        node = None if self.claim is None else self.claim.node
        added = self.store.lock("insert_runs", (*columns(self.rows), node))
        if len(added) < len(
            self.rows
        ):  # somebody asked for such a run before the schedule was there
            reason = "another transaction wrote the same slot"
            raise unreachable(self.store.address.place, reason, "it is tried again", Collided)
        self.ids += [run for run, _ in added]
        self.fences += [fence for _, fence in added]
        self.rows.clear()

    def flush(self) -> None:
        """Write everything gathered."""
        self.flush_rows()
        if self.extended:
            skips = [(run, last, more) for run, (last, more) in self.extended.items()]
            self.store.do("decide_extend", columns(skips))
        if self.advances:
            rows = [
                (
                    name,
                    to.next_due,
                    to.decided_through,
                    to.awaits_end,
                    to.launched,
                    to.lift,
                    to.start,
                )
                for name, to in self.advances.items()
            ]
            self.store.do("decide_advance", columns(rows))
