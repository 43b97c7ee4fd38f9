"""Every page there is, in which world it is looked at: what a test of all pages walks.

A page whose route has no visit fails `test_everywhere.py`, and so does one that no hostile world
shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rota import Rota, every, manual
from web.fake import HOSTILE, Fake, hostile, ordinary
from web.serving import serving

__all__ = ("FILES", "LOOKS", "VISITS", "desk", "world")

LOOKS = {
    f"{name}-{scheme}": {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    for name, width in (("wide", 1440), ("phone", 360))
    for scheme in ("light", "dark")
}

# What is downloaded, not looked at.
FILES = ("/runs/{id}/log.txt", "/events/export", "/audit/export")

LOST = "/schedules/old"  # of the desk: its task is known to nobody
TRIGGERS = ("every", "daily", "weekly", "monthly", "yearly", "at", "manual", "rrule", "cron",
            "sitecore", "kentico", "text")  # fmt: skip

# By route: in each world the addresses that show it.
VISITS: dict[str, dict[str, tuple[str, ...]]] = {
    "/": {"ordinary": ("/",), "hostile": ("/",), "empty": ("/",)},
    "/schedules": {
        "ordinary": ("/schedules", "/schedules?status=attention", "/schedules?q=nothing",
                     "/schedules?did=paused&name=feeds"),
        "hostile": ("/schedules", "/schedules?q=%3Cb%3E", "/schedules?did=paused&name=%3Cb%3E"),
        "empty": ("/schedules",), "desk": ("/schedules?status=odd",),
    },
    "/schedules/{name}": {
        "ordinary": ("/schedules/links", "/schedules/feeds?at=2026-01-01T00:00:00Z",
                     "/schedules/report"),
        "hostile": ("/schedules/nasty-1", "/schedules/nasty-8?at=%3Cscript%3E",
                    "/schedules/nasty-9", "/schedules/nasty-10"),
        "desk": (LOST, "/schedules/nope", "/schedules/rota.housekeeping.prune"),
    },
    "/schedules/{name}/edit": {
        "ordinary": ("/schedules/links/edit",), "hostile": ("/schedules/nasty-9/edit",),
        "desk": ("/schedules/desk.tidy/edit", "/schedules/desk.count/edit"),
    },
    "/schedules/{name}/pause": {
        "ordinary": ("/schedules/links/pause",), "hostile": ("/schedules/nasty-8/pause",),
        "desk": (f"{LOST}/pause",),
    },
    "/schedules/{name}/run-with": {
        "hostile": ("/schedules/nasty-0/run-with",), "desk": ("/schedules/desk.count/run-with",),
    },
    "/schedules/{name}/relink": {
        "hostile": ("/schedules/nasty-1/relink?task=%3Cscript%3Ealert(1)%3C/script%3E",),
        "desk": (f"{LOST}/relink",),
    },
    "/schedules/{name}/revisions": {
        "hostile": ("/schedules/nasty-1/revisions",), "desk": (f"{LOST}/revisions",),
    },
    "/new": {
        "ordinary": ("/new",),
        "hostile": ("/new?trigger=%3Cb%3E&title=%3Cb%3E&task=%3Cb%3E", "/new"),
        "desk": tuple(f"/new?kind={kind}" for kind in TRIGGERS),
    },
    "/timeline": {
        "ordinary": ("/timeline", "/timeline?view=week"),
        "hostile": ("/timeline", "/timeline?view=week"), "empty": ("/timeline",),
    },
    "/runs": {
        "ordinary": ("/runs", "/runs?state=failed"), "hostile": ("/runs?schedule=%3Cb%3E", "/runs"),
        "empty": ("/runs",),
    },
    "/runs/{id}": {
        "ordinary": ("/runs/4963", "/runs/4960"),
        "hostile": ("/runs/18", "/runs/10", "/runs/3?find=%3Cb%3E"), "desk": ("/runs/1",),
    },
    "/runs/{id}/again-with": {"hostile": ("/runs/1/again-with",), "desk": ("/runs/1/again-with",)},
    "/events": {
        "ordinary": ("/events",), "hostile": ("/events", "/events?q=%3Cb%3E&kind=%22"),
        "empty": ("/events",),
    },
    "/audit": {
        "ordinary": ("/audit",), "hostile": ("/audit", "/audit?user=%3Cb%3E"), "empty": ("/audit",),
    },
    "/nodes": {"ordinary": ("/nodes",), "hostile": ("/nodes",), "empty": ("/nodes",)},
    "/system": {"ordinary": ("/system",), "hostile": ("/system",), "empty": ("/system",)},
    "/preview": {
        "ordinary": ("/preview?trigger=every+5m", "/preview?trigger=evry"),
        "hostile": ("/preview?trigger=%3Cb%3E",), "empty": ("/preview",),
    },
    "/sign-in": {"accounts": ("/sign-in",), "hostile-accounts": ("/sign-in?back=%22%3E%3Cb%3E",)},
}  # fmt: skip


@contextmanager
def desk() -> Iterator[tuple[Rota, str]]:
    """A real application: an orphan, revisions, a run that waits, nasty words everywhere."""
    rota = Rota("memory://", app="desk")
    rota.task("desk.tidy", schedule=every("1h"), title="Tidy up")(lambda: None)

    @rota.task("desk.count", schedule=manual(), title=HOSTILE[0])
    def count(limit: int = 10, words: str = HOSTILE[1]) -> None: ...

    rota.schedules.add("old", "desk.count", "daily at 09:00", parameters={"limit": 3})
    rota.schedules.update("old", title=HOSTILE[8], reason=HOSTILE[1], user=HOSTILE[0])
    context = rota.schedules.context
    row = context.need_schedule("old")
    context.store.change_schedule("old", row.version, {"task": "desk.counts"})
    rota.schedules.run("desk.count")
    try:
        with serving(rota) as where:
            yield rota, where
    finally:
        rota.close()


@contextmanager
def guarded() -> Iterator[str]:
    """An application that one has to sign in to."""
    rota = Rota("memory://")
    rota.open()
    rota.accounts.add("ada", "correct horse battery", "view")
    try:
        with serving(rota, accounts=True) as where:
            yield where
    finally:
        rota.close()


@contextmanager
def world(name: str) -> Iterator[str]:
    """The address of the pages of one world."""
    if name == "desk":
        with desk() as (_, where):
            yield where
    elif name.endswith("accounts"):
        with guarded() as where:
            yield where
    else:
        made: dict[str, Any] = {"ordinary": ordinary, "hostile": hostile, "empty": Fake}
        with serving(made[name]()) as where:
            yield where
