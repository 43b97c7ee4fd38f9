"""Errors as answers: RFC 9457 problems for programs, a page that says what to do for people."""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rota.errors import (
    AlreadyExists,
    BadParameters,
    BadPolicy,
    Conflict,
    Problem,
    Refused,
    RotaError,
    StoreRefused,
    SystemTask,
    TriggerError,
    Unknown,
    Unreachable,
)

__all__ = ("Denied", "SignIn", "TooMany", "answer", "status_of")


class Denied(RotaError):
    """The one who asks may not; `role` is the role that would be enough, if there is one."""

    code = "refused"

    def __init__(self, reason: str | Problem, *, role: str = "") -> None:
        super().__init__(reason)
        self.role = role


class SignIn(RotaError):
    """Nobody is signed in, or the key counts no longer; `here` if our own page is where to."""

    code = "refused"

    def __init__(self, reason: str, *, here: bool = False) -> None:
        super().__init__(reason)
        self.here = here


class TooMany(RotaError):
    """Too many failures; one may try again after so many seconds."""

    code = "refused"

    def __init__(self, reason: str, *, seconds: int) -> None:
        super().__init__(reason, hint=f"try again in {-(-seconds // 60)} min")
        self.seconds = seconds


TITLES = {
    400: "The request cannot be read",
    401: "Sign in first",
    403: "Not for you",
    404: "There is no such thing here",
    405: "That cannot be done here",
    409: "Not possible just now",
    412: "Somebody changed it meanwhile",
    413: "Too much",
    422: "Something in it is wrong",
    429: "Too often",
    500: "Something broke",
    503: "The store does not answer just now",
}


def status_of(error: RotaError) -> int:
    """The HTTP status of an error.

    >>> status_of(Unreachable("the database does not answer"))
    503
    """
    from rota.web.bounds import BadRequest, TooLarge

    table: tuple[tuple[type[RotaError], int], ...] = (
        (Denied, 403), (SignIn, 401), (TooMany, 429), (TooLarge, 413), (BadRequest, 400),
        (Unknown, 404), (AlreadyExists, 409), (Conflict, 412), (SystemTask, 403), (Refused, 409),
        (TriggerError, 422), (BadParameters, 422), (BadPolicy, 422), (Unreachable, 503),
        (StoreRefused, 503),
    )  # fmt: skip
    return next((status for kind, status in table if isinstance(error, kind)), 400)


def headers_of(error: RotaError) -> dict[str, str]:
    """What HTTP says beside the body."""
    if isinstance(error, SignIn):
        return {"www-authenticate": "Bearer"}
    if isinstance(error, Conflict) and error.version is not None:
        return {"etag": f'"{error.version}"'}
    return {"retry-after": str(error.seconds)} if isinstance(error, TooMany) else {}


def answer(request: Request, error: Exception) -> Response:
    """The answer to a request that failed with this error."""
    problems: tuple[Problem, ...]
    headers: dict[str, str] = {}
    if isinstance(error, RotaError):
        status, problems = status_of(error), error.problems
        headers = headers_of(error)
    elif isinstance(error, HTTPException):
        status = error.status_code
        headers = dict(error.headers or {})
        problems = (Problem("refused", reason=TITLES.get(status, error.detail)),)
    else:
        status = 500
        problems = (Problem("refused", reason="this is a fault of ours; the log has the details"),)
    title = TITLES.get(status, "That did not work")
    if isinstance(error, SystemTask):
        title = "Rota looks after that itself"
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    if path.startswith("/api/"):
        more: dict[str, object] = {}
        if isinstance(error, Denied) and error.role:
            more["role"] = error.role
        if isinstance(error, Conflict) and error.version is not None:
            more["version"] = error.version
        return _problem(status, title, problems, headers, more)
    from rota.web.render import render

    template = "denied.html" if isinstance(error, Denied | SignIn) else "error.html"
    return render(
        request, template, {"status": status, "heading": title, "problems": problems},
        status=status, headers=headers,
    )  # fmt: skip


def _problem(
    status: int,
    title: str,
    problems: tuple[Problem, ...],
    headers: dict[str, str],
    more: dict[str, object],
) -> Response:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": " | ".join(" ".join(str(one).split()) for one in problems),
        "errors": [one.json() for one in problems],
        **more,
    }
    return Response(
        json.dumps(body, ensure_ascii=False), status, headers, media_type="application/problem+json"
    )
