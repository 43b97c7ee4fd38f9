"""/events: the event log."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import cursor, limit, reply
from rota.web.api.table import Endpoint
from rota.web.bounds import choices, number, text
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS", "LEVELS")

LEVELS = ("debug", "info", "warning", "error", "critical")


async def events(request: Request) -> Response:
    """Events, newest first."""
    asked = request.query_params
    count, start = limit(request), cursor(request)
    levels = choices(asked.getlist("level"), "level", LEVELS)
    kind = text(asked.get("kind"), "kind", 100)
    schedule = text(asked.get("schedule"), "schedule", 200) or None
    run = number(asked.get("run"), "run", 0, 0, 2**63 - 1) or None
    search = text(asked.get("search"), "search", 200)
    rota = inside(request)
    return reply(
        await call(
            request,
            lambda: rota.events.list(
                count, start, levels=levels, kind=kind, schedule=schedule, run=run, search=search
            ),
        )
    )


ENDPOINTS = (
    Endpoint("GET", "/events", events, "Events, newest first", "Events",
             query=("limit", "cursor", "level", "kind", "schedule", "run", "search")),
)  # fmt: skip
