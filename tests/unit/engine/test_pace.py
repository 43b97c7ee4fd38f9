"""How many runs a node holds and begins: slots counted in time."""

from __future__ import annotations

from driving import Driven
from rota.engine.messages import Changed, Ended
from rota.engine.pace import CROWD, MOMENT, REACH, SHARED, WHILE, Pace
from rota.instants import MILLISECOND, SECOND
from rota.rules.endings import Outcome


def known(slots: int, took: int, *, kind: str = "thread") -> Pace:
    """A pace that has begun nothing and has seen one attempt of `task`."""
    pace = Pace(slots)
    pace.learn("task", took, 0)
    return pace


def begun(pace: Pace, *, kind: str = "thread", most: int = 10_000) -> int:
    """How many runs of `task` begin, one after the other."""
    number = 0
    while number < most and pace.fits("task", kind, 0):
        pace.begin(kind, pace.cost("task"))
        number += 1
    return number


def test_of_what_is_not_known_as_many_begin_as_there_are_slots() -> None:
    assert begun(Pace(3)) == 3


def test_of_short_runs_as_many_begin_as_are_over_in_a_moment() -> None:
    assert begun(known(3, 10 * MILLISECOND)) == 30
    assert begun(known(3, 1)) == REACH
    assert begun(known(3, 3_600 * SECOND)) == 3


def test_long_runs_take_a_slot_each_and_leave_the_others_to_short_ones() -> None:
    pace = known(3, 10 * MILLISECOND)
    pace.begin("thread", MOMENT)
    pace.begin("thread", MOMENT)
    assert begun(pace) == 10


def test_beyond_the_slots_all_are_of_one_executor() -> None:
    pace = known(3, 10)
    pace.begin("loop", pace.cost("task"))
    assert begun(pace) == 2
    pace.leave("loop", 10)
    assert begun(pace) == REACH - 2


def test_an_abandoned_attempt_keeps_its_slot() -> None:
    pace = known(3, 10)
    assert pace.fits("task", "thread", 2)
    pace.begin("thread", 10)
    assert not pace.fits("task", "thread", 2)


def test_only_a_node_that_is_alone_holds_more_than_it_can_begin() -> None:
    pace = Pace(3)
    assert pace.most(0) == 3
    pace.alone = True
    assert pace.most(0) == REACH
    pace.waited()
    assert pace.most(0) == 3


def test_a_crowd_of_short_runs_shows_that_what_is_held_does_not_wait() -> None:
    pace = Pace(3)
    pace.alone = True
    pace.waited()
    for _ in range(3 * CROWD):
        pace.learn("task", 10 * MILLISECOND, SECOND)
    assert pace.most(SECOND) == 30
    assert not pace.slow
    assert pace.most(SECOND + MOMENT) == REACH


def test_where_other_nodes_are_all_hold_equally_many_however_slow_they_have_been() -> None:
    quick, slow = Pace(20), Pace(20)
    for number in range(20 * CROWD):
        quick.learn("task", 1_000, number)
        slow.learn("task", 1_000, number * (WHILE - 1) // (20 * CROWD))
    assert quick.most(MOMENT) == slow.most(WHILE - 1) == SHARED
    assert slow.most(3 * WHILE) == 20, "a few short runs are no crowd"


def test_what_waits_in_vain_makes_a_crowd_forgotten() -> None:
    for present in (True, False):
        pace = Pace(3)
        pace.alone = not present
        for _ in range(3 * CROWD):
            pace.learn("task", 10 * MILLISECOND, SECOND)
        assert pace.most(SECOND) == 30
        pace.waited()
        assert pace.most(SECOND) == 3
        for _ in range(3 * CROWD):
            pace.learn("task", 10 * MILLISECOND, SECOND)
        assert pace.most(SECOND) == 30


def alone(slots: int) -> Driven:
    driven = Driven(slots=slots)
    driven.step(Changed())
    return driven


def held(driven: Driven) -> list[str]:
    """The states of all runs in the store, in the order of their ids."""
    return [run.state for run in sorted(driven.runs(), key=lambda run: run.id)]


def test_runs_that_a_node_holds_begin_as_others_end_without_asking_the_store() -> None:
    driven = alone(slots=2)
    for name in "abcd":
        driven.add(name, "every 10s")
    driven.step(Changed())
    driven.clock.advance(9.8)
    driven.step()
    assert held(driven) == ["running"] * 4
    driven.clock.advance(0.2)
    driven.step()
    assert [run.schedule for run in driven.started] == ["a", "b"]
    run = driven.started[0]
    driven.step(Ended(run.id, run.fence, Outcome("returned"), driven.clock.now(), 50))
    assert [run.schedule for run in driven.started] == ["a", "b", "c", "d"]  # they are short


def test_what_waits_for_a_slot_for_a_moment_goes_back_to_the_queue() -> None:
    driven = alone(slots=2)
    for name in "abcd":
        driven.add(name, "every 10s")
    driven.step(Changed())
    driven.advance(10)
    assert len(driven.started) == 2
    assert driven.step() <= MOMENT
    driven.clock.advance(0.1)
    driven.step()
    driven.step()
    assert held(driven) == ["running", "running", "queued", "queued"]
    assert [run.attempt for run in sorted(driven.runs(), key=lambda run: run.id)] == [1, 1, 0, 0]
    assert driven.machine.holding.room(driven.clock.boot()) == 0
    driven.end(driven.started[0])
    driven.step()
    assert len(driven.started) == 3


def test_the_higher_priority_of_those_that_are_held_begins_first() -> None:
    driven = alone(slots=1)
    for name in "abc":
        driven.add(name, "every 10s", policies={"priority": 5 if name == "c" else 0})
    driven.step(Changed())
    driven.advance(10)
    assert [run.schedule for run in driven.started] == ["c"]


def test_that_another_node_has_come_is_seen_with_the_change_it_makes() -> None:
    driven = alone(slots=2)
    assert driven.machine.holding.pace.alone
    Driven(beside=driven)
    driven.step(Changed())
    assert not driven.machine.holding.pace.alone
