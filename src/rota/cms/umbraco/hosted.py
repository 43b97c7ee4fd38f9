"""A recurring job and its host: what the engine calls, and what listeners are told of it."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from rota.cms.cancellation import CancellationToken
from rota.cms.umbraco.changes import ChangeEvent
from rota.cms.umbraco.host import ServerHost
from rota.cms.umbraco.injected import construct
from rota.cms.umbraco.job import DEFAULT_DELAY, DEFAULT_IGNORED_DELAY, takes_token
from rota.cms.umbraco.notifications import (
    Notifications,
    RecurringBackgroundJobCanceledNotification,
    RecurringBackgroundJobExecutedNotification,
    RecurringBackgroundJobExecutingNotification,
    RecurringBackgroundJobFailedNotification,
    RecurringBackgroundJobIgnoredNotification,
    RecurringBackgroundJobNotification,
)
from rota.cms.umbraco.overdue import Watch
from rota.cms.umbraco.roles import DEFAULT_SERVER_ROLES, ServerRole, read_roles
from rota.cms.umbraco.spans import read_span
from rota.engine.attempts.guarded import Observer
from rota.engine.tasks.run import Run
from rota.errors import BadSetting

__all__ = ("Hosted", "code_of", "refuse_shape")

LOOK = 0.05  # seconds between looks whether another run of the job has ended

logger = logging.getLogger("rota")


@dataclass(slots=True)
class Going:
    """A run that goes on: what its notifications carry."""

    state: dict[str, object] = field(default_factory=dict)
    error: BaseException | None = None


class Hosted(Observer):
    """One job in this process. `what` is its class, of which one instance is made when the node
    starts, or an instance.
    """

    def __init__(
        self, rota: ServerHost, name: str, what: object, notifications: Notifications, watch: Watch
    ) -> None:
        self.rota = rota
        self.name = name
        self.kind: type[Any] = what if inspect.isclass(what) else type(what)
        self.job: Any = None if inspect.isclass(what) else what
        self.notifications = notifications
        self.watch = watch
        self.subscribed = False
        self.times: tuple[object, object] | None = None  # period and ignored delay, as last told
        self.lock = Lock()
        self.inside: int | None = None  # the run whose code is called just now
        self.going: dict[int, Going] = {}

    # ------------------------------------------------------------- its making

    def prepare(self, given: Mapping[object, object]) -> None:
        """Make the instance, once, and let the engine know its times. BadSetting if it cannot be
        made, or says what no job may.
        """
        if self.job is None:
            self.job = construct(self.kind, self.rota.context.services, given)
        if not hasattr(self.job, "period"):
            raise BadSetting("it has no period", part=self.name, text=self.kind.__qualname__,
                             hint="a job has a period and run(cancellation)")  # fmt: skip
        self.roles()
        self.rota.local.set_delay(self.name, self.span("delay", DEFAULT_DELAY))
        self.follow()
        if not self.subscribed:
            self.subscribed = True
            for name in ("period_changed", "ignored_delay_changed"):
                event = getattr(self.job, name, None)
                if isinstance(event, ChangeEvent):
                    event.subscribe(lambda job: self.follow())

    def span(self, name: str, default: object = None) -> object:
        return read_span(getattr(self.job, name, default), f"{self.name}.{name}")

    def follow(self) -> None:
        """Let the engine go by the job's period and ignored delay as they are now."""
        times = (self.span("period"), self.span("ignored_delay", DEFAULT_IGNORED_DELAY))
        before, self.times = self.times or (object(), object()), times
        if times[0] != before[0]:
            self.rota.local.set_period(self.name, times[0])
        if times[1] != before[1]:
            self.rota.local.set_retry(self.name, times[1])

    # --------------------------------------------------------------- the gate

    def roles(self) -> tuple[ServerRole, ...]:
        """The server roles that the job lists just now."""
        return read_roles(getattr(self.job, "server_roles", DEFAULT_SERVER_ROLES))

    def has_role(self) -> bool:
        """Whether this server's role is among them."""
        return self.rota.server_role in self.roles()

    # ---------------------------------------------------------------- a run

    def began(self, run: Run) -> None:
        """Executing: the gates come next."""
        self.going[run.id] = Going()
        self.watch.began(self.name, run.id)
        self.tell(RecurringBackgroundJobExecutingNotification, run)

    def ended(self, run: Run, state: str, reason: str | None) -> None:
        """Executed, Failed, Ignored or Canceled."""
        self.watch.ended(self.name, run.id)
        if state == "succeeded":
            self.tell(RecurringBackgroundJobExecutedNotification, run)
        elif state == "failed":
            error = self.going[run.id].error
            self.tell(RecurringBackgroundJobFailedNotification, run, error=error)
        elif state == "cancelled":
            self.tell(RecurringBackgroundJobCanceledNotification, run, reason=reason or "")
        else:
            self.tell(RecurringBackgroundJobIgnoredNotification, run, reason=reason or "")
        del self.going[run.id]
        self.follow()  # a job without events may have changed its mind as well

    def tell(self, kind: type[RecurringBackgroundJobNotification], run: Run, **more: Any) -> None:
        """Publish one notification about a run of this job."""
        state = self.going[run.id].state
        self.notifications.publish(kind(self.job, self.name, run, state, **more))

    def enter(self, run: Run) -> bool:
        """Whether the job may be called for this run: a run that a person asks for may come beside
        one by the period, and no two of a job meet. One that was asked to stop and does not is in
        nobody's way.
        """
        with self.lock:
            free = self.inside is None
            self.inside = run.id if free else self.inside
            return free

    def leave(self, run: Run, error: BaseException | None) -> None:
        """The call is over; `error` is what it raised."""
        with self.lock:
            self.inside = None
        if run.id in self.going:
            self.going[run.id].error = error

    def dispose(self) -> None:
        """Let the job let go of what it holds, if it has something for that."""
        dispose = getattr(self.job, "dispose", None)
        if callable(dispose):
            try:
                dispose()
            except Exception:
                logger.exception("disposing of the job %s failed", self.name)


