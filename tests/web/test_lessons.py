"""What went wrong in others' pages and APIs, tried on ours; docs/security.md lists it."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from rota import Rota
from rota.web import User, application
from rota.web.access import NEEDS


@pytest.fixture
def rota() -> Iterator[Rota]:
    rota = Rota("memory://")

    @rota.task("news.tidy", schedule="every 1h")
    def tidy(days: int = 7) -> None: ...

    @rota.task("news.kept", schedule="every 2h")
    def kept(words: dict[str, list[str]] | None = None) -> None: ...

    for _ in range(3):
        rota.schedules.run("news.tidy")
    yield rota
    rota.close()


@pytest.fixture
def client(rota: Rota) -> TestClient:
    def user(request: Request) -> User:
        return User("ada", request.headers.get("x-role", "admin"))

    return TestClient(rota.web(user=user), base_url="https://rota.example", follow_redirects=False)


@pytest.mark.parametrize(
    "kind, body",
    [
        ("text/plain", b'{"reason": "x"}'), ("application/json; charset", b"{"),
        ("application/x-www-form-urlencoded", b'{"reason": "x"}='), ("", b'{"reason": "x"}'),
        ("multipart/form-data; boundary=x", b"--x--"), ("application/xml", b"<a/>"),
        ("application/x-yaml", b"!!python/object/apply:os.system [id]"),
    ],
)  # fmt: skip
def test_a_body_of_another_kind_changes_nothing(
    client: TestClient, rota: Rota, kind: str, body: bytes
) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = client.post("/api/v1/schedules/news.tidy/pause", content=body, headers=headers)
    assert answer.status_code == 400
    if not kind.startswith("application/x-www-form"):
        page = client.post("/schedules/news.tidy/pause", content=body, headers=headers)
        assert page.status_code == 400
    assert not rota.schedules.get("news.tidy").paused


KINDS = {
    "/api/v1/schedules/news.tidy/pause": "application/json",
    "/schedules/news.tidy/pause": "application/x-www-form-urlencoded",
}


@pytest.mark.parametrize("path", KINDS)
def test_what_is_packed_is_not_unpacked(client: TestClient, rota: Rota, path: str) -> None:
    packed = gzip.compress(b'{"reason": "' + b"x" * 50_000_000 + b'"}')
    headers = {"content-type": KINDS[path], "content-encoding": "gzip"}
    assert client.post(path, content=packed, headers=headers).status_code == 400
    assert not rota.schedules.get("news.tidy").paused


async def answered_early(rota: Rota, path: str) -> tuple[int, int]:
    """The status of a request whose body never ends, and how many bytes of it were read."""
    read, statuses = 0, []

    async def receive() -> dict[str, object]:
        nonlocal read
        read += 1_000
        return {"type": "http.request", "body": b"x" * 1_000, "more_body": True}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http", "method": "POST", "path": path, "root_path": "", "query_string": b"",
        "headers": [(b"host", b"rota.example"), (b"content-type", KINDS[path].encode())],
        "http_version": "1.1", "scheme": "https", "server": ("rota.example", 443),
        "client": ("10.0.0.1", 1),
    }  # fmt: skip
    await application(rota, user=lambda request: User("ada", "admin"))(scope, receive, send)
    return statuses[0], read


@pytest.mark.parametrize("path", KINDS)
def test_a_body_without_end_is_not_read_to_its_end(rota: Rota, path: str) -> None:
    with ThreadPoolExecutor(1) as aside:  # this thread may have the loop of a browser
        status, read = aside.submit(lambda: asyncio.run(answered_early(rota, path))).result()
    assert status == 413
    assert read < 300_000


@pytest.mark.parametrize(
    "task", ["os:system", "os.system", "__main__.x", "builtins.eval", "news.tidy:__globals__",
             "rota.demo.run", "../news", "a.b:c"],
)  # fmt: skip
def test_only_what_is_registered_is_a_task(client: TestClient, task: str) -> None:
    new = {"name": "mine", "task": task, "trigger": "every 1h"}
    refused = client.post("/api/v1/schedules", json=new)
    assert refused.status_code == 404
    assert refused.json()["errors"][0]["code"] == "unknown_task"
    changed = client.patch("/api/v1/schedules/news.tidy", json={"task": task})
    assert changed.status_code == 404
    relinked = {"version": "1", "do": "save", "task": task}
    assert client.post("/schedules/news.tidy/relink", data=relinked).status_code == 404


@pytest.mark.parametrize(
    "payload",
    [{"__reduce__": ["os.system", "id"]}, {"py/object": "os.system"}, {"$type": "System.Process"},
     {"__class__": "rota.Rota"}, {"@type": "java.lang.Runtime"}, "!!python/object:os.system"],
)  # fmt: skip
def test_a_stored_payload_is_inert(client: TestClient, rota: Rota, payload: object) -> None:
    new = {
        "name": "mine",
        "task": "news.kept",
        "trigger": "manual",
        "parameters": {"words": payload},
    }
    made = client.post("/api/v1/schedules", json=new)
    if made.status_code == 201:
        assert rota.schedules.get("mine").parameters == {"words": payload}
        assert client.get("/schedules/mine").status_code == 200
    else:
        assert made.status_code == 422


@pytest.mark.parametrize(
    "name", ["runs", "events", "audit", "schedules", "tasks", "nodes", "system"]
)
def test_a_cursor_of_another_list_or_nobodys_is_refused(client: TestClient, name: str) -> None:
    lists = ("runs?limit=1", "audit?limit=1", "schedules?limit=1", "schedules?sort=runs&limit=1")
    cursors = {one: client.get(f"/api/v1/{one}").json()["next"] for one in lists}
    assert all(cursors.values())
    strange = [*cursors.values(), "' OR 1=1 --", "0", "-1", "9" * 30, "W10=", "bnVsbA==", "💥"]
    for cursor in strange:
        answer = client.get(f"/api/v1/{name}", params={"cursor": cursor})
        assert answer.status_code in (200, 400, 422), cursor
        if answer.status_code == 200:  # then it is a place in this list, and no more than that
            assert set(answer.json()) == {"items", "next"}


@pytest.mark.parametrize("path", ["/api/v1/schedules", "/api/v1/runs", "/schedules", "/events"])
def test_a_million_filters_are_refused_at_once(client: TestClient, path: str) -> None:
    began = time.process_time()
    many = "&".join(["state=failed,lost&status=running&level=odd"] * 1_000)
    assert client.get(f"{path}?{many}").status_code in (200, 400)
    long = client.get(
        path, params={"search": "x" * 10_000, "q": "x" * 10_000, "schedule": "x" * 999}
    )
    assert long.status_code == 400
    assert time.process_time() - began < 5


@pytest.mark.parametrize("route", NEEDS)
def test_no_other_origin_is_told_it_may_read(client: TestClient, route: str) -> None:
    path = route.partition(" ")[2].replace("{name}", "news.tidy").replace("{id}", "1")
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST",
             "access-control-request-headers": "authorization"}  # fmt: skip
    answer = client.options(path, headers=asked)
    assert answer.status_code in (403, 405)
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/", "/api/v1/stream", "/api/v1/anything"])
def test_there_is_no_second_door(client: TestClient, path: str) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
        raise AssertionError("let in")


def test_the_answer_has_no_other_shape_for_whoever_asks_for_one(client: TestClient) -> None:
    """No JSONP, no format that the address chooses."""
    plain = client.get("/api/v1/runs")
    for query in ("callback=alert(1)", "format=html", "jsonp=alert", "_type=text/html"):
        answer = client.get(f"/api/v1/runs?{query}", headers={"accept": "text/html"})
        assert answer.headers["content-type"] == "application/json"
        assert answer.content == plain.content
    log = client.get("/runs/1/log.txt")
    assert log.headers["content-type"].startswith("text/plain")
    assert log.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("role", ["view", "run", "edit"])
def test_the_stream_and_what_it_leads_to_ask_who_one_is(client: TestClient, role: str) -> None:
    """A stream says that something changed, and nothing else."""
    assert client.head("/api/v1/stream", headers={"x-role": role}).status_code == 200
    assert client.get("/api/v1/audit", headers={"x-role": role}).status_code == 403
    assert client.get("/audit/export", headers={"x-role": role}).status_code == 403


def test_an_id_is_a_number_before_it_is_anything_else(client: TestClient) -> None:
    for odd in ("..%2f..%2fetc%2fpasswd", "1%00", "1;2", "0x1", "1e3", "١", "-1", "%2e%2e"):
        for path in (f"/runs/{odd}", f"/runs/{odd}/log.txt", f"/api/v1/runs/{odd}/log"):
            assert client.get(path).status_code in (400, 404), path


def test_a_problem_tells_what_was_asked_and_nothing_of_ours(client: TestClient) -> None:
    answer = client.post("/api/v1/schedules/news.tidy/run", json={"parameters": {"days": [1]}})
    assert answer.headers["content-type"] == "application/problem+json"
    said = json.dumps(answer.json())
    assert "Traceback" not in said
    assert "/rota/" not in said
