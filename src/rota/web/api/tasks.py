"""/tasks: what is registered."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import cursor, limit, reply
from rota.web.api.table import Endpoint
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS",)


async def tasks(request: Request) -> Response:
    """The tasks by identifier."""
    count, start, rota = limit(request), cursor(request), inside(request)
    return reply(await call(request, lambda: rota.tasks.list(count, start)))


ENDPOINTS = (
    Endpoint("GET", "/tasks", tasks, "Tasks by identifier", "Tasks", query=("limit", "cursor")),
)
