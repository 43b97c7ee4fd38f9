"""The access matrix: every route, asked by everybody. A route without a row here fails."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from rota import Rota
from rota.rules.access import ROLES, allows
from rota.web import User
from rota.web.access import NEEDS
from rota.web.asgi import build

# The least role that may, written once more on purpose: who changes who may, changes it twice.
MATRIX = {
    "open": ["GET /api/v1/health", "GET /sign-in", "POST /sign-in", "POST /sign-out"],
    "view": [
        "GET /", "GET /schedules", "GET /schedules/{name}", "GET /timeline",
        "GET /runs", "GET /runs/{id}", "GET /runs/{id}/log.txt",
        "GET /events", "GET /events/export", "GET /system", "GET /nodes", "GET /preview",
        "GET /schedules/{name}/revisions",
        "GET /api/v1/schedules", "GET /api/v1/schedules/{name}", "GET /api/v1/schedules/{name}/why",
        "GET /api/v1/schedules/{name}/next",
        "GET /api/v1/schedules/{name}/revisions",
        "GET /api/v1/runs", "GET /api/v1/runs/{id}", "GET /api/v1/runs/{id}/log",
        "GET /api/v1/tasks", "GET /api/v1/nodes", "GET /api/v1/events", "GET /api/v1/system",
        "POST /api/v1/preview",
        "GET /api/v1/stream", "GET /api/v1/openapi.json",
    ],
    "run": [
        "POST /schedules", "POST /schedules/{name}/run", "POST /schedules/{name}/pause",
        "POST /schedules/{name}/resume", "POST /runs/{id}/cancel", "POST /runs/{id}/again",
        "GET /schedules/{name}/run-with", "POST /schedules/{name}/run-with",
        "GET /runs/{id}/again-with", "POST /runs/{id}/again-with",
        "GET /schedules/{name}/pause", "POST /schedules/{name}/pause-until",
        "POST /api/v1/schedules/{name}/run", "POST /api/v1/schedules/{name}/pause",
        "POST /api/v1/schedules/{name}/resume", "POST /api/v1/runs/{id}/cancel",
        "POST /api/v1/runs/{id}/again", "POST /api/v1/schedules/{name}/backfill",
    ],
    "edit": [
        "GET /new", "POST /new", "GET /schedules/{name}/edit",
        "POST /schedules/{name}/edit", "POST /editor/outlook", "POST /editor/task",
        "POST /schedules/{name}/remove", "POST /schedules/{name}/restore",
        "GET /schedules/{name}/relink", "POST /schedules/{name}/relink",
        "POST /schedules/{name}/revert",
        "POST /schedules/{name}/enable", "POST /schedules/{name}/disable",
        "POST /api/v1/schedules/{name}/clear-last-run",
        "POST /api/v1/schedules", "PATCH /api/v1/schedules/{name}",
        "DELETE /api/v1/schedules/{name}", "POST /api/v1/schedules/{name}/revert",
    ],
    "admin": ["GET /api/v1/audit", "GET /audit", "GET /audit/export"],
    "signed": ["GET /api/v1/tick", "POST /api/v1/tick"],  # for nobody whose address is not
}  # fmt: skip
SIGNING = ("GET /sign-in", "POST /sign-in", "POST /sign-out")  # open where accounts count
ROWS = [(route, role) for role, routes in MATRIX.items() for route in routes]


def by_header(request: Request) -> User | None:
    role = request.headers.get("x-role")
    return User("ada", role) if role else None


ROTA = Rota("memory://")
APP = build(ROTA, by_header)
ACCOUNTS = build(ROTA, accounts=True)


def ask(route: str, *, app: Starlette = APP, **headers: str) -> int:
    """The status of a route asked so; a changing one with a body that says nothing of use."""
    method, path = route.split(" ")
    client = TestClient(app, base_url="https://10.0.0.9", raise_server_exceptions=False)
    if path.endswith("/stream") and headers:
        method = "HEAD"  # a stream that is let in lasts a minute
    path = path.replace("{name}", "nobody").replace("{id}", "999999999")
    return client.request(
        method, path, headers={"content-length": "0", **headers}, follow_redirects=False
    ).status_code


def test_every_route_has_its_row() -> None:
    routes = {
        f"{method} {route.path}"
        for route in APP.routes
        if isinstance(route, Route)
        for method in (route.methods or ()) - {"HEAD"}
    }
    assert sorted(routes) == sorted(route for route, _ in ROWS)
    assert dict(ROWS) == NEEDS


@pytest.mark.parametrize("route, least", ROWS)
def test_who_may(route: str, least: str) -> None:
    app = ACCOUNTS if route in SIGNING else APP
    assert (ask(route, app=app) == 403) == (least != "open"), "a stranger"
    for role in ROLES:
        may = least == "open" or allows(role, least)
        status = ask(route, app=app, **{"x-role": role})
        assert (status != 403) == may, f"{role}: {status}"
        assert status not in (500, 501)  # 503 is what health says with no node


@pytest.fixture(scope="module")
def keys() -> dict[str, dict[str, str]]:
    """The header that each kind of key is sent in: one for every role, and those that are void."""
    signed = {}
    for role in ROLES:
        signed[f"token {role}"] = bearer(ROTA.tokens.add(f"t-{role}", role).key)
        ROTA.accounts.add(role, "correct horse battery", role)
        key = ROTA.accounts.sign_in(role, "correct horse battery")
        signed[f"session {role}"] = {"cookie": f"rota_session={key}", "sec-fetch-site": OURS}
    revoked = ROTA.tokens.add("revoked", "admin").key
    ROTA.tokens.remove("revoked")
    ended = ROTA.accounts.sign_in("admin", "correct horse battery")
    assert ended is not None
    ROTA.accounts.sign_out(ended)
    void = {"revoked": revoked, "wrong": "rota_" + "x" * 43, "empty": "", "foreign": "eyJ0eXAi"}
    signed |= {f"void {name}": bearer(key) for name, key in void.items()}
    signed["void session"] = {"cookie": f"rota_session={ended}", "sec-fetch-site": OURS}
    return signed


OURS = "same-origin"


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize("route, least", ROWS)
def test_what_keys_open(route: str, least: str, keys: dict[str, dict[str, str]]) -> None:
    for name, headers in keys.items():
        kind, _, role = name.partition(" ")
        may = least == "open" or allows(role, least)
        if route in SIGNING:  # what they do, test_signing tells
            continue
        status = ask(route, app=ACCOUNTS, **headers)
        if least == "signed":
            assert status == 403, name
            continue
        if kind == "void" and least != "open":
            leads = name == "void session" and "/api/" not in route and route.startswith("GET")
            assert status == (303 if leads else 401), name
        elif least != "open":
            assert (status not in (401, 403)) == may, f"{name}: {status}"


def test_an_api_token_opens_what_the_host_guards_too(keys: dict[str, dict[str, str]]) -> None:
    assert ask("GET /api/v1/runs", **keys["token view"]) == 200
    assert ask("GET /api/v1/runs", **keys["void wrong"]) == 401
    assert ask("GET /api/v1/runs", **keys["session view"]) == 403  # accounts do not count there


@pytest.mark.parametrize("route", [route for route, _ in ROWS if not route.startswith("GET")])
@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"},
     {"cookie": "a=b"}],
)  # fmt: skip
def test_no_change_for_another_site(route: str, headers: dict[str, str]) -> None:
    assert ask(route, **{"x-role": "admin"}, **headers) == 403
