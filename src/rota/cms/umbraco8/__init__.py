"""Background tasks as in Umbraco 8: a runner, its tasks, a composer and a component.

    class CleanRoom(RecurringTask):
        def perform_run(self) -> bool:
            return True

    runner = BackgroundTaskRunner("CleanYourRoom", rota)
    runner.try_add(CleanRoom(runner, 60_000, 300_000))

Source of the rules: the vendor's page “Scheduling with BackgroundTaskRunner” and its tests.
"""

from __future__ import annotations

from rota.cms.cancellation import CancellationToken
from rota.cms.umbraco8.composing import (
    Component,
    ComponentComposer,
    Composer,
    Composition,
    Umbraco8,
)
from rota.cms.umbraco8.events import Event, TaskEventArgs
from rota.cms.umbraco8.logger import ProfilingLogger
from rota.cms.umbraco8.options import BackgroundTaskRunnerOptions
from rota.cms.umbraco8.runner import BackgroundTaskRunner
from rota.cms.umbraco8.runtime import RuntimeState, ServerRole
from rota.cms.umbraco8.tasks import BackgroundTask, LatchedBackgroundTask, RecurringTask

__all__ = (
    "BackgroundTask",
    "BackgroundTaskRunner",
    "BackgroundTaskRunnerOptions",
    "CancellationToken",
    "Component",
    "ComponentComposer",
    "Composer",
    "Composition",
    "Event",
    "LatchedBackgroundTask",
    "ProfilingLogger",
    "RecurringTask",
    "RuntimeState",
    "ServerRole",
    "TaskEventArgs",
    "Umbraco8",
)
