"""Executors start attempts quickly, survive whatever they do, and let go when told."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from rota.executors.loop import LoopExecutor
from rota.executors.thread import ThreadExecutor
from waiting import eventually

SOON = 10.0
place: contextvars.ContextVar[str] = contextvars.ContextVar("place", default="nowhere")


class Attempt:
    def __init__(
        self,
        key: int = 1,
        what: Callable[[], Any] = lambda: None,
        awaits: Callable[[], Awaitable[Any]] | None = None,
    ) -> None:
        self.key = key
        self.what = what
        self.awaits = awaits
        self.begun = threading.Event()
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None
        self.error: BaseException | None = None

    def call(self) -> None:
        self.thread = threading.current_thread()
        self.begun.set()
        try:
            self.what()
        finally:
            self.ended.set()

    async def acall(self) -> None:
        self.thread = threading.current_thread()
        self.begun.set()
        try:
            self.what()
            if self.awaits is not None:
                await self.awaits()
        except BaseException as error:
            self.error = error
            raise
        finally:
            self.ended.set()


def ends(attempt: Attempt) -> Attempt:
    assert attempt.ended.wait(SOON)
    return attempt


@pytest.fixture
def threads() -> Iterator[ThreadExecutor]:
    executor = ThreadExecutor(2, "test")
    yield executor
    executor.stop()
    eventually(lambda: executor.threads == 0)


@pytest.fixture
def loop() -> Iterator[LoopExecutor]:
    executor = LoopExecutor(name="test-loop")
    yield executor
    executor.stop()
    if executor.thread is not None:
        executor.thread.join(SOON)
        assert not executor.thread.is_alive()


# ------------------------------------------------------------------ threads


def test_threads_are_made_when_needed_and_used_again(threads: ThreadExecutor) -> None:
    assert threads.threads == 0
    seen = set()
    for _ in range(20):
        attempt = Attempt()
        threads.start(attempt)
        seen.add(ends(attempt).thread)
        eventually(lambda: threads.idle)
    assert len(seen) == threads.threads == 1
    assert all(thread.daemon for thread in seen if thread)


def test_no_more_than_the_limit_at_once_and_in_order(threads: ThreadExecutor) -> None:
    gate, order = threading.Event(), []
    busy = [Attempt(what=lambda: gate.wait(SOON)) for _ in range(2)]
    for attempt in busy:
        threads.start(attempt)
    later = [Attempt(key, what=lambda key=key: order.append(key)) for key in range(50)]
    for attempt in later:
        threads.start(attempt)
    for attempt in busy:
        assert attempt.begun.wait(SOON)
    assert threads.threads == 2
    assert not any(attempt.begun.is_set() for attempt in later)
    gate.set()
    for attempt in later:
        ends(attempt)
    assert sorted(order) == list(range(50))
    assert threads.threads == 2


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_no_error_ends_a_thread(threads: ThreadExecutor, error: type[BaseException]) -> None:
    def fail() -> None:
        raise error

    first = Attempt(what=fail)
    threads.start(first)
    ends(first)
    eventually(lambda: threads.idle)
    second = Attempt()
    threads.start(second)
    assert ends(second).thread is first.thread


def test_a_log_handler_that_exits_does_not_end_a_thread(
    threads: ThreadExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(logging.getLogger("rota.executors"), "handle", leave)
    first = Attempt(what=leave)
    threads.start(first)
    ends(first)
    eventually(lambda: threads.idle)
    assert threads.threads == 1


def test_context_variables_do_not_leak_into_the_next_attempt(threads: ThreadExecutor) -> None:
    seen = []
    for name in ("one", "two"):

        def note(name: str = name) -> None:
            seen.append(place.get())
            place.set(name)

        attempt = Attempt(what=note)
        threads.start(attempt)
        ends(attempt)
        eventually(lambda: threads.idle)
    assert seen == ["nowhere", "nowhere"]


def test_a_stopped_executor_finishes_what_it_has_and_takes_no_more() -> None:
    executor = ThreadExecutor(1)
    gate = threading.Event()
    first, second = Attempt(what=lambda: gate.wait(SOON)), Attempt()
    executor.start(first)
    executor.start(second)
    executor.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        executor.start(Attempt())
    gate.set()
    ends(second)
    eventually(lambda: executor.threads == 0)


def test_a_system_without_threads_is_told_or_waited_for(
    threads: ThreadExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    real = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError, match="new thread"):
        threads.start(Attempt())
    assert threads.threads == 0
    monkeypatch.setattr(threading.Thread, "start", real)
    gate = threading.Event()
    first, second = Attempt(what=lambda: gate.wait(SOON)), Attempt()
    threads.start(first)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    threads.start(second)
    gate.set()
    assert ends(second).thread is first.thread


def test_thousands_of_attempts_all_run(threads: ThreadExecutor) -> None:
    done = threading.Semaphore(0)
    for key in range(5_000):
        threads.start(Attempt(key, what=done.release))
    for _ in range(5_000):
        assert done.acquire(timeout=SOON)


# ------------------------------------------------------------------ the loop


def test_attempts_run_on_one_loop_thread_of_ours(loop: LoopExecutor) -> None:
    assert loop.thread is None
    attempts = [Attempt(key, awaits=lambda: asyncio.sleep(0)) for key in range(100)]
    for attempt in attempts:
        loop.start(attempt)
    assert {ends(attempt).thread for attempt in attempts} == {loop.thread}
    assert loop.thread is not None
    assert loop.thread.daemon
    eventually(lambda: not loop.tasks)
    assert not loop.latest
    assert not loop.unborn


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_no_error_ends_the_loop(loop: LoopExecutor, error: type[BaseException]) -> None:
    def fail() -> None:
        raise error

    loop.start(first := Attempt(what=fail))
    ends(first)
    loop.start(second := Attempt())
    assert ends(second).thread is first.thread


def test_a_callback_that_exits_or_a_task_that_stops_it_does_not_end_a_loop_of_ours(
    loop: LoopExecutor,
) -> None:
    def mischief() -> None:
        running = asyncio.get_running_loop()
        running.call_soon(sys.exit)
        running.call_soon(running.stop)

    loop.start(first := Attempt(what=mischief))
    ends(first)
    loop.start(second := Attempt(awaits=lambda: asyncio.sleep(0)))
    assert ends(second).thread is first.thread


def test_cancelling_interrupts_the_task(loop: LoopExecutor) -> None:
    loop.start(attempt := Attempt(7, awaits=lambda: asyncio.Event().wait()))
    assert attempt.begun.wait(SOON)
    loop.cancel(7)
    assert isinstance(ends(attempt).error, asyncio.CancelledError)
    loop.cancel(7)
    loop.cancel(8)


def test_a_crowd_lets_the_host_have_its_turn_and_can_be_cancelled_while_it_comes() -> None:
    async def main() -> None:
        running, turns = asyncio.get_running_loop(), 0
        executor = LoopExecutor(running)
        crowd = [Attempt(key, what=lambda: seen.append(turns)) for key in range(200)]
        last = Attempt(200, awaits=lambda: asyncio.Event().wait())
        seen: list[int] = []

        def turn() -> None:
            nonlocal turns
            turns += 1
            if not last.ended.is_set():
                running.call_soon(turn)

        executor.start_all([*crowd, last])
        executor.cancel(200)
        running.call_soon(turn)
        await asyncio.to_thread(ends, last)
        assert isinstance(last.error, asyncio.CancelledError)
        assert len(seen) == 200
        assert seen[-1] >= 8  # rounds of the loop in which the host was served

    asyncio.run(main())


def test_no_more_coroutines_than_the_limit_at_once_and_those_that_wait_can_be_cancelled() -> None:
    async def crowd() -> None:
        executor = LoopExecutor(asyncio.get_running_loop(), limit=2)
        gate = asyncio.Event()
        attempts = [Attempt(number, awaits=gate.wait) for number in range(5)]
        executor.start_all(attempts)
        executor.cancel(4)
        for _ in range(10):
            await asyncio.sleep(0)
        assert [attempt.begun.is_set() for attempt in attempts] == [True, True, False, False, False]
        gate.set()
        while not attempts[4].ended.is_set():
            assert len(executor.tasks) <= 2
            await asyncio.sleep(0)
        assert [attempt.error for attempt in attempts[:4]] == [None] * 4
        assert executor.doomed == set()

    asyncio.run(asyncio.wait_for(crowd(), SOON))


def test_an_attempt_cancelled_before_its_first_step_still_begins(loop: LoopExecutor) -> None:
    async def main() -> None:
        executor = LoopExecutor(asyncio.get_running_loop())
        attempt = Attempt(7, awaits=lambda: asyncio.Event().wait())
        executor.start(attempt)
        executor.cancel(7)  # both wait for this very loop
        await asyncio.to_thread(ends, attempt)
        assert isinstance(attempt.error, asyncio.CancelledError)

    asyncio.run(main())


def test_the_loop_of_the_host_is_used_and_left_running() -> None:
    async def main() -> None:
        here = asyncio.get_running_loop()
        executor = LoopExecutor(here)
        done = asyncio.Event()

        async def finish() -> None:
            done.set()

        attempt = Attempt(awaits=finish)
        await asyncio.to_thread(executor.start, attempt)
        await asyncio.wait_for(done.wait(), SOON)
        assert attempt.thread is threading.current_thread()
        executor.stop()
        await asyncio.sleep(0)
        assert here.is_running()
        assert executor.thread is None

    asyncio.run(main())


def test_a_closed_loop_is_told() -> None:
    closed = asyncio.new_event_loop()
    closed.close()
    executor = LoopExecutor(closed)
    with pytest.raises(RuntimeError, match="closed"):
        executor.start(Attempt())
    executor.cancel(1)
    executor.stop()


def test_context_variables_of_the_host_are_not_seen(loop: LoopExecutor) -> None:
    seen: list[str] = []
    token = place.set("host")
    loop.start(attempt := Attempt(what=lambda: seen.append(place.get())))
    ends(attempt)
    place.reset(token)
    assert seen == ["nowhere"]


def test_a_loop_of_ours_ends_with_its_last_attempt() -> None:
    executor = LoopExecutor()
    gate: list[asyncio.Event] = []

    async def until_told() -> None:
        gate.append(asyncio.Event())
        asyncio.get_running_loop().create_task(asyncio.Event().wait())
        await gate[0].wait()

    executor.start(attempt := Attempt(awaits=until_told))
    eventually(lambda: gate)
    executor.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        executor.start(Attempt())
    assert executor.thread is not None
    assert executor.thread.is_alive()
    assert executor.loop is not None
    executor.loop.call_soon_threadsafe(gate[0].set)
    ends(attempt)
    executor.thread.join(SOON)
    assert not executor.thread.is_alive()
    assert executor.loop.is_closed()
