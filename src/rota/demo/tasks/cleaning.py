"""Delete what nobody wants any more: the recycle bin's old things, and old counts of readers."""

from __future__ import annotations

from datetime import date, timedelta

from rota import Failed, Run
from rota.demo.database import moment
from rota.demo.parts import Site
from rota.demo.times import local

__all__ = ("empty_bin", "forget_readers")


def empty_bin(run: Run, site: Site, keep_seconds: int = 120) -> str | None:
    """Delete for good what has been in the recycle bin for long enough, rows and files."""
    before = moment() - keep_seconds
    pages = site.content.remove_binned(before)
    uploads = site.uploads.remove_binned(before)
    for page in pages:
        run.log.info("deleted the page “%s”", page.title)
    for upload in uploads:
        run.log.info("deleted the upload %s, %d bytes", upload.name, upload.size)
    removed = len(pages) + len(uploads)
    return f"{removed} {'item' if removed == 1 else 'items'} removed" if removed else None


def forget_readers(
    run: Run, site: Site, before: date | None = None, really: bool = False
) -> str | Failed:
    """Delete the counts of page views before a day; unless told `really`, only say how many."""
    today = local(moment()).date()
    day = before or today - timedelta(weeks=8)
    if day > today:
        return Failed(f"{day} is in the future; choose a day up to {today}")
    if not really:
        return f"{site.traffic.before(day)} counts are older than {day}; nothing was deleted"
    run.log.info("deleting what is older than %s", day)
    return f"{site.traffic.forget(day)} counts older than {day} deleted"
