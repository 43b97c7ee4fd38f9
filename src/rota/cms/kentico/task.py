"""The contract of a scheduled task, by base class or by shape."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rota.cms.cancellation import CancellationToken
from rota.cms.kentico.configuration import ScheduledTaskConfigurationInfo

__all__ = ("ScheduledTask",)


class ScheduledTask(ABC):
    """Code that a configuration schedules. One instance a run, its constructor injected.

    `execute` may be async or not. Any class with such a method will do; this one is for those who
    like their editor to tell them what is missing.

    >>> class Hello(ScheduledTask):
    ...     def execute(self, task, cancellation_token):
    ...         return f"Hello from {task.display_name}"
    """

    @abstractmethod
    def execute(
        self, task: ScheduledTaskConfigurationInfo, cancellation_token: CancellationToken
    ) -> object:
        """Do the work. Returns a `ScheduledTaskExecutionResult`, text, or nothing."""
