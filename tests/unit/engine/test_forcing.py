"""A run in a child process that does not stop when asked is told again, which ends its process."""

from __future__ import annotations

import pytest

from driving import Driven
from rota.engine.messages import LeaseLost, Stop
from rota.instants import SECOND
from rota.rules.endings import Outcome


def asked(executor: str) -> Driven:
    """One run that has been asked to stop because of its timeout."""
    driven = Driven(timeout="10s", executor=executor)
    driven.add("s", "every 1h")
    driven.advance(3_600)
    driven.advance(10)
    assert driven.interrupted == [(1, "timeout")]
    return driven


def test_after_the_grace_it_is_ended_by_force_and_not_abandoned() -> None:
    driven = asked("process")
    driven.advance(5)
    assert driven.interrupted == [(1, "timeout"), (1, "timeout")]
    assert driven.runs()[0].state == "running"
    driven.end(driven.started[0], Outcome("killed", error="signal 15"))
    run = driven.runs()[0]
    assert (run.state, run.reason, run.abandoned) == ("failed", "timeout", False)


def test_one_that_not_even_force_ends_is_abandoned_after_all() -> None:
    driven = asked("process")
    driven.advance(5)
    driven.advance(2)
    assert len(driven.interrupted) == 2
    run = driven.runs()[0]
    assert (run.state, run.reason, run.abandoned) == ("failed", "timeout", True)


@pytest.mark.parametrize("executor", ["auto", "thread", "loop"])
def test_nobody_can_force_a_thread(executor: str) -> None:
    driven = asked(executor)
    driven.advance(5)
    assert len(driven.interrupted) == 1
    assert driven.runs()[0].abandoned


def test_a_stop_forces_at_its_deadline() -> None:
    driven = Driven(executor="process")
    driven.add("s", "every 1h")
    driven.advance(3_600)
    driven.step(Stop(driven.clock.boot() + 3 * SECOND))
    driven.advance(3)
    assert driven.interrupted == [(1, "shutdown"), (1, "shutdown")]
    driven.end(driven.started[0], Outcome("killed"))
    run = driven.runs()[0]
    assert (run.state, run.reason, run.abandoned) == ("cancelled", "shutdown", False)


def test_with_the_lease_goes_the_process() -> None:
    driven = Driven(executor="process")
    driven.add("s", "every 1h")
    driven.advance(3_600)
    driven.step(LeaseLost("host-2"))
    assert driven.interrupted == [(1, "lost"), (1, "lost")]
