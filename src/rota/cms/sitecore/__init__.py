"""Scheduled tasks as in SitecoreAI: command items and schedule items in a tree of files.

    sitecore = Sitecore(rota, "items", packages=["acme"])
    tidy = sitecore.commands.create("Tidy", "acme.tasks.Tidy", "execute")
    sitecore.schedules.create("Tidy every night", tidy, "20260220|99990101|127|1.00:00:00")

Source of the rules: the vendor's page “Scheduled tasks”.
"""

from __future__ import annotations

from rota.cms.report import Imported, Report
from rota.cms.sitecore.agent import DatabaseAgent
from rota.cms.sitecore.importing import import_serialized
from rota.cms.sitecore.items import CommandItem, ScheduleItem
from rota.cms.sitecore.model import Sitecore, Synchronised
from rota.cms.sitecore.sources import DjangoItems, FileItems, Missing, SqlItems
from rota.cms.sitecore.tree import BadFile

__all__ = (
    "BadFile",
    "CommandItem",
    "DatabaseAgent",
    "DjangoItems",
    "FileItems",
    "Imported",
    "Missing",
    "Report",
    "ScheduleItem",
    "Sitecore",
    "SqlItems",
    "Synchronised",
    "import_serialized",
)
