"""/schedules/{name}/revisions and /revert: what a schedule was, and back to it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import cursor, limit, reply
from rota.web.api.schedules import name_of, wanted_version
from rota.web.api.table import Endpoint
from rota.web.bounds import BadRequest, json_body, text, unknown_keys
from rota.web.offload import call, inside, user

__all__ = ("ENDPOINTS",)


async def revisions(request: Request) -> Response:
    """What a schedule was after each change, newest first."""
    name, count, start = name_of(request), limit(request), cursor(request)
    rota = inside(request)
    return reply(await call(request, lambda: rota.schedules.revisions(name, count, start)))


async def revert(request: Request) -> Response:
    """Make a schedule what it was after a revision; one that was removed is made again."""
    body = await json_body(request)
    unknown_keys(body, ("revision", "reason"))
    number, reason = body.get("revision"), text(body.get("reason"), "reason", 500)
    if isinstance(number, bool) or not isinstance(number, int):
        raise BadRequest("must be given, as a whole number", part="revision",
                         hint='write for example {"revision": 3}')  # fmt: skip
    name, version, who = name_of(request), wanted_version(request), user(request)
    rota, wanted = inside(request), number
    return reply(
        await call(
            request,
            lambda: rota.schedules.revert(name, wanted, version=version, user=who, reason=reason),
        )
    )


ENDPOINTS = (
    Endpoint("GET", "/schedules/{name}/revisions", revisions, "Revisions, newest first",
             "Revisions", query=("limit", "cursor")),
    Endpoint("POST", "/schedules/{name}/revert", revert, "Back to a revision", "Schedule",
             body="RevertRequest", refuses=(409, 422), matches=True),
)  # fmt: skip
