"""Kentico's own example: a task that says hello, its registration and its configuration.

    rota --app examples.kentico_hello serve

Here the configuration is made in code; on the page it is “New schedule”.
"""

from __future__ import annotations

import logging
from datetime import datetime

from rota import Rota
from rota.cms.kentico import (
    CancellationToken,
    Kentico,
    ScheduledTask,
    ScheduledTaskConfigurationInfo,
    ScheduledTaskExecutionResult,
    TaskInterval,
)

rota = Rota("sqlite:///kentico.db")
kentico = Kentico(rota)


@kentico.register_scheduled_task(identifier="Acme.HelloScheduledTask")
class HelloScheduledTask(ScheduledTask):
    """Say hello in the event log."""

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    async def execute(
        self, task: ScheduledTaskConfigurationInfo, cancellation_token: CancellationToken
    ) -> ScheduledTaskExecutionResult:
        """What the system calls; its message is the *Last result*."""
        self.logger.warning("Hello from my scheduled task!")
        return ScheduledTaskExecutionResult.SUCCESS


def configure() -> None:
    """Run it every hour from the start of March, on weekdays."""
    kentico.configurations.create(
        "Say hello",
        "Acme.HelloScheduledTask",
        TaskInterval(
            "hour",
            datetime(2026, 3, 1),
            days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
        ),
    )
