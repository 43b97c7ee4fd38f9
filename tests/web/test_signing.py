"""Signing in, staying so, and out again; and what comes of guessing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from rota import Rota
from rota.engine.people.accounts import SESSION
from rota.instants import SECOND
from rota.web.failures import Failures, network

PASSWORD = "correct horse battery"


class Ahead:
    """The rota's clock, so many microseconds ahead."""

    def __init__(self, clock) -> None:
        self.clock, self.by = clock, 0

    def now(self) -> int:
        return self.clock.now() + self.by

    def boot(self) -> int:
        return self.clock.boot()


@pytest.fixture
def rota() -> Iterator[Rota]:
    made = Rota("memory://")
    made.open()
    made.accounts.add("ada", PASSWORD, "run")
    yield made
    made.close()


@pytest.fixture
def client(rota: Rota) -> TestClient:
    host = Starlette(routes=[Mount("/rota", rota.web(accounts=True))])
    return TestClient(host, base_url="https://10.0.0.9/rota", follow_redirects=False)


def sign_in(client: TestClient, name: str = "ada", password: str = PASSWORD, **fields: str):
    data = {"name": name, "password": password, **fields}
    return client.post("/sign-in", data=data, headers={"sec-fetch-site": "same-origin"})


def test_whoever_is_not_signed_in_is_led_to_the_form_and_back(client: TestClient) -> None:
    led = client.get("/runs?state=failed")
    assert led.status_code == 303
    assert led.headers["location"] == "/rota/sign-in?back=%2Fruns%3Fstate%3Dfailed"
    form = client.get("/sign-in?back=/runs%3Fstate%3Dfailed")
    assert form.status_code == 200
    assert 'value="/runs?state=failed"' in form.text
    done = sign_in(client, back="/runs?state=failed")
    assert (done.status_code, done.headers["location"]) == (303, "/rota/runs?state=failed")
    page = client.get("/runs")
    assert "Sign out ada" in page.text
    refused = client.get("/api/v1/audit")
    assert (refused.status_code, refused.json()["role"]) == (403, "admin")


def test_the_api_says_so_instead(client: TestClient) -> None:
    answer = client.get("/api/v1/runs")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("scheme, secure", [("https", True), ("http", False)])
def test_the_cookie_is_for_us_alone(rota: Rota, scheme: str, secure: bool) -> None:
    host = Starlette(routes=[Mount("/rota", rota.web(accounts=True))])
    client = TestClient(host, base_url=f"{scheme}://10.0.0.9/rota", follow_redirects=False)
    cookie = sign_in(client).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/rota" in cookie
    assert f"Max-Age={SESSION}" in cookie
    assert ("Secure" in cookie) == secure
    key = cookie.split(";")[0].removeprefix("rota_session=")
    assert len(key) >= 43
    assert key not in repr(rota.context.store.__dict__)  # what is kept cannot be used


def test_signing_in_again_gives_another_key_and_ends_the_old_one(client: TestClient) -> None:
    sign_in(client)
    first = client.cookies["rota_session"]
    sign_in(client)
    assert client.cookies["rota_session"] != first
    old = {"cookie": f"rota_session={first}"}
    assert TestClient(client.app, base_url="https://10.0.0.9/rota").get(
        "/api/v1/runs", headers=old
    ).status_code == 401  # fmt: skip


def test_signing_out_ends_it_in_the_store_too(client: TestClient) -> None:
    sign_in(client)
    cookie = {"cookie": f"rota_session={client.cookies['rota_session']}"}
    assert client.get("/api/v1/runs", headers=cookie).status_code == 200
    out = client.post("/sign-out", headers={"sec-fetch-site": "same-origin", **cookie})
    assert (out.status_code, out.headers["location"]) == (303, "/rota/sign-in")
    assert client.get("/api/v1/runs", headers=cookie).status_code == 401


def test_a_session_ends_by_itself(client: TestClient, rota: Rota) -> None:
    sign_in(client)
    clock = rota.context.clock = Ahead(rota.context.clock)  # type: ignore[assignment]
    clock.by = (SESSION - 60) * SECOND
    assert client.get("/api/v1/runs").status_code == 200
    clock.by = SESSION * SECOND
    assert client.get("/api/v1/runs").status_code == 401


