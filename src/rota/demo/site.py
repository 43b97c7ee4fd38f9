"""The site as an ASGI application. It knows nothing of Rota."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from rota.demo import desk, pages
from rota.demo.database import create, moment, opened
from rota.demo.folder import Folder
from rota.demo.seed import is_empty, seed
from rota.demo.view import HERE, show

__all__ = ("create_site", "prepare")

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


def prepare(folder: Folder) -> bool:
    """Make the site's folder and database; an empty one is filled, and then the answer is True."""
    folder.make()
    create(folder.content)
    with opened(folder.content) as connection:
        if not is_empty(connection):
            return False
        seed(connection, folder.uploads, moment())
        return True


def create_site(folder: Folder, lifespan: Lifespan | None = None) -> FastAPI:
    """The site over a prepared folder."""
    app = FastAPI(
        title="Lock Nine", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.folder = folder
    app.state.has_button = False  # on the page of the bin; somebody else has what it does
    # a name of another site that leads to 127.0.0.1 gets no answer
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.add_exception_handler(HTTPException, _wrong)
    app.include_router(pages.router)
    app.include_router(desk.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    return app


async def _wrong(request: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, HTTPException)  # registered for nothing else
    return show(request, "wrong.html", status=wrong.status_code, wrong=wrong.detail)
