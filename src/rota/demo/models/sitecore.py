"""In Sitecore's words: commands and schedules as items in a tree of files, beside this one."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from rota import Rota
from rota.cms.sitecore import CommandItem, ScheduleItem, Sitecore, SqlItems
from rota.demo.folder import Folder

__all__ = ("Proofread", "register")

ITEMS = Path(__file__).parent / "items"


class Proofread:
    """Finds pages that say too little about themselves."""

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    def execute(
        self, items: list[Mapping[str, str]], command: CommandItem, schedule: ScheduleItem
    ) -> str:
        """`items` are the rows of the query in the schedule's item, asked for at each run."""
        words = 0
        for page in items:
            words += len(page["body"].split())
            if not page["summary"]:
                self.logger.info("%s: “%s” has no summary", command.name, page["title"])
        return f"{words:,} words on {len(items)} pages"


def register(rota: Rota, folder: Folder) -> None:
    """The tree, and where its queries are asked."""
    address = f"{folder.content.absolute().as_uri()}?mode=ro"
    sitecore = Sitecore(rota, ITEMS, packages=["rota"])
    sitecore.item_source("sql", SqlItems(lambda: sqlite3.connect(address, uri=True)))
