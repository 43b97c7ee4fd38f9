"""/tick: the web cron. Whoever has a signed address may cause one tick, and learns how much it did.

Without a good signature it says no more than that, whatever is wrong with it.
"""

from __future__ import annotations

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from rota.engine.hosting.webcron import LIMIT
from rota.web.api.answers import reply
from rota.web.api.table import Endpoint
from rota.web.bounds import BadRequest, number, text
from rota.web.offload import call, inside
from rota.web.problems import Denied

__all__ = ("ENDPOINTS",)

REFUSED = "This address is not valid."


async def tick(request: Request) -> Response:
    """Do what is due, once, if the address is signed."""
    asked, webcron = request.query_params, inside(request).webcron
    try:
        expires = text(asked.get("expires"), "expires", 20)
        signature = text(asked.get("signature"), "signature", 64)
    except BadRequest:
        raise Denied(REFUSED) from None
    if not await call(request, lambda: webcron.valid(expires, signature)):
        raise Denied(REFUSED)
    limit = number(asked.get("seconds"), "seconds", LIMIT, 1, LIMIT)
    alone = anyio.CapacityLimiter(1)  # readers' threads are few, and this takes up to a minute
    return reply(await anyio.to_thread.run_sync(lambda: webcron.tick(limit), limiter=alone))


ENDPOINTS = (
    Endpoint("GET", "/tick", tick, "Do what is due, once, for a signed address", "Tick",
             query=("expires", "signature", "seconds")),
    Endpoint("POST", "/tick", tick, "Do what is due, once, for a signed address", "Tick",
             query=("expires", "signature", "seconds")),
)  # fmt: skip
