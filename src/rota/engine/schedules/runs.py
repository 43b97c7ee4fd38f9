"""`rota.runs`: read runs and their logs, cancel one, run one again."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from datetime import datetime

from rota.engine.client.acting import actor
from rota.engine.client.context import Context
from rota.engine.client.itemize import log_item, outcome_item, run_item
from rota.engine.client.items import Beat, LogItem, OutcomeItem, Page, RunItem
from rota.engine.client.paging import bounded, page_of, read_cursor
from rota.engine.client.recording import audited
from rota.engine.policies import resolve
from rota.engine.schedules.asking import twin
from rota.errors import Refused, UnknownRun
from rota.instants import SECOND, from_datetime
from rota.ports.records import Json, NewRun, RunQuery, RunRow
from rota.rules.overlap import room
from rota.rules.placement import forsaken
from rota.rules.states import FINAL

__all__ = ("Runs",)


class Runs:
    """The runs of one application, newest first."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def get(self, run: int) -> RunItem:
        """One run. `UnknownRun` if there is none of that number."""
        return run_item(self.need(run))

    def list(
        self,
        schedule: str | None = None,
        *,
        task: str | None = None,
        states: Sequence[str] = (),
        kinds: Sequence[str] = (),
        limit: int = 50,
        cursor: str | int | None = None,
    ) -> Page[RunItem]:
        """A page of runs and skips, newest first; `page.next` is the cursor of the next one."""
        self.context.ready()
        limit = bounded(limit)
        rows = self.context.store.runs(
            RunQuery(
                before=read_cursor(cursor), limit=limit + 1, schedule=schedule, task=task,
                states=tuple(states), kinds=tuple(kinds),
            )
        )  # fmt: skip
        return page_of(rows, limit, run_item, lambda row: row.id)

    def latest(
        self, schedules: Sequence[str], count: int = 20
    ) -> dict[str, builtins.list[OutcomeItem]]:
        """The last outcomes of each of these schedules, newest first, in one reading."""
        self.context.ready()
        found: dict[str, builtins.list[OutcomeItem]] = {name: [] for name in schedules}
        for row in self.context.store.latest_outcomes(schedules, count):
            found.setdefault(row.schedule or "", []).append(outcome_item(row))
        return found

    def beats(self, schedules: Sequence[str], count: int = 20) -> dict[str, builtins.list[Beat]]:
        """How the last runs of each of these schedules went, newest first, in one reading."""
        now = self.context.now()
        found: dict[str, builtins.list[Beat]] = {name: [] for name in schedules}
        for row in self.context.store.latest_outcomes(schedules, count):
            took = 0 if row.started is None else (row.finished or now) - row.started
            found.setdefault(row.schedule or "", []).append(Beat(row.state, max(0, took) / SECOND))
        return found

    def between(
        self, since: datetime, until: datetime, limit: int = 1_000
    ) -> builtins.list[OutcomeItem]:
        """What was made to run, or skipped, between two instants, newest first."""
        self.context.ready()
        rows = self.context.store.outcomes(from_datetime(since), from_datetime(until), limit)
        return [outcome_item(row) for row in rows]

    def log(self, run: int, after: int = 0, limit: int = 500) -> builtins.list[LogItem]:
        """Log lines of a run with a number greater than `after`, in order."""
        row = self.need(run)
        return [log_item(line) for line in self.context.store.log(row.id, after, bounded(limit))]

    def cancel(self, run: int, *, user: str | None = None) -> RunItem:
        """Ask a run to stop. One that waits ends at once; one that has ended is refused."""
        row = self.need(run)
        if row.state in FINAL:
            raise Refused(f"it has already ended as {row.state}", part="run", text=str(run),
                          hint="only a run that waits or runs can be cancelled")  # fmt: skip
        now, store = self.context.now(), self.context.store
        ahead = row.kind == "slot" and row.started is not None and row.started > now
        pending: builtins.list[int] = []
        here = self.context.hold_back(row.schedule) if ahead and row.schedule else None
        with store.transaction():  # with its line in the audit, or not at all
            if ahead and row.schedule:
                pending = store.withdraw(row.schedule, "cancelled", "user", here, now)
            else:
                store.cancel_run(row.id, "user", user, now)
            self.record("run.cancelled", row, {"run": row.id}, user)
            self.context.say("run.cancel", f"{row.schedule or row.task} was asked to stop",
                             schedule=row.schedule, run=row.id, user=user)  # fmt: skip
        self.context.confirm(pending)
        self.context.poke()
        return run_item(store.run(row.id) or row)

    def again(
        self,
        run: int,
        parameters: Mapping[str, object] | None = None,
        *,
        user: str | None = None,
    ) -> RunItem:
        """Run it again: a new run for the same slot that names the old one."""
        row, now = self.need(run), self.context.now()
        user = user or actor().user
        if row.state == "skipped" and row.skips > 1:
            raise Refused("it stands for several skipped slots", part="run", text=str(run),
                          hint="use run now instead")  # fmt: skip
        given = dict(row.parameters if parameters is None else parameters)
        if row.state == "skipped" and parameters is None:
            given = self.parameters_of(row)
        self.context.need_task(row.task)
        self.context.check_parameters(row.task, given)
        policies = resolve(self.context.defaults(row.task), row.policies)
        new = NewRun(
            task=row.task, due=row.due, kind="again", schedule=row.schedule, parameters=given,
            policies=row.policies, priority=policies.priority,
            room=room(policies.overlap) if row.schedule else None,
            task_room=policies.max_running, idempotent=policies.idempotent,
            unique=policies.unique, not_before=now, of=row.id, user=user, target=row.target,
        )  # fmt: skip
        with self.context.store.transaction():
            self.need_target(row)
            added = self.context.store.add_run(new, now)
            if added is None:
                raise twin(row.task)
            asked = {"run": added.id, "of": row.id, "parameters": given}
            self.record("run.again", row, asked, user)
            self.context.say(
                "run.again", f"run {row.id} was asked to run again", schedule=row.schedule,
                run=added.id, user=user,
            )  # fmt: skip
        self.context.poke()
        return run_item(added)

    def record(self, action: str, row: RunRow, what: Json, user: str | None) -> None:
        audited(self.context, action, row.schedule or row.task, after=what, user=user)

    def need_target(self, row: RunRow) -> None:
        """Refuse to run again what was for a node that is gone."""
        alive = [node for node in self.context.store.nodes() if node.state == "alive"]
        if forsaken(row.target, row.task, alive):
            raise Refused(f"it was for {row.target}, where nothing is alive that knows {row.task}",
                          part="run", text=str(row.id), hint="use run now instead")  # fmt: skip

    def parameters_of(self, row: RunRow) -> dict[str, object]:
        schedule = self.context.store.schedule(row.schedule) if row.schedule else None
        return dict(schedule.parameters) if schedule is not None else {}

    def need(self, run: int) -> RunRow:
        self.context.ready()
        fit = isinstance(run, int) and not isinstance(run, bool) and 0 < run < 2**63
        row = self.context.store.run(run) if fit else None
        if row is None:
            raise UnknownRun("there is no such run", part="run", text=str(run),
                             hint="runs are listed with rota runs")  # fmt: skip
        return row
