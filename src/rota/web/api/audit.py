"""/audit: who changed what, when, from where."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import cursor, limit, reply
from rota.web.api.table import Endpoint
from rota.web.bounds import text
from rota.web.offload import call, inside

__all__ = ("ENDPOINTS",)


async def audit(request: Request) -> Response:
    """Changes, newest first."""
    asked = request.query_params
    count, start = limit(request), cursor(request)
    action = text(asked.get("action"), "action", 100)
    subject = text(asked.get("subject"), "subject", 200) or None
    by = text(asked.get("user"), "user", 200) or None
    rota = inside(request)
    return reply(
        await call(
            request,
            lambda: rota.audit.list(count, start, action=action, subject=subject, user=by),
        )
    )


ENDPOINTS = (
    Endpoint("GET", "/audit", audit, "Changes, newest first", "Audit",
             query=("limit", "cursor", "action", "subject", "user")),
)  # fmt: skip
