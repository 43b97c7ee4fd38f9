"""/stream: server-sent events that say when something changed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rota.errors import Unreachable
from rota.web.api.table import Endpoint
from rota.web.stream import MOST, Watcher, events

__all__ = ("ENDPOINTS",)


async def stream(request: Request) -> Response:
    """hello, then `change` whenever something may have changed, for a minute; then ask again."""
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    watcher: Watcher = request.app.state.watcher
    if len(watcher) >= MOST:
        raise Unreachable(f"{MOST} streams are open already", hint="close some pages")
    return StreamingResponse(
        events(watcher), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


ENDPOINTS = (Endpoint("GET", "/stream", stream, "Changes, as server-sent events", "text"),)
