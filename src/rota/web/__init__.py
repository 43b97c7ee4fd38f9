"""The web application and the HTTP API: an ASGI application to mount under any prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from rota.web.guard import User
    from rota.web.inside import Inside

__all__ = ("application",)


def application(rota: Inside, *, user: User | None = None) -> ASGIApp:
    """The ASGI application that shows and steers `rota`: `app.mount("/rota", rota.web())`.

    `user` is the host's answer to "who asks?": a function, plain or async, that takes the request
    and returns a name, or None for nobody. Without it only requests from this very machine are
    answered, and none that came through a proxy.
    """
    from rota.web.asgi import build

    return build(rota, user)
