"""/nodes: which processes are alive."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import reply
from rota.web.api.table import Endpoint
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS",)


async def nodes(request: Request) -> Response:
    """The nodes by name."""
    rota = inside(request)
    return reply(await call(request, rota.nodes.list))


ENDPOINTS = (Endpoint("GET", "/nodes", nodes, "Nodes by name", "Nodes"),)
