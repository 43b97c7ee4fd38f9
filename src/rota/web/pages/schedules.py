"""/schedules: all scheduled tasks, filtered, sorted and counted; a page costs its own rows only."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import Page, RunItem, ScheduleItem, TallyItem
from rota.web.bounds import choices, text
from rota.web.day import day
from rota.web.inside import Inside
from rota.web.offload import call, inside
from rota.web.pages.notes import note
from rota.web.render import render, viewer
from rota.web.show.facets import FACETS, ORIGINS, OUTCOMES, Asked, choices_of, counted
from rota.web.show.marks import LATEST, Mark, schedule_mark
from rota.web.show.sentences import late, placed
from rota.web.show.spark import Spark, sparkline
from rota.web.show.times import Viewer
from rota.web.upcoming import Upcoming

__all__ = ("Row", "page", "rows_of")

ROWS = 50
SORTS = ("name", "next", "last", "runs", "status")


@dataclass(frozen=True, slots=True)
class Row:
    """A schedule with what is drawn beside it."""

    item: ScheduleItem
    mark: Mark
    spark: Spark
    going: RunItem | None  # the run that is going on
    place: str  # where it runs, if that is not simply one node


async def page(request: Request) -> Response:
    """The list, filtered and sorted as the URL says."""
    asked, given = asked_for(request), request.query_params
    sort = (choices([given.get("sort", "")], "sort", SORTS) or ("name",))[0]
    cursor = text(given.get("cursor"), "cursor", 4_000) or None
    look, rota = viewer(request), inside(request)
    upcoming: Upcoming = request.app.state.upcoming

    def work() -> dict[str, object]:
        return load(rota, look, asked, sort, cursor) | {"strip": day(rota, upcoming, look)}

    return render(request, "schedules.html", {**await call(request, work), "note": note(request)})


def asked_for(request: Request) -> Asked:
    """The filters in the address; what is none of theirs is refused."""
    given = request.query_params

    def one(part: str, allowed: tuple[str, ...]) -> str:
        return (choices([given.get(part, "")], part, allowed) or ("",))[0]

    return Asked(
        text(given.get("q"), "q", 200), one("status", tuple(FACETS)),
        text(given.get("task"), "task", 200), one("last", OUTCOMES), one("on", ("yes", "no")),
        one("origin", tuple(ORIGINS)),
    )  # fmt: skip


def load(
    rota: Inside, look: Viewer, asked: Asked, sort: str, cursor: str | None
) -> dict[str, object]:
    """All that the list shows, in one go."""
    filters = asked.filters()
    named: dict[str, object] = {"search": asked.search, "task": asked.task or None, **filters}
    tally, tasks = rota.schedules.tally(**named)  # type: ignore[arg-type]
    found = counted(tally, asked)
    items = Page[ScheduleItem]([], None)
    if found:  # what counts nothing lists nothing
        items = rota.schedules.browse(
            sort=sort, limit=ROWS, cursor=cursor, **named,  # type: ignore[arg-type]
        )  # fmt: skip
    return {
        "rows": rows_of(rota, items, look), "next": items.next, "found": found,
        "headline": headline(tally, asked, found), "any": bool(tally) or anything(rota, asked),
        "facets": choices_of(tally, asked), "tasks": tasks, "asked": asked, "sort": sort,
    }  # fmt: skip


def anything(rota: Inside, asked: Asked) -> bool:
    """Whether there is any schedule at all, where the search or the task left none."""
    return bool(asked.search or asked.task) and bool(rota.schedules.browse(limit=1))


def rows_of(rota: Inside, items: list[ScheduleItem], look: Viewer) -> list[Row]:
    """The lines of a list: one reading for all their sparklines, one for all that is running."""
    beats = rota.runs.beats([item.name for item in items], 20)
    going: dict[str | None, RunItem] = {}
    if any(item.status == "running" for item in items):
        going = {run.schedule: run for run in rota.runs.list(states=("running",), limit=200)}
    return [
        Row(
            item, LATEST if late(item, look.now) else schedule_mark(item),
            sparkline(beats.get(item.name, [])), going.get(item.name), placed(item.policies),
        )
        for item in items
    ]  # fmt: skip


def headline(tally: list[TallyItem], asked: Asked, found: int) -> str:
    """How many there are, and whether any of them needs somebody."""
    whole = sum(one.count for one in tally)
    if not whole:
        return "Nothing is scheduled yet" if not (asked.search or asked.task) else "No such task"
    if found < whole:
        return f"{found:,} of {whole:,} tasks" if found else "No task is like that"
    count = f"{whole:,} task{'s' if whole > 1 else ''}"
    troubled = sum(one.count for one in tally if one.troubled)
    if troubled:
        return f"{count}, {troubled:,} need{'s' if troubled == 1 else ''} you"
    return f"{count}, none needs you"
