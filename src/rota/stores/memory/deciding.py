"""Launching in memory: decisions, overlap, skips, and runs that people ask for."""

from __future__ import annotations

from collections.abc import Sequence

from rota.ports.records import Decided, Decision, NewRun, RunRow, ScheduleRow, Skip
from rota.stores.claiming import Claim
from rota.stores.common import json_text
from rota.stores.crowding import told
from rota.stores.memory.tables import Tables, copied, own
from rota.stores.placing import is_unplaced, placed

__all__ = ("Deciding",)


class Deciding(Tables):
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
        with self.transaction():
            decisions = placed(decisions, self.alive)
            found = self.leases.get(node)
            claims = found is not None and found.node.state in ("alive", "stopping")
            claim = Claim(node, now, now + ahead) if claims else None
            return [self._decide(decision, now, claim) for decision in decisions]

    def add_run(self, new: NewRun, now: int) -> RunRow | None:
        with self.transaction():
            if new.unique and self._has_twin(new):
                return None
            slot = (new.schedule or "", new.due, new.target)
            if new.kind == "slot" and slot in self.slots:
                return None
            row = self._insert(new, new.schedule, now)
            schedule = self.schedule_rows.get(new.schedule or "")
            if schedule is not None:
                self.change(schedule, runs=schedule.runs + 1)
            return own(row)

    def backfill(self, schedule: str, news: Sequence[NewRun], now: int) -> list[RunRow]:
        with self.transaction():
            there = {
                (row.due, row.target)
                for row in self.opened(schedule)
                if row.kind == "backfill"
            }  # fmt: skip
            rows = [
                self._insert(new, schedule, now)
                for new in news
                if (new.due, new.target) not in there
            ]
            row = self.schedule_rows.get(schedule)
            if row is not None:
                self.change(row, runs=row.runs + len(rows))
            return [own(row) for row in rows]

    def _decide(self, decision: Decision, now: int, claim: Claim | None = None) -> Decided:
        row = self.schedule_rows.get(decision.name)
        if (
            row is None
            or not row.enabled
            or row.version != decision.version
            or row.next_due != decision.seen_due
        ):
            return Decided(decision.name, stale=True)
        if decision.ahead and any(self._in_the_way(row, new) for new in decision.launches):
            return Decided(decision.name, early=True)
        launched: list[RunRow] = []
        skipped: list[Skip] = []
        fellows: dict[str, int] = {}  # launched by this decision, by target
        through = row.decided_through
        for one, stood in told(decision, through, lambda new: self._in_the_way(row, new)):
            if isinstance(one, NewRun):
                if self._is_decided(row, one):
                    continue
                here = fellows.get(one.target, 0)
                if self._has_room(row.name, one, now, here):
                    launched.append(self._launch(row, one, now, claim))
                    fellows[one.target] = here + 1
                    continue
                skip = Skip(one.due, one.due, 1, "overlap", one.target)
            else:
                skip = one
            if skip.last > through:
                self._skip(row, skip, stood, now)
                skipped.append(skip)
        taken = [own(run) for run in launched if run.state == "running"]
        self._advance(row, decision, len(launched))
        if taken:
            self.change(row, last_run=max(run.started or 0 for run in taken))
        ids = tuple(run.id for run in launched)
        return Decided(row.name, launched=ids, skipped=tuple(skipped), taken=tuple(taken))

    def _launch(self, row: ScheduleRow, new: NewRun, now: int, claim: Claim | None) -> RunRow:
        """Insert the run: taken, if the deciding node takes it at once."""
        opened = len(self.opened(row.name, new.target))
        if claim is None or not claim.takes(new, opened, paused=row.paused):
            return self._insert(new, row.name, now)
        run = claim.row(new, row.name, self.draw("run"), self.draw("fence"))
        self.put_run(run)
        return run

    def _is_decided(self, row: ScheduleRow, new: NewRun) -> bool:
        """Whether the slot has had its decision."""
        return new.due <= row.decided_through or (row.name, new.due, new.target) in self.slots

    def _in_the_way(self, row: ScheduleRow, new: NewRun) -> bool:
        """Whether the launch would be skipped for overlap, or would ask other runs to stop."""
        if self._is_decided(row, new):
            return False
        if is_unplaced(new):
            return True
        opened = len(self.opened(row.name, new.target)) if new.room is not None else 0
        if new.room is not None and opened >= (1 if new.room.cancel else new.room.open):
            return True
        return new.unique and self._has_twin(new)

    def _advance(self, row: ScheduleRow, decision: Decision, launched: int) -> None:
        self.change(
            row,
            next_due=decision.next_due,
            decided_through=max(row.decided_through, decision.decided_through),
            awaits_end=decision.awaits_end,
            runs=row.runs + launched,
        )
        if decision.lift_pause and row.paused:
            self.change(row, paused=False, paused_at=None, paused_until=None, pause_reason="",
                        version=row.version + 1)  # fmt: skip

    def _has_room(self, schedule: str, new: NewRun, now: int, fellows: int) -> bool:
        """Whether the overlap policy lets the run be launched; makes the room if it says so.

        Its fellows, launched by the same decision, are in nobody's way: they wait for their turn.
        """
        opened = self.opened(schedule, new.target) if new.room is not None else []
        if new.room is not None and new.room.cancel:
            for run in opened:
                self.stop(run, "overlap", now)
        elif new.room is not None and len(opened) - fellows >= new.room.open:
            return False
        return not (new.unique and self._has_twin(new))

    def _has_twin(self, new: NewRun) -> bool:
        """Whether a run of the same task and target with equal parameters is waiting already."""
        parameters = json_text(new.parameters)
        return any(
            row.task == new.task
            and row.target == new.target
            and json_text(row.parameters) == parameters
            for row in self.queue
        )

    def _insert(self, new: NewRun, schedule: str | None, now: int) -> RunRow:
        row = RunRow(
            id=self.draw("run"),
            task=new.task,
            due=new.due,
            kind=new.kind,
            schedule=schedule,
            target=new.target,
            parameters=copied(new.parameters),
            policies=copied(new.policies),
            priority=new.priority,
            room=None if new.room is None else new.room.running,
            task_room=new.task_room,
            idempotent=new.idempotent,
            not_before=new.not_before,
            created=now,
            of=new.of,
            user=new.user,
            node=new.offered,
        )
        self.put_run(row)
        return row

    def _skip(self, schedule: ScheduleRow, skip: Skip, stood: int, now: int) -> None:
        """Write the skip as a row, or lengthen the one it follows, which ends at `stood`."""
        target = skip.target
        latest = self._latest_slot(schedule.name, target)
        if (
            latest is not None
            and latest.reason == skip.reason
            and latest.due_last is not None
            and stood <= latest.due_last < skip.first
        ):
            skips = latest.skips + skip.count
            self.change(latest, due_last=skip.last, skips=skips)
        elif (schedule.name, skip.first, target) not in self.slots:
            self.put_run(
                RunRow(
                    id=self.draw("run"),
                    task=schedule.task,
                    due=skip.first,
                    state="skipped",
                    schedule=schedule.name,
                    target=target,
                    reason=skip.reason,
                    created=now,
                    due_last=skip.last,
                    skips=skip.count,
                )
            )

    def _latest_slot(self, schedule: str, target: str) -> RunRow | None:
        rows = self.history_of.get(schedule, {})
        slots = (rows[run] for run in sorted(rows, reverse=True))
        return next((row for row in slots if row.kind == "slot" and row.target == target), None)
