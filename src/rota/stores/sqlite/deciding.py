"""Launching in SQLite: decisions, overlap, skips, and runs that people ask for.

A batch costs a few statements whatever its size: what stands is read for all schedules at once,
the rows to be written are gathered, and written together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rota.ports.records import Decided, Decision, NewRun, RunRow, Skip
from rota.stores.claiming import Claim
from rota.stores.common import json_text
from rota.stores.crowding import told
from rota.stores.placing import is_unplaced, placed
from rota.stores.relational import Values
from rota.stores.sqlite.database import Database, listed
from rota.stores.sqlite.ending import Ending
from rota.stores.sqlite.rows import run_values
from rota.stores.sqlite.runs import Runs

__all__ = ("Deciding",)


@dataclass(slots=True)
class Standing:
    """Where a schedule stands, also after what the batch has decided so far."""

    task: str
    enabled: int
    paused: int
    version: int
    next_due: int | None
    decided_through: int
    opened: int  # open runs of all targets, before the batch


class Batch:
    """What is known before a batch of decisions, and what is to be written after it."""

    def __init__(
        self, store: Database, decisions: Sequence[Decision], now: int, node: str, ahead: int
    ) -> None:
        self.store = store
        self.now = now
        names = listed({decision.name for decision in decisions})
        self.standing = {
            name: Standing(*rest) for name, *rest in store.all("decide_schedules", (names,))
        }
        # The numbers drawn so far; those of this batch are drawn for good by flush().
        self.last, self.last_fence, claims = store.all("decide_begin", (node,))[0]
        self.drawn = self.fenced = 0
        self.claim = Claim(node, now, now + ahead) if claims else None
        self.slots = self.with_row(decisions)
        self.open: dict[tuple[str, str], int] = {}  # open runs of a schedule's target
        self.runs: list[Values] = []
        self.advances: list[Values] = []
        self.lifted: list[Values] = []

    def with_row(self, decisions: Sequence[Decision]) -> set[tuple[str, int, str]]:
        """The slots to be decided that have a row already; those that get one here join them."""
        slots = {
            (decision.name, new.due, new.target)
            for decision in decisions
            for new in decision.launches
        } | {
            (decision.name, skip.first, target)
            for decision in decisions
            for skip in decision.skips
            for target in ("", *(new.target for new in (*decision.launches, *decision.late)))
        }
        return set(self.store.all("decide_slots", (listed(slots),))) if slots else set()

    def is_decided(self, schedule: str, new: NewRun) -> bool:
        """Whether the slot has had its decision."""
        through = self.standing[schedule].decided_through
        return new.due <= through or (schedule, new.due, new.target) in self.slots

    def opened(self, schedule: str, target: str) -> int:
        """How many runs of the schedule's target are open."""
        place = (schedule, target)
        if place not in self.open:
            some = self.standing[schedule].opened
            self.open[place] = len(self.store.all("opened", place)) if some else 0
        return self.open[place]

    def next_id(self) -> int:
        """An id for a row to be."""
        self.drawn += 1
        return int(self.last + self.drawn)

    def next_fence(self) -> int:
        """A fence for a run that is taken as it is launched."""
        self.fenced += 1
        return int(self.last_fence + self.fenced)

    def flush_runs(self) -> None:
        """Write the gathered runs, because the next statement must see them."""
        self.store.each("insert_run", self.runs)
        self.runs.clear()

    def flush(self) -> None:
        """Write everything gathered."""
        self.flush_runs()
        drawn = (("run", self.drawn), ("fence", self.fenced))
        self.store.each("draw", [(counter, count) for counter, count in drawn if count])
        self.store.each("decide_advance", self.advances)
        self.store.each("decide_lift_pause", self.lifted)


