"""Sitecore's own examples: a simple command, and one that is given items, command and schedule.

    rota --app examples.sitecore_tasks serve

Its command items and schedule items stand in `sitecore_items`, one file each. On the page they are
schedules like any other.
"""

from __future__ import annotations

import logging
from pathlib import Path

from rota import Rota
from rota.cms.sitecore import CommandItem, FileItems, ScheduleItem, Sitecore

HERE = Path(__file__).parent

rota = Rota("sqlite:///sitecore.db")
sitecore = Sitecore(rota, HERE / "sitecore_items", packages=["examples"])
sitecore.item_source("files", FileItems(HERE))


class MySimpleTask:
    """A command whose method takes nothing."""

    def execute(self) -> None:
        """Custom logic goes here."""


class MyComplexTask:
    """A command that is told what to work on; its constructor is injected."""

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    def execute(self, items: list[object], command: CommandItem, schedule: ScheduleItem) -> str:
        """Custom logic goes here; the text is the *Last result*."""
        for item in items:
            self.logger.info("%s: %s", command.name, item)
        return f"{len(items)} items for {schedule.name}, last run {schedule.last_run or 'never'}"
