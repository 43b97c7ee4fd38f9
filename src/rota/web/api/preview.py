"""/preview: what a trigger text means, before anything is saved."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.answers import reply
from rota.web.api.table import Endpoint
from rota.web.bounds import BadRequest, json_body, moment, text, unknown_keys, zone_named
from rota.web.offload import call, inside
from rota.web.show.preview import preview as previewed

__all__ = ("ENDPOINTS",)

MOST = 100


async def preview(request: Request) -> Response:
    """Words, next times and warnings of a trigger text; the same as `rota next`."""
    body = await json_body(request)
    unknown_keys(body, ("trigger", "after", "count", "seed"))
    given = text(body.get("trigger"), "trigger", 2_000)
    seed = text(body.get("seed"), "seed", 200)
    after = text(body.get("after"), "after", 64)
    count = body.get("count", 10)
    if not given:
        raise BadRequest(
            "must be given", part="trigger", hint='write {"trigger": "daily at 09:00"}'
        )
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
        raise BadRequest(f"not a whole number from 1 to {MOST}", part="count", text=str(count)[:40])

    zone = inside(request).zone

    def work() -> dict[str, object]:
        seen = previewed(given, count=1 if after else count, seed=seed, zone=zone)
        if after:
            start = moment(after, "after", zone_named(seen.zone))
            seen = previewed(given, count=count, seed=seed, zone=zone, after=start)
        return seen.json()

    return reply(await call(request, work))


ENDPOINTS = (
    Endpoint("POST", "/preview", preview, "What a trigger text means", "Preview",
             body="PreviewRequest", refuses=(422,)),
)  # fmt: skip
