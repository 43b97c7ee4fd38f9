"""The runner of release 8 on a real node: threads, event loops, waiting and stopping."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rota import Rota, Run
from rota.cms.umbraco8 import (
    BackgroundTask,
    BackgroundTaskRunner,
    BackgroundTaskRunnerOptions,
    CancellationToken,
    RecurringTask,
    RuntimeState,
    TaskEventArgs,
)
from waiting import eventually


class Held(BackgroundTask):
    """Runs until the test lets go of it."""

    def __init__(self) -> None:
        self.runs = threading.Event()
        self.let_go = threading.Event()

    def run(self) -> None:
        self.runs.set()
        assert self.let_go.wait(20)


class Sleeps(BackgroundTask):
    """A coroutine that waits for ever."""

    is_async = True

    def __init__(self) -> None:
        self.runs = threading.Event()

    async def run_async(self, cancellation_token: CancellationToken) -> None:
        self.runs.set()
        await asyncio.Event().wait()


class Site:
    def __init__(self, **settings: int) -> None:
        self.rota = Rota("memory://", **settings)  # type: ignore[arg-type]
        self.told: list[str] = []

    def runner(self, name: str = "Room", **options: bool) -> BackgroundTaskRunner:
        made = BackgroundTaskRunner(name, self.rota, BackgroundTaskRunnerOptions(**options))
        made.task_cancelled += self.cancelled
        return made

    def cancelled(self, sender: BackgroundTaskRunner, e: TaskEventArgs) -> None:
        self.told.append(type(e.task).__name__)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.rota.close()


@pytest.mark.shows("B4", "B5")
@pytest.mark.parametrize("how", ["runner", "page"])
def test_a_coroutine_is_cancelled_where_it_awaits(site: Site, how: str) -> None:
    runner, task = site.runner(), Sleeps()
    site.rota.start()
    runner.add(task)
    assert task.runs.wait(10)
    run = runner.current_run
    assert run is not None
    if how == "page":
        site.rota.runs.cancel(run)
    else:
        assert runner.cancel_current_background_task()
    assert runner.stopped_awaitable.wait(10)
    ended = eventually(lambda: (it := site.rota.runs.get(run)).state != "running" and it)
    assert (ended.state, ended.reason) == ("cancelled", "user")
    assert site.told == ["Sleeps"]


@pytest.mark.shows("B5")
def test_a_forced_shutdown_is_waited_for(site: Site) -> None:
    runner, task = site.runner(), Sleeps()
    site.rota.start()
    runner.add(task)
    runner.add(Held())
    assert task.runs.wait(10)
    runner.shutdown(force=False, wait=False)
    assert runner.is_running
    runner.shutdown(force=True, wait=True)  # forced after unforced
    assert not runner.is_running
    assert sorted(site.told) == ["Held", "Sleeps"]


@pytest.mark.shows("B5")
def test_an_unforced_shutdown_lets_the_queue_run(site: Site) -> None:
    runner, first, second = site.runner(keep_alive=True), Held(), Held()
    site.rota.start()
    runner.add(first)
    runner.add(second)
    assert first.runs.wait(10)
    first.let_go.set()
    second.let_go.set()
    runner.shutdown(force=False, wait=True)
    assert second.runs.is_set()
    assert not runner.is_running
    assert site.told == []


@pytest.mark.shows("B1")
def test_others_await_its_end(site: Site) -> None:
    runner, task = site.runner(), Held()
    site.rota.start()

    async def waits() -> str:
        await runner.stopped_awaitable  # it has not begun
        runner.add(task)
        waiting = asyncio.ensure_future(wait_for_end())
        await asyncio.to_thread(task.runs.wait, 10)
        assert not waiting.done()
        task.let_go.set()
        return await asyncio.wait_for(waiting, 10)

    async def wait_for_end() -> str:
        await runner.stopped_awaitable
        return "stopped"

    assert asyncio.run(waits()) == "stopped"


@pytest.mark.shows("B1")
def test_a_long_running_one_takes_no_place_of_the_node() -> None:
    site = Site(concurrency=1)
    runner, task = site.runner(long_running=True), Held()
    done = threading.Event()

    @site.rota.task("acme.other")
    def other(run: Run) -> None:
        done.set()

    site.rota.start()
    try:
        runner.add(task)
        assert task.runs.wait(10)
        site.rota.schedules.run("acme.other")
        assert done.wait(10)
    finally:
        task.let_go.set()
        site.rota.close()


@pytest.mark.shows("B5")
def test_a_slow_stop_lets_the_queue_run_and_then_terminates(site: Site) -> None:
    runner, task = site.runner(), Held()
    said: list[str] = []
    runner.terminating += lambda sender, e: said.append("terminating")
    runner.terminated += lambda sender, e: said.append("terminated")
    site.rota.start()
    runner.add(task)
    assert task.runs.wait(10)
    runner.stop(immediate=False)
    eventually(lambda: runner.is_completed)
    task.let_go.set()
    assert runner.terminated_awaitable.wait(10)
    assert said == ["terminating", "terminated"]


@pytest.mark.shows("B5")
def test_a_task_may_shut_its_own_runner_down(site: Site) -> None:
    runner = site.runner()

    class Last(BackgroundTask):
        def run(self) -> None:
            runner.shutdown(force=False, wait=True)  # cannot wait for itself

    site.rota.start()
    runner.add(Last())
    assert runner.stopped_awaitable.wait(10)
    assert runner.is_completed


@pytest.mark.shows("B2", "UM 60")
def test_a_recurring_task_on_the_real_clock(site: Site) -> None:
    class Ticks(RecurringTask):
        times = 0
        enough = threading.Event()

        def perform_run(self) -> bool:
            self.times += 1
            if self.times == 4:
                self.enough.set()
            return True

    runner = site.runner()
    site.rota.start()
    task = Ticks(runner, 20, 10)
    runner.add(task)
    assert Ticks.enough.wait(20)
    runner.shutdown(force=False, wait=True)
    times = task.times
    assert not runner.is_running
    site.rota.stop()
    assert task.times == times


@pytest.mark.shows("B4")
def test_a_run_that_takes_too_long_is_an_error(site: Site) -> None:
    runner = BackgroundTaskRunner("Room", site.rota, timeout="1s")
    wrong: list[str] = []
    runner.task_error += lambda sender, e: wrong.append(type(e.error).__name__)
    runner.task_cancelled += site.cancelled
    site.rota.start()
    runner.add(Sleeps())
    assert runner.stopped_awaitable.wait(20)
    assert wrong == ["CancelledError"]
    assert site.told == []
    ended = eventually(lambda: (it := site.rota.runs.list()[0]).state == "failed" and it)
    assert ended.reason == "timeout"


@pytest.mark.shows("B1", "B2")
def test_every_server_has_its_runner_and_one_of_them_does_the_work(tmp_path: Path) -> None:
    class Works(RecurringTask):
        role = ""

        def __init__(self, runner: BackgroundTaskRunner) -> None:
            super().__init__(runner, 0, 0)
            self.seen = threading.Event()

        def perform_run(self) -> bool:
            self.role = str(RuntimeState(self.runner.rota).server_role)
            self.seen.set()
            return False

    sites = [
        Rota(f"sqlite:///{tmp_path}/one.db", server_role=role)
        for role in ("scheduling_publisher", "subscriber")
    ]
    runners = [BackgroundTaskRunner("Room", rota) for rota in sites]
    tasks = [Works(runner) for runner in runners]
    try:
        for rota, runner, task in zip(sites, runners, tasks, strict=True):
            rota.start()
            runner.add(task)
        assert all(task.seen.wait(20) for task in tasks)
        assert [task.role for task in tasks] == ["Master", "Replica"]
        runs = eventually(lambda: len(it := sites[0].runs.list("Room")) == 2 and it, within=20)
        assert {run.target for run in runs} == {f"node:{rota.node_name}" for rota in sites}
    finally:
        for rota in sites:
            rota.close()


@pytest.mark.shows("B1", "B5")
def test_hosted_runners_stop_together_within_one_deadline(site: Site) -> None:
    runners = [site.runner(f"room-{number}") for number in range(5)]
    tasks = [Sleeps() for _ in runners]
    site.rota.start()
    for runner, task in zip(runners, tasks, strict=True):
        runner.add(task)
        assert task.runs.wait(10)
    began = site.rota.clock.boot()
    site.rota.stop()
    assert site.rota.clock.boot() - began < 8_000_000  # the grace once, not five times
    assert site.told == ["Sleeps"] * 5
    states = {run.state for run in site.rota.runs.list()}
    assert states == {"cancelled"}
