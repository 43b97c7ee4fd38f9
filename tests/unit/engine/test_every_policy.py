"""Each policy that no other file is about does what the table says, asked for as a user would."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from driving import Driven
from rota import Rota
from rota.engine.messages import Changed
from rota.errors import Refused
from rota.instants import SECOND, from_datetime
from rota.rules.endings import Outcome
from rota.rules.states import FINAL
from rota.testing import ManualNode
from stores import Make, any_store
from waiting import eventually

__all__ = ("any_store",)

START = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
MINUTE = 60 * SECOND


def test_jitter_delays_the_start_by_no_more_than_it_says_and_never_the_slot() -> None:
    driven = Driven(jitter="30s", slots=100)
    for number in range(50):
        driven.add(f"s{number}", "every 1m")
    driven.step(Changed())
    began: dict[str | None, int] = {}
    for _ in range(95):
        driven.advance(1)
        for run in driven.started:
            began.setdefault(run.schedule, driven.clock.now() - run.due)
            assert run.due % MINUTE == 0
    delays = sorted(began.values())
    assert len(delays) == 50
    assert delays[0] >= 0
    assert delays[-1] <= 31 * SECOND
    assert delays[-1] - delays[0] > 15 * SECOND, "they are spread"


def test_jitter_is_the_same_whichever_node_decides() -> None:
    def starts(tasks: str) -> list[int]:
        driven = Driven(tasks, jitter="30s")
        driven.join((tasks, "t"), 10, {"jitter": "30s"})
        driven.add("s", "every 1m")
        driven.step(Changed())
        driven.advance(60)
        return [run.not_before for run in driven.runs()]

    assert starts("t") == starts("another") != []


def test_start_delay_counts_from_the_start_of_the_node() -> None:
    driven = Driven(start_delay="90s")
    driven.add("s", "every 1m")
    driven.step(Changed())
    driven.advance(60)
    driven.advance(29)
    assert driven.started == []
    driven.advance(2)
    (run,) = driven.started
    assert run.due + 30 * SECOND == run.not_before
    driven.end(run)
    driven.advance(29)
    driven.advance(60)
    assert [one.due == one.not_before for one in driven.started] == [False, True]


def test_of_what_waits_the_higher_priority_goes_first() -> None:
    rota = Rota("memory://")
    order: list[str] = []
    for name, priority in (("low", -5), ("usual", 0), ("high", 5)):
        rota.task(name, schedule="every 1h", priority=priority)(
            lambda name=name: order.append(name)
        )
    rota.task("urgent")(lambda: order.append("urgent"))
    with ManualNode(rota, START) as node:
        rota.schedules.add("urgent", "urgent", "every 1h", priority=9)  # a schedule overrides
        node.advance(hours=1)
    assert order == ["urgent", "high", "usual", "low"]


def test_a_retry_is_in_the_store_and_another_node_makes_it_after_its_backoff(
    any_store: Make,
) -> None:
    driven = Driven(make=any_store, retries=2, backoff="10s..1m")
    driven.add("s", "every 1h")
    driven.step(Changed())
    driven.advance(3_600)
    (run,) = driven.started
    driven.end(run, Outcome("raised", error="OSError: no"))
    driven.store.leave(driven.machine.holding.node, driven.clock.now())
    (waiting,) = driven.runs()
    assert (waiting.state, waiting.attempt) == ("retrying", 1)
    other = Driven(beside=driven, retries=2, backoff="10s..1m")
    other.step(Changed())
    other.advance(8)
    assert other.started == []
    other.advance(3)
    (again,) = other.started
    assert (again.id, again.attempt, again.fence > run.fence) == (run.id, 2, True)


def test_of_a_unique_task_no_second_run_waits_with_the_same_parameters() -> None:
    rota = Rota("memory://")
    rota.task("mail", unique=True)(lambda to: to)
    rota.open()
    rota.schedules.run("mail", {"to": "ann"})
    with pytest.raises(Refused, match="same parameters"):
        rota.schedules.run("mail", {"to": "ann"})
    rota.schedules.run("mail", {"to": "bob"})
    assert len(rota.runs.list()) == 2
    rota.close()


@pytest.mark.parametrize(
    "executor, thread", [("auto", "rota-task"), ("thread", "rota-task"), ("loop", "rota-loop")]
)
def test_the_executor_is_where_it_runs(executor: str, thread: str) -> None:
    rota = Rota("memory://")

    async def there() -> str:
        return threading.current_thread().name

    def here() -> str:
        return threading.current_thread().name

    rota.task("work", executor=executor)(there if executor == "loop" else here)
    rota.start()
    run = rota.schedules.run("work").id
    item = eventually(lambda: (got := rota.runs.get(run)).state in FINAL and got)
    rota.close()
    assert item.result is not None and item.result.startswith(thread), item


def test_a_schedule_goes_after_its_last_run_and_its_history_stays() -> None:
    rota = Rota("memory://")
    rota.task("work")(lambda: None)
    with ManualNode(rota, START) as node:
        for name, goes in (("goes", True), ("stays", False)):
            rota.schedules.add(name, "work", "at 2026-03-02T11:00:00Z", delete_after_last_run=goes)
        node.advance(hours=1)
        assert [item.name for item in rota.schedules.list()] == ["stays"]
        assert rota.schedules.get("stays").status == "finished"
        assert {run.schedule for run in node.runs} == {"goes", "stays"}


def test_a_schedule_that_is_switched_off_runs_nothing_and_its_slots_say_so() -> None:
    rota = Rota("memory://")
    rota.task("work")(lambda: None)
    with ManualNode(rota, START) as node:
        rota.schedules.add("work", "work", "every 1h from 2026-03-02", enabled=False)
        node.advance(hours=5)
        assert node.runs == []
        assert rota.schedules.why("work", START + timedelta(minutes=90)).reason == "disabled"
        rota.schedules.update("work", enabled=True)
        node.advance(hours=1)
        assert [run.state for run in node.runs] == ["succeeded"]
        assert rota.schedules.why("work", START + timedelta(minutes=90)).reason == "disabled"


def test_run_as_is_kept_and_shown() -> None:
    rota = Rota("memory://")
    rota.task("work")(lambda: None)
    rota.open()
    item = rota.schedules.add("work", "work", "every 1h", run_as="night-shift")
    assert item.policies["run_as"] == "night-shift"
    assert rota.schedules.get("work").policies["run_as"] == "night-shift"
    rota.close()


@pytest.mark.parametrize("policy", [{"retries": 3}, {"timeout": "1m"}, {"overlap": "queue"}])
def test_what_a_schedule_says_stands_for_what_its_task_says(policy: dict[str, object]) -> None:
    rota = Rota("memory://")
    rota.task("work", retries=1, timeout="5m", overlap="skip")(lambda: None)
    rota.open()
    rota.schedules.add("usual", "work", "every 1h")
    rota.schedules.add("other", "work", "every 1h", **policy)
    usual, other = rota.schedules.get("usual"), rota.schedules.get("other")
    assert other.policies.items() >= policy.items() and usual.policies.items().isdisjoint(
        policy.items()
    )
    rota.close()


def test_a_slot_that_comes_beyond_its_grace_is_skipped_and_one_within_runs() -> None:
    rota = Rota("memory://")
    rota.task("work")(lambda: None)
    with ManualNode(rota, START) as node:
        for name, grace in (("short", "10m"), ("long", "40m")):
            rota.schedules.add(name, "work", "every 1h from 2026-03-02", grace=grace)
        node.miss(minutes=60)  # until half past eleven
        node.advance(seconds=1)
        assert [run.schedule for run in node.runs] == ["long"]
        (skip,) = node.skips
        assert (skip.schedule, skip.reason) == ("short", "too_late")
        assert from_datetime(skip.due) % (60 * MINUTE) == 0
