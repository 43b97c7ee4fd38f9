"""/health: one word, for whoever asks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import JSON
from rota.web.api.table import Endpoint
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS",)


async def health(request: Request) -> Response:
    """ok or degraded with 200, unavailable with 503; a store that fails is unavailable."""
    rota = inside(request)
    try:
        status = await call(request, rota.health)
    except Exception:
        status = "unavailable"
    return JSON({"status": status}, 503 if status == "unavailable" else 200)


ENDPOINTS = (Endpoint("GET", "/health", health, "Is it well?", "Health"),)
