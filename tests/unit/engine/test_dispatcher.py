"""When the dispatcher wakes: on a clock that its own waits move."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from rota.engine.dispatcher import BEHIND, BRINK, CROWD, LINGER, NAP, Dispatcher
from rota.engine.messages import Changed, Ended
from rota.instants import MILLISECOND, SECOND
from rota.rules.endings import Outcome

END = Ended(1, 1, Outcome("returned"), 0)


class Waits:
    """A condition and a clock in one: to wait is to let time pass, and so is to look."""

    def __init__(self) -> None:
        self.time = 0
        self.waits: list[int] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.notified = 0

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self, timeout: float) -> None:
        self.waits.append(round(timeout * SECOND))
        self.time += self.waits[-1]
        self.meanwhile()

    def notify(self) -> None:
        self.notified += 1

    def boot(self) -> int:
        self.time += 1
        return self.time

    now = boot


class Fixture:
    def __init__(self) -> None:
        self.waits = Waits()
        self.ready: list[int] = []
        self.behind = False
        machine: Any = SimpleNamespace(holding=SimpleNamespace(ready=self.ready))
        runner: Any = SimpleNamespace(open=[1], is_behind=lambda: self.behind)
        self.dispatcher = Dispatcher(machine, self.waits)  # type: ignore[arg-type]
        self.dispatcher.wake = self.waits  # type: ignore[assignment]
        self.dispatcher.runner = runner

    def collect(self, until: int) -> int:
        """How much had happened by the end of the wait."""
        return len(self.dispatcher.collect(until)[0])


@pytest.fixture
def it() -> Fixture:
    return Fixture()


def test_with_nothing_to_start_it_sleeps_once(it: Fixture) -> None:
    assert it.collect(SECOND) == 0
    assert it.waits.waits[0] > 999_990
    assert len(it.waits.waits) <= 2  # looking took some of the time


def test_before_a_start_it_naps_so_as_to_be_awake_on_it(it: Fixture) -> None:
    it.ready.append(1)
    it.collect(SECOND)
    first, nap = it.waits.waits
    assert first == pytest.approx(SECOND - NAP, abs=20)
    assert nap == pytest.approx(NAP - BRINK, abs=20)
    assert it.waits.time == pytest.approx(SECOND, abs=5)


def test_what_happens_ends_the_sleep(it: Fixture) -> None:
    it.ready.append(1)
    it.waits.meanwhile = lambda: it.dispatcher.post(Changed())
    assert it.collect(SECOND) == 1
    assert len(it.waits.waits) == 1


def test_ends_gather_for_a_moment_while_others_may_end_soon(it: Fixture) -> None:
    it.dispatcher.post(END)
    it.waits.meanwhile = lambda: it.dispatcher.post(END)
    assert it.collect(SECOND) == 2
    assert it.waits.waits == [LINGER]


def test_the_last_end_is_taken_at_once(it: Fixture) -> None:
    it.dispatcher.runner.open.clear()  # type: ignore[union-attr]
    it.dispatcher.post(END)
    assert it.collect(SECOND) == 1
    assert it.waits.waits == []


def test_while_attempts_wait_for_others_ends_gather_for_longer(it: Fixture) -> None:
    it.behind = True
    it.dispatcher.post(END)
    it.waits.meanwhile = lambda: it.dispatcher.post(END)
    it.collect(SECOND)
    assert sum(it.waits.waits) == pytest.approx(BEHIND, abs=200)
    assert set(it.waits.waits[:-1]) == {LINGER}


def test_they_gather_no_longer_once_a_slot_is_free(it: Fixture) -> None:
    it.behind = True
    it.dispatcher.post(END)

    def meanwhile() -> None:
        it.behind = len(it.waits.waits) < 4

    it.waits.meanwhile = meanwhile
    it.collect(SECOND)
    assert it.waits.waits == [LINGER] * 4


def test_anything_else_and_a_full_crowd_end_the_wait(it: Fixture) -> None:
    it.behind = True
    it.dispatcher.post(END)
    it.waits.meanwhile = lambda: it.dispatcher.post(Changed())
    assert it.collect(SECOND) == 2
    assert it.waits.waits == [LINGER]
    it.behind = False
    for _ in range(CROWD):
        it.dispatcher.post(END)
    assert it.collect(SECOND) == CROWD
    assert it.waits.waits == [LINGER]


def test_ends_do_not_wait_past_the_next_start(it: Fixture) -> None:
    it.behind = True
    it.dispatcher.post(END)
    it.collect(it.waits.time + 2 * MILLISECOND)
    assert sum(it.waits.waits) <= 2 * MILLISECOND


def test_of_a_crowd_that_gathers_nobody_is_woken(it: Fixture) -> None:
    it.dispatcher.lingering = True
    before = it.waits.notified
    it.dispatcher.post(END)
    assert it.waits.notified == before
    it.dispatcher.post(Changed())
    assert it.waits.notified == before + 1