class Deciding(Runs, Ending, Database):
    """The verbs that make rows in the history."""

    def decide(
        self,
        decisions: Sequence[Decision],
        now: int,
        node: str = "",
        ahead: int = 0,
        *,
        patient: bool = True,
    ) -> list[Decided]:
        if not decisions:
            return []
        with self.verb():
            decisions = placed(decisions, self.alive)
            batch = Batch(self, decisions, now, node, ahead)
            decided = [self._decide(batch, decision) for decision in decisions]
            batch.flush()
            return decided

    def _decide(self, batch: Batch, decision: Decision) -> Decided:
        name = decision.name
        row = batch.standing.get(name)
        if (
            row is None
            or not row.enabled
            or row.version != decision.version
            or row.next_due != decision.seen_due
        ):
            return Decided(name, stale=True)
        if decision.ahead and any(self._in_the_way(batch, name, new) for new in decision.launches):
            return Decided(name, early=True)
        launched: list[int] = []
        skipped: list[Skip] = []
        taken: list[RunRow] = []
        fellows: dict[str, int] = {}  # launched by this decision, by target
        through = row.decided_through
        for one, stood in told(decision, through, lambda new: self._in_the_way(batch, name, new)):
            if isinstance(one, NewRun):
                if batch.is_decided(name, one):
                    continue
                here = fellows.get(one.target, 0)
                if self._has_room(batch, name, one, here):
                    launched.append(self._launch(batch, name, one, taken))
                    fellows[one.target] = here + 1
                    continue
                skip = Skip(one.due, one.due, 1, "overlap", one.target)
            else:
                skip = one
            if skip.last > through:
                self._skip(batch, name, skip, stood)
                skipped.append(skip)
        start = max((run.started or 0 for run in taken), default=None)
        self._advance(batch, decision, row, len(launched), start)
        return Decided(name, launched=tuple(launched), skipped=tuple(skipped), taken=tuple(taken))

    def _advance(
        self, batch: Batch, decision: Decision, row: Standing, launched: int, start: int | None
    ) -> None:
        name, through = decision.name, decision.decided_through
        stands = (name, decision.next_due, through, decision.awaits_end, launched, start)
        batch.advances.append(stands)
        if decision.lift_pause:
            batch.lifted.append((name,))
            row.version += row.paused
            row.paused = 0
        row.next_due = decision.next_due
        row.decided_through = max(through, row.decided_through)

    def _in_the_way(self, batch: Batch, schedule: str, new: NewRun) -> bool:
        """Whether the launch would be skipped for overlap, or would ask other runs to stop."""
        if batch.is_decided(schedule, new):
            return False
        if is_unplaced(new):
            return True
        room = None if new.room is None else 1 if new.room.cancel else new.room.open
        if room is not None and batch.opened(schedule, new.target) >= room:
            return True
        if new.unique:
            batch.flush_runs()
            return self._has_twin(new)
        return False

    def _has_room(self, batch: Batch, schedule: str, new: NewRun, fellows: int) -> bool:
        """Whether the overlap policy lets the run be launched; makes the room if it says so.

        Its fellows, launched by the same decision, are in nobody's way: they wait for their turn.
        """
        place = (schedule, new.target)
        opened = batch.opened(schedule, new.target)
        if new.room is not None and new.room.cancel and opened:
            batch.flush_runs()
            self.stop(self.opened(*place), "overlap", batch.now)
            batch.open[place] = len(self.opened(*place))
        elif new.room is not None and not new.room.cancel and opened - fellows >= new.room.open:
            return False
        if new.unique:
            batch.flush_runs()
            return not self._has_twin(new)
        return True

    def _launch(self, batch: Batch, schedule: str, new: NewRun, taken: list[RunRow]) -> int:
        run, claim = batch.next_id(), batch.claim
        place = (schedule, new.target)
        opened, paused = batch.opened(*place), bool(batch.standing[schedule].paused)
        row: RunRow | None = None
        if claim is not None and claim.takes(new, opened, paused=paused):
            row = claim.row(new, schedule, run, batch.next_fence())
            taken.append(row)
        batch.runs.append(run_values(run, new, schedule, batch.now, row))
        batch.open[place] = opened + 1
        batch.slots.add((schedule, new.due, new.target))
        return run

    def _skip(self, batch: Batch, schedule: str, skip: Skip, stood: int) -> None:
        """Write the skip as a row, or lengthen the one it follows, which ends at `stood`."""
        target = skip.target
        batch.flush_runs()
        latest = self.first("decide_open_skip", (schedule, target, stood))
        run, reason, due_last = latest or (0, None, 0)
        if reason == skip.reason and due_last < skip.first:
            self.do("decide_extend_skip", (run, skip.last, skip.count))
        elif (schedule, skip.first, target) not in batch.slots:
            task = batch.standing[schedule].task
            row = (
                batch.next_id(),
                task,
                skip.first,
                schedule,
                target,
                skip.reason,
                batch.now,
                skip.last,
            )
            self.do("decide_skip", (*row, skip.count))
            batch.slots.add((schedule, skip.first, target))

    def _has_twin(self, new: NewRun) -> bool:
        """Whether a run of the same task and target with equal parameters is waiting already."""
        twin = (new.task, json_text(new.parameters), new.target)
        return self.first("has_twin", twin) is not None

    def add_run(self, new: NewRun, now: int) -> RunRow | None:
        with self.verb():
            if new.unique and self._has_twin(new):
                return None
            slot = (new.schedule, new.due, new.target)
            if new.kind == "slot" and self.first("has_slot", slot) is not None:
                return None
            (run,) = self.draw("run", 1)
            self.do("insert_run", run_values(run, new, new.schedule, now))
            if new.offered is not None:
                self.do("offer", (run, new.offered))
            self.do("count_run", (new.schedule, 1))
            return self.run(run)

    def backfill(self, schedule: str, news: Sequence[NewRun], now: int) -> list[RunRow]:
        with self.verb():
            there = set(self.all("backfilled", (schedule,)))
            wanted = [new for new in news if (new.due, new.target) not in there]
            runs = self.draw("run", len(wanted)) if wanted else ()
            values = [
                run_values(run, new, schedule, now) for run, new in zip(runs, wanted, strict=True)
            ]
            self.each("insert_run", values)
            self.do("count_run", (schedule, len(wanted)))
            return self._runs(list(runs))
