"""A node driven by hand: what a user's own tests rely on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from rota import Failed, Rota, every
from rota.engine.tasks.run import Run
from rota.errors import Refused
from rota.testing import ManualNode, SettableClock
from rota.testing.plugin import rota_clock, rota_node

__all__ = ("rota_clock", "rota_node")  # as the plugin offers them

MakeNode = Callable[..., ManualNode]


@pytest.fixture
def rota() -> Rota:
    return Rota("sqlite:////nowhere/at/all.db")


def test_a_month_of_hours_runs_on_time(rota: Rota, rota_node: MakeNode) -> None:
    seen: list[datetime] = []

    @rota.task("a", schedule=every("1h"))
    def a(run: Run) -> None:
        seen.append(run.due)

    node = rota_node(rota, datetime(2026, 5, 1, tzinfo=UTC))
    began = node.advance(days=30)

    assert seen == [datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(1, 721)]
    assert [run.due for run in began] == seen
    assert {(run.state, run.started == run.due) for run in began} == {("succeeded", True)}
    assert node.now == datetime(2026, 5, 31, tzinfo=UTC)


def test_what_a_task_raises_fails_its_run_and_is_retried(rota: Rota, rota_node: MakeNode) -> None:
    calls: list[int] = []

    @rota.task("a", schedule=every("1h"), retries=2, backoff="1m..1m")
    async def a(run: Run) -> None:
        calls.append(run.attempt)
        await asyncio.sleep(0)
        raise SystemExit(3)

    @rota.task("b", schedule=every("1h"))
    def b() -> Failed:
        return Failed("no paper")

    node = rota_node(rota)
    node.advance(hours=1, minutes=10)

    ends = {run.task: (run.state, run.attempt, run.result) for run in node.runs}
    assert ends == {"a": ("failed", 3, None), "b": ("failed", 1, "no paper")}
    assert calls == [1, 2, 3]


def test_run_now_returns_how_it_ended(rota: Rota, rota_node: MakeNode) -> None:
    @rota.task("add")
    def add(one: int, two: int) -> str:
        return str(one + two)

    assert rota_node(rota).run_now("add", {"one": 1, "two": 2}).result == "3"


def test_what_was_missed_is_caught_up_as_the_policy_says(rota: Rota, rota_node: MakeNode) -> None:
    @rota.task("a", schedule=every("1h"), catch_up="latest")
    def a() -> None: ...

    node = rota_node(rota)
    began = node.miss(days=2)

    assert [run.due for run in began] == [node.now]
    assert [(skip.reason, skip.skips) for skip in node.skips] == [("no_node", 47)]


def test_a_task_may_take_time_and_use_the_application(rota: Rota, rota_node: MakeNode) -> None:
    nodes: list[ManualNode] = []

    @rota.task("slow", schedule=every("10m"))
    def slow(run: Run) -> None:
        nodes[0].clock.advance(90)
        run.log.info("half")
        if run.due.minute == 30:
            rota.schedules.pause("slow")

    node = rota_node(rota)
    nodes.append(node)
    node.advance(hours=2)

    assert [run.due.minute for run in node.runs] == [10, 20, 30]
    assert node.runs[0].finished - node.runs[0].started == timedelta(seconds=90)
    assert [line.text for line in rota.runs.log(node.runs[0].id)] == ["half"]

    rota.schedules.resume("slow")
    assert len(node.advance(minutes=10)) == 1


def test_a_schedule_that_cannot_be_read_does_not_keep_time_from_passing(
    rota: Rota, rota_node: MakeNode
) -> None:
    @rota.task("a", schedule=every("1h"))
    def a() -> None: ...

    node = rota_node(rota)
    rota.schedules.add("bad", "a", "every 1h")
    node.store.change_schedule("bad", None, {"trigger": "every now and then"})

    assert len(node.advance(days=2)) == 48


def test_coroutines_run_also_where_a_loop_runs_already(rota: Rota, rota_node: MakeNode) -> None:
    @rota.task("a", schedule=every("1h"))
    async def a() -> str:
        await asyncio.sleep(0)
        return "done"

    async def host() -> list[str | None]:
        async with rota:  # a host's lifespan changes nothing here
            return [run.result for run in node.advance(hours=2)]

    node = rota_node(rota)

    assert asyncio.run(host()) == ["done", "done"]
    assert len(node.advance(hours=1)) == 1


def test_the_application_has_its_own_clock_and_store_back(rota: Rota) -> None:
    before = rota.clock, rota.store
    with ManualNode(rota) as node:
        assert rota.running
        assert rota.store is node.store
    assert (rota.clock, rota.store, rota.running) == (*before, False)
    node.close()


def test_the_node_says_what_it_cannot_do(
    rota: Rota, rota_node: MakeNode, rota_clock: SettableClock
) -> None:
    nodes: list[ManualNode] = []

    @rota.task("a", schedule=every("1h"))
    def a() -> None:
        nodes[0].advance(hours=1)

    node = rota_node(rota)
    nodes.append(node)
    assert node.clock is rota_clock
    with pytest.raises(Refused, match="time does not go back"):
        node.advance_to(node.now - timedelta(seconds=1))
    with pytest.raises(Refused, match="a node already"):
        ManualNode(rota)

    (run,) = node.advance(hours=1)
    assert run.state == "failed"
    assert "cannot drive the node that runs it" in str(run.error)
