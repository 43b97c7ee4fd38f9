"""The nine notifications of recurring background jobs, and who hears them."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rota.engine.tasks.run import Run
from rota.errors import BadSetting

__all__ = (
    "Notifications",
    "RecurringBackgroundJobCanceledNotification",
    "RecurringBackgroundJobExecutedNotification",
    "RecurringBackgroundJobExecutingNotification",
    "RecurringBackgroundJobFailedNotification",
    "RecurringBackgroundJobIgnoredNotification",
    "RecurringBackgroundJobNotification",
    "RecurringBackgroundJobStartedNotification",
    "RecurringBackgroundJobStartingNotification",
    "RecurringBackgroundJobStoppedNotification",
    "RecurringBackgroundJobStoppingNotification",
)

logger = logging.getLogger("rota")


@dataclass(frozen=True, eq=False)
class RecurringBackgroundJobNotification:
    """What all nine carry: the job and its name; about a run also that run, and a `state` that
    goes from Executing to the last notification of the same run, for handlers to keep things in.
    """

    job: object
    name: str
    run: Run | None = None
    state: dict[str, object] = field(default_factory=dict)


class RecurringBackgroundJobStartingNotification(RecurringBackgroundJobNotification):
    """Before the job's host starts."""


class RecurringBackgroundJobStartedNotification(RecurringBackgroundJobNotification):
    """The job's host has started."""


class RecurringBackgroundJobStoppingNotification(RecurringBackgroundJobNotification):
    """Before the job's host stops."""


class RecurringBackgroundJobStoppedNotification(RecurringBackgroundJobNotification):
    """The job's host has stopped, and no run of it goes on."""


class RecurringBackgroundJobExecutingNotification(RecurringBackgroundJobNotification):
    """An attempt is about to ask its gates."""


class RecurringBackgroundJobExecutedNotification(RecurringBackgroundJobNotification):
    """The job has run."""


@dataclass(frozen=True, eq=False)
class RecurringBackgroundJobIgnoredNotification(RecurringBackgroundJobNotification):
    """A gate was shut: `reason` is runtime, role or main_instance."""

    reason: str = ""


@dataclass(frozen=True, eq=False)
class RecurringBackgroundJobFailedNotification(RecurringBackgroundJobNotification):
    """The job raised: `error` is what."""

    error: BaseException | None = None


@dataclass(frozen=True, eq=False)
class RecurringBackgroundJobCanceledNotification(RecurringBackgroundJobNotification):
    """The job stopped because it was asked to: `reason` is shutdown or user."""

    reason: str = ""


Kind = TypeVar("Kind", bound=RecurringBackgroundJobNotification)
Handler = Callable[[Any], object]


class Notifications:
    """Handlers by notification; one of the base class hears all nine.

    What a handler raises is logged with its name: the job's outcome stays what it is, and the other
    handlers are called.
    """

    def __init__(self) -> None:
        self.handlers: list[tuple[type[RecurringBackgroundJobNotification], Handler]] = []

    def subscribe(self, kind: type[Kind], handler: Callable[[Kind], object]) -> None:
        """Call `handler(notification)` for notifications of that class."""
        if not (inspect.isclass(kind) and issubclass(kind, RecurringBackgroundJobNotification)):
            raise BadSetting("this is no notification of recurring background jobs",
                             part="notification", text=str(kind))  # fmt: skip
        if not callable(handler) or inspect.iscoroutinefunction(handler):
            raise BadSetting("a handler is a plain function of one argument", part="handler",
                             text=str(handler), hint="hand longer work to a task")  # fmt: skip
        try:
            inspect.signature(handler).bind(None)
        except TypeError:
            raise BadSetting("a handler takes one argument, the notification", part="handler",
                             text=named(handler)) from None  # fmt: skip
        self.handlers.append((kind, handler))

    def publish(self, notification: RecurringBackgroundJobNotification) -> None:
        """Call every handler of its class; raises nothing."""
        for kind, handler in tuple(self.handlers):
            if not isinstance(notification, kind):
                continue
            try:
                handler(notification)
            except Exception:
                logger.exception("the handler %s of %s failed for %s", named(handler),
                                 type(notification).__name__, notification.name)  # fmt: skip


def named(handler: Handler) -> str:
    module = getattr(handler, "__module__", "?")
    return f"{module}.{getattr(handler, '__qualname__', repr(handler))}"
