"""Read a year of the keepers' logbook into the site, with a word about every line."""

from __future__ import annotations

from itertools import groupby
from typing import Literal

from rota import Run
from rota.demo.database import transaction
from rota.demo.logbook import Entry, copied
from rota.demo.parts import Site

__all__ = ("copy_logbook",)


def copy_logbook(run: Run, site: Site, year: Literal[1926, 1927, 1928] = 1926) -> str:
    """Keep the readable lines of a year's book, month by month, and log those that are smudged."""
    kept = smudged = 0
    for month, lines in groupby(copied(year), key=lambda entry: entry.day.month):
        run.checkpoint()
        with transaction(site.connection):
            told = [_keep(run, site, line) for line in lines]
        kept += told.count("kept")
        smudged += told.count("smudged")
        run.log.info("%d-%02d: %d lines, %d new", year, month, len(told), told.count("kept"))
        run.progress(month / 12, f"{year}-{month:02d}")
    return f"{kept:,} lines of {year} kept, {smudged} cannot be read"


def _keep(run: Run, site: Site, line: Entry) -> Literal["kept", "known", "smudged"]:
    if not line.tons.isdigit():
        run.log.error("%s %s: %r is no number of tons", line.day, line.boat, line.tons)
        return "smudged"
    if not line.cargo:
        run.log.warning("%s %s: the cargo is smudged", line.day, line.boat)
        return "smudged"
    new = site.logbook.keep(line, int(line.tons))
    run.log.debug(
        "%s %s, %s t of %s%s", line.day, line.boat, line.tons, line.cargo, "" if new else " (known)"
    )
    return "kept" if new else "known"
