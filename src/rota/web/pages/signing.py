"""/sign-in and /sign-out: for the local accounts of `rota serve`."""

from __future__ import annotations

import time

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rota.engine.people.accounts import SESSION
from rota.web.bounds import form, text
from rota.web.failures import Failures, network
from rota.web.identify import COOKIE
from rota.web.offload import call, inside
from rota.web.problems import TooMany
from rota.web.render import back_to, redirect, render

__all__ = ("page", "sign_in", "sign_out")


async def page(request: Request) -> Response:
    """The form."""
    only_with_accounts(request)
    back = text(request.query_params.get("back"), "back", 2_000)
    return render(request, "sign_in.html", {"back": back, "name": "", "wrong": False})


async def sign_in(request: Request) -> Response:
    """A session for whoever knows the password; the same answer for a wrong name and a wrong
    password, and none at all after too many of them.
    """
    only_with_accounts(request)
    fields = await form(request)
    name, back = text(fields.get("name"), "name", 200), text(fields.get("back"), "back", 2_000)
    password = text(fields.get("password"), "password", 2_000)
    failures: Failures = request.app.state.failures
    address = network(request.client.host if request.client else "")
    seconds = failures.wait(name, address, time.monotonic())
    if seconds:
        raise TooMany("somebody failed to sign in too often", seconds=seconds)
    failures.count(name, address, time.monotonic())
    rota, old = inside(request), request.cookies.get(COOKIE, "")

    def work() -> str | None:
        key = rota.accounts.sign_in(name, password)
        if key is not None and old:
            rota.accounts.sign_out(old)
        return key

    key = await call(request, work)
    if key is None:
        values = {"back": back, "name": name, "wrong": True}
        return render(request, "sign_in.html", values, status=401)
    failures.forget(name, address)
    answer = back_to(request, back or "/")
    keep(request, answer, key, SESSION)
    return answer


async def sign_out(request: Request) -> Response:
    """The end of the session, here and in the store."""
    key, rota = request.cookies.get(COOKIE, ""), inside(request)
    if key:
        await call(request, lambda: rota.accounts.sign_out(key))
    answer = redirect(request, "/sign-in")
    keep(request, answer, "", 0)
    return answer


def only_with_accounts(request: Request) -> None:
    """Where the host says who asks there is nothing to sign in to."""
    if not request.app.state.accounts:
        raise HTTPException(404)


def keep(request: Request, answer: Response, key: str, seconds: int) -> None:
    """Let the browser keep the key: only for us, and only for requests that begin here."""
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))
    path = request.scope.get("root_path", "") or "/"
    answer.set_cookie(
        COOKIE, key, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure
    )
