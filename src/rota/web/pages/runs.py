"""/runs: what has run, what runs now?"""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import RunItem
from rota.rules.states import OPEN, STATES
from rota.web.api.runs import KINDS
from rota.web.bounds import choices, text
from rota.web.offload import call, inside
from rota.web.pages.history import history
from rota.web.pages.notes import note
from rota.web.pages.titles import titles_of
from rota.web.render import render, viewer

__all__ = ("page",)

ROWS = 100  # runs on a page


async def page(request: Request) -> Response:
    """All runs, newest first, filtered as the URL says."""
    asked = request.query_params
    schedule = text(asked.get("schedule"), "schedule", 200)
    states = choices(asked.getlist("state"), "state", STATES)
    kinds = choices(asked.getlist("kind"), "kind", KINDS)
    cursor = text(asked.get("cursor"), "cursor", 400) or None
    look, rota = viewer(request), inside(request)

    def work() -> dict[str, object]:
        some = partial(rota.runs.list, schedule or None, states=states, kinds=kinds)
        found = history(some, ROWS, cursor, look)
        going = rota.runs.list(states=OPEN, limit=100)
        return {
            "history": found, "headline": headline(going), "schedule": schedule,
            "state": states[0] if states else "", "kind": kinds[0] if kinds else "",
            "states": STATES, "kinds": KINDS, "filtered": bool(schedule or states or kinds),
            "titles": titles_of(rota, (line.runs[0].schedule for line in found.lines)),
        }  # fmt: skip

    return render(request, "runs.html", {**await call(request, work), "note": note(request)})


def headline(going: list[RunItem]) -> str:
    """What runs now, as a heading."""
    running = sum(run.state == "running" for run in going)
    waiting = len(going) - running
    said = f"{running} running now" if running else "Nothing is running now"
    return f"{said}, {waiting} waiting" if waiting else said
