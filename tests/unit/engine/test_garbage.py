"""Runs leave nothing behind that only the garbage collector could find: it stops the whole host."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from rota import Rota, Run
from waiting import eventually

RUNS = 200


@pytest.fixture
def rota() -> Iterator[Rota]:
    rota = Rota("memory://")

    @rota.task("plain")
    def plain(run: Run) -> str:
        run.log.info("at work")
        return "done"

    @rota.task("coroutine")
    async def coroutine(run: Run) -> str:
        return "done"

    rota.start()
    yield rota
    rota.stop()


def run_some(rota: Rota, task: str) -> None:
    ids = [rota.schedules.run(task).id for _ in range(RUNS)]
    eventually(lambda: all(rota.runs.get(run).state == "succeeded" for run in ids), within=30)


@pytest.mark.parametrize("task", ["plain", "coroutine"])
def test_an_attempt_that_has_ended_is_gone_at_once(rota: Rota, task: str) -> None:
    run_some(rota, task)  # whatever is made once
    gc.collect()
    gc.disable()
    try:
        run_some(rota, task)
        found = gc.collect()
    finally:
        gc.enable()
    assert found < RUNS, "some cycle for every run"
