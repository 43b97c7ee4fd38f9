"""The contract of a recurring background job: the base class, the marker, and the plain shape."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final, Protocol, runtime_checkable

from rota.cms.cancellation import CancellationToken
from rota.cms.umbraco.changes import ChangeEvent
from rota.cms.umbraco.roles import DEFAULT_SERVER_ROLES, ServerRole
from rota.cms.umbraco.spans import Span, read_span
from rota.errors import BadSetting

__all__ = (
    "DEFAULT_DELAY",
    "DEFAULT_IGNORED_DELAY",
    "IRecurringBackgroundJob",
    "RecurringBackgroundJob",
    "TriggerableRecurringBackgroundJob",
    "takes_token",
)

DEFAULT_DELAY: Final = timedelta(minutes=3)
DEFAULT_IGNORED_DELAY: Final = timedelta(minutes=1)


@runtime_checkable
class IRecurringBackgroundJob(Protocol):
    """The least that a job has: a `period` and `run(cancellation)`, or `run()`. What else the base
    class has is taken from it if it is there, and has the same defaults if not.
    """

    @property
    def period(self) -> Span:
        """From start to start."""

    def run(self, cancellation: CancellationToken) -> object:
        """Do the work."""


class TriggerableRecurringBackgroundJob:
    """The marker of jobs that may be triggered by hand; it has no members."""


class RecurringBackgroundJob(ABC):
    """Recurring work of one process: one instance for its whole life, made with its services.

    Give the period to the constructor, or as an attribute of the class. The rest has defaults that
    a subclass overrides: `delay` (3 minutes before the first run), `ignored_delay` (1 minute),
    `server_roles` (single and scheduling publisher). None, or `INFINITE`, is never. `run` may be
    async or not.

    >>> class CleanUpYourRoom(RecurringBackgroundJob):
    ...     period = timedelta(minutes=60)
    ...
    ...     def run(self, cancellation):
    ...         return "tidy"
    >>> job = CleanUpYourRoom()
    >>> str(job.period), str(job.delay), str(job.ignored_delay)
    ('1:00:00', '0:03:00', '0:01:00')
    """

    delay: Span = DEFAULT_DELAY
    server_roles: Sequence[ServerRole | str] = DEFAULT_SERVER_ROLES

    as_written: ClassVar[dict[str, timedelta | None]] = {"ignored_delay": DEFAULT_IGNORED_DELAY}

    def __init_subclass__(cls) -> None:
        # `period = …` in a subclass is where its instances begin, not the end of the property.
        for name in ("period", "ignored_delay"):
            given = vars(cls).get(name)
            if name in vars(cls) and not hasattr(given, "__get__"):
                cls.as_written = {**cls.as_written, name: read_span(given, name)}
                delattr(cls, name)

    def __init__(self, *period: Span) -> None:
        if len(period) > 1 or not (period or "period" in self.as_written):
            raise BadSetting(
                "a job has one period", part=f"{type(self).__qualname__}.period",
                hint="give it to super().__init__(…), or write period = timedelta(minutes=60)",
            )  # fmt: skip
        self._period = read_span(period[0], "period") if period else self.as_written["period"]
        self._ignored_delay = self.as_written["ignored_delay"]
        self.period_changed = ChangeEvent()
        self.ignored_delay_changed = ChangeEvent()

    @property
    def period(self) -> timedelta | None:
        """From start to start. Setting another value takes effect at once and raises
        `period_changed`; the same value does nothing, a negative one is refused.
        """
        return self._period

    @period.setter
    def period(self, value: Span) -> None:
        wanted = read_span(value, "period")
        if wanted != self._period:
            self._period = wanted
            self.period_changed.raise_for(self)

    @property
    def ignored_delay(self) -> timedelta | None:
        """After an attempt that a gate refused: how long until the gates are asked again. The same
        rules as for `period`; `ignored_delay_changed` is raised.
        """
        return self._ignored_delay

    @ignored_delay.setter
    def ignored_delay(self, value: Span) -> None:
        wanted = read_span(value, "ignored_delay")
        if wanted != self._ignored_delay:
            self._ignored_delay = wanted
            self.ignored_delay_changed.raise_for(self)

    @abstractmethod
    def run(self, cancellation: CancellationToken) -> object:
        """Do the work. The token is set when the application shuts down."""

    def dispose(self) -> None:
        """Let go of what the job holds; from then on its setters tell nobody. Override it for your
        own, and call this one too. The host calls it when the process ends.
        """
        self.period_changed.clear()
        self.ignored_delay_changed.clear()


def takes_token(run: object) -> bool | None:
    """Whether a method `run`, seen from its class, takes a cancellation token; None if it takes
    neither one nor nothing.

    >>> takes_token(RecurringBackgroundJob.run), takes_token(lambda self, one, two: 0)
    (True, None)
    """
    for arguments in (("self", "cancellation"), ("self",)):
        try:
            inspect.signature(run).bind(*arguments)  # type: ignore[arg-type]
        except TypeError:
            continue
        return len(arguments) == 2
    return None
