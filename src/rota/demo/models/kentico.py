"""In Kentico's words: scheduled tasks, and configurations that say when each runs."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from rota import Rota
from rota.cms.kentico import (
    CancellationToken,
    Kentico,
    ScheduledTask,
    ScheduledTaskConfigurationInfo,
    ScheduledTaskExecutionResult,
    TaskInterval,
)
from rota.demo.database import moment, transaction
from rota.demo.logbook import copied
from rota.demo.parts import Site
from rota.demo.times import local

__all__ = ("HelloScheduledTask", "ImportScheduledTask", "configure", "register")


class HelloScheduledTask(ScheduledTask):
    """Say hello."""

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    async def execute(
        self, task: ScheduledTaskConfigurationInfo, cancellation_token: CancellationToken
    ) -> ScheduledTaskExecutionResult:
        """One line in the run's log, and the message that is the *Last result*."""
        self.logger.warning("Hello from my scheduled task!")
        return ScheduledTaskExecutionResult(f"Hello from {task.display_name}")


class ImportScheduledTask(ScheduledTask):
    """Import a year of the logbook, which one the task data says."""

    def __init__(self, site: Site, logger: logging.Logger) -> None:
        self.site = site
        self.logger = logger

    def execute(
        self, task: ScheduledTaskConfigurationInfo, cancellation_token: CancellationToken
    ) -> ScheduledTaskExecutionResult:
        """Keep the readable lines; those that are known are left alone, so that twice is once."""
        if not task.data.isdigit():
            return ScheduledTaskExecutionResult.failure("Write a year into the task data")
        new = smudged = 0
        with transaction(self.site.connection):
            for line in copied(int(task.data)):
                cancellation_token.throw_if_cancellation_requested()
                if line.tons.isdigit() and line.cargo:
                    new += self.site.logbook.keep(line, int(line.tons))
                else:
                    smudged += 1
        self.logger.info("%d lines of %s cannot be read", smudged, task.data)
        return ScheduledTaskExecutionResult(f"{new:,} new lines of {task.data}")


def register(rota: Rota) -> Kentico:
    """Both tasks under their identifiers."""
    kentico = Kentico(rota)
    kentico.register_scheduled_task("LockNine.Hello", HelloScheduledTask)
    kentico.register_scheduled_task("LockNine.ImportLogbook", ImportScheduledTask)
    return kentico


def configure(kentico: Kentico) -> None:
    """The first configurations, as an administrator would make them on the page."""
    midnight = datetime.combine(local(moment()).date(), datetime.min.time())
    kentico.configurations.create(
        "Say hello", "LockNine.Hello", TaskInterval("minute", midnight, every=1), retention="1d, 60"
    )
    kentico.configurations.create(
        "Import the logbook of 1928", "LockNine.ImportLogbook",
        TaskInterval("hour", midnight + timedelta(minutes=15), every=2), data="1928",
    )  # fmt: skip
    kentico.configurations.run("Import-the-logbook-of-1928")
