"""Backfill: a run for each slot of a range, in Python, on the command line and over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from rota import Rota
from rota.cli.root import root
from rota.engine.hosting.process import PROCESS
from rota.errors import BadParameters, Refused, TriggerError
from rota.ports.records import NodeRow
from rota.testing import ManualNode

DAY = timedelta(days=1)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
NINE = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in range(1, 11)]


@pytest.fixture
def node() -> Iterator[ManualNode]:
    rota = Rota("memory://")

    @rota.task("report")
    def report(month: str = "none") -> str:
        return month

    with ManualNode(rota, NOW) as node:
        rota.schedules.add("daily", "report", "daily at 09:00", parameters={"month": "all"})
        yield node


def test_one_run_for_each_slot_which_keeps_its_due_time(node: ManualNode) -> None:
    done = node.rota.schedules.backfill("daily", NINE[2], NINE[4], user="ann")

    assert list(done.slots) == NINE[2:5]  # both ends included
    assert [run.due for run in done.runs] == NINE[2:5]
    node.settle()
    runs = node.runs
    assert [(run.due, run.kind, run.state, run.result, run.user) for run in runs] == [
        (due, "backfill", "succeeded", "all", "ann") for due in NINE[2:5]
    ]
    starts = [run.started for run in runs]
    assert starts == sorted(starts, key=str)
    item = node.rota.schedules.get("daily")
    assert (item.runs, item.next_run) == (3, datetime(2026, 3, 11, 9, tzinfo=UTC))


def test_the_same_range_twice_makes_no_second_waiting_run(node: ManualNode) -> None:
    first = node.rota.schedules.backfill("daily", NINE[0], NINE[3])
    second = node.rota.schedules.backfill("daily", NINE[0], NINE[5])
    assert [run.due for run in second.runs] == NINE[4:6]
    assert len(second.slots) == 6

    node.settle()
    assert len(node.runs) == 6
    third = node.rota.schedules.backfill("daily", NINE[0], NINE[3])  # those have ended
    assert [run.due for run in third.runs] == [run.due for run in first.runs]


def test_overlap_lets_one_run_at_a_time(node: ManualNode) -> None:
    node.rota.schedules.backfill("daily", NINE[0], NINE[5])
    node.node.poke()
    node.hand.act()
    node.hand.act()
    rows = node.rota.runs.list(states=["running"])
    assert len(rows) <= 1


def test_a_placed_schedule_has_a_run_for_each_node(node: ManualNode) -> None:
    store = node.rota.context.store
    row = NodeRow("", "elsewhere", 1, "1", tasks=("report",), started=0, seen=0, machine="m2")
    other = store.join(row, 15_000_000).name
    node.rota.schedules.update("daily", placement="every")
    done = node.rota.schedules.backfill("daily", NINE[0], NINE[1])

    assert len(done.slots) == 2
    assert {(run.due, run.target) for run in done.runs} == {
        (due, f"node:{name}") for due in NINE[:2] for name in (node.rota.node_name, other)
    }
    again = node.rota.schedules.backfill("daily", NINE[0], NINE[2])
    assert {run.due for run in again.runs} == {NINE[2]}  # the others still wait
    with pytest.raises(Refused, match="3 slots on 2 nodes are more than 5 runs"):
        node.rota.schedules.backfill("daily", NINE[0], NINE[2], limit=5)


def test_one_that_no_node_is_for_is_refused(node: ManualNode) -> None:
    node.rota.schedules.update("daily", placement="label:gpu")
    with pytest.raises(Refused, match="no node is alive"):
        node.rota.schedules.backfill("daily", NINE[0], NINE[1])
    assert node.rota.runs.list() == []


def test_a_dry_run_queues_nothing(node: ManualNode) -> None:
    done = node.rota.schedules.backfill("daily", NINE[0], NOW, dry_run=True)
    assert (list(done.slots), done.runs) == (NINE, ())
    assert node.rota.runs.list() == []


def test_other_parameters(node: ManualNode) -> None:
    node.rota.schedules.backfill("daily", NINE[0], NINE[0], parameters={"month": "may"})
    node.settle()
    assert node.runs[0].result == "may"
    with pytest.raises(BadParameters, match="moth"):
        node.rota.schedules.backfill("daily", NINE[0], NINE[0], parameters={"moth": "may"})


def test_more_slots_than_the_limit_are_refused_and_the_way_on_is_named(node: ManualNode) -> None:
    schedules = node.rota.schedules
    schedules.add("often", "report", "every 1m from 2026-03-01")
    with pytest.raises(Refused, match=r"more than 1,000 slots .* 2026-03-01T16:39:00Z"):
        schedules.backfill("often", NOW - 9 * DAY - timedelta(hours=12), NOW)
    with pytest.raises(Refused, match="more than 3 slots"):
        schedules.backfill("often", NOW - DAY, NOW, limit=3)
    for limit in (0, 1_001, True, "x"):
        with pytest.raises(BadParameters, match="1 to 1,000"):
            schedules.backfill("often", NOW - DAY, NOW, limit=limit)  # type: ignore[arg-type]
    assert node.rota.runs.list() == []


def test_what_has_no_slots_to_fill_is_refused(node: ManualNode) -> None:
    schedules = node.rota.schedules
    schedules.add("after", "report", "every 5m after end")
    schedules.add("alone", "report", "daily at 09:00", unique=True)
    with pytest.raises(Refused, match="hang on its own runs"):
        schedules.backfill("after", NINE[0], NOW)
    with pytest.raises(Refused, match="unique"):
        schedules.backfill("alone", NINE[0], NOW)
    assert len(schedules.backfill("alone", NINE[0], NINE[0]).runs) == 1
    with pytest.raises(BadParameters, match="before it begins"):
        schedules.backfill("daily", NOW, NINE[0])
    with pytest.raises(Refused, match="slots that are over"):
        schedules.backfill("daily", NOW, NOW + DAY)


def test_as_a_coroutine(node: ManualNode) -> None:
    done = asyncio.run(node.rota.aio.schedules.backfill("daily", NINE[0], NINE[1]))
    assert len(done.runs) == 2


def test_over_http(node: ManualNode) -> None:
    client = TestClient(node.rota.web(), base_url="http://localhost/api/v1",
                        client=("127.0.0.1", 4000))  # fmt: skip
    asked = {"from": "2026-03-03T09:00", "until": "2026-03-05T09:00:00Z", "dry_run": True}
    seen = client.post("/schedules/daily/backfill", json=asked)
    assert (seen.status_code, seen.json()["runs"]) == (200, [])
    done = client.post("/schedules/daily/backfill", json={**asked, "dry_run": False})
    assert done.status_code == 202
    assert done.json()["slots"] == [f"2026-03-0{day}T09:00:00Z" for day in (3, 4, 5)]
    assert [run["kind"] for run in done.json()["runs"]] == ["backfill"] * 3
    for wrong, status in (
        ({}, 400),
        ({**asked, "limit": "x"}, 400),
        ({**asked, "limit": 2, "dry_run": False}, 409),
        ({**asked, "dry_run": 1}, 400),
        ({**asked, "until": "soon"}, 400),
        ({**asked, "more": 1}, 400),
    ):
        answer = client.post("/schedules/daily/backfill", json=wrong)
        assert answer.status_code == status, answer.text


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROCESS, "client", False)  # the commands make it True, for good
    url = f"sqlite:///{tmp_path}/rota.db"
    rota = Rota(url)
    rota.task("report")(lambda month="none": month)
    rota.open()
    rota.schedules.add("daily", "report", "daily at 09:00 in Europe/Prague")
    try:
        line = ("backfill", "daily", "--from", "2026-03-01T09:00", "--until", "2026-03-02T09:00")
        tried = call("--database", url, *line, "--dry-run")
        assert tried == (
            "2026-03-01T08:00:00Z\n2026-03-02T08:00:00Z\ndaily has 2 slots in this range.\n"
        )
        given = ("--parameters", '{"month": "may"}')
        assert call("--database", url, *line, *given) == "Queued 2 runs of daily.\n"
        twice = call("--database", url, *line)
        assert twice == "Queued 0 runs of daily. 2 slots had one already.\n"
        first = rota.runs.list()[-1]
        assert first.parameters == {"month": "may"}

        said = call("--database", url, "again", str(first.id), "--parameters", '{"month": "june"}')
        assert said == f"Run {first.id + 2} of daily is queued.\n"
        again = rota.runs.get(first.id + 2)
        assert (again.kind, again.of, again.due, again.parameters) == (
            "again", first.id, first.due, {"month": "june"},
        )  # fmt: skip
    finally:
        rota.close()


def test_a_text_that_cannot_be_read_says_so(node: ManualNode) -> None:
    node.store.change_schedule("daily", None, {"trigger": "sometimes"})
    with pytest.raises(TriggerError):
        node.rota.schedules.backfill("daily", NINE[0], NINE[1])


def call(*line: str) -> str:
    done = CliRunner().invoke(root, line, catch_exceptions=False)
    return done.output
