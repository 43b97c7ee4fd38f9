"""The model: recurring and distributed background jobs of one application."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from rota.cms.umbraco.distributing import DistributedJobInfo, DistributedJobs
from rota.cms.umbraco.host import ServerHost
from rota.cms.umbraco.injected import OptionsMonitor
from rota.cms.umbraco.job import TriggerableRecurringBackgroundJob
from rota.cms.umbraco.notifications import Notifications, RecurringBackgroundJobNotification
from rota.cms.umbraco.overdue import Watch
from rota.cms.umbraco.recurring import JobStatus, RecurringJobs
from rota.cms.umbraco.roles import ServerRoleAccessor
from rota.cms.umbraco.runtime import RuntimeState
from rota.cms.umbraco.settings import UmbracoSettings
from rota.cms.umbraco.spans import Span
from rota.cms.umbraco.touch import LeaseRegistration, ServerRegistration, TouchServerJob
from rota.cms.umbraco.trigger import (
    NextExecutionStrategy,
    RecurringBackgroundJobTrigger,
    Triggerable,
    Triggered,
)
from rota.errors import BadSetting

__all__ = ("Composer", "Umbraco")

Job = TypeVar("Job")
Kind = TypeVar("Kind", bound=RecurringBackgroundJobNotification)


class Composer(Protocol):
    """Registers what a part of the application needs."""

    def compose(self, builder: Umbraco) -> None:
        """Register it."""


class Umbraco:
    """Background jobs of one application, in the words of Umbraco 9 to 17.

    >>> from rota import Rota
    >>> from rota.cms.umbraco import RecurringBackgroundJob
    >>> umbraco = Umbraco(Rota("memory://"))
    >>> @umbraco.recurring
    ... class CleanUpYourRoom(RecurringBackgroundJob):
    ...     period = "60m"
    ...
    ...     def run(self, cancellation):
    ...         return "tidy"
    >>> umbraco.names()
    ['CleanUpYourRoom']
    """

    def __init__(self, rota: ServerHost, settings: UmbracoSettings | None = None) -> None:
        self.rota = rota
        self.settings = settings or UmbracoSettings()
        self.runtime = RuntimeState()
        self.notifications = Notifications()
        self.watch = Watch(rota.context, lambda: self.settings.overdue_after)
        self.registrar = OptionsMonitor(self.settings.database_server_registrar)
        self.given: dict[object, object] = {
            Umbraco: self,
            RuntimeState: self.runtime,
            ServerRoleAccessor: ServerRoleAccessor(rota),
        }
        self.recurring_jobs = RecurringJobs(
            rota, self.settings, self.runtime, self.notifications, self.watch, self.given
        )
        self.distributed_jobs = DistributedJobs(
            rota, self.settings.distributed_jobs, self.runtime, self.watch, self.given
        )
        rota.local.around += [self.recurring_jobs, self.distributed_jobs]
        if self.settings.main_dom and rota.main_instance is False and sys.platform != "win32":
            rota.main_instance = self.settings.main_dom_key_discriminator or True

    # ------------------------------------------------------------ registering

    def add_recurring_background_job(
        self, job: Job, *, name: str | None = None, **policies: object
    ) -> Job:
        """Register a recurring job: its class, of which one instance is made with its services when
        the node starts, or an instance. Its name is the class's unless given.
        """
        self.recurring_jobs.add(job, name, gated=True, policies=policies)
        return job

    recurring = add_recurring_background_job
    """The same, as a decorator of a class."""

    def add_hosted_service(
        self, service: Job, *, name: str | None = None, **policies: object
    ) -> Job:
        """Register a job that no gate holds back: it runs at every runtime level, in every role and
        in every process. The low-level base for work of your own.
        """
        self.recurring_jobs.add(service, name, gated=False, policies=policies)
        return service

    def add_distributed_background_job(self, job: Job, **policies: object) -> Job:
        """Register a distributed job: its class, of which one instance is made with its services
        when the node starts, or an instance. A name that is taken is refused with both places.
        """
        self.distributed_jobs.add(job, dict(policies))
        return job

    distributed = add_distributed_background_job
    """The same, as a decorator of a class."""

    def add_touch_server_job(
        self, registration: ServerRegistration | None = None
    ) -> TouchServerJob:
        """Register the job that touches this server's registration: yours, else Rota's own, where
        it looks whether the others see this server. Its times are those of `registrar`.
        """
        found = registration or LeaseRegistration(self.rota)
        job = TouchServerJob(self.rota, found, self.registrar, self.settings.application_url)
        return self.add_recurring_background_job(job)

    def add_composer(self, composer: type[Composer] | Composer) -> None:
        """Let a composer register what it has."""
        made: Any = composer() if inspect.isclass(composer) else composer
        if not callable(getattr(made, "compose", None)):
            raise BadSetting("a composer has compose(self, builder)", part="composer",
                             text=str(composer))  # fmt: skip
        made.compose(self)

    def add_notification_handler(self, kind: type[Kind], handler: Callable[[Kind], object]) -> None:
        """Call `handler(notification)` for each notification of that class."""
        self.notifications.subscribe(kind, handler)

    def on(
        self, kind: type[Kind]
    ) -> Callable[[Callable[[Kind], object]], Callable[[Kind], object]]:
        """The same, as a decorator."""

        def add(handler: Callable[[Kind], object]) -> Callable[[Kind], object]:
            self.notifications.subscribe(kind, handler)
            return handler

        return add

    # ----------------------------------------------------------------- acting

    def trigger_of(
        self, job: type[Triggerable] | str
    ) -> RecurringBackgroundJobTrigger[Triggerable]:
        """The trigger of a job that bears the marker; by its class, or by its name where several
        jobs are of one class.
        """
        jobs = self.recurring_jobs
        name = jobs.named(job) if inspect.isclass(job) else str(job)
        kind = jobs.hosted[name].kind if name in jobs.hosted else job
        marked = inspect.isclass(kind) and issubclass(kind, TriggerableRecurringBackgroundJob)
        if inspect.isclass(kind) and not marked:
            raise BadSetting(
                "this job is not meant to be triggered", part="job", text=kind.__qualname__,
                hint="add TriggerableRecurringBackgroundJob to its bases",
            )  # fmt: skip
        return RecurringBackgroundJobTrigger(self.rota, name if name in jobs.hosted else None)

    def trigger(
        self,
        job: type[Triggerable] | str,
        strategy: NextExecutionStrategy | str = NextExecutionStrategy.NONE,
        *,
        next_delay: Span | bool = False,
    ) -> Triggered:
        """Run a job that bears the marker as soon as possible, in this process. The answer is false
        if none of that class is registered, or none is kept here just now.
        """
        return self.trigger_of(job).trigger_execution(strategy, next_delay=next_delay)

    def dispose(self) -> None:
        """Let every job let go of what it holds, at the end of the process."""
        self.recurring_jobs.dispose()

    # ---------------------------------------------------------------- reading

    def names(self) -> list[str]:
        """The recurring jobs, by name."""
        return sorted(self.recurring_jobs.hosted)

    def job(self, name: str) -> Any:
        """The instance that goes by a name, once the node has started."""
        return self.recurring_jobs.hosted[name].job

    def jobs(self) -> list[JobStatus]:
        """The recurring jobs as they stand in this process."""
        return list(self.recurring_jobs)

    def distributed_job(self, name: str) -> DistributedJobInfo:
        """A distributed job as the store knows it, for all servers."""
        return self.distributed_jobs.info(name)
