"""/ : is everything all right, and what comes next? The list of scheduled tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.items import RunItem, ScheduleItem
from rota.web.bounds import choices, number, text
from rota.web.inside import Inside
from rota.web.offload import call, inside
from rota.web.pages.notes import note
from rota.web.render import render, viewer
from rota.web.show.marks import Mark, schedule_mark
from rota.web.show.sentences import late, needs_someone, verdict
from rota.web.show.strip import Bar, Strip, day_strip, sparkline
from rota.web.show.times import Viewer
from rota.web.upcoming import Upcoming

__all__ = ("page",)

MOST = 1_000  # schedules that one page looks through; a search narrows further
ROWS = 100
STRIP_SCHEDULES, STRIP_TIMES = 30, 200
LATEST = Mark("▲", "late", "warn")
FACETS: dict[str, str] = {
    "": "All", "attention": "Need you", "running": "Running", "waiting": "Waiting",
    "paused": "Paused", "off": "Off",
}  # fmt: skip
SORTS = ("name", "next", "last", "runs", "status")
DISTANT = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A schedule with what is drawn beside it."""

    item: ScheduleItem
    mark: Mark
    bars: list[Bar]
    going: RunItem | None  # the run that is going on


async def page(request: Request) -> Response:
    """The list, filtered and sorted as the URL says."""
    asked = request.query_params
    search = text(asked.get("q"), "q", 200)
    facet = (choices([asked.get("status", "")], "status", tuple(FACETS)) or ("",))[0]
    sort = (choices([asked.get("sort", "")], "sort", SORTS) or ("name",))[0]
    start = number(asked.get("page"), "page", 1, 1, 10_000)
    look, rota = viewer(request), inside(request)
    upcoming: Upcoming = request.app.state.upcoming

    def work() -> dict[str, object]:
        return load(rota, upcoming, look, search, facet, sort, start)

    return render(request, "home.html", {**await call(request, work), "note": note(request)})


def load(
    rota: Inside, upcoming: Upcoming, look: Viewer, search: str, facet: str, sort: str, start: int
) -> dict[str, object]:
    """All that the page shows, in one go."""
    items, more = everything(rota, search)
    everyone = items if not search else everything(rota, "")[0]
    counts = {key: sum(belongs(item, key, look.now) for item in items) for key in FACETS}
    chosen = sorted((i for i in items if belongs(i, facet, look.now)), key=ORDER[sort])
    shown = chosen[(start - 1) * ROWS : start * ROWS]
    recent = rota.runs.list(limit=500)
    return {
        "verdict": verdict(everyone, look.now),
        "troubled": [item for item in everyone if needs_someone(item, look.now)][:6],
        "coming": min((i for i in everyone if i.next_run), key=ORDER["next"], default=None),
        "counted": len(everyone),
        "rows": [row(rota, item, look) for item in shown],
        "facets": [(key, word, counts[key]) for key, word in FACETS.items()],
        "facet": facet, "search": search, "sort": sort, "page": start,
        "pages": -(-len(chosen) // ROWS), "more": more,
        "strip": strip(upcoming, rota, everyone, recent, recent.next is None, look),
    }  # fmt: skip


def everything(rota: Inside, search: str) -> tuple[list[ScheduleItem], bool]:
    """The schedules, up to a bound, and whether there are more."""
    found: list[ScheduleItem] = []
    cursor: str | None = None
    while len(found) < MOST:
        got = rota.schedules.list(limit=200, cursor=cursor, search=search)
        found.extend(got)
        cursor = got.next
        if cursor is None:
            return found, False
    return found, True


def belongs(item: ScheduleItem, facet: str, now: datetime) -> bool:
    """Whether a schedule is counted under that filter."""
    if facet == "attention":
        return needs_someone(item, now)
    if facet == "running":
        return item.status in ("running", "queued")
    if facet == "off":
        return item.status in ("disabled", "finished")
    return not facet or item.status == facet


ORDER: dict[str, Callable[[ScheduleItem], tuple[object, ...]]] = {
    "name": lambda item: (item.title.casefold(), item.name),
    "next": lambda item: (item.next_run or DISTANT, item.name),
    "last": lambda item: (DISTANT - item.last_run if item.last_run else timedelta.max, item.name),
    "runs": lambda item: (-item.runs, item.name),
    "status": lambda item: (item.last_state not in ("failed", "lost"), item.status, item.name),
}  # fmt: skip


def row(rota: Inside, item: ScheduleItem, look: Viewer) -> Row:
    """One line of the list."""
    runs: list[RunItem] = rota.runs.list(item.name, limit=20) if item.runs else []
    mark = LATEST if late(item, look.now) else schedule_mark(item)
    going = next((run for run in runs if run.state == "running"), None)
    return Row(item, mark, sparkline(runs, look.now), going)


def strip(
    upcoming: Upcoming, rota: Inside, items: list[ScheduleItem], recent: list[RunItem],
    complete: bool, look: Viewer,
) -> Strip:  # fmt: skip
    """The day of all schedules together."""
    drawn = items[:STRIP_SCHEDULES]
    known = [upcoming.of(rota, item, STRIP_TIMES) for item in drawn]
    planned = [
        (time, item.title) for item, times in zip(drawn, known, strict=True) for time in times
    ]
    return day_strip(recent, planned, look, complete, upcoming.drawn_until(known, STRIP_TIMES))
