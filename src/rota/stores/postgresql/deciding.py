"""Launching in PostgreSQL: decisions, overlap, skips, and runs that people ask for.

A batch costs a few statements whatever its size. The rows of its schedules are locked first; a
node that decides the same slot elsewhere passes over them, and then finds that they moved on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

from rota.ports.records import Decided, Decision, NewRun, RunRow, Skip
from rota.stores.claiming import Claim
from rota.stores.common import json_text
from rota.stores.crowding import told
from rota.stores.placing import is_unplaced, placed
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.batch import Batch
from rota.stores.postgresql.database import Database
from rota.stores.postgresql.ending import Ending
from rota.stores.postgresql.faults import Locked
from rota.stores.postgresql.rows import run_values
from rota.stores.postgresql.runs import Runs
from rota.stores.relational import writing

__all__ = ("Deciding",)

UNIQUE = 1  # of the advisory locks of tasks: who looks for twins


class Verdict(NamedTuple):
    """A decision's answer, its runs still numbered as in the batch."""

    name: str
    stale: bool = False
    early: bool = False
    launched: tuple[int, ...] = ()
    skipped: tuple[Skip, ...] = ()
    taken: tuple[tuple[int, NewRun], ...] = ()


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
        claim = Claim(node, now, now + ahead) if node else None
        return self._decide_all(decisions, now, claim, patient)

    @writing
    def _decide_all(
        self, decisions: Sequence[Decision], now: int, claim: Claim | None, patient: bool
    ) -> list[Decided]:
        decisions = placed(decisions, self.alive)
        batch = Batch(self, decisions, now, patient=patient)
        if claim is not None and self.lock("take_node", (claim.node,)):
            batch.claim = claim
        self._lock_unique(batch, decisions, patient=patient)
        verdicts = [self._decide(batch, decision) for decision in decisions]
        batch.flush()
        if any(not (verdict.stale or verdict.early) for verdict in verdicts):
            self.tell_others()
        return [self._answer(batch, verdict) for verdict in verdicts]

    def _answer(self, batch: Batch, verdict: Verdict) -> Decided:
        name, stale, early, numbers, skipped, claimed = verdict
        taken: tuple[RunRow, ...] = ()
        if batch.claim is not None and claimed:
            taken = tuple(
                batch.claim.row(new, name, batch.ids[number], batch.fences[number])
                for number, new in claimed
            )
        return Decided(
            name, stale, early, tuple(batch.ids[number] for number in numbers), skipped,
            barred=stale and name in batch.barred, taken=taken,
        )  # fmt: skip

    def _lock_unique(self, batch: Batch, decisions: Sequence[Decision], *, patient: bool) -> None:
        """Let nobody else launch runs of unique tasks while this batch looks for twins."""
        unique = {new.task for one in decisions for new in one.launches if new.unique}
        if not unique:
            return
        try:
            with nullcontext() if patient else self.briefly():
                self.lock("lock_tasks", (UNIQUE, listed(unique)))
        except Locked:
            for one in decisions:
                if any(new.unique for new in one.launches):
                    batch.bar(one.name)

    def _decide(self, batch: Batch, decision: Decision) -> Verdict:
        name = decision.name
        row = batch.standing.get(name)
        if (
            row is None
            or not row.enabled
            or row.version != decision.version
            or row.next_due != decision.seen_due
        ):
            return Verdict(name, stale=True)
        if decision.ahead and any(self._in_the_way(batch, name, new) for new in decision.launches):
            return Verdict(name, early=True)
        launched: list[int] = []
        skipped: list[Skip] = []
        taken: list[tuple[int, NewRun]] = []
        fellows: dict[str, int] = {}  # launched by this decision, by target
        through = row.decided_through
        for one, stood in told(decision, through, lambda new: self._in_the_way(batch, name, new)):
            if isinstance(one, NewRun):
                if batch.is_decided(name, one):
                    continue
                here = fellows.get(one.target, 0)
                if self._has_room(batch, name, one, here):
                    fellows[one.target] = here + 1
                    takes = batch.takes(one, name)
                    launched.append(batch.launch(one, name, taken=takes))
                    if takes:
                        taken.append((launched[-1], one))
                    continue
                skip = Skip(one.due, one.due, 1, "overlap", one.target)
            else:
                skip = one
            if skip.last > through:
                batch.skip(skip, name, stood)
                skipped.append(skip)
        claim = batch.claim
        starts = [claim.start(new) for _, new in taken] if claim is not None else []
        batch.advance(decision, len(launched), max(starts, default=None))
        return Verdict(name, launched=tuple(launched), skipped=tuple(skipped), taken=tuple(taken))

    def _in_the_way(self, batch: Batch, schedule: str, new: NewRun) -> bool:
        """Whether the launch would be skipped for overlap, or would ask other runs to stop."""
        if batch.is_decided(schedule, new):
            return False
        if is_unplaced(new):
            return True
        room = None if new.room is None else 1 if new.room.cancel else new.room.open
        if room is not None and batch.places[schedule, new.target].opened >= room:
            return True
        if new.unique:
            batch.flush_rows()
            return self._has_twin(new)
        return False

    def _has_room(self, batch: Batch, schedule: str, new: NewRun, fellows: int) -> bool:
        """Whether the overlap policy lets the run be launched; makes the room if it says so.

        Its fellows, launched by the same decision, are in nobody's way: they wait for their turn.
        """
        place = batch.places[schedule, new.target]
        if new.room is not None and new.room.cancel and place.opened:
            batch.flush_rows()
            self.stop(self.opened(schedule, new.target), "overlap", batch.now)
            place.opened = len(self.opened(schedule, new.target))
        elif (
            new.room is not None and not new.room.cancel and place.opened - fellows >= new.room.open
        ):
            return False
        if new.unique:
            batch.flush_rows()
            return not self._has_twin(new)
        return True

    def _has_twin(self, new: NewRun) -> bool:
        """Whether a run of the same task and target with equal parameters is waiting already."""
        twin = (new.task, json_text(new.parameters), new.target)
        return self.first("has_twin", twin) is not None

    @writing
    def add_run(self, new: NewRun, now: int) -> RunRow | None:
        self.lock("lock_schedule", (new.schedule,))
        if new.unique:
            self.lock("lock_tasks", (UNIQUE, listed([new.task])))
            if self._has_twin(new):
                return None
        slot = (new.schedule, new.due, new.target)
        if new.kind == "slot" and self.first("has_slot", slot) is not None:
            return None
        added = self.lock("insert_runs", (*columns([run_values(new, new.schedule, now)]), None))
        if not added:
            return None
        if new.offered is not None:
            self.do("offer", (added[0][0], new.offered))
        self.do("count_run", (new.schedule, 1))
        self.tell_others()
        return self.run(added[0][0])

    @writing
    def backfill(self, schedule: str, news: Sequence[NewRun], now: int) -> list[RunRow]:
        self.lock("lock_schedule", (schedule,))
        there = set(self.all("backfilled", (schedule,)))
        wanted = [new for new in news if (new.due, new.target) not in there]
        if not wanted:
            return []
        rows = [run_values(new, schedule, now) for new in wanted]
        added = self.lock("insert_runs", (*columns(rows), None))
        self.do("count_run", (schedule, len(added)))
        self.tell_others()
        return self._runs(run for run, _ in added)
