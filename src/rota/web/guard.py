"""Who may: deny by default, then ask the host, and never take a change from a foreign page.

One place finds out who asks, for pages, API and streams alike; `access.py` says what they may.
With a `user` callable the host says who asks. Without one, only this machine is answered, as an
administrator: a loopback client, no sign of a proxy, a local Host. Every request that changes
something must come from our own page, or from a program that is no browser.
"""

from __future__ import annotations

import inspect
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from rota.engine.acting import acting
from rota.web.problems import Denied, answer
from rota.web.user import User

__all__ = ("Asked", "Guard", "foreign", "stranger")

Answer = User | str | None
Asked = Callable[[Request], Answer | Awaitable[Answer]]

LOCAL = User("local", "admin")

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
PROXY_HEADERS = ("forwarded", "x-real-ip", "via")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = frozenset({"/api/v1/health"})  # answers one word, also to a load balancer
OPEN_FILES = "/static/"  # the same for everybody; the refusal itself should be readable

NOT_LOCAL = (
    "This page answers only requests from its own machine, because nobody has told it who may "
    "use it. To open it to others give it a function that names the user: "
    "rota.web(user=lambda request: …), which returns a User with a role, or None for nobody."
)
NOBODY = "You are not signed in, or may not see this. Sign in to the application first."
OTHER_HOST = (
    "The address in this request's Host header is none that this page answers to; an "
    "administrator names it in hosts=…."
)
FOREIGN = "This change was asked for by a page of another site, so it was not made."


def stranger(request: Request) -> str | None:
    """Why a request is not plainly from this machine, or None if it is."""
    try:
        host = request.client.host if request.client else ""
        if not ipaddress.ip_address(host.removeprefix("::ffff:")).is_loopback:
            return "the client is not this machine"
    except ValueError:
        return "the client's address is not known"
    for name in request.headers:
        if name in PROXY_HEADERS or name.startswith("x-forwarded-"):
            return f"the request came through a proxy ({name})"
    hosts = request.headers.getlist("host")
    if len(hosts) != 1 or _without_port(hosts[0]) not in LOCAL_HOSTS:
        return "the Host header does not name this machine"
    return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    if colon and port.isascii() and port.isdigit():
        return name.lower()
    return host.lower()


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
    """ASGI middleware that answers 403 itself, or lets the request in with its `User`."""

    def __init__(
        self, app: ASGIApp, user: Asked | None = None, hosts: Sequence[str] | None = None
    ) -> None:
        self.app = app
        self.user = user
        self.hosts = None if hosts is None else frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":  # lifespan
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        refusal = await self.refusal(request)
        if refusal is None:
            found: User | None = scope["rota.user"]
            origin = "api" if inner_path(request).startswith("/api/") else "page"
            with acting(origin, found.name if found else None):
                await self.app(scope, receive, send)
        else:
            await answer(request, Denied(refusal))(scope, receive, send)

    async def refusal(self, request: Request) -> str | None:
        """Why this request is not answered, in words for whoever sent it; None lets it in."""
        request.scope["rota.user"] = None
        if request.method not in SAFE and foreign(request):
            return FOREIGN
        path = inner_path(request)
        if request.method in SAFE and (path in OPEN_PATHS or path.startswith(OPEN_FILES)):
            return None
        if self.hosts is not None and not self.answers_to(request):
            return OTHER_HOST
        if self.user is None:
            reason = stranger(request)
            if reason:
                return f"{NOT_LOCAL} ({reason[0].upper()}{reason[1:]}.)"
            request.scope["rota.user"] = LOCAL
            return None
        found = await self.asked(request)
        request.scope["rota.user"] = found
        return None if found else NOBODY

    def answers_to(self, request: Request) -> bool:
        """Whether the one Host header names one of the hosts, as a whole."""
        hosts = request.headers.getlist("host")
        return len(hosts) == 1 and _without_port(hosts[0]) in (self.hosts or ())

    async def asked(self, request: Request) -> User | None:
        """The host's answer; a plain function may block, so it gets a thread. A bare name may only
        view.
        """
        assert self.user is not None
        if inspect.iscoroutinefunction(self.user):
            answer = await self.user(request)
        else:
            answer = await run_in_threadpool(self.user, request)
            if inspect.isawaitable(answer):
                answer = await answer
        if isinstance(answer, str):
            return User(answer) if answer else None
        if answer is None or isinstance(answer, User):
            return answer
        raise TypeError("rota.web(user=…) returned something that is no User")
