"""/system: what Rota does by itself. There is no verb that changes it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import cursor, limit, reply
from rota.web.api.table import Endpoint
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS",)


async def system(request: Request) -> Response:
    """Rota's own tasks by identifier, with what each last did; /events?kind=… is their history."""
    count, start, rota = limit(request), cursor(request), inside(request)
    return reply(await call(request, lambda: rota.system.list(count, start)))


ENDPOINTS = (
    Endpoint("GET", "/system", system, "System tasks", "SystemTasks", query=("limit", "cursor")),
)