def code_of(hosted: Hosted) -> Callable[[Run], object]:
    """What the engine calls: the job's `run`, with the token if it takes one."""
    with_token = takes_token(hosted.kind.run)

    def arguments(run: Run) -> tuple[CancellationToken, ...]:
        return (CancellationToken(run),) if with_token else ()

    if inspect.iscoroutinefunction(hosted.kind.run):

        async def run_async(run: Run) -> object:
            import asyncio

            while not hosted.enter(run):
                run.checkpoint()
                await asyncio.sleep(LOOK)
            with leaving(hosted, run):
                return await hosted.job.run(*arguments(run))

        return run_async

    def run_plain(run: Run) -> object:
        while not hosted.enter(run):
            run.checkpoint()
            Event().wait(LOOK)
        with leaving(hosted, run):
            return hosted.job.run(*arguments(run))

    return run_plain


@contextmanager
def leaving(hosted: Hosted, run: Run) -> Iterator[None]:
    """Around a call: whatever it does, the job is left."""
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        hosted.leave(run, error)


def refuse_shape(what: object, name: str) -> None:
    """BadSetting unless it is a job's class, or an instance of one, that can be run."""
    kind = what if inspect.isclass(what) else type(what)
    run = getattr(kind, "run", None)
    if not callable(run) or takes_token(run) is None:
        raise BadSetting(
            "a job is a class with run(self, cancellation)", part="job", text=name,
            hint="take the cancellation token and nothing else",
        )  # fmt: skip
    if inspect.isclass(what) and (missing := sorted(getattr(what, "__abstractmethods__", ()))):
        raise BadSetting(f"it does not define {', '.join(missing)}", part="job", text=name,
                         hint="write it, or register a subclass that has it")  # fmt: skip
