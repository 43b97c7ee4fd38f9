"""Rows of the issue that a whole page or list shows: the columns of the list, the event log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from rota import Failed, Rota
from rota.testing.manual import ManualNode
from rota.web import User, application


@pytest.fixture
def client() -> Iterator[TestClient]:
    """One task that runs each hour, one that fails, one that is off; three hours of it."""
    rota = Rota("memory://")
    rota.task("news.tidy", title="Tidy up")(lambda: "12 pages tidied")
    rota.task("news.broken")(lambda: Failed("3 broken links"))
    node = ManualNode(rota, start=datetime(2026, 3, 2, 8, tzinfo=UTC))
    rota.schedules.add("tidy", "news.tidy", "every 1h")
    rota.schedules.add("broken", "news.broken", "daily at 10:00 in Europe/Prague")
    rota.schedules.add("off", "news.tidy", "every 5m", enabled=False)
    node.advance_to(datetime(2026, 3, 2, 11, 30, tzinfo=UTC))
    app = application(rota, user=lambda request: User("ada", "admin"))
    yield TestClient(app, base_url="http://localhost")
    node.close()


@pytest.mark.shows("K5")
def test_the_list_has_every_column(client: TestClient) -> None:
    items = {one["name"]: one for one in client.get("/api/v1/schedules").json()["items"]}
    tidy, broken, off = items["tidy"], items["broken"], items["off"]
    assert (tidy["last_run"], tidy["next_run"]) == ("2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z")
    assert (tidy["last_result"], tidy["runs"], tidy["enabled"]) == ("12 pages tidied", 3, True)
    assert (broken["last_result"], broken["last_state"]) == ("3 broken links", "failed")
    assert (off["enabled"], off["status"], off["next_run"]) == (False, "disabled", None)
    page = client.get("/schedules").text
    heads = page.partition("<thead>")[2].partition("</thead>")[0]
    for word in ("Task", "Status", "Last run", "Last result", "Next run", "Runs", "On"):
        assert f">{word}" in heads, word
    for shown in ("12 pages tidied", "3 broken links", "Every hour", "Europe/Prague"):
        assert shown in page


@pytest.mark.shows("K12")
def test_the_event_log_and_its_filters(client: TestClient) -> None:

    def events(**asked: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = client.get("/api/v1/events", params=asked).json()["items"]
        return found

    assert {one["schedule"] for one in events(schedule="broken")} == {"broken"}
    failed = events(level="error")
    assert failed
    assert {one["level"] for one in failed} == {"error"}
    assert {one["kind"] for one in events(kind="schedule.added")} == {"schedule.added"}
    (hit,) = events(search="3 broken links")
    number = str(hit["run"])
    assert {str(one["run"]) for one in events(run=number)} == {number}
    page = client.get("/events", params={"level": "error"}).text
    assert "3 broken links" in page
    assert "tidy was made" not in page
