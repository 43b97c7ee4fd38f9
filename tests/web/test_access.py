"""The access matrix: every route, asked by everybody. A route without a row here fails."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from rota import Rota
from rota.rules.access import ROLES
from rota.web import User
from rota.web.access import NEEDS
from rota.web.asgi import build

# The least role that may, written once more on purpose: who changes who may, changes it twice.
MATRIX = {
    "open": ["GET /api/v1/health"],
    "view": [
        "GET /", "GET /schedules", "GET /schedules/{name}",
        "GET /runs", "GET /runs/{id}", "GET /runs/{id}/log.txt",
        "GET /events", "GET /nodes", "GET /preview",
        "GET /api/v1/schedules", "GET /api/v1/schedules/{name}", "GET /api/v1/schedules/{name}/why",
        "GET /api/v1/schedules/{name}/revisions",
        "GET /api/v1/runs", "GET /api/v1/runs/{id}", "GET /api/v1/runs/{id}/log",
        "GET /api/v1/tasks", "GET /api/v1/nodes", "GET /api/v1/events", "POST /api/v1/preview",
        "GET /api/v1/stream", "GET /api/v1/openapi.json",
    ],
    "run": [
        "POST /schedules", "POST /schedules/{name}/run", "POST /schedules/{name}/pause",
        "POST /schedules/{name}/resume", "POST /runs/{id}/cancel", "POST /runs/{id}/again",
        "POST /api/v1/schedules/{name}/run", "POST /api/v1/schedules/{name}/pause",
        "POST /api/v1/schedules/{name}/resume", "POST /api/v1/runs/{id}/cancel",
        "POST /api/v1/runs/{id}/again", "POST /api/v1/schedules/{name}/backfill",
    ],
    "edit": [
        "POST /schedules/{name}/enable", "POST /schedules/{name}/disable",
        "POST /api/v1/schedules", "PATCH /api/v1/schedules/{name}",
        "DELETE /api/v1/schedules/{name}", "POST /api/v1/schedules/{name}/revert",
    ],
    "admin": ["GET /api/v1/audit"],
}  # fmt: skip
ROWS = [(route, role) for role, routes in MATRIX.items() for route in routes]


def by_header(request: Request) -> User | None:
    role = request.headers.get("x-role")
    return User("ada", role) if role else None


APP = build(Rota("memory://"), by_header)


def ask(route: str, **headers: str) -> int:
    """The status of a route asked so; a changing one with a body that says nothing of use."""
    method, path = route.split(" ")
    client = TestClient(APP, base_url="https://rota.example", raise_server_exceptions=False)
    if path.endswith("/stream") and "x-role" in headers:
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
    assert (ask(route) == 403) == (least != "open"), "a stranger"
    for role in ROLES:
        may = least == "open" or ROLES.index(role) >= ROLES.index(least)
        status = ask(route, **{"x-role": role})
        assert (status != 403) == may, f"{role}: {status}"
        assert status not in (500, 501)  # 503 is what health says with no node


@pytest.mark.parametrize("route", [route for route, _ in ROWS if not route.startswith("GET")])
@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"},
     {"cookie": "a=b"}],
)  # fmt: skip
def test_no_change_for_another_site(route: str, headers: dict[str, str]) -> None:
    assert ask(route, **{"x-role": "admin"}, **headers) == 403
