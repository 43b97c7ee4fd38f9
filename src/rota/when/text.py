"""STUB while the engine is being built: how kinds are found by their keyword.

A kind's module has one public `READER: Reader`; the table names module by keyword and imports it on
first use, so that `rota.when` starts quickly.
"""

from __future__ import annotations

from importlib import import_module

from rota.when.term import Reader

MODULES = {
    "every": "rota.when.interval",
    "daily": "rota.when.calendar", "weekly": "rota.when.calendar",
    "monthly": "rota.when.calendar", "yearly": "rota.when.calendar",
    "cron": "rota.when.cron", "at": "rota.when.once", "manual": "rota.when.once",
    "rrule": "rota.when.rrule", "sitecore": "rota.when.sitecore", "kentico": "rota.when.kentico",
}


def reader(word: str) -> Reader:
    """The reader of a kind: `READERS[word]` of its module."""
    module = import_module(MODULES[word])
    readers: dict[str, Reader] = module.READERS  # every module: READERS = {"rrule": Reader("rrule", read)}
    return readers[word]
