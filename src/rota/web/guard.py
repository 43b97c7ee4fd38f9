"""The door: deny by default, find out who asks, and never take a change from a foreign page.

One place for pages, API and streams alike. `identify.py` finds out who asks, `access.py` says what
they may. Every request that changes something must come from our own page, or from a program that
is no browser.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rota.engine.client.acting import acting
from rota.errors import RotaError
from rota.web.access import OPEN, SIGNED, needed
from rota.web.identify import Identify
from rota.web.problems import Denied, SignIn, answer
from rota.web.stranger import LOCAL_HOSTS, without_port
from rota.web.user import User

__all__ = ("SAFE", "Guard", "foreign")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_FILES = "/static/"  # the same for everybody; the refusal itself should be readable
HEALTH = "/api/v1/health"  # also for a load balancer, which asks by address

OTHER_HOST = (
    "The address in this request's Host header is none that this page answers to. An administrator "
    "names it: rota.web(hosts=[…]), or rota serve --allow-host NAME."
)
FOREIGN = "This change was asked for by a page of another site, so it was not made."


def foreign(request: Request) -> bool:
    """Whether a changing request was sent by a page that is not ours."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("origin")
    if origin is not None:
        try:
            return urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
        except ValueError:
            return True
    # Neither header: no browser of this decade. A cookie would make it one all the same.
    return "cookie" in request.headers


def inner_path(request: Request) -> str:
    """The path asked for, relative to the mount."""
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", ""))


class Guard:
    """ASGI middleware that refuses by itself, or lets the request in with its `User`.

    `hosts` are the names that the Host header may bear; None leaves that to the host application,
    or, where local accounts count, means this machine's names and any bare address: those cannot
    be another site's name that was pointed at us.
    """

    def __init__(
        self, app: ASGIApp, identify: Identify, hosts: Sequence[str] | None = None
    ) -> None:
        self.app = app
        self.identify = identify
        self.hosts = None if hosts is None else frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":  # lifespan
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        scope["rota.user"] = None
        try:
            found = await self.admitted(request)
        except RotaError as error:
            await refused(request, error)(scope, receive, send)
            return
        scope["rota.user"] = found
        origin = "api" if inner_path(request).startswith("/api/") else "page"
        with acting(origin, found.name if found else None):
            await self.app(scope, receive, send)

    async def admitted(self, request: Request) -> User | None:
        """Who asks, or None on what is open to everybody; else the refusal is raised."""
        if request.method not in SAFE and foreign(request):
            raise Denied(FOREIGN)
        path = inner_path(request)
        if request.method in SAFE and (path == HEALTH or path.startswith(OPEN_FILES)):
            return None
        if needed(request.method, path) == SIGNED:
            return None  # the address itself says whether it may
        if not self.answers_to(request):
            raise Denied(OTHER_HOST)
        if self.identify.accounts and needed(request.method, path) == OPEN:
            return None
        return await self.identify(request)

    def answers_to(self, request: Request) -> bool:
        """Whether the one Host header names one of the hosts, as a whole."""
        if self.hosts is None and not self.identify.accounts:
            return True
        hosts = request.headers.getlist("host")
        host = without_port(hosts[0]) if len(hosts) == 1 else ""
        if self.identify.accounts and (host in LOCAL_HOSTS or is_address(host)):
            return True
        return host in (self.hosts or ())


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def refused(request: Request, error: RotaError) -> Response:
    """The refusal; somebody who reads a page is led to where one signs in."""
    path = inner_path(request)
    leads = isinstance(error, SignIn) and error.here and request.method in SAFE
    if not leads or path.startswith("/api/"):
        return answer(request, error)
    root = request.scope.get("root_path", "")
    query = request.url.query
    back = quote(f"{path}?{query}" if query else path, safe="")
    return Response(status_code=303, headers={"location": f"{root}/sign-in?back={back}"})
