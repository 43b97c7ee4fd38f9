"""Each route that changes something writes it down, once, with who it was and from where; a route
without a row here fails. And what a page does the API does too: each form has its routes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rota import Rota
from rota.web import User
from rota.web.access import NEEDS
from rota.web.api import ENDPOINTS

API = "/api/v1"
NEW = {"name": "mine", "task": "news.tidy", "trigger": "every 2h"}
OLD = "/schedules/tidy"


@dataclass(frozen=True)
class Change:
    """A request that changes something, what is written about it, and the API's way to do it."""

    path: str
    actions: tuple[str, ...]
    body: dict[str, object] = field(default_factory=dict)
    before: tuple[str, ...] = ()  # pages that are posted to first
    api: tuple[str, ...] = ()  # of a page: the routes of the API that do the same


def edits(**more: object) -> dict[str, object]:
    return {"version": "1", "do": "save", "title": "Tidy", "task": "news.tidy",
            "trigger": "every 3h", "kind": "text", "trigger.was": "every 1h", **more}  # fmt: skip


PAGES = {
    "POST /new": Change("/new", ("schedule.added",), {**edits(), "name": "mine"},
                        api=("POST /schedules",)),
    "POST /schedules/{name}/edit": Change(
        f"{OLD}/edit", ("schedule.changed",), edits(),
        api=("PATCH /schedules/{name}", "POST /schedules/{name}/clear-last-run")),
    "POST /schedules/{name}/run-with": Change(
        f"{OLD}/run-with", ("run.asked",), {"p.days": "3"}, api=("POST /schedules/{name}/run",)),
    "POST /runs/{id}/again-with": Change(
        "/runs/1/again-with", ("run.again",), {"p.days": "3"}, api=("POST /runs/{id}/again",)),
    "POST /schedules/{name}/pause-until": Change(
        f"{OLD}/pause-until", ("schedule.paused",), {"how": "for", "for": "1h", "reason": "lunch"},
        api=("POST /schedules/{name}/pause",)),
    "POST /schedules/{name}/remove": Change(
        f"{OLD}/remove", ("schedule.removed",), api=("DELETE /schedules/{name}",)),
    "POST /schedules/{name}/restore": Change(
        f"{OLD}/restore", ("schedule.reverted",), before=(f"{OLD}/remove",),
        api=("POST /schedules/{name}/revert",)),
    "POST /schedules/{name}/relink": Change(
        f"{OLD}/relink", ("schedule.changed",),
        {"version": "1", "do": "save", "task": "news.count"}, api=("PATCH /schedules/{name}",)),
    "POST /schedules/{name}/revert": Change(
        f"{OLD}/revert", ("schedule.reverted",), {"revision": "1"}, before=(f"{OLD}/disable",),
        api=("POST /schedules/{name}/revert",)),
    "POST /schedules": Change(
        "/schedules", ("schedule.paused", "schedule.paused"),
        {"action": "pause", "name": ["tidy", "other"]}, api=("POST /schedules/{name}/pause",)),
    "POST /schedules/{name}/enable": Change(
        f"{OLD}/enable", ("schedule.changed",), before=(f"{OLD}/disable",),
        api=("PATCH /schedules/{name}",)),
    "POST /schedules/{name}/disable": Change(
        f"{OLD}/disable", ("schedule.changed",), api=("PATCH /schedules/{name}",)),
    "POST /schedules/{name}/run": Change(
        f"{OLD}/run", ("run.asked",), api=("POST /schedules/{name}/run",)),
    "POST /schedules/{name}/pause": Change(
        f"{OLD}/pause", ("schedule.paused",), {"reason": "lunch"},
        api=("POST /schedules/{name}/pause",)),
    "POST /schedules/{name}/resume": Change(
        f"{OLD}/resume", ("schedule.resumed",), before=(f"{OLD}/pause",),
        api=("POST /schedules/{name}/resume",)),
    "POST /runs/{id}/cancel": Change(
        "/runs/1/cancel", ("run.cancelled",), api=("POST /runs/{id}/cancel",)),
    "POST /runs/{id}/again": Change(
        "/runs/1/again", ("run.again",), api=("POST /runs/{id}/again",)),
}  # fmt: skip
PAUSED = (f"{OLD}/pause",)
PROGRAMS = {
    "POST /schedules": Change("/schedules", ("schedule.added",), NEW),
    "PATCH /schedules/{name}": Change(OLD, ("schedule.changed",), {"trigger": "every 3h"}),
    "DELETE /schedules/{name}": Change(OLD, ("schedule.removed",)),
    "POST /schedules/{name}/run": Change(f"{OLD}/run", ("run.asked",)),
    "POST /schedules/{name}/backfill": Change(
        f"{OLD}/backfill", ("run.backfill",),
        {"from": "2026-03-02T00:00:00Z", "until": "2026-03-02T02:00:00Z"}),
    "POST /schedules/{name}/clear-last-run": Change(
        f"{OLD}/clear-last-run", ("schedule.last_run_cleared",)),
    "POST /schedules/{name}/pause": Change(f"{OLD}/pause", ("schedule.paused",)),
    "POST /schedules/{name}/resume": Change(f"{OLD}/resume", ("schedule.resumed",), before=PAUSED),
    "POST /schedules/{name}/revert": Change(
        f"{OLD}/revert", ("schedule.reverted",), {"revision": 1}, before=(f"{OLD}/disable",)),
    "POST /runs/{id}/cancel": Change("/runs/1/cancel", ("run.cancelled",)),
    "POST /runs/{id}/again": Change("/runs/1/again", ("run.again",)),
}  # fmt: skip

