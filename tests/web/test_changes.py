"""Revisions and the audit through the API: who did it, from where, and back again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from rota import Rota
from rota.errors import BadParameters
from rota.web import User


@pytest.fixture
def rota() -> Iterator[Rota]:
    made = Rota("memory://")

    @made.task("news.tidy")
    def tidy(days: int = 7) -> None: ...

    made.open()
    yield made
    made.close()


@pytest.fixture
def client(rota: Rota) -> TestClient:
    def user(request: Request) -> User:
        return User(request.headers.get("x-user", "ada"), "admin")

    return TestClient(rota.web(user=user), base_url="https://rota.example/api/v1")


NEW = {"name": "tidy", "task": "news.tidy", "trigger": "every 1h", "reason": "wanted"}


def test_a_change_has_an_author_and_a_reason(client: TestClient) -> None:
    assert client.post("/schedules", json=NEW).status_code == 201
    change = {"trigger": "every 2h", "reason": "too often"}
    changed = client.patch("/schedules/tidy", json=change, headers={"x-user": "ida"})
    assert changed.json()["version"] == 2
    items = client.get("/schedules/tidy/revisions").json()["items"]
    assert [(one["number"], one["user"], one["origin"], one["reason"]) for one in items] == [
        (2, "ida", "api", "too often"), (1, "ada", "api", "wanted"),
    ]  # fmt: skip
    assert items[1]["fields"]["trigger"] == "every 1h"
    audit = client.get("/audit", params={"user": "ida"}).json()["items"]
    assert [(one["action"], one["before"], one["after"]) for one in audit] == [
        ("schedule.changed", {"trigger": "every 1h"}, {"trigger": "every 2h"})
    ]


def test_one_goes_back_only_from_what_one_saw(client: TestClient) -> None:
    client.post("/schedules", json=NEW)
    seen = client.patch("/schedules/tidy", json={"trigger": "every 2h"}).headers["etag"]
    client.patch("/schedules/tidy", json={"trigger": "every 3h"})
    back = {"revision": 1, "reason": "as it was"}
    stale = client.post("/schedules/tidy/revert", json=back, headers={"if-match": seen})
    assert stale.status_code == 412
    assert (stale.json()["version"], stale.headers["etag"]) == (3, '"3"')
    done = client.post("/schedules/tidy/revert", json=back)
    assert (done.status_code, done.json()["trigger"]) == (200, "every 1h")
    assert client.delete("/schedules/tidy", params={"reason": "gone"}).status_code == 204
    newest = client.get("/schedules/tidy/revisions?limit=1").json()
    assert [(one["action"], one["reason"]) for one in newest["items"]] == [("removed", "gone")]
    assert client.post("/schedules/tidy/revert", json={"revision": 2}).json()["words"]


@pytest.mark.parametrize("body", [{}, {"revision": "1"}, {"revision": True}, {"revision": 1.5}])
def test_a_revision_is_a_number(client: TestClient, body: dict[str, object]) -> None:
    client.post("/schedules", json=NEW)
    assert client.post("/schedules/tidy/revert", json=body).status_code == 400


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    client.post("/schedules", json=NEW)
    for number in (0, -1, 2, 2**70):
        lost = client.post("/schedules/tidy/revert", json={"revision": number})
        assert lost.status_code == 404
        assert lost.json()["errors"][0]["code"] == "unknown_revision"
    assert client.get("/schedules/nobody/revisions").status_code == 404


def test_a_form_on_a_page_comes_from_the_page(client: TestClient, rota: Rota) -> None:
    client.post("/schedules", json=NEW)
    page = TestClient(client.app, base_url="https://rota.example")
    page.post("/schedules/tidy/pause", data={"reason": "lunch"}, follow_redirects=False)
    newest = rota.audit.list(1)[0]
    assert (newest.action, newest.user, newest.origin) == ("schedule.paused", "ada", "page")


@pytest.mark.parametrize("seen", ["²", "-1", "x", "0", "7", "9" * 5_000])
def test_a_form_of_no_version_of_ours_is_stale(client: TestClient, rota: Rota, seen: str) -> None:
    client.post("/schedules", json=NEW)
    page = TestClient(client.app, base_url="https://rota.example", follow_redirects=False)
    sent = {"version": seen, "do": "save", "task": "news.tidy", "trigger": "every 2h"}
    for path in ("edit", "relink", "revert"):
        answer = page.post(f"/schedules/tidy/{path}", data={**sent, "revision": "1"})
        assert answer.status_code == 412, path
    assert rota.schedules.get("tidy").version == 1


def test_what_is_reset_follows_the_task_again(client: TestClient) -> None:
    made = client.post("/schedules", json={**NEW, "timeout": "5m", "retries": 2}).json()
    assert made["policies"].keys() >= {"timeout", "retries"}
    reset = client.patch("/schedules/tidy", json={"reset": ["timeout"], "retries": 3}).json()
    assert reset["policies"] == {"retries": 3}
    for wrong in ("timeout", ["time"], [["timeout"]], {"timeout": 1}):
        assert client.patch("/schedules/tidy", json={"reset": wrong}).status_code == 400


def test_the_next_times_and_a_last_run_that_is_cleared(client: TestClient) -> None:
    made = client.post("/schedules", json=NEW).json()
    times = client.get("/schedules/tidy/next", params={"count": 3}).json()["times"]
    assert (len(times), times[0]) == (3, made["next_run"])
    assert client.get("/schedules/tidy/next").json()["times"][:3] == times
    for count in ("0", "101", "x"):
        assert client.get("/schedules/tidy/next", params={"count": count}).status_code == 400
    client.patch("/schedules/tidy", json={"enabled": False})
    assert client.get("/schedules/tidy/next").json() == {"times": []}
    client.post("/schedules/tidy/clear-last-run", json={"reason": "moved house"})
    (newest,) = client.get("/audit?limit=1").json()["items"]
    assert (newest["action"], newest["user"], newest["reason"]) == (
        "schedule.last_run_cleared", "ada", "moved house",
    )  # fmt: skip


@pytest.mark.parametrize("given", [None, {}])
def test_parameters_that_are_none_are_none(client: TestClient, given: object) -> None:
    client.post("/schedules", json={**NEW, "parameters": {"days": 3}})
    changed = client.patch("/schedules/tidy", json={"parameters": given})
    assert (changed.status_code, changed.json()["parameters"]) == (200, {})


def test_parameters_that_are_no_object_are_refused_in_python_too(rota: Rota) -> None:
    rota.schedules.add("tidy", "news.tidy", "every 1h")
    with pytest.raises(BadParameters, match="parameters are a JSON object"):
        rota.schedules.update("tidy", parameters=[1])
    with pytest.raises(BadParameters, match="parameters are a JSON object"):
        rota.schedules.update("tidy", parameters=None)
