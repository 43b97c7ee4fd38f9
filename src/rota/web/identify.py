"""Finding out who asks: a token, the host's own user, an account's session, or this machine."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from rota.web.inside import Inside
from rota.web.problems import Denied, SignIn
from rota.web.stranger import stranger
from rota.web.user import User

__all__ = ("COOKIE", "Asked", "Identify")

T = TypeVar("T")
Answer = User | str | None
Asked = Callable[[Request], Answer | Awaitable[Answer]]

COOKIE = "rota_session"
LOCAL = User("local", "admin")
NOT_LOCAL = (
    "This page answers only requests from its own machine, because nobody has told it who may "
    "use it. To open it to others give it a function that names the user: "
    "rota.web(user=lambda request: …), which returns a User with a role, or None for nobody; "
    "with rota serve make an account: rota user add NAME --role admin."
)
NOBODY = "You are not signed in, or may not see this. Sign in to the application first."
VOID = "This token is unknown, revoked or expired."
SIGN_IN = "Sign in first."


class Identify:
    """Who asks, for one application. `user` is the host's callable; `accounts` says whether local
    accounts count, of which there must be one before they do.
    """

    def __init__(self, rota: Inside, user: Asked | None, accounts: bool) -> None:
        self.rota = rota
        self.user = user
        self.accounts = accounts

    async def __call__(self, request: Request) -> User:
        """The user; Denied or SignIn, with words for whoever sent the request, if there is none."""
        key = bearer(request)
        if key is not None and (key.startswith("rota_") or self.user is None):
            return await self.by_token(key)
        if self.user is not None:
            found = await self.asked(request, self.user)
            if found is None:
                raise Denied(NOBODY)
            return found
        if self.accounts and await run_in_threadpool(self.rota.accounts.any):
            return await self.by_session(request)
        reason = stranger(request)
        if reason:
            raise Denied(f"{NOT_LOCAL} ({reason[0].upper()}{reason[1:]}.)")
        return LOCAL

    async def by_token(self, key: str) -> User:
        found = await run_in_threadpool(self.rota.tokens.check, key)
        if found is None:
            raise SignIn(VOID)
        return User(f"token:{found.name}", found.role)

    async def by_session(self, request: Request) -> User:
        key = request.cookies.get(COOKIE, "")
        found = await run_in_threadpool(self.rota.accounts.session, key) if key else None
        if found is None:
            raise SignIn(SIGN_IN, here=True)
        request.scope["rota.session"] = key
        return User(found.name, found.role)

    async def asked(self, request: Request, user: Asked) -> User | None:
        """The host's answer; a plain function may block, so it gets a thread. A bare name may only
        view.
        """
        if inspect.iscoroutinefunction(user):
            answer = await user(request)
        else:
            answer = await run_in_threadpool(user, request)
            if inspect.isawaitable(answer):
                answer = await answer
        if isinstance(answer, str):
            return User(answer) if answer else None
        if answer is None or isinstance(answer, User):
            return answer
        raise TypeError("rota.web(user=…) returned something that is no User")


def bearer(request: Request) -> str | None:
    """The key that a program sends, or None if it sends none; an empty one is one too."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None
