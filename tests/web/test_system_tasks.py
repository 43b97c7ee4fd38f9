"""Rota's own tasks: listed with their history, and closed to every change, by page and by API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from rota import Rota
from rota.engine.upkeep.housekeeping import CHORES, Diary
from rota.errors import SystemTask
from rota.web import User, application

PRUNE = "rota.housekeeping.prune"
NEW = {"name": PRUNE, "task": "news.tidy", "trigger": "every 1h"}
SAID = "one of Rota's own tasks"


@pytest.fixture
def rota() -> Iterator[Rota]:
    made = Rota("memory://")
    made.task("news.tidy")(lambda: None)
    made.schedules.add("tidy", "news.tidy", "every 1h")
    made.schedules.remove("tidy")  # there is somebody who may
    diary = Diary(made.context.store, boot=0)
    diary.note(PRUNE, "web-1", 12, "rows deleted", now=1_000_000, boot=0)
    diary.note(PRUNE, "web-2", 0, "rows deleted", now=9_000_000_000, boot=9_000_000_000)
    yield made
    made.close()


@pytest.fixture
def client(rota: Rota) -> TestClient:
    return TestClient(application(rota, user=lambda request: User("ada", "admin")),
                      base_url="http://localhost", follow_redirects=False)  # fmt: skip


@pytest.mark.shows("SK 56", "K8")
def test_they_are_listed_with_what_they_did(client: TestClient) -> None:
    found = client.get("/api/v1/system").json()["items"]
    assert {one["identifier"] for one in found} == {chore.identifier for chore in CHORES}
    (prune,) = (one for one in found if one["identifier"] == PRUNE)
    assert (prune["last_result"], prune["node"]) == ("nothing to do", "web-2")
    assert (prune["acted_result"], prune["acted"]) == ("12 rows deleted", "1970-01-01T00:00:01Z")
    history = client.get("/api/v1/events", params={"kind": PRUNE}).json()["items"]
    assert [one["text"] for one in history] == ["nothing to do", "12 rows deleted"]
    page = client.get("/system").text
    assert all(chore.title in page and chore.words in page for chore in CHORES)
    assert "12 rows deleted" in page
    assert "<button" not in page.partition('<main id="main"')[2].partition("</main>")[0]


@pytest.mark.parametrize("limit, pages", [(1, 3), (2, 2), (50, 1)])
def test_their_list_has_pages(client: TestClient, limit: int, pages: int) -> None:
    seen, cursor, count = [], None, 0
    while count == 0 or cursor:
        got = client.get("/api/v1/system", params={"limit": limit, "cursor": cursor or ""}).json()
        seen += [one["identifier"] for one in got["items"]]
        cursor, count = got["next"], count + 1
    assert (seen, count) == (sorted(chore.identifier for chore in CHORES), pages)


API = [
    ("POST", "/schedules", NEW),
    ("PATCH", f"/schedules/{PRUNE}", {"trigger": "every 1d"}),
    ("PATCH", f"/schedules/{PRUNE}", {"enabled": False}),
    ("DELETE", f"/schedules/{PRUNE}", None),
    ("POST", f"/schedules/{PRUNE}/run", {}),
    ("POST", f"/schedules/{PRUNE}/pause", {}),
    ("POST", f"/schedules/{PRUNE}/resume", {}),
    ("POST", f"/schedules/{PRUNE}/revert", {"revision": 1}),
    ("POST", f"/schedules/{PRUNE}/clear-last-run", {}),
    ("POST", f"/schedules/{PRUNE}/backfill", {"from": "2026-01-01", "until": "2026-01-02"}),
]


@pytest.mark.shows("SK 56", "K8")
@pytest.mark.parametrize("method, path, body", API)
def test_the_api_refuses_every_change(
    client: TestClient, rota: Rota, method: str, path: str, body: object
) -> None:
    before = rota.audit.list().next, len(rota.audit.list()), rota.changes()
    answer = client.request(method, f"/api/v1{path}", json=body)
    assert answer.status_code == 403, answer.text
    assert SAID in answer.json()["detail"]
    assert (rota.audit.list().next, len(rota.audit.list()), rota.changes()) == before


PAGES = ("run", "pause", "resume", "enable", "disable", "remove", "restore", "revert",
         "edit", "relink", "run-with", "pause-until")  # fmt: skip


@pytest.mark.shows("SK 56", "K8")
@pytest.mark.parametrize("verb", PAGES)
def test_the_pages_refuse_every_change(client: TestClient, rota: Rota, verb: str) -> None:
    before = rota.changes()
    answer = client.post(f"/schedules/{PRUNE}/{verb}", data={"revision": "1", "do": "save"})
    assert answer.status_code == 403, answer.text
    assert SAID in answer.text.replace("&#39;", "'")
    assert rota.changes() == before


def test_none_of_many_is_one_of_them(client: TestClient) -> None:
    for action in ("run", "pause", "enable"):
        page = client.post("/schedules", data={"action": action, "name": [PRUNE]}).text
        assert SAID in page.replace("&#39;", "'")
        assert "refused" in page


def test_no_schedule_and_no_task_takes_their_name(client: TestClient, rota: Rota) -> None:
    form = {"title": "Mine", "name": PRUNE, "task": "news.tidy", "kind": "text",
            "trigger": "every 1h", "leads": "text", "do": "save"}  # fmt: skip
    answer = client.post("/new", data=form)
    assert answer.status_code == 403
    with pytest.raises(SystemTask):
        rota.task(PRUNE)(lambda: None)
    with pytest.raises(SystemTask):
        rota.schedules.put(PRUNE, "news.tidy", "every 1h")
    with pytest.raises(SystemTask):
        rota.schedules.add("mine", PRUNE, "every 1h")
