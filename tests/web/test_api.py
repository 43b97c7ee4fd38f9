from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from rota import Failed, Rota, Run, every, manual
from rota.web import application
from rota.web.api import ENDPOINTS
from web.fake import ordinary

LOCAL = ("127.0.0.1", 40000)


@pytest.fixture
def rota() -> Iterator[Rota]:
    made = Rota("memory://")

    @made.task("news.tidy", schedule=every("1h"), title="Tidy up")
    def tidy(run: Run, days: int = 7) -> str:
        run.log.info("looking at %d days", days)
        return f"{days} days tidied"

    @made.task("news.broken", schedule=manual())
    def broken() -> Failed:
        return Failed("3 broken links")

    made.start()
    yield made
    made.stop()


@pytest.fixture
def client(rota: Rota) -> TestClient:
    host = Starlette(routes=[Mount("/rota", rota.web())])
    return TestClient(host, base_url="http://localhost/rota/api/v1", client=LOCAL)


def finished(rota: Rota, number: int) -> Any:
    """The run, once it has ended; its end is awaited on the store's own changes."""
    ended = threading.Event()
    for _ in range(400):
        run = rota.runs.get(number)
        if run.state not in ("queued", "running"):
            return run
        ended.wait(0.01)
    raise AssertionError(f"run {number} did not end")


def test_lists_bear_items_and_a_cursor(client: TestClient) -> None:
    first = client.get("/schedules?limit=1").json()
    assert [one["name"] for one in first["items"]] == ["news.broken"]
    second = client.get("/schedules", params={"limit": 1, "cursor": first["next"]}).json()
    assert [one["name"] for one in second["items"]] == ["news.tidy"]
    assert second["next"] is None
    assert second["items"][0]["words"] == "Every hour"
    for name in ("runs", "tasks", "nodes", "events"):
        assert set(client.get(f"/{name}").json()) == {"items", "next"}


def test_run_now_with_parameters_then_its_log(client: TestClient, rota: Rota) -> None:
    asked = client.post("/schedules/news.tidy/run", json={"parameters": {"days": 3}})
    assert asked.status_code == 202
    run = finished(rota, asked.json()["id"])
    assert (run.state, run.result, run.user) == ("succeeded", "3 days tidied", "local")
    log = client.get(f"/runs/{run.id}/log").json()
    assert [line["text"] for line in log["items"]] == ["looking at 3 days"]
    again = client.post(f"/runs/{run.id}/again")
    assert again.json()["of"] == run.id
    finished(rota, again.json()["id"])
    shown = client.get("/runs", params={"state": "succeeded", "kind": "again"}).json()
    assert [one["id"] for one in shown["items"]] == [again.json()["id"]]


def test_pause_and_resume(client: TestClient) -> None:
    until = "2199-01-01T00:00:00Z"
    paused = client.post(
        "/schedules/news.tidy/pause", json={"until": until, "reason": "the printer is broken"}
    ).json()
    assert (paused["paused"], paused["paused_until"]) == (True, until)
    assert client.post("/schedules/news.tidy/resume").json()["paused"] is False


def test_add_change_and_remove_with_an_etag(client: TestClient) -> None:
    wanted = {"name": "mine", "task": "news.tidy", "trigger": "daily at 09:00", "title": "Mine"}
    made = client.post("/schedules", json=wanted)
    assert made.status_code == 201
    assert made.headers["location"] == "/rota/api/v1/schedules/mine"
    assert client.post("/schedules", json=wanted).json()["errors"][0]["code"] == "already_exists"
    stale = made.headers["etag"]
    changed = client.patch("/schedules/mine", json={"title": "Yours"}, headers={"if-match": stale})
    assert changed.json()["title"] == "Yours"
    late = client.patch("/schedules/mine", json={"title": "Ours"}, headers={"if-match": stale})
    assert (late.status_code, late.json()["errors"][0]["code"]) == (412, "conflict")
    assert client.delete("/schedules/mine", headers={"if-match": stale}).status_code == 412
    assert client.delete("/schedules/mine").status_code == 204
    assert client.get("/schedules/mine").status_code == 404


def test_preview_is_what_rota_next_says(client: TestClient) -> None:
    asked = {"trigger": "daily at 09:00 in Europe/Prague", "count": 2,
             "after": "2026-03-28T12:00:00"}  # fmt: skip
    seen = client.post("/preview", json=asked).json()
    assert seen["times"] == ["2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"]
    assert (seen["zone"], seen["warnings"]) == ("Europe/Prague", [])
    wrong = client.post("/preview", json={"trigger": "daily at 25:00"})
    assert wrong.status_code == 422
    assert wrong.headers["content-type"] == "application/problem+json"
    assert wrong.json()["errors"][0]["code"] == "E_TIME"


