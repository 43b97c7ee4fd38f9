"""The web application and the HTTP API: an ASGI application to mount under any prefix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rota.web.user import User

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from rota.web.identify import Asked
    from rota.web.inside import Inside

__all__ = ("User", "application")

DRAWN_WITH = ("starlette", "jinja2")


def application(
    rota: Inside,
    *,
    user: Asked | None = None,
    accounts: bool = False,
    hosts: Sequence[str] | None = None,
) -> ASGIApp:
    """The ASGI application that shows and steers `rota`: `app.mount("/rota", rota.web())`.

    `user` is the host's answer to "who asks?": a function, plain or async, that takes the request
    and returns a `User` with a role, or None for nobody; a bare name may only view. `accounts` lets
    people sign in with the accounts of `rota user`, as soon as there is one. With neither only
    requests from this very machine are answered, and none that came through a proxy. API tokens
    count in any case. `hosts` are the names that a request's Host header may bear; None leaves that
    to the host, or with accounts means this machine's own names and bare addresses.
    """
    from rota.web.extra import need

    need(DRAWN_WITH)  # a server is the host's own, and passwords may be nobody's wish
    from rota.web.asgi import build
    from rota.web.headers import Headers

    # Around all of it: what answers a fault of ours stands outside of the middleware within.
    return Headers(build(rota, user, hosts, accounts=accounts))