# What changes nothing that somebody would have to answer for, and why.
SILENT = {
    "POST /editor/outlook": "it reads a form", "POST /editor/task": "it reads a form",
    "POST /sign-in": "an event tells it", "POST /sign-out": "it ends what a sign-in began",
    f"POST {API}/preview": "it reads a text", f"GET {API}/tick": "time does it, nobody",
    f"POST {API}/tick": "time does it, nobody",
}  # fmt: skip
# What no program needs: its key is made by `rota token add`, and one change is as good as many.
ONLY_PAGES = {"POST /editor/outlook", "POST /editor/task", "POST /sign-in", "POST /sign-out"}


@pytest.fixture
def rota() -> Iterator[Rota]:
    rota = Rota("memory://")
    rota.task("news.tidy")(lambda days=7: None)
    rota.task("news.count")(lambda: None)
    for name in ("tidy", "other"):
        rota.schedules.add(name, "news.tidy", "every 1h from 2026-03-01")
    rota.schedules.run("tidy")
    yield rota
    rota.close()


@pytest.fixture
def client(rota: Rota) -> TestClient:
    return TestClient(
        rota.web(user=lambda request: User("ada", "admin")), base_url="https://rota.example",
        follow_redirects=False,
    )  # fmt: skip


def written(rota: Rota) -> list[tuple[str, str | None, str]]:
    return [(one.action, one.user, one.origin) for one in reversed(rota.audit.list(100))]


def test_every_route_that_changes_something_is_here() -> None:
    changing = {
        route for route in NEEDS
        if not route.startswith("GET ") or route in SILENT
    }  # fmt: skip
    there = {*PAGES, *(route.replace(" ", f" {API}", 1) for route in PROGRAMS)}
    assert there | set(SILENT) == changing
    assert not there & set(SILENT)


@pytest.mark.parametrize("route", PAGES)
def test_a_form_is_written_down_once(client: TestClient, rota: Rota, route: str) -> None:
    change = PAGES[route]
    for path in change.before:
        assert client.post(path).status_code == 303, path
    known = len(written(rota))
    answer = client.post(change.path, data=change.body)
    assert answer.status_code in (200, 303), answer.text
    assert written(rota)[known:] == [(action, "ada", "page") for action in change.actions]