def test_a_changed_account_counts_at_once(client: TestClient, rota: Rota) -> None:
    sign_in(client)
    rota.accounts.set_role("ada", "admin")
    assert client.get("/api/v1/audit").status_code == 200
    rota.accounts.set_password("ada", "another long password")
    assert client.get("/api/v1/audit").status_code == 401
    sign_in(client, password="another long password")
    assert client.get("/api/v1/audit").status_code == 200
    rota.accounts.remove("ada")
    rota.accounts.add("ida", PASSWORD, "view")
    assert client.get("/api/v1/audit").status_code == 401


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client: TestClient) -> None:
    wrong = sign_in(client, password="not the password")
    nobody = sign_in(client, name="nobody")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text.replace('value="ada"', "") == nobody.text.replace('value="nobody"', "")
    assert "set-cookie" not in wrong.headers


def test_guessing_ends_after_five_tries(client: TestClient) -> None:
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 401
    refused = sign_in(client)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert sign_in(client, name="nobody").status_code == 401  # only ada, from there


def test_success_forgets_the_failures(client: TestClient) -> None:
    for _ in range(3):
        for _ in range(4):
            assert sign_in(client, password="wrong").status_code == 401
        assert sign_in(client).status_code == 303


def test_failures_are_limited_by_address_and_by_name() -> None:
    failures = Failures()
    for number in range(20):
        failures.count(f"name{number}", "10.0.0.1", now=0.0)
    assert failures.wait("fresh", "10.0.0.1", now=0.0) == 900
    assert failures.wait("fresh", "10.0.0.2", now=0.0) == 0
    for number in range(50):
        failures.count("ada", f"10.1.0.{number}", now=1.0)
    assert failures.wait("ada", "10.9.0.1", now=1.0) == 900
    assert failures.wait("ada", "10.9.0.1", now=902.0) == 0
    assert network("::ffff:10.0.0.1") == "10.0.0.1"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_away(client: TestClient, target: str) -> None:
    assert sign_in(client, back=target).headers["location"] == "/rota/"


def test_a_foreign_page_signs_nobody_in(client: TestClient) -> None:
    data = {"name": "ada", "password": PASSWORD}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert client.post("/sign-in", data=data, headers=headers).status_code == 403


def test_only_known_hosts_are_answered(rota: Rota) -> None:
    app = rota.web(accounts=True, hosts=["rota.example"])
    for host, status in [
        ("rota.example", 200), ("localhost:8000", 200), ("[::1]:80", 200), ("192.168.1.4", 200),
        ("evil.example", 403), ("rota.example.evil", 403), ("", 403), ("127.0.0.1.nip.io", 403),
    ]:  # fmt: skip
        answer = TestClient(app).get("/sign-in", headers={"host": host})
        assert answer.status_code == status, host


def test_without_an_account_only_this_machine_is_answered() -> None:
    app = Rota("memory://").web(accounts=True)
    near = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1))
    far = TestClient(app, base_url="http://10.0.0.9", client=("10.0.0.1", 1))
    assert near.get("/api/v1/runs").status_code == 200
    assert far.get("/api/v1/runs").status_code == 403


def test_with_an_account_this_machine_signs_in_too(rota: Rota) -> None:
    app = rota.web(accounts=True)
    near = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1))
    assert near.get("/api/v1/runs").status_code == 401


def test_where_the_host_says_who_asks_there_is_no_form(rota: Rota) -> None:
    client = TestClient(rota.web(user=lambda request: "ada"), base_url="https://rota.example")
    assert client.get("/sign-in").status_code == 404
    assert sign_in(client).status_code == 404


def test_what_a_program_does_bears_its_tokens_name(client: TestClient, rota: Rota) -> None:
    made = rota.tokens.add("deploy", "edit", expires="1h")
    assert made.key not in repr(rota.tokens.list()) + repr(rota.context.store.tokens())
    new = {"name": "a", "task": "t", "trigger": "every 1h"}
    rota.task("t")(lambda: None)
    key = {"authorization": f"Bearer {made.key}"}
    assert client.post("/api/v1/schedules", json=new, headers=key).status_code == 201
    newest = rota.audit.list(1)[0]
    assert (newest.user, newest.origin) == ("token:deploy", "api")


def test_a_token_expires(client: TestClient, rota: Rota) -> None:
    key = {"authorization": f"Bearer {rota.tokens.add('deploy', expires='1h').key}"}
    assert client.get("/api/v1/runs", headers=key).status_code == 200
    clock = rota.context.clock = Ahead(rota.context.clock)  # type: ignore[assignment]
    clock.by = 3_600 * SECOND
    assert client.get("/api/v1/runs", headers=key).status_code == 401
