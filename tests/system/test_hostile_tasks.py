"""Twenty hostile tasks: none of them stops the node or the host; each is recorded, bounded."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rota import Failed, Rota, Run
from rota.engine.client.items import RunItem
from rota.rules.states import FINAL
from waiting import eventually

BOUND = 70_000  # characters of any text that a run leaves behind


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")

    __repr__ = __str__


class ExitsWhenPrinted(Exception):
    def __str__(self) -> str:
        sys.exit(7)


def system_exit() -> None:
    sys.exit(3)


def keyboard_interrupt() -> None:
    raise KeyboardInterrupt


def generator_exit() -> None:
    raise GeneratorExit


def base_exception() -> None:
    raise BaseException("bare")


def unprintable() -> None:
    raise Unprintable


def exits_when_printed() -> None:
    raise ExitsWhenPrinted


def huge_message() -> None:
    raise ValueError("x" * 100_000_000)


def huge_result() -> str:
    return "x" * 100_000_000


def no_json() -> object:
    return object()


def circular() -> object:
    found: list[object] = []
    found.append(found)
    return found


def nan() -> float:
    return float("nan")


def recursion() -> None:
    recursion()


def deep_chain() -> None:
    error: Exception | None = None
    for _ in range(5_000):
        following = ValueError("one more")
        following.__cause__ = error
        error = following
    raise error or ValueError


def many_lines() -> str:
    for number in range(100_000):
        logging.getLogger("noisy").warning("line %d", number)
    return "said it all"


def one_long_line() -> None:
    print("y" * 10_000_000)


def binary_noise() -> str:
    print("\x00\x1b[31m\ud800 \u202e")
    return "\x00\ud800<script>"


def closes_stdout() -> None:
    sys.stdout = None  # type: ignore[assignment]


def leaves_a_thread() -> str:
    threading.Thread(target=lambda: print("after all"), daemon=True).start()
    return "gone"


async def async_exit() -> None:
    raise SystemExit(4)


async def async_interrupt() -> None:
    raise KeyboardInterrupt


async def cancels_itself() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


def failed_monster() -> Failed:
    return Failed("z" * 10_000_000)


def stop_iteration() -> None:
    raise StopIteration


RAISES = {
    system_exit: "SystemExit: 3",
    keyboard_interrupt: "KeyboardInterrupt",
    generator_exit: "GeneratorExit",
    base_exception: "BaseException: bare",
    unprintable: "Unprintable",
    exits_when_printed: "ExitsWhenPrinted",
    huge_message: "ValueError: xxx",
    recursion: "RecursionError",
    deep_chain: "ValueError: one more",
    async_exit: "SystemExit: 4",
    async_interrupt: "KeyboardInterrupt",
    cancels_itself: "CancelledError",
    failed_monster: "",
    stop_iteration: "StopIteration",
}
RETURNS = (
    huge_result, no_json, circular, nan, many_lines, one_long_line, binary_noise, closes_stdout,
    leaves_a_thread,
)  # fmt: skip


@pytest.fixture(params=["memory", "sqlite"])
def rota(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rota]:
    url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/rota.db"
    rota = Rota(url)
    for function in (*RAISES, *RETURNS):
        rota.task(function.__name__)(function)
    rota.task("well")(lambda: "well")
    stdout = sys.stdout
    rota.start()
    yield rota
    sys.stdout = stdout
    rota.close()


def ended(rota: Rota, function: Callable[..., object]) -> RunItem:
    run = rota.schedules.run(function.__name__).id

    def look() -> RunItem | None:
        item = rota.runs.get(run)
        return item if item.state in FINAL else None

    item = eventually(look, within=30)
    assert item is not None
    assert len(item.result or "") < BOUND
    assert len(item.error or "") < BOUND
    assert sum(len(line.text) for line in rota.runs.log(run, 0, 1_000)) < 2_000_000
    return item


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_no_hostile_task_stops_the_node(rota: Rota) -> None:
    for function, says in RAISES.items():
        item = ended(rota, function)
        assert item.state == "failed", function
        assert says in (item.error or item.result or ""), function
    for function in RETURNS:
        assert ended(rota, function).state == "succeeded", function

    assert rota.running
    well = rota.schedules.run("well").id
    assert eventually(lambda: rota.runs.get(well).result == "well")
    assert rota.health() == "ok"


def test_a_task_that_kills_its_own_process_is_lost_and_the_next_node_goes_on(
    tmp_path: Path,
) -> None:
    rota = Rota(f"sqlite:///{tmp_path}/rota.db", lease="1s")

    @rota.task("suicide")
    def suicide(run: Run) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    rota.open()
    rota.schedules.run("suicide")
    rota.close()
    child = os.fork()
    if child == 0:
        rota.start()
        threading.Event().wait(20)
        os._exit(1)
    os.waitpid(child, 0)

    rota.start()
    try:
        lost = eventually(lambda: rota.runs.list(states=("lost",)), within=10)
    finally:
        rota.close()
    assert [item.task for item in lost] == ["suicide"]
