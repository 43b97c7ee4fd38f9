"""A blocked event loop is noticed and named, once, and its end too."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rota import Rota
from rota.engine.attempts import watchdog
from rota.engine.attempts.watchdog import Watchdog, standing
from rota.engine.tasks.run import Run
from rota.executors.loop import LoopExecutor
from rota.ports.records import EventRow
from rota.testing.clock import SettableClock
from waiting import eventually


class Attempt:
    """An attempt on the loop that awaits until it is let go, or blocks until then."""

    def __init__(self, key: int, *, blocks: bool = False) -> None:
        self.key = key
        self.blocks = blocks
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.waits = asyncio.Event()

    async def acall(self) -> None:
        self.begun.set()
        if self.blocks:
            self.go_on.wait(20)
        else:
            await self.waits.wait()


class Watch:
    """A watchdog looked through by hand, at a loop of its own."""

    def __init__(self) -> None:
        self.clock = SettableClock()
        self.place = LoopExecutor(name="test-loop")
        self.events: list[EventRow] = []
        self.open: dict[int, Any] = {}
        self.dog = Watchdog(
            self.place, self.clock, lambda key: cast(Run, self.open.get(key)), self.events.append
        )

    def start(self, attempt: Attempt) -> Attempt:
        self.open[attempt.key] = SimpleNamespace(id=attempt.key, task="acme.crawl", schedule=None)
        self.place.start(cast(Any, attempt))
        assert attempt.begun.wait(10)
        return attempt

    def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.clock.advance(1)
            self.dog.look()

    def answered(self) -> None:
        eventually(lambda: self.dog.answered == self.dog.number)

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    for task in list(watch.place.latest.values()):
        if watch.place.loop is not None:
            watch.place.loop.call_soon_threadsafe(task.cancel)
    watch.place.stop()
    if watch.place.thread is not None:
        watch.place.thread.join(10)


def test_a_loop_that_answers_is_nothing_to_speak_of(watch: Watch) -> None:
    watch.look(3)  # there is no loop yet
    watch.start(Attempt(1))
    for _ in range(5):
        watch.look()
        watch.answered()
    assert watch.events == []


def test_a_run_that_blocks_the_loop_is_named_with_its_line_and_once(watch: Watch) -> None:
    watch.start(Attempt(1))
    watch.look()
    watch.answered()
    holder = watch.start(Attempt(7, blocks=True))
    watch.look(2)
    assert watch.events == []  # a second may pass
    watch.look(5)
    (event,) = watch.events
    assert (event.kind, event.level, event.run) == ("loop.blocked", "warning", 7)
    assert re.fullmatch(
        r"The event loop has not answered for 2 s: run 7 of acme\.crawl holds it, "
        r"at \S+test_watchdog\.py:\d+ in acall \(within \S+threading\.py:\d+ in wait\); "
        r"waiting for it: run 1 of acme\.crawl\.",
        event.text,
    )

    holder.go_on.set()
    for _ in range(3):
        watch.answered()
        watch.look()
    watch.answered()
    assert watch.kinds == ["loop.blocked", "loop.free"]
    assert re.fullmatch(r"The event loop answers again, after \d\.\d s\.", watch.events[1].text)

    again = watch.start(Attempt(8, blocks=True))
    watch.look(4)
    again.go_on.set()
    assert watch.kinds == ["loop.blocked", "loop.free", "loop.blocked"]


def test_the_host_that_blocks_its_own_loop_is_told_so(watch: Watch) -> None:
    watch.start(Attempt(1))
    watch.look()
    watch.answered()
    begun, go_on = threading.Event(), threading.Event()

    def holds_it() -> None:
        begun.set()
        go_on.wait(20)

    assert watch.place.loop is not None
    watch.place.loop.call_soon_threadsafe(holds_it)
    assert begun.wait(10)
    watch.look(4)
    go_on.set()
    (event,) = watch.events
    assert event.run is None
    assert "something that is no run holds it, at " in event.text
    assert "in holds_it" in event.text
    assert event.text.endswith("waiting for it: run 1 of acme.crawl.")


def test_a_process_that_stood_still_as_a_whole_is_no_blocked_loop(watch: Watch) -> None:
    watch.start(Attempt(1))
    watch.look()
    watch.answered()
    holder = watch.start(Attempt(2, blocks=True))
    watch.look()
    watch.clock.advance(60)  # suspended: the watchdog did not look either
    watch.dog.look()
    assert watch.events == []
    watch.look(2)
    assert watch.kinds == ["loop.blocked"]
    holder.go_on.set()


def test_many_that_wait_are_counted(watch: Watch) -> None:
    for key in range(10, 20):
        watch.start(Attempt(key))
    holder = watch.start(Attempt(1, blocks=True))
    watch.look(4)
    holder.go_on.set()
    assert watch.events[0].text.endswith(
        "run 10 of acme.crawl, 11 of acme.crawl, 12 of acme.crawl, 13 of acme.crawl, "
        "14 of acme.crawl and 5 more."
    )


def test_a_loop_that_is_closed_is_not_asked(watch: Watch) -> None:
    holder = watch.start(Attempt(1, blocks=True))
    watch.look(4)
    holder.go_on.set()
    watch.place.stop()
    assert watch.place.thread is not None
    watch.place.thread.join(10)
    watch.look(5)
    assert watch.kinds == ["loop.blocked"]


def test_a_thread_that_is_not_there_stands_nowhere() -> None:
    assert standing(None) == "a line that is not known"


@pytest.mark.parametrize("host", ["its own loop", "the host's loop"])
def test_a_real_node_writes_it_into_its_event_log(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "EVERY", 50_000)
    monkeypatch.setattr(watchdog, "SLOW", 100_000)
    rota = Rota("memory://")
    go_on = threading.Event()

    @rota.task("blocks")
    async def blocks() -> None:
        go_on.wait(20)

    def blocked() -> None:
        run = rota.schedules.run("blocks").id
        try:
            event = eventually(lambda: rota.events.list(kind="loop.blocked"), within=10)[0]
        finally:
            go_on.set()
        assert f"run {run} of blocks holds it" in event.text
        assert event.run == run
        assert event.node == rota.node_name
        eventually(lambda: rota.events.list(kind="loop.free"), within=10)

    async def serve() -> None:
        async with rota:
            await asyncio.to_thread(blocked)

    if host == "the host's loop":
        asyncio.run(serve())
    else:
        rota.start()
        blocked()
    rota.close()
    assert not [one for one in threading.enumerate() if one.name == "rota-watchdog"]
