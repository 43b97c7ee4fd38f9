"""/ : is everything all right, who needs somebody, and what comes next?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import NodeItem, RunItem, ScheduleItem, TallyItem
from rota.web.day import day
from rota.web.inside import Inside
from rota.web.offload import call, inside
from rota.web.pages.notes import note
from rota.web.pages.schedules import Row, rows_of
from rota.web.render import render, viewer
from rota.web.show.hour import next_hour
from rota.web.show.sentences import verdict
from rota.web.show.times import Viewer
from rota.web.upcoming import Upcoming

__all__ = ("page",)

SHOWN = 8  # lines of each group; the list has the others
HOUR, AGES = timedelta(hours=1), timedelta(days=1_000_000)
FORECAST, FREQUENT = 60, 3_000  # starts of each schedule, and of those that start more often
ABLE = ("waiting", "queued", "running", "finished")  # what is late or orphaned is told as that


@dataclass(frozen=True, slots=True)
class Group:
    """Schedules that stand alike, the first of them, and where all are."""

    title: str
    key: str  # the list's filter
    rows: list[Row]
    count: int


async def page(request: Request) -> Response:
    """The verdict, what stands behind it, and the next hour."""
    look, rota = viewer(request), inside(request)
    upcoming: Upcoming = request.app.state.upcoming

    def work() -> dict[str, object]:
        return load(rota, upcoming, look)

    return render(request, "home.html", {**await call(request, work), "note": note(request)})


def load(rota: Inside, upcoming: Upcoming, look: Viewer) -> dict[str, object]:
    """All that the page shows, in one go."""
    tally, _ = rota.schedules.tally(limit=0)
    nodes = list(rota.nodes.list(200))
    groups, going = groups_of(rota, tally, look), running(rota)
    named = rota.schedules.named([run.schedule for run in going if run.schedule])
    titles = {item.name: item.title for item in named}
    soon = rota.schedules.upcoming(look.now + HOUR, 100)
    found, cut = upcoming.all_of(rota, soon, look.now + HOUR, FORECAST, FREQUENT)
    starts = [(time, item.name, item.title) for time, item in found]
    coming = next(iter(soon or rota.schedules.upcoming(look.now + AGES, 1)), None)
    worst = next((group.rows[0].item for group in groups if group.key != "paused"), None)
    return {
        "verdict": verdict(tally, worst, coming, look.now, alive=any(map(is_alive, nodes))),
        "counted": sum(one.count for one in tally), "groups": groups, "coming": coming,
        "running": going, "titles": titles,
        "nodes": sorted(nodes, key=lambda node: not is_alive(node)),
        "is_alive": is_alive, "hour": next_hour(starts, look, cut),
        "strip": day(rota, upcoming, look),
    }  # fmt: skip


def groups_of(rota: Inside, tally: list[TallyItem], look: Viewer) -> list[Group]:
    """What failed, is late or orphaned, and what is paused; a group without any is left out, and
    is not even looked for where the tally has none.
    """
    asked: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
        ("Failing", "attention", ABLE, ("failed", "lost")),
        ("Late", "late", ("late",), ()),
        ("Orphaned: nobody knows their task", "orphaned", ("orphaned",), ()),
        ("Paused", "paused", ("paused",), ()),
    )
    made = []
    for title, key, statuses, outcomes in asked:
        if not any(
            one.status in statuses and (not outcomes or one.outcome in outcomes) for one in tally
        ):
            continue
        items = rota.schedules.browse(
            sort="last", limit=SHOWN, statuses=statuses, outcomes=outcomes
        )
        if items:
            made.append(Group(title, key, rows_of(rota, items, look), more_than(items)))
    return made


def more_than(items: list[ScheduleItem]) -> int:
    """How many are shown, and one more if there are others."""
    return len(items) + (getattr(items, "next", None) is not None)


def running(rota: Inside) -> list[RunItem]:
    """The runs that are going on, the newest first."""
    return list(rota.runs.list(states=("running", "retrying"), limit=SHOWN))


def is_alive(node: NodeItem) -> bool:
    """Whether a node may start anything."""
    return node.state in ("alive", "stopping")
