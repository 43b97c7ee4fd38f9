"""A last run that would swallow the first one at a new start: said when saved, and clearable."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from rota import Rota
from rota.cli.root import root
from rota.engine.hosting.process import PROCESS
from rota.testing import ManualNode

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULE = "sitecore {}|20991231T235900|127|1.00:00:00"


@pytest.fixture
def node() -> Iterator[ManualNode]:
    """A schedule of the vendor's rule, each day, that has run at nine."""
    rota = Rota("memory://")
    rota.task("report")(lambda: "done")
    with ManualNode(rota, START - timedelta(minutes=1)) as node:
        rota.schedules.add("daily", "report", RULE.format("20260302T090000"))
        node.advance(minutes=2)
        assert rota.schedules.get("daily").last_state == "succeeded"
        yield node


def move(node: ManualNode) -> object:
    """Ten hours after the last run is a new start: less than the interval of a day."""
    return node.rota.schedules.update("daily", trigger=RULE.format("20260302T190000"))


def test_saving_keeps_the_last_run_and_says_what_it_swallows(
    node: ManualNode, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "rota"):
        item = node.rota.schedules.update("daily", trigger=RULE.format("20260302T190000"))
    assert item.last_run == START
    (warning,) = item.warnings
    assert warning["code"] == "first_run_swallowed"
    assert warning["text"].endswith("Clear the last run to have it run at its start.")
    assert caplog.messages == [f"schedule daily: {warning['text']}"]
    assert node.rota.schedules.get("daily").warnings == item.warnings
    node.advance(hours=11)
    assert len(node.runs) == 1  # swallowed, as it was said


def test_clearing_the_last_run_lets_it_run_at_its_start(node: ManualNode) -> None:
    move(node)
    item = node.rota.schedules.clear_last_run("daily", user="ann")
    assert (item.last_run, item.last_result, item.last_state, item.warnings) == (
        None, None, None, (),
    )  # fmt: skip
    assert item.next_run == START + timedelta(hours=10)
    node.advance(hours=11)
    assert [run.due for run in node.runs] == [START, START + timedelta(hours=10)]
    (line,) = node.rota.audit.list(action="schedule.last_run_cleared")
    assert (line.user, line.before) == ("ann", {"last_run": "2026-03-02T09:00:00Z"})


def test_a_new_start_and_the_clearing_are_one_write(node: ManualNode) -> None:
    before = node.rota.schedules.get("daily")
    item = node.rota.schedules.update(
        "daily", trigger=RULE.format("20260302T190000"), clear_last_run=True,
        version=before.version, user="ann",
    )  # fmt: skip
    assert (item.version, item.last_run, item.next_run) == (
        before.version + 1, None, START + timedelta(hours=10),
    )  # fmt: skip
    (line,) = node.rota.audit.list(action="schedule.last_run_cleared")
    assert line.user == "ann"
    assert node.rota.schedules.revisions("daily", 1)[0].user == "ann"


def test_clearing_a_rule_that_stands_by_itself_moves_nothing(node: ManualNode) -> None:
    node.rota.schedules.add("plain", "report", "daily at 09:00")
    before = node.rota.schedules.get("plain").next_run
    assert node.rota.schedules.clear_last_run("plain").next_run == before


def test_clearing_while_it_runs_leaves_the_next_run_to_the_end(node: ManualNode) -> None:
    node.rota.schedules.run("daily")
    row = node.store.schedule("daily")
    assert row is not None
    node.rota.schedules.clear_last_run("daily")
    after = node.store.schedule("daily")
    assert after is not None
    assert (after.next_due, after.last_run) == (row.next_due, None)


def test_over_http(node: ManualNode) -> None:
    client = TestClient(node.rota.web(), base_url="http://localhost/api/v1",
                        client=("127.0.0.1", 4000))  # fmt: skip
    change = {"trigger": RULE.format("20260302T190000")}
    saved = client.patch("/schedules/daily", json=change).json()
    assert [one["code"] for one in saved["warnings"]] == ["first_run_swallowed"]
    cleared = client.post("/schedules/daily/clear-last-run").json()
    assert (cleared["last_run"], cleared["warnings"]) == (None, [])


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROCESS, "client", False)  # the commands make it True, for good
    url = f"sqlite:///{tmp_path}/rota.db"
    rota = Rota(url)
    rota.task("report", title="The report")(lambda: None)
    rota.open()
    try:
        rota.schedules.add("daily", "report", RULE.format("20990302T090000"), retries=2)
        changes = {"last_run": rota.clock.now()}
        rota.context.store.change_schedule("daily", None, changes)
        shown = call("--database", url, "show", "daily")
        assert shown.startswith("daily  waiting\nTitle: The report\nTask: report\n")
        assert 'Policies: {"retries": 2}' in shown
        assert "Last run: " in shown
        cleared = call("--database", url, "clear-last-run", "daily")
        assert "Last run: " not in cleared
        assert '"last_run": null' in call("--json", "--database", url, "show", "daily")
    finally:
        rota.close()


def call(*line: str) -> str:
    return CliRunner().invoke(root, line, catch_exceptions=False).output