@pytest.mark.parametrize("route", PROGRAMS)
def test_a_request_is_written_down_once(client: TestClient, rota: Rota, route: str) -> None:
    change = PROGRAMS[route]
    for path in change.before:
        assert client.post(path).status_code == 303, path
    known = len(written(rota))
    method = route.partition(" ")[0]
    answer = client.request(method, API + change.path, json=change.body or None)
    assert answer.status_code < 300, answer.text
    assert written(rota)[known:] == [(action, "ada", "api") for action in change.actions]


def test_what_is_refused_is_not_written_down(client: TestClient, rota: Rota) -> None:
    known = written(rota)
    for route, change in PROGRAMS.items():
        method, path = route.split(" ")[0], change.path.replace("tidy", "nobody")
        path = path.replace("/1/", "/999/")
        answer = client.request(method, API + path, json={"odd": 1})
        assert answer.status_code in (400, 404, 422), route
    assert written(rota) == known


def test_every_form_has_its_way_in_the_api() -> None:
    there = {f"{one.method} {one.path}" for one in ENDPOINTS}
    forms = {
        route for route in NEEDS if route.startswith("POST ") and "/api/" not in route
    }  # fmt: skip
    assert forms == set(PAGES) | ONLY_PAGES
    for route, change in PAGES.items():
        assert change.api and set(change.api) <= there, route


# The page that is read, and what of the API a program reads instead.
READ = {
    "/": "/schedules", "/schedules": "/schedules", "/schedules/{name}": "/schedules/{name}/why",
    "/schedules/{name}/revisions": "/schedules/{name}/revisions", "/timeline": "/runs",
    "/runs": "/runs", "/runs/{id}": "/runs/{id}", "/runs/{id}/log.txt": "/runs/{id}/log",
    "/events": "/events", "/events/export": "/events", "/audit": "/audit",
    "/audit/export": "/audit", "/system": "/system", "/nodes": "/nodes", "/preview": "/preview",
    "/new": "/tasks", "/schedules/{name}/edit": "/schedules/{name}",
    "/schedules/{name}/run-with": "/tasks", "/runs/{id}/again-with": "/tasks",
    "/schedules/{name}/pause": "/schedules/{name}/next", "/schedules/{name}/relink": "/tasks",
}  # fmt: skip


def test_every_page_has_its_way_in_the_api() -> None:
    there = {one.path for one in ENDPOINTS}
    pages = {route[4:] for route in NEEDS if route.startswith("GET ") and "/api/" not in route}
    assert set(READ) == pages - {"/sign-in"}
    assert set(READ.values()) <= there


