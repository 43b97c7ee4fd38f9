"""/events: what happened, in order?"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.items import EventItem
from rota.web.api.events import LEVELS
from rota.web.bounds import choices, text
from rota.web.offload import call, inside
from rota.web.render import render

__all__ = ("page",)


async def page(request: Request) -> Response:
    """The event log, newest first, filtered as the URL says."""
    asked = request.query_params
    level = (choices([asked.get("level", "")], "level", LEVELS) or ("",))[0]
    levels = LEVELS[LEVELS.index(level) :] if level else ()
    kind = text(asked.get("kind"), "kind", 100)
    schedule = text(asked.get("schedule"), "schedule", 200)
    search = text(asked.get("q"), "q", 200)
    cursor = text(asked.get("cursor"), "cursor", 400) or None
    rota = inside(request)

    def work() -> dict[str, object]:
        events = rota.events.list(
            100, cursor, levels=levels, kind=kind, schedule=schedule or None, search=search
        )
        return {
            "events": events, "headline": headline(events), "level": level, "kind": kind,
            "levels": LEVELS, "schedule": schedule, "search": search,
            "filtered": bool(level or kind or schedule or search),
        }  # fmt: skip

    return render(request, "events.html", await call(request, work))


def headline(events: list[EventItem]) -> str:
    """Whether anything in the list is bad, as a heading."""
    if not events:
        return "No events"
    bad = sum(event.level in ("error", "critical") for event in events)
    warned = sum(event.level == "warning" for event in events)
    if bad:
        return f"{bad} error{'s' if bad > 1 else ''} among the last {len(events)} events"
    if warned:
        return f"{warned} warning{'s' if warned > 1 else ''} among the last {len(events)} events"
    return f"Nothing bad among the last {len(events)} events"
