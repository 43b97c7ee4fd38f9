"""Scheduled tasks as in Xperience by Kentico: a class with `execute`, a configuration, a schedule.

    kentico = Kentico(rota)

    @kentico.register_scheduled_task("Acme.HelloScheduledTask")
    class HelloScheduledTask(ScheduledTask):
        async def execute(self, task, cancellation_token):
            return ScheduledTaskExecutionResult.SUCCESS

    kentico.configurations.create(
        "Say hello", "Acme.HelloScheduledTask", TaskInterval("hour", start, every=1)
    )

Source of the rules: the vendor's page “Scheduled tasks”.
"""

from __future__ import annotations

from rota.cms.cancellation import CancellationToken
from rota.cms.kentico.configuration import ScheduledTaskConfigurationInfo
from rota.cms.kentico.configurations import Configurations
from rota.cms.kentico.interval import TaskInterval
from rota.cms.kentico.model import Kentico
from rota.cms.kentico.result import ScheduledTaskExecutionResult
from rota.cms.kentico.task import ScheduledTask
from rota.cms.report import Imported, Report

__all__ = (
    "CancellationToken",
    "Configurations",
    "Imported",
    "Kentico",
    "Report",
    "ScheduledTask",
    "ScheduledTaskConfigurationInfo",
    "ScheduledTaskExecutionResult",
    "TaskInterval",
)