@pytest.mark.parametrize("verb", ["cancel", "pause", "remove", "run", "update"])
def test_nothing_is_changed_without_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    rota.task("news.tidy", schedule="every 1h")(lambda: None)
    asked = rota.schedules.run("news.tidy")
    known = rota.schedules.get("news.tidy")

    def full(rows: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(rota.context.store, "add_audit", full)
    change: dict[str, Callable[[], object]] = {
        "cancel": lambda: rota.runs.cancel(asked.id),
        "pause": lambda: rota.schedules.pause("news.tidy"),
        "remove": lambda: rota.schedules.remove("news.tidy"),
        "run": lambda: rota.schedules.run("news.tidy"),
        "update": lambda: rota.schedules.update("news.tidy", trigger="every 2h"),
    }
    with pytest.raises(OSError, match="full"):
        change[verb]()
    assert rota.schedules.get("news.tidy") == known
    assert [(run.id, run.state) for run in rota.runs.list()] == [(asked.id, "queued")]
    rota.close()


@pytest.mark.parametrize("route", [route for route in NEEDS if route.startswith("GET ")])
def test_nothing_is_changed_by_looking(client: TestClient, rota: Rota, route: str) -> None:
    def whole() -> object:
        return (rota.changes(), written(rota), [one.json() for one in rota.schedules.list()],
                [one.json() for one in rota.runs.list()])  # fmt: skip

    path = route[4:].replace("{name}", "tidy").replace("{id}", "1")
    before = whole()
    if path.endswith("/stream"):
        client.head(path)
    else:
        client.get(path, params={"did": "removed", "name": "tidy", "action": "remove"})
        client.get(path, headers={"x-http-method-override": "DELETE", "x-method": "POST"})
    assert whole() == before


@pytest.mark.parametrize("twice", ["pause", "resume", "disable", "enable"])
def test_a_form_that_comes_twice_leaves_what_it_left_once(
    client: TestClient, rota: Rota, twice: str
) -> None:
    client.post(f"{OLD}/{twice}")
    once = rota.schedules.get("tidy").json()
    client.post(f"{OLD}/{twice}")
    again = rota.schedules.get("tidy").json()
    assert {**again, "version": 0} == {**once, "version": 0}


@pytest.mark.parametrize(
    "path, sent",
    [
        ("pause", {"for": "2 weeks"}), ("pause", {"until": "soon"}),
        ("pause-until", {"how": "for"}), ("pause-until", {"how": "for", "for": "2w"}),
        ("pause-until", {"how": "until"}), ("pause-until", {"how": "until", "until": "soon"}),
        ("pause-until", {"how": "until ever"}),
    ],
)  # fmt: skip
def test_an_end_that_cannot_be_read_is_no_pause_without_end(
    client: TestClient, rota: Rota, path: str, sent: dict[str, str]
) -> None:
    assert client.post(f"{OLD}/{path}", data=sent).status_code in (400, 409)
    assert not rota.schedules.get("tidy").paused


def test_a_request_that_comes_twice_does_its_work_once(client: TestClient, rota: Rota) -> None:
    def statuses(method: str, path: str, body: dict[str, object] | None = None) -> list[int]:
        return [client.request(method, API + path, json=body).status_code for _ in range(2)]

    assert statuses("POST", "/schedules", NEW) == [201, 409]
    assert statuses("PATCH", "/schedules/mine", {"trigger": "every 3h"}) == [200, 200]
    assert rota.schedules.get("mine").version == 2
    assert statuses("POST", "/runs/1/cancel") == [200, 409]
    asked = {"from": "2026-03-02T00:00:00Z", "until": "2026-03-02T02:00:00Z"}
    assert statuses("POST", f"{OLD}/backfill", asked)[0] == 202
    slots = [run.due for run in rota.runs.list("tidy", kinds=("backfill",))]
    assert len(slots) == len(set(slots))
    assert statuses("DELETE", "/schedules/mine") == [204, 404]


def test_a_list_that_grows_shows_nothing_twice(client: TestClient, rota: Rota) -> None:
    for _ in range(6):
        rota.schedules.run("other")
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"{API}/runs", params={"limit": 2, "cursor": cursor}).json()
        seen += [run["id"] for run in page["items"]]
        cursor = page["next"]
        rota.schedules.run("other")
    assert seen == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("route", [route for route in NEEDS if not route.endswith("/stream")])
def test_whatever_is_asked_first_opens_the_store(route: str) -> None:
    rota = Rota("memory://")
    rota.task("news.tidy", schedule="every 1h")(lambda: None)
    client = TestClient(
        rota.web(user=lambda request: User("ada", "admin")), base_url="https://rota.example",
        follow_redirects=False,
    )  # fmt: skip
    method, path = route.split(" ")
    path = path.replace("{name}", "news.tidy").replace("{id}", "1")
    answer = client.request(method, path, params={"sort": "name"})
    assert "not open" not in answer.text
    assert answer.status_code < 500 or path.endswith("/health")
    rota.close()
