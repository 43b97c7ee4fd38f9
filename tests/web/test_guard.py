from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from rota.errors import BadSetting
from rota.web import User, application
from rota.web.asgi import build
from rota.web.guard import SAFE
from rota.web.headers import POLICY
from web.fake import ordinary

LOCAL = ("127.0.0.1", 40000)


def local(**options: object) -> TestClient:
    return TestClient(
        application(ordinary(), **options),  # type: ignore[arg-type]
        base_url="http://localhost:8000", client=LOCAL, follow_redirects=False,
    )  # fmt: skip


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"])
def test_this_machine_is_answered(host: str) -> None:
    assert local().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rota.example"}, {"host": "localhost.evil.example"}, {"host": "127.0.0.1.nip.io"},
        {"host": ""}, {"x-forwarded-for": "127.0.0.1"}, {"forwarded": "for=127.0.0.1"},
        {"x-real-ip": "127.0.0.1"}, {"x-forwarded-host": "localhost"}, {"via": "1.1 proxy"},
    ],
)  # fmt: skip
def test_what_may_have_come_from_elsewhere_is_refused(headers: dict[str, str]) -> None:
    for path in ("/", "/api/v1/runs", "/api/v1/stream", "/nothing"):
        answer = local().get(path, headers=headers)
        assert answer.status_code == 403
    assert "rota.web(user=" in local().get("/", headers=headers).text


def test_a_client_elsewhere_is_refused() -> None:
    for address in ("192.168.1.5", "10.0.0.1", "testclient", "::ffff:10.0.0.1"):
        client = TestClient(
            application(ordinary()), base_url="http://localhost", client=(address, 1)
        )
        assert client.get("/").status_code == 403
        assert client.get("/api/v1/health").json() == {"status": "ok"}


def test_every_route_is_refused_to_strangers() -> None:
    app = build(ordinary(), None)
    client = TestClient(app, base_url="http://rota.example", client=("10.0.0.1", 1))
    for route in app.routes:
        path = getattr(route, "path", "").replace("{name}", "feeds").replace("{id}", "1")
        for method in getattr(route, "methods", None) or ():
            answer = client.request(method, path)
            allowed = path == "/api/v1/health" and method in SAFE
            assert answer.status_code == (200 if allowed else 403), (method, path)


@pytest.mark.parametrize(
    "headers, status",
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://localhost:8000"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://localhost:8000"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://localhost:9000"}, 403),
        ({"origin": "null"}, 403),
        ({"cookie": "session=1"}, 403),
    ],
)
def test_changes_come_from_our_own_page(headers: dict[str, str], status: int) -> None:
    for path in ("/api/v1/schedules/feeds/resume",):
        assert local().post(path, headers=headers).status_code == status
    page = local().post("/schedules/feeds/resume", headers=headers)
    assert page.status_code == (303 if status == 200 else 403)


def test_nothing_changes_by_get() -> None:
    app = build(ordinary(), None)
    for path in ("run", "pause", "resume"):
        page = local().get(f"/schedules/feeds/{path}")
        assert page.status_code == (200 if path == "pause" else 405)  # its form is a page
        assert local().get(f"/api/v1/schedules/feeds/{path}").status_code == 405
    assert app.state.rota.count == 0


def test_the_host_says_who_may() -> None:
    def somebody(request: Request) -> User | None:
        name = request.headers.get("x-user")
        return User(name, "run") if name else None

    async def later(request: Request) -> User | None:
        return somebody(request)

    for user in (somebody, later):
        client = TestClient(
            application(ordinary(), user=user), base_url="https://x.example", client=("10.1.1.1", 1)
        )
        assert client.get("/").status_code == 403
        assert client.get("/", headers={"x-user": ""}).status_code == 403
        assert client.get("/", headers={"x-user": "ada"}).status_code == 200
        run = client.post("/api/v1/schedules/feeds/run", headers={"x-user": "ada"})
        assert run.json()["user"] == "ada"


def test_a_bare_name_may_only_view() -> None:
    client = TestClient(application(ordinary(), user=lambda request: "ada"), base_url="https://x.y")
    assert client.get("/").status_code == 200
    assert "Run now" not in client.get("/").text
    refused = client.post("/api/v1/schedules/feeds/run")
    assert (refused.status_code, refused.json()["role"]) == (403, "run")
    assert client.post("/schedules/feeds/run").status_code == 403


def test_a_user_that_is_no_user_is_nobody() -> None:
    for wrong in (42, object(), ["ada"]):
        client = TestClient(
            application(ordinary(), user=lambda request, it=wrong: it),  # type: ignore[misc]
            base_url="https://x.y", raise_server_exceptions=False,
        )  # fmt: skip
        assert client.get("/").status_code == 500
    for name, role in (("", "view"), ("ada", "root"), ("a" * 201, "view")):
        with pytest.raises(BadSetting):
            User(name, role)


def test_only_the_hosts_that_were_named_are_answered() -> None:
    app = application(ordinary(), user=lambda request: "ada", hosts=["Rota.example"])
    for host, status in [
        ("rota.example", 200), ("ROTA.example:8443", 200), ("rota.example.evil", 403),
        ("evil", 403), ("", 403), ("rota.example,evil", 403),
    ]:  # fmt: skip
        assert TestClient(app).get("/", headers={"host": host}).status_code == status


def test_every_answer_bears_the_headers() -> None:
    client = local()
    for path in ("/", "/api/v1/runs", "/nothing", "/api/v1/nothing", "/static/rota.css", "/runs/x"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")
    assert "unsafe" not in POLICY


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "", "x", "/a\r\nb: c"]
)
def test_going_back_never_leaves(target: str) -> None:
    answer = local().post("/schedules/feeds/resume", data={"back": target})
    assert answer.headers["location"].startswith("/?did=resumed")


def test_static_files_only_from_their_folder() -> None:
    client = local()
    assert client.get("/static/htmx.LICENSE").status_code == 200
    for path in ("/static/../guard.py", "/static/%2e%2e/guard.py", "/static/", "/static/..%5cx"):
        assert client.get(path).status_code == 404


def test_a_host_may_run_its_lifespan_through_it() -> None:
    with TestClient(
        application(ordinary()), base_url="http://localhost", client=LOCAL
    ) as client:  # fmt: skip
        assert client.get("/").status_code == 200


def test_a_host_that_cannot_say_who_it_is_lets_nobody_in() -> None:
    def broken(request: Request) -> str | None:
        raise RuntimeError("the directory is away")

    client = TestClient(
        application(ordinary(), user=broken), base_url="http://localhost", client=LOCAL,
        raise_server_exceptions=False,
    )  # fmt: skip
    answer = client.get("/")
    assert answer.status_code == 500
    assert "directory" not in answer.text
    assert "feeds" not in answer.text


@pytest.mark.parametrize("path", ["/", "/api/v1/runs"])
def test_a_fault_of_ours_bears_the_headers_too(path: str) -> None:
    def broken(request: Request) -> str | None:
        raise RuntimeError("the directory is away")

    client = TestClient(
        application(ordinary(), user=broken), base_url="http://localhost",
        raise_server_exceptions=False,
    )  # fmt: skip
    answer = client.get(path)
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
