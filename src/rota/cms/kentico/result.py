"""What a scheduled task returns: its message is shown as *Last result*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rota.errors import Failed

__all__ = ("ScheduledTaskExecutionResult", "returned")


@dataclass(frozen=True, slots=True)
class ScheduledTaskExecutionResult:
    """A message, and whether the task did what it was for. Empty text is the vendor's success.

    >>> ScheduledTaskExecutionResult("Imported 12").succeeded
    True
    >>> ScheduledTaskExecutionResult.failure("The feed was empty").succeeded
    False
    """

    message: str = ""
    succeeded: bool = True

    SUCCESS: ClassVar[ScheduledTaskExecutionResult]

    @classmethod
    def failure(cls, message: str) -> ScheduledTaskExecutionResult:
        """A run that did not do what it was for, without an exception."""
        return cls(message, succeeded=False)


ScheduledTaskExecutionResult.SUCCESS = ScheduledTaskExecutionResult()


def returned(value: object) -> str | Failed | None:
    """What Rota's engine is told about the value a task returned."""
    if isinstance(value, ScheduledTaskExecutionResult):
        return value.message if value.succeeded else Failed(value.message)
    if value is None or isinstance(value, str | Failed):
        return value
    raise TypeError(
        f"execute returned {type(value).__name__}; return a ScheduledTaskExecutionResult, "
        "text or nothing"
    )
