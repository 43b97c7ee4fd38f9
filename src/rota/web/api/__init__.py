"""The HTTP API under /api/v1: one resource a file, one table of all endpoints."""

from __future__ import annotations

from starlette.routing import Route

from rota.web.api import (
    audit,
    events,
    health,
    nodes,
    openapi,
    preview,
    revisions,
    runs,
    schedules,
    stream,
    system,
    tasks,
    tick,
)
from rota.web.api.table import Endpoint, by_method

__all__ = ("ENDPOINTS", "routes")

ENDPOINTS: tuple[Endpoint, ...] = (
    *schedules.ENDPOINTS,
    *revisions.ENDPOINTS,
    *runs.ENDPOINTS,
    *tasks.ENDPOINTS,
    *nodes.ENDPOINTS,
    *system.ENDPOINTS,
    *events.ENDPOINTS,
    *audit.ENDPOINTS,
    *preview.ENDPOINTS,
    *stream.ENDPOINTS,
    *health.ENDPOINTS,
    *tick.ENDPOINTS,
    *openapi.ENDPOINTS,
)


def routes() -> list[Route]:
    """The routes of the API; one path is one route, so that a wrong method is answered 405."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return [
        Route(f"/api/v1{path}", by_method(methods), methods=list(methods))
        for path, methods in paths.items()
    ]
