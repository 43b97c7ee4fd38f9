"""Slots and runs whose task no live node knows: they wait, fail by name, and run again later."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from driving import Driven
from rota import Rota, every
from rota.engine.upkeep.missing import LONGEST, Missing
from rota.instants import SECOND
from rota.ports.records import EventQuery, EventRow, NewRun, RunRow, ScheduleRow, TaskRow
from rota.rules.endings import Outcome
from rota.testing import ManualNode

NODE = "other-1"


class Beside(Driven):
    """Another node on the same store, at the same time."""

    def __init__(self, first: Driven, *tasks: str) -> None:
        self.clock, self.store = first.clock, first.store
        self.join(tasks, 10, {})


@pytest.fixture
def driven() -> Driven:
    """A node that knows `other`, and a store where the task `t` was known once."""
    made = Driven("other")
    made.store.put_tasks([TaskRow("t", policies={"overlap": "queue"}), TaskRow("other")])
    return made


def look(driven: Driven, seconds: float = 5) -> None:
    """Let time pass in steps of the keeper's, and look after what is missing."""
    for _ in range(round(seconds / 5)):
        driven.advance(5)
        driven.store.renew(driven.machine.holding.node, 15 * SECOND, driven.clock.now())
        Missing(driven.store).round(NODE, driven.clock.now())


def told(driven: Driven, kind: str) -> list[EventRow]:
    return driven.store.events(EventQuery(kind=kind))


def state(run: RunRow) -> tuple[str, str | None, str | None]:
    return run.state, run.reason, run.error


MISSING = ("failed", "task_missing", "no live node knows the task t")


def test_a_slot_waits_for_a_minute_and_then_fails_by_name(driven: Driven) -> None:
    row = driven.add("a", "every 1h")
    assert row.next_due is not None
    look(driven, 3_600 + 55)
    (run,) = driven.runs()
    assert (run.state, run.due, run.kind) == ("queued", row.next_due, "slot")
    now = driven.store.schedule("a")
    assert now is not None
    assert now.next_due == row.next_due + 3_600 * SECOND  # the schedule advanced

    look(driven, 5)

    (run,) = driven.runs()
    assert state(run) == MISSING
    assert run.finished is not None
    assert run.finished - run.due <= 60 * SECOND
    (event,) = told(driven, "run.failed")
    assert event.text == "a failed: no live node knows the task t"
    assert (event.schedule, event.run, event.level) == ("a", run.id, "error")
    after = driven.store.schedule("a")
    assert after is not None
    assert (after.last_state, after.last_result) == ("failed", MISSING[2])


def test_a_node_that_comes_within_the_minute_runs_the_slot(driven: Driven) -> None:
    row = driven.add("a", "every 1h")
    look(driven, 3_630)
    late = Beside(driven, "t")
    late.step()
    assert [run.due for run in late.started] == [row.next_due]
    late.end(late.started[0])
    look(driven, 600)
    assert [run.state for run in driven.runs()] == ["succeeded"]


@pytest.mark.parametrize("placement", ["every", "machine", "label:gpu", "node:elsewhere"])
def test_a_slot_for_certain_nodes_waits_for_them_and_goes_to_nobody_else(
    driven: Driven, placement: str
) -> None:
    row = driven.add("a", "every 1h", policies={"placement": placement})
    look(driven, 3_600 + 55)
    assert driven.runs() == []
    look(driven, 10)
    (run,) = driven.runs()
    assert (state(run), run.due) == (MISSING, row.next_due)
    assert len(told(driven, "run.failed")) == 1


def test_a_slot_for_every_node_runs_on_those_that_come_within_the_minute(driven: Driven) -> None:
    driven.add("a", "every 1h", policies={"placement": "every"})
    look(driven, 3_630)
    one, two = Beside(driven, "t"), Beside(driven, "t")
    for each in (one, two):
        each.step()
        each.step()
    assert [len(each.started) for each in (one, two)] == [1, 1]


def test_it_runs_again_once_a_node_knows_the_task(driven: Driven) -> None:
    driven.add("a", "every 1h")
    look(driven, 2 * 3_600 + 60)
    assert [state(run) for run in driven.runs()] == [MISSING, MISSING]
    late = Beside(driven, "t")
    late.advance(3_600)
    late.advance(10)
    assert [run.due for run in late.started] == [driven.runs()[1].due + 3_600 * SECOND]


