"""The site's timetable: everything it tells Rota, on one page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rota import Rota, at, cron, every, manual
from rota.demo.folder import Folder
from rota.demo.parts import Site, open_site
from rota.demo.tasks.backup import Backup
from rota.demo.tasks.cleaning import empty_bin, forget_readers
from rota.demo.tasks.copying import copy_logbook
from rota.demo.tasks.gauge import keepers_note, read_gauge
from rota.demo.tasks.indexing import index_search
from rota.demo.tasks.links import check_links
from rota.demo.tasks.publishing import publish_due
from rota.demo.tasks.report import weekly_report
from rota.demo.tasks.sitemap import rebuild_sitemap
from rota.demo.walk import Walker
from rota.demo.weather import Station

__all__ = ("add_first_schedules", "register")

OFTEN = "1d, 300"  # what is kept of tasks that run every few seconds


def register(rota: Rota, folder: Folder, address: str) -> None:
    """Name the services that tasks may ask for, and every task with its schedule."""
    provide(rota, folder, address)
    register_site(rota)
    register_gauge(rota)


def provide(rota: Rota, folder: Folder, address: str) -> None:
    """The services that tasks may ask for by type."""
    station = Station()
    rota.provide(Site, lambda: open_site(folder))
    rota.provide(Walker, lambda: Walker(address))
    rota.provide(Station, lambda: station)


def register_site(rota: Rota) -> None:
    """What keeps the site itself in order."""
    task = rota.task
    task("site.publish-due", title="Publish what is due", schedule=every("3s"), retention=OFTEN)(
        publish_due
    )
    task("site.empty-bin", title="Empty the recycle bin", schedule=every("20s"), retention=OFTEN)(
        empty_bin
    )
    task(
        "site.check-links",
        title="Check the site’s own links",
        schedule=every("15s"),
        timeout="1m",
        retention=OFTEN,
    )(check_links)
    task(
        "site.sitemap",
        title="Rebuild the sitemap",
        schedule=cron("*/10 * * * * *"),
        retention=OFTEN,
    )(rebuild_sitemap)
    task(
        "site.backup",
        title="Back up and verify",
        schedule="daily at 03:30 in Europe/Prague",
        timeout="10m",
    )(Backup)
    task(
        "site.weekly-report",
        title="Write the weekly report",
        schedule="weekly on mon at 07:00 in Europe/Prague",
    )(weekly_report)
    task(
        "site.index-search",
        title="Index the search again",
        idempotent=True,
        schedule=cron("20 */3 * * * *"),
    )(index_search)
    task("site.copy-logbook", title="Copy a year of the logbook", schedule=manual(), max_running=1)(
        copy_logbook
    )
    task("site.forget-readers", title="Forget old page views", schedule=manual())(forget_readers)


def register_gauge(rota: Rota) -> None:
    """What goes on at the weir."""
    rota.task(
        "gauge.read",
        title="Read the gauge on the weir",
        schedule=every("8s"),
        retries=1,
        backoff="2s..4s",
        retention=OFTEN,
    )(read_gauge)
    rota.task(
        "gauge.keepers-note",
        title="Write the keeper’s note",
        schedule=every("30s"),
        retention=OFTEN,
    )(keepers_note)


def add_first_schedules(rota: Rota) -> None:
    """More schedules of tasks from above, as an editor would add them on the page, and a first run.

    The nightly and the weekly task would keep a visitor waiting; each gets an impatient sister.
    """
    soon = datetime.now(UTC) + timedelta(seconds=12)
    rota.schedules.put(
        "site.backup.every-minute",
        "site.backup",
        every("1m"),
        parameters={"keep": 3},
        title="Back up and verify, each minute",
    )
    rota.schedules.put(
        "site.weekly-report.so-far",
        "site.weekly-report",
        every("40s"),
        title="Write the weekly report, so far",
    )
    rota.schedules.put(
        "site.copy-logbook.1926",
        "site.copy-logbook",
        at(soon.replace(microsecond=0)),
        parameters={"year": 1926},
        title="Copy the logbook of 1926, once",
    )
    rota.schedules.run("site.index-search")
