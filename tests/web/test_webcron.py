"""The web cron: a signed address does what is due, and no other address says anything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from rota import Rota
from rota.cli.root import root
from rota.engine.hosting.process import PROCESS
from rota.errors import BadSetting, Refused
from rota.instants import SECOND
from rota.ports.records import ScheduleRow
from rota.web.user import User

BASE = "https://example.org/rota"
NOTHING = {"launched": 0, "skipped": 0, "recovered": 0, "ran": 0}


@pytest.fixture
def rota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rota]:
    monkeypatch.delenv("ROTA_SECRET", raising=False)
    made = Rota(f"sqlite:///{tmp_path}/rota.db")
    made.task("sweep")(lambda: "swept")
    made.open()
    yield made
    made.close()


def client(rota: Rota) -> TestClient:
    """A stranger from far away, at an application with users of its own."""
    host = Starlette(routes=[Mount("/rota", rota.web(user=lambda request: None))])
    return TestClient(host, base_url="https://example.org", client=("203.0.113.9", 4711))


def make_due(rota: Rota) -> None:
    due = rota.clock.now() - SECOND
    rota.context.store.add_schedule(ScheduleRow("sweep", "sweep", "every 1h", next_due=due))


@pytest.mark.shows("K13")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_signed_address_does_what_is_due_once(rota: Rota, method: str) -> None:
    make_due(rota)
    url = rota.webcron.url(BASE)
    answer = client(rota).request(method, url)
    assert answer.status_code == 200, answer.text
    done = {"state": "done", "launched": 1, "skipped": 0, "recovered": 0, "ran": 1}
    assert answer.json() == done
    (run,) = rota.runs.list("sweep")
    assert (run.state, run.result) == ("succeeded", "swept")
    assert not rota.running
    assert client(rota).request(method, url + "&seconds=5").json() == {"state": "done", **NOTHING}
    assert len(rota.runs.list("sweep")) == 1
    assert [node.state for node in rota.nodes.list()] == ["stopped", "stopped"]


def test_every_other_address_is_refused_in_the_same_words(rota: Rota) -> None:
    make_due(rota)
    good = parse_qs(urlsplit(rota.webcron.url(BASE)).query)
    signature = good["signature"][0]
    soon = str(rota.clock.now() // SECOND + 60)
    asked = [
        "", "?expires=never", f"?signature={signature}", f"?expires={soon}&signature={signature}",
        f"?expires=never&signature={signature[:-1]}", f"?expires=never&signature={'0' * 64}",
        f"?expires=never&signature={signature}0", f"?expires=&signature={signature}",
        f"?expires=never&signature={'x' * 5_000}", "?expires=never&signature=%C3%A9%00",
        f"?expires=never&signature={signature.upper()}",
    ]  # fmt: skip
    said = set()
    for query in asked:
        for method in ("GET", "POST"):
            answer = client(rota).request(method, f"/rota/api/v1/tick{query}")
            assert answer.status_code == 403, query
            assert answer.headers["content-type"] == "application/problem+json"
            said.add(answer.text)
    assert len(said) == 1
    (problem,) = answer.json()["errors"]
    assert (problem["reason"], problem["hint"]) == ("This address is not valid.", "")
    assert rota.runs.list("sweep") == []


def test_nobody_is_let_in_for_a_role(rota: Rota) -> None:
    admin = TestClient(rota.web(user=lambda request: User("ada", "admin")))
    assert admin.get("/api/v1/tick").status_code == 403


def test_an_address_that_is_over_is_refused(rota: Rota, monkeypatch: pytest.MonkeyPatch) -> None:
    now = rota.clock.now()
    end = datetime.fromtimestamp(now // SECOND + 60, UTC)
    url = rota.webcron.url(BASE, end)
    assert client(rota).get(url).status_code == 200
    monkeypatch.setattr(rota.clock, "now", lambda: now + 61 * SECOND)
    assert client(rota).get(url).status_code == 403
    with pytest.raises(Refused, match="lies in the future"):
        rota.webcron.url(BASE, end)


def test_rotating_makes_all_that_were_given_out_void(rota: Rota) -> None:
    old = rota.webcron.url(BASE)
    assert rota.webcron.url(BASE) == old
    rota.webcron.rotate()
    new = rota.webcron.url(BASE)
    assert client(rota).get(old).status_code == 403
    assert client(rota).get(new).status_code == 200
    assert [event.kind for event in rota.events.list(kind="webcron.")] == ["webcron.rotated"]


def test_the_secret_is_the_setting_s_else_the_environment_s_else_the_store_s(
    rota: Rota, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = rota.webcron.url(BASE)
    monkeypatch.setenv("ROTA_SECRET", "of the environment")
    named = rota.webcron.url(BASE)
    given = Rota(rota.url, secret="of the application")
    given.task("sweep")(lambda: None)
    assert len({stored, named, given.webcron.url(BASE)}) == 3
    assert client(rota).get(stored).status_code == 403
    assert client(rota).get(named).status_code == 200
    given.close()


def test_bad_settings_are_refused_and_not_repeated(
    rota: Rota, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadSetting, match="at least 16 characters") as caught:
        Rota("memory://", secret="hunter2")
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("ROTA_SECRET", "hunter2")
    with pytest.raises(BadSetting, match="ROTA_SECRET"):
        rota.webcron.url(BASE)
    for base in ("example.org", "ftp://example.org", "https://", "https://example.org?x=1"):
        with pytest.raises(Refused, match="no address"):
            Rota("memory://").webcron.url(base)


def test_a_node_in_this_process_is_told_to_look(rota: Rota) -> None:
    rota.start()
    url = rota.webcron.url(BASE)
    assert client(rota).get(url).json() == {"state": "node", **NOTHING}
    assert len(rota.nodes.list()) == 1


def test_not_twice_at_once_and_the_host_goes_on(rota: Rota) -> None:
    """While one tick waits for its task, a second says busy and other pages are answered."""
    running, go_on = threading.Event(), threading.Event()

    @rota.task("slow")
    def slow() -> None:
        running.set()
        go_on.wait(30)

    rota.synchronise()
    rota.context.store.put_tasks(rota.registry.rows(rota.services, rota.clock.now()))
    rota.schedules.run("slow")
    url = rota.webcron.url(BASE)

    async def ask() -> tuple[object, int, object]:
        transport = httpx.ASGITransport(rota.web(user=lambda request: User("ada", "view")))
        async with httpx.AsyncClient(transport=transport, timeout=60) as far:
            path = url.removeprefix(BASE)
            first = asyncio.create_task(far.get(f"https://example.org{path}"))
            await asyncio.to_thread(running.wait, 30)
            second = await far.get(f"https://example.org{path}")
            page = await far.get("https://example.org/api/v1/schedules")
            go_on.set()
            return second.json(), page.status_code, (await first).json()

    with ThreadPoolExecutor(1) as aside:  # a browser's loop may go on in this thread
        second, page, first = aside.submit(asyncio.run, ask()).result()
    assert second == {"state": "busy", **NOTHING}
    assert page == 200
    assert first == {"state": "done", **NOTHING, "ran": 1}


def test_bounds_of_the_duration(rota: Rota) -> None:
    url = rota.webcron.url(BASE)
    for seconds in ("0", "51", "x", "-1"):
        assert client(rota).get(f"{url}&seconds={seconds}").status_code == 400


def test_the_command_prints_an_address_that_works(
    rota: Rota, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PROCESS, "client", False)  # the commands make it True, for good
    make_due(rota)
    done = CliRunner().invoke(
        root, ("--database", rota.url, "cron-url", BASE + "/", "--expires", "2199-01-01")
    )
    url = done.stdout.strip()
    assert url.startswith("https://example.org/rota/api/v1/tick?expires=7226582400&signature=")
    assert client(rota).post(url).json()["ran"] == 1
    rotated = CliRunner().invoke(
        root, ("--json", "--database", rota.url, "cron-url", BASE, "--rotate")
    )
    assert '"expires": null' in rotated.stdout
    assert client(rota).post(url).status_code == 403
