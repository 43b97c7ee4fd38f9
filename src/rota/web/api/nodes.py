"""/nodes: which processes are alive."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import cursor, limit, reply
from rota.web.api.table import Endpoint
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS",)


async def nodes(request: Request) -> Response:
    """The nodes by name."""
    count, start, rota = limit(request), cursor(request), inside(request)
    return reply(await call(request, lambda: rota.nodes.list(count, start)))


ENDPOINTS = (Endpoint("GET", "/nodes", nodes, "Nodes by name", "Nodes", query=("limit", "cursor")),)
