"""/tasks: what is registered."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import reply
from rota.web.api.table import Endpoint
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS",)


async def tasks(request: Request) -> Response:
    """The tasks by identifier."""
    rota = inside(request)
    return reply(await call(request, rota.tasks.list))


ENDPOINTS = (Endpoint("GET", "/tasks", tasks, "Tasks by identifier", "Tasks"),)
