"""One row an endpoint: what routes, what documents itself, what the access tests walk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

__all__ = ("Endpoint", "Handler", "by_method")

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and a path under /api/v1, and who answers."""

    method: str
    path: str
    handler: Handler
    summary: str
    answers: str  # the schema's name in the OpenAPI document
    query: tuple[str, ...] = ()
    body: str = ""  # the schema's name of the body, if it takes one
    statuses: tuple[int, ...] = (200,)  # of a good answer
    refuses: tuple[int, ...] = ()  # statuses of a problem beside those that follow from the rest
    matches: bool = False  # takes If-Match, and answers 412


def by_method(methods: Mapping[str, Endpoint]) -> Handler:
    """One handler for a path: HEAD is GET without its body."""

    async def handle(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await methods[method].handler(request)

    return handle
