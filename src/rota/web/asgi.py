"""The ASGI application: routes inside, the guard around them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from rota.errors import RotaError
from rota.web import api, pages
from rota.web.access import guarded
from rota.web.failures import Failures
from rota.web.guard import Guard
from rota.web.identify import Asked, Identify
from rota.web.inside import Inside
from rota.web.problems import answer
from rota.web.stream import Watcher
from rota.web.upcoming import Upcoming

__all__ = ("build",)

STATIC = Path(__file__).parent / "static"


class Static(StaticFiles):
    """The vendored files; a browser keeps them and asks each time whether they are the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


async def failed(request: Request, error: Exception) -> Response:
    """What goes wrong in a handler, as an answer."""
    return answer(request, error)


def build(
    rota: Inside,
    user: Asked | None = None,
    hosts: Sequence[str] | None = None,
    *,
    accounts: bool = False,
) -> Starlette:
    """The application for one Rota, without the headers that go around every answer. It needs no
    lifespan: a mounted application gets none.
    """
    routes: list[Route | Mount] = [
        *(
            Route(route.path, guarded(route.endpoint, route.path), methods=route.methods)
            for route in (*api.routes(), *pages.routes())
        ),
        Mount("/static", Static(directory=STATIC), name="static"),
    ]
    built = Starlette(
        routes=routes,
        middleware=[
            Middleware(Guard, identify=Identify(rota, user, accounts), hosts=hosts),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4),
        ],
        exception_handlers={RotaError: failed, 404: failed, 405: failed, 500: failed},
    )
    built.state.rota = rota
    built.state.watcher = Watcher(rota)
    built.state.limiter = None
    built.state.accounts = accounts
    built.state.failures = Failures()
    built.state.upcoming = Upcoming()
    return built
