"""Which role each route needs: one table for pages and API. What has no row here nobody may.

`tests/web/test_access.py` asks every route as every role, and fails for a route without a row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from rota.errors import Problem
from rota.web.problems import Denied
from rota.web.user import User

__all__ = ("NEEDS", "OPEN", "SIGNED", "guarded", "needed")

Handler = Callable[[Request], Awaitable[Response]]

OPEN = "open"  # for everybody, strangers too: says nothing about anything

SIGNED = "signed"  # for whoever's address is signed; no role does instead

NEEDS: dict[str, str] = {
    # reading pages
    "GET /": "view",
    "GET /schedules": "view",
    "GET /schedules/{name}": "view",
    "GET /timeline": "view",
    "GET /runs": "view",
    "GET /runs/{id}": "view",
    "GET /runs/{id}/log.txt": "view",
    "GET /events": "view",
    "GET /events/export": "view",
    "GET /audit": "admin",
    "GET /audit/export": "admin",
    "GET /system": "view",
    "GET /nodes": "view",
    "GET /preview": "view",
    "GET /sign-in": OPEN,
    # making and changing schedules
    "GET /new": "edit",
    "POST /new": "edit",
    "GET /schedules/{name}/edit": "edit",
    "POST /schedules/{name}/edit": "edit",
    "GET /schedules/{name}/run-with": "run",
    "POST /schedules/{name}/run-with": "run",
    "GET /runs/{id}/again-with": "run",
    "POST /runs/{id}/again-with": "run",
    "GET /schedules/{name}/pause": "run",
    "POST /schedules/{name}/pause-until": "run",
    "POST /schedules/{name}/remove": "edit",
    "POST /schedules/{name}/restore": "edit",
    "GET /schedules/{name}/relink": "edit",
    "POST /schedules/{name}/relink": "edit",
    "GET /schedules/{name}/revisions": "view",
    "POST /schedules/{name}/revert": "edit",
    "POST /editor/outlook": "edit",
    "POST /editor/task": "edit",
    # the forms on them
    "POST /schedules": "run",  # and edit for those of its actions that change a schedule
    "POST /schedules/{name}/enable": "edit",
    "POST /schedules/{name}/disable": "edit",
    "POST /sign-in": OPEN,
    "POST /sign-out": OPEN,
    "POST /schedules/{name}/run": "run",
    "POST /schedules/{name}/pause": "run",
    "POST /schedules/{name}/resume": "run",
    "POST /runs/{id}/cancel": "run",
    "POST /runs/{id}/again": "run",
    # schedules in the API
    "GET /api/v1/schedules": "view",
    "POST /api/v1/schedules": "edit",
    "GET /api/v1/schedules/{name}": "view",
    "PATCH /api/v1/schedules/{name}": "edit",
    "DELETE /api/v1/schedules/{name}": "edit",
    "POST /api/v1/schedules/{name}/run": "run",
    "POST /api/v1/schedules/{name}/backfill": "run",
    "POST /api/v1/schedules/{name}/clear-last-run": "edit",
    "POST /api/v1/schedules/{name}/pause": "run",
    "POST /api/v1/schedules/{name}/resume": "run",
    "GET /api/v1/schedules/{name}/next": "view",
    "GET /api/v1/schedules/{name}/why": "view",
    "GET /api/v1/schedules/{name}/revisions": "view",
    "POST /api/v1/schedules/{name}/revert": "edit",
    # runs in the API
    "GET /api/v1/runs": "view",
    "GET /api/v1/runs/{id}": "view",
    "GET /api/v1/runs/{id}/log": "view",
    "POST /api/v1/runs/{id}/cancel": "run",
    "POST /api/v1/runs/{id}/again": "run",
    # the rest of the API
    "GET /api/v1/tasks": "view",
    "GET /api/v1/nodes": "view",
    "GET /api/v1/system": "view",
    "GET /api/v1/events": "view",
    "GET /api/v1/audit": "admin",
    "POST /api/v1/preview": "view",
    "GET /api/v1/stream": "view",
    "GET /api/v1/health": OPEN,
    "GET /api/v1/tick": SIGNED,
    "POST /api/v1/tick": SIGNED,
    "GET /api/v1/openapi.json": "view",
}


def needed(method: str, path: str) -> str | None:
    """The role that a method on a route's path needs; None, and nobody may, if it has no row.

    >>> needed("HEAD", "/runs"), needed("DELETE", "/runs")
    ('view', None)
    """
    return NEEDS.get(f"{'GET' if method == 'HEAD' else method} {path}")


def guarded(handler: Handler, path: str) -> Handler:
    """The handler of a route, for those only who have the role that the table asks for."""

    async def guard(request: Request) -> Response:
        role = needed(request.method, path)
        if role not in (OPEN, SIGNED):
            check(request.scope.get("rota.user"), role, f"{request.method} {path}")
        return await handler(request)

    return guard


def check(user: User | None, role: str | None, route: str) -> None:
    """Denied, with the role that is missing, unless this user has it."""
    if role is None:
        raise Denied(f"{route} has no row in the table of rota/web/access.py, so nobody may do it")
    if user is None or not user.may(role):
        has = "nobody is signed in" if user is None else f"{user.name} has the role {user.role}"
        raise Denied(
            Problem(
                Denied.code, "role", user.role if user else "",
                f"this needs the role {role}, and {has}", "ask an administrator for that role",
            ),
            role=role,
        )  # fmt: skip