def test_why(client: TestClient) -> None:
    answer = client.get("/schedules/news.tidy/why", params={"at": "2026-01-01T00:00:30Z"}).json()
    assert (answer["decision"], answer["reason"]) == ("none", "no_slot")


@pytest.mark.parametrize(
    "method, path, given, status",
    [
        ("GET", "/runs?limit=0", {}, 400),
        ("GET", "/runs?limit=501", {}, 400),
        ("GET", "/runs?limit=1e3", {}, 400),
        ("GET", "/runs?limit=٣", {}, 400),
        ("GET", "/runs?state=done", {}, 400),
        ("GET", "/runs?cursor=';--", {}, 422),
        ("GET", "/runs/abc", {}, 400),
        ("GET", "/runs/99999999999999999999", {}, 400),
        ("GET", "/runs/424242", {}, 404),
        ("GET", "/runs/424242/log", {}, 404),
        ("GET", "/events?level=loud", {}, 400),
        ("GET", "/schedules?search=" + "x" * 300, {}, 400),
        ("GET", "/schedules/nope", {}, 404),
        ("GET", "/schedules/nope/why?at=2026-01-01T00:00:00Z", {}, 404),
        ("GET", "/schedules/news.tidy/why", {}, 400),
        ("GET", "/schedules/news.tidy/why?at=soon", {}, 400),
        ("GET", "/nothing", {}, 404),
        ("PUT", "/runs", {}, 405),
        ("POST", "/schedules/news.tidy/run", {"json": {"days": 3}}, 400),
        ("POST", "/schedules/news.tidy/run", {"json": {"parameters": [3]}}, 400),
        ("POST", "/schedules/news.tidy/run", {"json": {"parameters": {"days": "x"}}}, 422),
        ("POST", "/schedules/news.tidy/run", {"content": b'{"parameters": {}}'}, 400),
        ("POST", "/schedules/news.tidy/pause", {"json": {"until": "1999-01-01"}}, 409),
        ("POST", "/schedules/news.tidy/pause", {"json": {"until": 7}}, 400),
        ("POST", "/preview", {"json": {"trigger": "x" * 3000}}, 400),
        ("POST", "/preview", {"json": {"trigger": "daily at 09:00", "count": 10**9}}, 400),
        ("POST", "/preview", {"json": {}}, 400),
        ("POST", "/schedules", {"json": {"name": "x"}}, 400),
    ],
)
def test_bad_requests_are_problems(
    client: TestClient, method: str, path: str, given: dict[str, Any], status: int
) -> None:
    answer = client.request(method, path, **given)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["detail"]
    assert set(body["errors"][0]) == {"code", "part", "text", "reason", "hint"}


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"7", b'"x"', b'{"trigger": NaN}', b'{"trigger": 1, "trigger": 2}',
        b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"\xff\xfe",
        b'{"count": ' + b"9" * 5_000 + b"}", b'{"trigger": "' + b"x" * 400_000 + b'"}',
    ],
)  # fmt: skip
def test_json_that_is_none_or_too_much(client: TestClient, body: bytes) -> None:
    answer = client.post("/preview", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 413), answer.text


def test_openapi_describes_every_endpoint(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items() for method in operations
    }  # fmt: skip
    assert described == {(one.method, f"/api/v1{one.path}") for one in ENDPOINTS}
    assert document["servers"] == [{"url": "/rota"}]
    schedule = client.get("/schedules/news.tidy").json()
    assert list(document["components"]["schemas"]["Schedule"]["properties"]) == list(schedule)


def test_health_is_one_word() -> None:
    class Away:
        title, zone, running = "x", "UTC", False

        def health(self) -> str:
            raise OSError("disk")

    from rota.web import application

    client = TestClient(application(Away()), client=("10.1.2.3", 5))  # type: ignore[arg-type]
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_the_list_of_schedules_takes_the_filters_of_the_page() -> None:
    fake = ordinary()
    client = TestClient(application(fake), base_url="http://localhost", client=LOCAL)

    def names(query: str) -> list[str]:
        return [one["name"] for one in client.get(f"/api/v1/schedules?{query}").json()["items"]]

    assert names("status=paused&status=running") == ["backup", "report"]
    assert names("outcome=failed&troubled=true") == ["links"]
    assert names("enabled=false") == []
    assert names("sort=runs&limit=1") == [max(fake.items.values(), key=lambda i: i.runs).name]
    assert client.get("/api/v1/schedules?sort=random").status_code == 400
    assert client.get("/api/v1/schedules?sort=next&cursor=!!").status_code in (400, 422)
