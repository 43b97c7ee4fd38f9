"""The distributed jobs of one application: their schedules kept in step, their runs, their record.

A job is a schedule in the store, so the engine sees to it that one server at a time runs it, for as
long as that server lives. A server that starts writes down what it knows and the store does not,
and lets what it does not know alone: that may be a newer release's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from rota.cms.cancellation import CancellationToken
from rota.cms.host import register
from rota.cms.umbraco.distributed import first_due, name_of, refuse_distributed, rule_of
from rota.cms.umbraco.host import ServerHost
from rota.cms.umbraco.injected import construct
from rota.cms.umbraco.overdue import Watch
from rota.cms.umbraco.recurring import titled
from rota.cms.umbraco.runtime import RuntimeState
from rota.cms.umbraco.settings import DistributedJobsSettings
from rota.cms.umbraco.spans import read_span
from rota.durations import duration_text
from rota.engine.client.acting import acting
from rota.engine.client.recording import revised
from rota.engine.schedules.saving import start_row
from rota.engine.schedules.settling import follow, said
from rota.engine.tasks.registry import Task
from rota.engine.tasks.run import Run
from rota.errors import BadSetting, DuplicateTask, Postponed, Problem, UnknownSchedule
from rota.instants import SECOND, from_datetime, to_datetime
from rota.ports.records import ScheduleQuery, ScheduleRow
from rota.when import Trigger

__all__ = ("DistributedJobInfo", "DistributedJobs")

MICROSECOND = timedelta(microseconds=1)
OURS = "umbraco"  # what the schedules of this model say of themselves
PAGE = 500


@dataclass(frozen=True, slots=True)
class DistributedJobInfo:
    """What the store knows of a distributed job; times are aware UTC datetimes."""

    name: str
    period: timedelta | None
    last_run: datetime | None  # when the last run ended, however it did
    last_attempted_run: datetime | None  # when it began
    is_running: bool
    is_overdue: bool  # it has gone on for longer than its period and the maximum execution time
    next_run: datetime | None
    last_state: str | None
    last_error: str | None
    last_duration: timedelta | None
    last_node: str | None


class Distributed:
    """One of them in this process."""

    def __init__(self, name: str, what: object, *, with_token: bool) -> None:
        self.name = name
        self.kind: type[Any] = what if inspect.isclass(what) else type(what)
        self.job: Any = None if inspect.isclass(what) else what
        self.with_token = with_token

    @property
    def period(self) -> timedelta | None:
        """The job's period as it is now."""
        return read_span(getattr(self.job, "period", None), f"{self.name}.period")


