"""The recurring jobs of one application in this process: registering, hosting, listing them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rota.cms.umbraco.host import ServerHost
from rota.cms.umbraco.hosted import Hosted, code_of, refuse_shape
from rota.cms.umbraco.notifications import (
    Notifications,
    RecurringBackgroundJobNotification,
    RecurringBackgroundJobStartedNotification,
    RecurringBackgroundJobStartingNotification,
    RecurringBackgroundJobStoppedNotification,
    RecurringBackgroundJobStoppingNotification,
)
from rota.cms.umbraco.overdue import Watch
from rota.cms.umbraco.runtime import RuntimeState
from rota.cms.umbraco.settings import UmbracoSettings
from rota.engine.attempts.guarded import Gate
from rota.errors import BadSetting, DuplicateTask, Problem
from rota.rules.placement import address_of_node

__all__ = ("JobStatus", "RecurringJobs")

LOOKED = 50  # the latest runs of all servers, among which this one's last is looked for


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A recurring job as it stands in this process."""

    name: str
    period: timedelta | None
    next_run: datetime | None
    status: str  # as in the list of schedules; or overdue
    last_run: datetime | None
    last_state: str | None
    last_reason: str | None  # why the last attempt was ignored or cancelled


@dataclass(eq=False)
class RecurringJobs:
    """All of them; told of the node's life by `rota.local`."""

    rota: ServerHost
    settings: UmbracoSettings
    runtime: RuntimeState
    notifications: Notifications
    watch: Watch
    given: Mapping[object, object]
    hosted: dict[str, Hosted] = field(default_factory=dict, init=False)

    def add(self, what: object, name: str | None, *, gated: bool, policies: object) -> str:
        """Register a job's class, or an instance; the name it goes by, which is unique."""
        kind = what if inspect.isclass(what) else type(what)
        found = name or kind.__name__
        refuse_shape(what, found)
        if found in self.hosted:
            known = self.hosted[found].kind
            raise DuplicateTask(
                f"two jobs have this name: {known.__module__}.{known.__qualname__} and "
                f"{kind.__module__}.{kind.__qualname__}",
                part="name", text=found, hint="give one of them a name of its own: name=…",
            )  # fmt: skip
        hosted = Hosted(self.rota, found, what, self.notifications, self.watch)
        assert isinstance(policies, dict)
        self.rota.local.register(
            found, code_of(hosted), period=None, delay=None, observer=hosted, origin=kind,
            gates=self.gates(hosted) if gated else (), title=titled(kind), **policies,
        )  # fmt: skip
        self.hosted[found] = hosted
        return found

    def gates(self, hosted: Hosted) -> list[Gate]:
        """What has to be open for an attempt, in order."""
        return [
            ("runtime", lambda: self.runtime.is_running),
            ("role", hosted.has_role),
            ("main_instance", self.is_main),
        ]

    def is_main(self) -> bool:
        """Whether this process is the main instance of its machine, if that was asked for."""
        return self.rota.main_instance is False or self.rota.is_main_instance

    def named(self, kind: object) -> str | None:
        """The name of the first job of exactly that class."""
        return next((one.name for one in self.hosted.values() if one.kind is kind), None)

    def __iter__(self) -> Iterator[JobStatus]:
        for name, hosted in self.hosted.items():
            item = self.rota.schedules.get(name)
            here = address_of_node(self.rota.node_name or "")
            runs = (run for run in self.rota.runs.list(name, limit=LOOKED) if run.target == here)
            last = next(runs, None)
            late = self.watch.is_overdue(name)
            yield JobStatus(
                name, hosted.span("period") if hosted.job is not None else None,  # type: ignore[arg-type]
                item.next_run, "overdue" if late else item.status, last.started if last else None,
                last.state if last else None, last.reason if last else None,
            )  # fmt: skip

    # ------------------------------------------------------------- their lives

    def check(self) -> None:
        """Make all instances; one error says what is wrong with any of them."""
        problems: list[Problem] = []
        for hosted in self.hosted.values():
            try:
                hosted.prepare(self.given)
            except BadSetting as error:
                problems += error.problems
        if problems:
            raise BadSetting(problems)

    def prepare(self) -> None:
        """There is nothing more to do."""

    def starting(self) -> None:
        """Each host is about to start."""
        self.tell(RecurringBackgroundJobStartingNotification)

    def started(self) -> None:
        """Each host has started."""
        self.watch.start()
        self.tell(RecurringBackgroundJobStartedNotification)

    def stopping(self) -> None:
        """Each host is about to stop."""
        self.tell(RecurringBackgroundJobStoppingNotification)

    def stopped(self) -> None:
        """Each host has stopped."""
        self.watch.stop()
        self.tell(RecurringBackgroundJobStoppedNotification)

    def tell(self, kind: type[RecurringBackgroundJobNotification]) -> None:
        for hosted in self.hosted.values():
            self.notifications.publish(kind(hosted.job, hosted.name))

    def dispose(self) -> None:
        """Let every job let go of what it holds."""
        for hosted in self.hosted.values():
            hosted.dispose()


def titled(kind: type[object]) -> str:
    """What people read: the first line of what the class says of itself, else its name."""
    own = (vars(kind).get("__doc__") or "").strip().partition("\n")[0].strip().rstrip(".")
    return own[:120] or kind.__name__