def test_a_slot_that_somebody_alive_knows_is_left_to_them(driven: Driven) -> None:
    driven.add("a", "every 1h")
    knower = Beside(driven, "t")
    for _ in range(3_600 // 5 + 2):
        driven.clock.advance(5)
        knower.renew()
        for each in (driven, knower):
            driven.store.renew(each.machine.holding.node, 15 * SECOND, driven.clock.now())
        Missing(driven.store).round(NODE, driven.clock.now())
    assert len(knower.started) == 1
    assert [run.state for run in driven.runs()] == ["running"]


def test_two_nodes_that_look_at_once_launch_and_fail_once(driven: Driven) -> None:
    driven.add("a", "every 1h")
    second = Missing(driven.store)
    look(driven, 3_610)
    second.round(NODE, driven.clock.now())
    assert len(driven.runs()) == 1
    driven.advance(50)
    driven.store.renew(driven.machine.holding.node, 15 * SECOND, driven.clock.now())
    now = driven.clock.now()
    assert (second.round(NODE, now), Missing(driven.store).round(NODE, now)) == (1, 0)
    assert len(told(driven, "run.failed")) == 1


def test_what_was_missed_while_all_were_away_still_has_its_minute(driven: Driven) -> None:
    driven.add("a", "every 1h")
    driven.clock.advance(10 * 3_600)
    look(driven)
    assert [run.state for run in driven.runs()] == ["skipped", "queued"]
    look(driven, 40)
    assert driven.runs()[1].state == "queued"
    look(driven, 20)
    assert driven.runs()[1].state == "failed"


def test_slots_that_come_meanwhile_obey_the_policies_that_are_stored(driven: Driven) -> None:
    driven.add("a", "every 10s")
    look(driven, 65)
    assert [(run.state, run.reason) for run in driven.runs()] == [
        ("queued", None), ("queued", None), ("skipped", "overlap"),
    ]  # fmt: skip


def test_a_run_that_somebody_asked_for_waits_two_weeks(driven: Driven) -> None:
    driven.add("a", "every 1w")
    asked = driven.store.add_run(
        NewRun("t", driven.clock.now(), kind="manual", schedule="a"), driven.clock.now()
    )
    assert asked is not None
    look(driven, 600)
    missing, start = Missing(driven.store), driven.clock.now() - 600 * SECOND
    assert missing.fail(NODE, missing.known(), start + LONGEST - 6 * SECOND) == 0
    assert missing.fail(NODE, missing.known(), start + LONGEST) == 1
    assert [state(run) for run in driven.runs() if run.kind == "manual"] == [MISSING]


def test_a_rule_that_counts_from_the_end_goes_on(driven: Driven) -> None:
    driven.add("a", "every 5m after end")
    look(driven, 2 * 360 + 10)
    assert [state(run) for run in driven.runs()] == [MISSING, MISSING]


def test_nothing_is_done_without_a_live_node(driven: Driven) -> None:
    driven.add("a", "every 1h")
    driven.clock.advance(3_700)
    driven.store.expire(driven.clock.now())
    assert Missing(driven.store).round(NODE, driven.clock.now()) == 0
    assert driven.runs() == []


def test_a_text_that_cannot_be_read_stands_in_nobody_s_way(driven: Driven) -> None:
    driven.add("a", "every 1h")
    driven.add("b", "every 1h")
    driven.store.change_schedule("a", None, {"trigger": "sometimes"})
    look(driven, 3_610)
    assert [run.schedule for run in driven.runs()] == ["b"]


def test_a_pause_that_is_over_is_lifted(driven: Driven) -> None:
    row = driven.add("a", "every 1h")
    assert row.next_due is not None
    end = row.next_due + 60 * SECOND
    driven.store.change_schedule("a", None, {"paused": True, "paused_until": end})
    look(driven, 3_700)
    assert [(run.state, run.reason) for run in driven.runs()] == [("skipped", "paused")]


def test_a_node_warns_of_them_when_it_starts(
    driven: Driven, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(7):
        driven.add(f"s{number}", "every 1h")
    with caplog.at_level(logging.WARNING, "rota"):
        assert Missing(driven.store).warn(NODE, driven.clock.now()) == ["t"]
    text = "No live node knows the task t of s0, s1, s2, s3, s4 and others; their runs will fail."
    (event,) = told(driven, "task.missing")
    assert (event.text, event.level, event.node) == (text, "warning", NODE)
    assert caplog.messages == [text]
    Beside(driven, "t")
    assert Missing(driven.store).warn(NODE, driven.clock.now()) == []


def test_the_keeper_s_rounds_do_it() -> None:
    """A release without the task: its schedule stays, is shown as orphaned, and fails by name."""
    rota = Rota("memory://")
    rota.task("report", schedule=every("1h"))(lambda: "done")
    rota.task("sweep")(lambda: None)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    with ManualNode(rota, start) as node:
        node.store.put_tasks([TaskRow("report.old")])
        node.store.change_schedule("report", None, {"task": "report.old"})
        keeper = node.node.keeper
        for _ in range(3_600 // 5 + 13):
            node.advance(timedelta(seconds=5))
            keeper.tick()
        assert rota.schedules.get("report").status == "orphaned"
        (run,) = rota.runs.list("report")
        assert (run.state, run.reason, run.due) == (
            "failed", "task_missing", start + timedelta(hours=1),
        )  # fmt: skip
        assert [event.kind for event in rota.events.list(kind="task.")] == ["task.missing"]

        rota.schedules.update("report", task="report")  # relinked
        node.advance(hours=1)
        assert rota.runs.list("report")[0].state == "succeeded"


def test_a_host_that_only_ticks_lets_it_fail_too(tmp_path: Path) -> None:
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    rota.task("sweep")(lambda: None)
    rota.open()
    store, now = rota.context.store, rota.clock.now()
    store.put_tasks([TaskRow("report.old")])
    store.add_schedule(
        ScheduleRow("report", "report.old", "every 1h", next_due=now - 10 * SECOND, created=0)
    )
    rota.tick()
    (run,) = rota.runs.list("report")
    assert (run.state, run.kind) == ("queued", "slot")
    assert rota.events.list(kind="task.") == []
    rota.close()


def test_an_attempt_that_waits_for_its_retry_is_given_its_minute(driven: Driven) -> None:
    driven.add("a", "every 1h", policies={"retries": 2, "backoff": "10s..10s"})
    knower = Beside(driven, "t")
    for _ in range(3_600 // 5 + 1):
        driven.clock.advance(5)
        knower.renew()
        for each in (driven, knower):
            driven.store.renew(each.machine.holding.node, 15 * SECOND, driven.clock.now())
    knower.end(knower.started[0], Outcome("raised", error="ValueError: no"))
    driven.store.leave(knower.machine.holding.node, driven.clock.now())
    look(driven, 60)
    assert [run.state for run in driven.runs()] == ["retrying"]
    look(driven, 10)
    assert [state(run) for run in driven.runs()] == [MISSING]