@dataclass(eq=False)
class DistributedJobs:
    """All of them; told of the node's life by `rota.local`."""

    rota: ServerHost
    settings: DistributedJobsSettings
    runtime: RuntimeState
    watch: Watch
    given: Mapping[object, object]
    jobs: dict[str, Distributed] = field(default_factory=dict, init=False)

    def add(self, what: object, policies: dict[str, object]) -> str:
        """Register a job's class, or an instance, under its unique name."""
        kind = what if inspect.isclass(what) else type(what)
        name = name_of(kind)
        if policies.get("executor") == "process":
            raise BadSetting("it runs in this process", part=name, text="executor=process",
                             hint="leave executor out")  # fmt: skip
        one = Distributed(name, what, with_token=refuse_distributed(what, name))
        if name in self.jobs and self.jobs[name].kind is kind:
            raise DuplicateTask(
                "this job is registered already", part="name", text=name,
                hint=f"register {kind.__qualname__} once, or give each a name of its own",
            )  # fmt: skip
        register(
            self.rota, name, self.code_of(one), origin=kind, title=titled(kind),
            policies={
                "idempotent": True,
                "start_delay": duration_text(self.settings.delay // MICROSECOND),
                **policies,
            },
        )  # fmt: skip
        self.jobs[name] = one
        return name

    # ------------------------------------------------------------- their lives

    def check(self) -> None:
        """Make all instances; one error says what is wrong with any of them."""
        problems: list[Problem] = []
        for one in self.jobs.values():
            try:
                if one.job is None:
                    one.job = construct(one.kind, self.rota.context.services, self.given)
                rule_of(one.job, one.name)
            except BadSetting as error:
                problems += error.problems
        if problems:
            raise BadSetting(problems)

    def prepare(self) -> None:
        """Let the store know them."""
        with acting("code"), self.rota.context.store.transaction():
            for name, one in self.jobs.items():
                self.keep_in_step(name, rule_of(one.job, name))
            self.forget()

    def starting(self) -> None: ...

    def started(self) -> None:
        self.watch.start()

    def stopping(self) -> None: ...

    def stopped(self) -> None:
        self.watch.stop()

    # ------------------------------------------------------------- the schedules

    def keep_in_step(self, name: str, rule: Trigger) -> None:
        """Insert the job's schedule, or let it follow what the code says; its last run stays."""
        context = self.rota.context
        task = context.registry.get(name)
        assert isinstance(task, Task)
        code, now = {**said(task, rule), "model": OURS}, context.clock.now()
        known = context.store.schedule(name)
        if known is not None:
            if known.origin == "code":
                follow(context, known, code, now)
            return
        row = ScheduleRow(name, name, str(rule), origin="code", code=code)
        first = first_due(rule, to_datetime(now), self.settings.delay)
        new = replace(
            start_row(row, rule, now), next_due=None if first is None else from_datetime(first)
        )
        added = context.store.add_schedule(new)
        revised(context, "added", None, added or new, reason="it follows the code")

    def forget(self) -> None:
        """Remove the schedules of jobs that no release has any more: no server that lives knows
        them, and none has for a while.
        """
        if self.settings.forget_after is None:
            return
        context = self.rota.context
        limit = context.clock.now() - self.settings.forget_after // MICROSECOND
        alive, seen = set(self.jobs), dict.fromkeys(self.jobs, 0)
        for node in context.store.nodes():
            for task in node.tasks:
                seen[task] = max(seen.get(task, 0), node.seen)
                if node.state in ("alive", "stopping"):
                    alive.add(task)
        for known in context.store.tasks():
            seen[known.identifier] = max(seen.get(known.identifier, 0), known.seen)
        for row in list(self.stored()):
            if row.task not in alive and seen.get(row.task, 0) <= limit:
                self.remove(row)

    def stored(self) -> Iterator[ScheduleRow]:
        """The schedules of this model in the store, whichever release they are of."""
        after = ""
        while page := self.rota.context.store.schedules(ScheduleQuery(after=after, limit=PAGE)):
            yield from (row for row in page if row.code.get("model") == OURS)
            after = page[-1].name

    def remove(self, row: ScheduleRow) -> None:
        context = self.rota.context
        context.store.withdraw(row.name, "cancelled", "user", None, context.clock.now())
        if context.store.remove_schedule(row.name):
            revised(context, "removed", row, None, reason="no server has this job any more")
            context.say("schedule.removed", f"{row.name} was removed: no server has this job any "
                        "more", schedule=row.name)  # fmt: skip

    # ------------------------------------------------------------------ a run

    def code_of(self, one: Distributed) -> Callable[[Run], object]:
        """What the engine calls: `execute`, with the token if it takes one."""

        def arguments(run: Run) -> tuple[CancellationToken, ...]:
            return (CancellationToken(run),) if one.with_token else ()

        if inspect.iscoroutinefunction(one.kind.execute):

            async def run_async(run: Run) -> object:
                self.begin(one, run)
                try:
                    return await one.job.execute(*arguments(run))
                finally:
                    self.watch.ended(one.name, run.id)

            return run_async

        def run_plain(run: Run) -> object:
            self.begin(one, run)
            try:
                return one.job.execute(*arguments(run))
            finally:
                self.watch.ended(one.name, run.id)

        return run_plain

    def begin(self, one: Distributed, run: Run) -> None:
        """Postpone the run if it is not to begin yet; else look after it."""
        if not self.runtime.is_running:
            raise Postponed(max(1.0, self.settings.delay.total_seconds()))
        if self.settings.takeover == "period" and run.attempt > 1 and one.period is not None:
            claimed = max(run.row.due, run.row.created)
            stale = claimed + (one.period + self.settings.maximum_execution_time) // MICROSECOND
            now = self.rota.context.clock.now()
            if now < stale:
                raise Postponed((stale - now) / SECOND)
        self.watch.began(one.name, run.id, lambda: self.limit(one))

    def limit(self, one: Distributed) -> timedelta | None:
        """How long a run may take before it is reported."""
        period = one.period
        return None if period is None else period + self.settings.maximum_execution_time

    # ---------------------------------------------------------------- reading

    def __iter__(self) -> Iterator[DistributedJobInfo]:
        for one in self.jobs.values():
            yield self.info(one.name)

    def info(self, name: str) -> DistributedJobInfo:
        """What the store knows of one. UnknownSchedule if there is no such job here."""
        one = self.jobs.get(name)
        if one is None:
            raise UnknownSchedule("there is no such distributed job", part="job", text=name,
                                  hint=f"there are {', '.join(self.jobs) or 'none'}")  # fmt: skip
        item = self.rota.schedules.get(name)
        begun = [run for run in self.rota.runs.list(name, limit=50) if run.started is not None]
        ended = next((run for run in begun if run.finished is not None), None)
        took = (
            ended.finished - ended.started if ended and ended.finished and ended.started else None
        )
        return DistributedJobInfo(
            name, one.period, ended.finished if ended else None,
            begun[0].started if begun else None, any(run.state == "running" for run in begun),
            self.watch.is_overdue(name), item.next_run, ended.state if ended else None,
            ended.error if ended else None, took, ended.node if ended else None,
        )  # fmt: skip
