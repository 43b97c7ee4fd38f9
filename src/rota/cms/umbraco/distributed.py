"""The contract of a distributed background job: once for all servers, and its rule as a trigger."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, runtime_checkable

from rota.cms.cancellation import CancellationToken
from rota.cms.umbraco.spans import Span, read_span
from rota.errors import BadSetting
from rota.when import Trigger, every, trigger

__all__ = (
    "DistributedBackgroundJob",
    "IDistributedBackgroundJob",
    "first_due",
    "name_of",
    "refuse_distributed",
    "rule_of",
)

YEAR_ONE: Final = datetime(1, 1, 1, tzinfo=UTC)  # a Monday
GRID: Final = datetime(2000, 1, 1, tzinfo=UTC) - YEAR_ONE


@runtime_checkable
class IDistributedBackgroundJob(Protocol):
    """The least that a distributed job has: a `name` on its class, a `period`, and
    `execute(cancellation)` or `execute()`. `align_to_clock` is false if it is not there.
    """

    name: str

    @property
    def period(self) -> Span:
        """From the end of a run to the start of the next, or the grid."""

    def execute(self, cancellation: CancellationToken) -> object:
        """Do the work."""


class DistributedBackgroundJob(ABC):
    """Work that one server at a time does for all of them, under a unique name.

    It runs again when the `period` has passed since the end of its last run; with `align_to_clock`
    at the multiples of the period, counted in UTC from a Monday's midnight. One instance lives as
    long as the process; `execute` may be async or not.

    >>> class Sweep(DistributedBackgroundJob):
    ...     name = "Sweep"
    ...     period = timedelta(minutes=5)
    ...
    ...     def execute(self, cancellation):
    ...         return "swept"
    >>> str(rule_of(Sweep(), "Sweep"))
    'every 5m after end'
    """

    name: str = ""
    period: Span
    align_to_clock: bool = False

    @abstractmethod
    def execute(self, cancellation: CancellationToken) -> object:
        """Do the work. The token is set when the server shuts down."""


def name_of(kind: type[Any]) -> str:
    """The unique name that a class gives itself, else that of the class. BadSetting if it cannot be
    known before there is an instance.
    """
    given = getattr(kind, "name", "") or kind.__name__
    if not isinstance(given, str):
        raise BadSetting("the name is written on the class", part="name", text=kind.__qualname__,
                         hint=f'write name = "{kind.__name__}"')  # fmt: skip
    return given


def refuse_distributed(what: object, name: str) -> bool:
    """Whether its `execute` takes the token; BadSetting if it is no job's class or instance."""
    kind = what if inspect.isclass(what) else type(what)
    execute = getattr(kind, "execute", None)
    if inspect.isclass(what) and (missing := sorted(getattr(what, "__abstractmethods__", ()))):
        raise BadSetting(f"it does not define {', '.join(missing)}", part="job", text=name,
                         hint="write it, or register a subclass that has it")  # fmt: skip
    if callable(execute):
        for arguments in (("self", "cancellation"), ("self",)):
            try:
                inspect.signature(execute).bind(*arguments)
            except TypeError:
                continue
            return len(arguments) == 2
    raise BadSetting(
        "a distributed job is a class with execute(self, cancellation)", part="job", text=name,
        hint="take the cancellation token and nothing else",
    )  # fmt: skip


def rule_of(job: Any, name: str) -> Trigger:
    """When it runs, as a trigger. BadSetting for a period that is none."""
    if not hasattr(job, "period"):
        raise BadSetting("it has no period", part=f"{name}.period",
                         hint="write period = timedelta(minutes=5)")  # fmt: skip
    period = read_span(job.period, f"{name}.period")
    if period is None:
        return trigger("manual")
    if period < timedelta(seconds=1) or period % timedelta(seconds=1):
        raise BadSetting("a distributed job's period is whole seconds, one at least",
                         part=f"{name}.period", text=str(job.period))  # fmt: skip
    if not getattr(job, "align_to_clock", False):
        return every(period, after_end=True)
    anchor = YEAR_ONE + GRID // period * period
    return every(period, start=f"{anchor:%Y-%m-%dT%H:%M:%S}", zone="UTC")


def first_due(rule: Trigger, now: datetime, delay: timedelta) -> datetime | None:
    """The first slot of a job that is new: as if it had run when this server began to look.

    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> str(first_due(every("20s", after_end=True), noon, timedelta(minutes=1)))
    '2026-03-02 12:01:20+00:00'
    """
    looks = now + delay
    return next(iter(rule.next(looks, anchor=looks)), None)
