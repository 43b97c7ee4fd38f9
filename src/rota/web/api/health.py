"""/health: one word, for whoever asks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import JSON
from rota.web.api.table import Endpoint
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS",)


async def health(request: Request) -> Response:
    """Status 200 for ok and degraded, 503 for unavailable; a store that fails is unavailable."""
    rota = inside(request)
    try:
        status = await call(request, rota.health)
    except Exception:  # noqa: BLE001 — whatever it was, the store did not answer
        status = "unavailable"
    return JSON({"status": status}, 503 if status == "unavailable" else 200)


ENDPOINTS = (Endpoint("GET", "/health", health, "Is it well?", "Health"),)
