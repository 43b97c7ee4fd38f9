"""The machine, driven by hand on a settable clock: no thread, no sleep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from driving import Driven
from rota.engine import lookahead
from rota.engine.holding import Holding
from rota.engine.lookahead import LOAD
from rota.engine.machine import FEW
from rota.engine.messages import Changed, Happening, LeaseLost, Stop, Unwritten, Withdrawn, Work
from rota.instants import SECOND
from rota.ports.records import EventQuery, NewRun
from rota.rules.endings import Outcome


def states(driven: Driven) -> list[tuple[str, str | None]]:
    return [(run.state, run.reason) for run in driven.runs()]


def test_a_slot_is_launched_taken_and_started_when_it_is_due() -> None:
    driven = Driven()
    row = driven.add("a", "every 10s")
    assert driven.step(Changed()) == 1 * SECOND
    driven.advance(9)
    assert driven.started == []

    driven.advance(1)

    assert [run.due for run in driven.started] == [row.created + 10 * SECOND]
    assert states(driven) == [("running", None)]
    driven.end(driven.started[0])
    assert states(driven) == [("succeeded", None)]
    assert driven.store.schedule("a").last_result == "done"


def test_the_machine_asks_to_be_woken_at_the_next_slot() -> None:
    driven = Driven()
    driven.add("a", "every 10s")
    driven.step(Changed())
    driven.clock.advance(9.4)

    assert driven.step() == 300_000  # it is decided 300 ms ahead


def test_a_slot_that_comes_while_its_run_is_open_is_skipped_and_counted() -> None:
    driven = Driven()
    driven.add("a", "every 10s")
    driven.step(Changed())
    for _ in range(3):
        driven.advance(10)

    assert states(driven) == [("running", None), ("skipped", "overlap")]
    assert driven.runs()[1].skips == 2
    assert driven.store.schedule("a").runs == 1


def test_overlap_queue_lets_one_wait_and_starts_it_when_the_other_ends() -> None:
    driven = Driven(overlap="queue")
    driven.add("a", "every 10s")
    driven.step(Changed())
    for _ in range(3):
        driven.advance(10)
    assert [state for state, _ in states(driven)] == ["running", "queued", "skipped"]

    driven.end(driven.started[0])

    assert [state for state, _ in states(driven)] == ["succeeded", "running", "skipped"]


def test_overlap_cancel_asks_the_other_to_stop_and_starts_the_new_one_after_it() -> None:
    driven = Driven(overlap="cancel")
    driven.add("a", "every 10s")
    driven.step(Changed())
    driven.advance(10)
    driven.advance(10)
    driven.step(Changed())
    first = driven.started[0]
    assert driven.interrupted == [(first.id, "overlap")]

    driven.end(first, Outcome("stopped"))

    assert states(driven) == [("cancelled", "overlap"), ("running", None)]


def test_after_downtime_the_latest_slot_runs_and_the_others_are_one_skip() -> None:
    driven = Driven()
    driven.add("a", "every 10s")
    driven.step(Changed())

    driven.advance(1_000_000)

    assert states(driven) == [("skipped", "no_node"), ("running", None)]
    assert driven.runs()[0].skips == 1_000  # counted up to the limit, not walked


def test_a_million_missed_slots_cost_no_more_steps_than_one() -> None:
    driven = Driven(catch_up=3)
    driven.add("a", "every 1s", policies={"overlap": 5})
    driven.step(Changed())

    driven.advance(1_000_000)

    assert len(driven.started) == 3
    assert len(driven.runs()) == 4


def test_a_run_that_takes_too_long_is_asked_to_stop_and_fails_as_timeout() -> None:
    driven = Driven(timeout="30s")
    driven.add("a", "every 1h")
    driven.step(Changed())
    driven.advance(3_600)
    run = driven.started[0]

    driven.advance(30)
    assert driven.interrupted == [(run.id, "timeout")]
    driven.end(run, Outcome("stopped"))

    assert states(driven) == [("failed", "timeout")]


def test_a_run_that_ignores_its_timeout_is_abandoned_and_its_slot_stays_taken() -> None:
    driven = Driven(slots=1, timeout="30s")
    driven.add("a", "every 1h")
    driven.step(Changed())
    driven.advance(3_600)
    run = driven.started[0]
    driven.advance(30)
    driven.advance(6)
    assert driven.runs()[0].abandoned
    assert states(driven) == [("failed", "timeout")]

    driven.advance(3_600)
    assert len(driven.started) == 1
    driven.end(run)  # its thread ends at last: the slot is free, its result changes nothing

    assert len(driven.started) == 2
    assert driven.runs()[0].state == "failed"


def test_a_failed_attempt_is_retried_after_its_backoff() -> None:
    driven = Driven(retries=1, backoff="10s..1h")
    driven.add("a", "every 1h")
    driven.step(Changed())
    driven.advance(3_600)
    driven.end(driven.started[0], Outcome("raised", error="ValueError: no"))
    assert states(driven) == [("retrying", "error")]
    driven.advance(9)
    assert len(driven.started) == 1

    driven.advance(1)

    assert driven.started[1].attempt == 2
    driven.end(driven.started[1], Outcome("raised", error="ValueError: no"))
    assert states(driven) == [("failed", "error")]


def test_nothing_is_started_once_the_lease_is_not_trusted() -> None:
    driven = Driven()
    driven.add("a", "every 10s")
    driven.step(Changed())

    driven.clock.advance(12.5)  # the lease is 15 s, its margin 3 s
    driven.step()

    assert driven.started == []
    driven.renew()
    assert len(driven.started) == 1


def test_after_a_lost_lease_running_attempts_are_told_and_cannot_end_their_runs() -> None:
    driven = Driven()
    driven.add("a", "every 10s")
    driven.step(Changed())
    driven.advance(10)
    run = driven.started[0]
    driven.clock.advance(16)
    driven.store.expire(driven.clock.now())
    driven.step(LeaseLost("host-2"))
    assert driven.interrupted == [(run.id, "lost")]

    driven.end(run)

    assert driven.runs()[0].state == "lost"


def test_stopping_asks_all_runs_and_records_the_stubborn_ones_at_the_deadline() -> None:
    driven = Driven()
    driven.add("a", "every 10s")
    driven.add("b", "every 10s", policies={"idempotent": True})
    driven.step(Changed())
    driven.advance(10)

    driven.step(Stop(driven.clock.boot() + 2 * SECOND))
    assert sorted(reason for _, reason in driven.interrupted) == ["shutdown", "shutdown"]
    assert not driven.stopped
    driven.advance(2)

    assert driven.stopped
    assert sorted(states(driven), key=str) == [("cancelled", "shutdown"), ("queued", None)]
    assert [run.attempt for run in driven.runs() if run.state == "queued"] == [0]


def test_a_store_that_does_not_answer_costs_nothing_but_time() -> None:
    driven = Driven()
    driven.add("a", "every 10s")
    driven.step(Changed())
    driven.advance(10)
    run = driven.started[0]
    answer = driven.writer.carry_out
    tries = []

    def refuse(work: Work) -> Unwritten:
        tries.append(work)
        return Unwritten(work, "the disk is full")

    driven.writer.carry_out = refuse  # type: ignore[method-assign]
    for _ in range(60):
        driven.advance(1) if tries else driven.end(run)
    assert len(tries) < 30  # it backs off
    driven.writer.carry_out = answer  # type: ignore[method-assign]

    driven.advance(10)

    assert ("succeeded", None) in states(driven)


def test_a_schedule_whose_text_cannot_be_read_harms_only_itself() -> None:
    driven = Driven()
    driven.add("good", "every 10s")
    driven.add("bad", "every 10s")
    driven.store.change_schedule("bad", None, {"trigger": "every now and then"})
    driven.step(Changed())

    driven.advance(10)
    driven.advance(10)

    assert {run.schedule for run in driven.started} == {"good"}
    assert "schedule.invalid" in {event.kind for event in driven.store.events(EventQuery())}


def test_a_pause_that_ends_by_itself_skips_its_slots_and_goes_on_along_the_grid() -> None:
    driven = Driven()
    row = driven.add("a", "every 10s")
    until = row.created + 25 * SECOND
    driven.store.change_schedule(
        "a", None, {"paused": True, "paused_at": row.created, "paused_until": until}
    )
    driven.step(Changed())
    for _ in range(3):
        driven.advance(10)

    assert states(driven) == [("skipped", "paused"), ("running", None)]
    assert driven.runs()[0].skips == 2
    assert driven.started[0].due == row.created + 30 * SECOND
    assert not driven.store.schedule("a").paused


def test_a_wall_clock_set_back_starts_nothing_twice() -> None:
    driven = Driven()
    driven.add("a", "every 10s")
    driven.step(Changed())
    driven.advance(10)
    driven.end(driven.started[0])
    driven.clock.step_wall(-3_600)
    driven.step(Changed())
    for _ in range(400):
        driven.advance(10)
        driven.end(driven.started[-1])

    dues = [run.due for run in driven.started]
    assert len(dues) > 30
    assert len(set(dues)) == len(dues)


def test_a_burst_larger_than_a_batch_is_launched_completely_and_in_order() -> None:
    driven = Driven(slots=2_000)
    for number in range(1_300):
        driven.add(f"s{number:04}", "every 1h")
    driven.step(Changed())

    driven.advance(3_600)

    assert len(driven.started) == 1_300


def test_in_a_crowd_the_next_part_is_read_with_the_batch_that_uses_the_last_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driven = Driven(slots=5_000)
    for number in range(LOAD + 500):
        driven.add(f"s{number:05}", "every 10s")
    works: list[Work] = []
    carry_out = driven.writer.carry_out

    def noted(work: Work) -> Happening:
        works.append(work)
        return carry_out(work)

    monkeypatch.setattr(driven.writer, "carry_out", noted)
    driven.step(Changed())

    driven.advance(10)

    assert [run.schedule for run in driven.started] == [f"s{n:05}" for n in range(LOAD + 500)]
    assert max(work.load_most for work in works) == LOAD
    *crowd, _ = [work for work in works if work.decisions]
    assert [bool(work.load_until) for work in crowd].count(True) == 1
    assert not any(work.load_until for work in works[1:] if not work.decisions)


def test_those_due_first_that_are_left_alone_hide_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookahead, "LOAD", 2)
    driven = Driven()
    for number in range(9):
        row = driven.add(f"a{number}", "every 10s")
        driven.store.change_schedule(row.name, None, {"trigger": "rubbish"})
        driven.store.add_schedule(replace(row, name=f"b{number}", task="of another node"))
    driven.add("c", "every 10s")
    driven.step(Changed())
    driven.advance(10)

    assert [run.schedule for run in driven.started] == ["c"]


def test_more_of_them_than_one_load_may_bring_are_looked_through_once_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lookahead, "LOAD", 2)
    monkeypatch.setattr(lookahead, "MOST", 3)
    driven = Driven()
    for number in range(5):
        row = driven.add(f"a{number}", "every 10s")
        driven.store.change_schedule(row.name, None, {"trigger": "rubbish"})
    driven.add("c", "every 10s")
    driven.step(Changed())

    driven.advance(10)  # it comes to rest

    assert driven.started == []
    for number in range(3):
        driven.store.remove_schedule(f"a{number}")
    driven.advance(1.1)
    assert [run.schedule for run in driven.started] == ["c"]


def test_fixed_delay_counts_from_the_end_of_the_last_run() -> None:
    driven = Driven()
    driven.add("a", "every 10s after end")
    driven.step(Changed())
    driven.advance(10)
    driven.advance(25)
    assert len(driven.started) == 1
    driven.end(driven.started[0])
    ended = driven.clock.now()
    driven.advance(9)
    assert len(driven.started) == 1

    driven.advance(1)

    assert driven.started[1].due == ended + 10 * SECOND


def test_a_sitecore_rule_owes_its_first_start_at_once_and_then_follows_the_last_end() -> None:
    driven = Driven()
    driven.add("a", "sitecore |||00:15:00")
    driven.step(Changed())
    driven.advance(1)
    assert len(driven.started) == 1
    driven.advance(60)
    driven.end(driven.started[0])
    ended = driven.clock.now()

    driven.advance(899)
    assert len(driven.started) == 1
    driven.advance(1)

    assert driven.started[1].due == ended + 900 * SECOND


def test_only_in_a_crowd_of_short_runs_a_node_takes_more_than_it_has_slots() -> None:
    holding, second = Holding("host-1", 2, lambda: 0.5), 1_000_000
    holding.pace.alone = holding.pace.slow = True
    for _ in range(7):
        holding.pace.learn("task", 100, second)
    assert holding.room(second) == 2
    holding.pace.learn("task", 100, second)
    assert holding.room(second + 99_999) == 2_000
    assert holding.room(second + 100_000) == 2_000
    holding.pace.alone = False
    assert holding.room(second + 100_000) == 2


def written(
    driven: Driven, tell: Callable[[Work], tuple[int, int] | None]
) -> list[tuple[int, int]]:
    """What is to be told of the batches to come, where it is anything."""
    seen: list[tuple[int, int]] = []
    carry_out = driven.writer.carry_out

    def watched(work: Work) -> Happening:
        if (told := tell(work)) is not None:
            seen.append(told)
        return carry_out(work)

    driven.writer.carry_out = watched  # type: ignore[method-assign]
    return seen


def taking(driven: Driven) -> list[tuple[int, int]]:
    """Of the batches to come: how many waiting runs they take, and whether they claim."""

    def tell(work: Work) -> tuple[int, bool] | None:
        return (work.take, bool(work.claim)) if work.decisions or work.take else None

    return written(driven, tell)


def batches(driven: Driven) -> list[tuple[int, int]]:
    """Of the batches to come: how many ends and how many decisions they write."""

    def tell(work: Work) -> tuple[int, int] | None:
        counts = (len(work.finishes), len(work.decisions))
        return counts if any(counts) else None

    return written(driven, tell)


def test_where_nothing_waits_launches_are_claimed_as_they_are_written() -> None:
    driven = Driven(slots=3)
    for name in "abc":
        driven.add(name, "every 10s")
    driven.step(Changed())
    seen = taking(driven)
    driven.clock.advance(9.9)
    driven.step()
    assert seen == [(0, True)]
    assert [(run.state, run.node) for run in driven.runs()] == [("running", driven.writer.node)] * 3
    assert driven.started == []
    driven.advance(0.1)
    assert len(driven.started) == 3


def test_a_schedule_of_every_second_costs_one_batch_a_run() -> None:
    driven = Driven()
    driven.add("a", "every 1s")
    driven.add("later", "every 3s")
    driven.step(Changed())
    driven.advance(1)
    seen = batches(driven)
    driven.end(driven.started[-1])
    driven.advance(1)
    assert seen == [(1, 1)]
    driven.end(driven.started[-1])
    assert seen == [(1, 1), (1, 2)]
    driven.advance(1)
    assert [run.schedule for run in driven.started] == ["a", "a", "a", "later"]


def test_what_comes_along_with_an_end_can_be_withdrawn() -> None:
    driven = Driven()
    driven.add("a", "every 1s")
    driven.step(Changed())
    driven.advance(1)
    driven.end(driven.started[-1])
    driven.step(Withdrawn("a"))
    driven.store.change_schedule("a", None, {"paused": True, "paused_at": driven.clock.now()})
    driven.store.withdraw("a", "skipped", "paused", driven.writer.node, driven.clock.now())
    driven.advance(5)
    assert len(driven.started) == 1
    assert {run.reason for run in driven.runs() if run.state == "skipped"} == {"paused"}


def test_with_another_node_there_no_launch_comes_along() -> None:
    driven = Driven()
    Driven(beside=driven)
    driven.add("a", "every 1s")
    driven.step(Changed())
    driven.advance(1)
    seen = batches(driven)
    driven.end(driven.started[-1])
    driven.advance(0.8)
    assert seen == [(1, 0), (0, 1)]


def test_a_crowd_does_not_come_along_with_an_end() -> None:
    driven = Driven(slots=100)
    for number in range(FEW + 1):
        driven.add(f"a{number}", "every 1s")
    driven.step(Changed())
    driven.advance(1)
    seen = batches(driven)
    driven.end(driven.started[-1])
    assert seen == [(1, 0)]


def test_a_node_that_comes_for_a_moment_launches_nothing_for_later() -> None:
    driven = Driven()
    driven.machine.along = 0  # as `tick` says it
    driven.add("a", "every 1s")
    driven.step(Changed())
    driven.advance(1)
    driven.end(driven.started[-1])
    assert driven.machine.is_idle(driven.moment)


def test_where_something_waits_no_launch_comes_along() -> None:
    driven = Driven()
    driven.add("a", "every 1s")
    driven.step(Changed())
    later = driven.clock.now() + 60 * SECOND
    driven.store.add_run(NewRun("t", later, "manual", not_before=later), driven.clock.now())
    driven.step(Changed())
    driven.advance(1)
    seen = batches(driven)
    driven.end(driven.started[-1])
    driven.advance(0.8)
    assert seen == [(1, 0), (0, 1)]


def test_more_launches_than_there_is_room_for_wait_in_their_order() -> None:
    driven = Driven(slots=2)
    Driven(beside=driven)  # alone it would hold more than it has slots
    for name in "abc":
        driven.add(name, "every 10s", policies={"priority": 1 if name == "c" else 0})
    driven.step(Changed())
    seen = taking(driven)
    driven.advance(10)
    assert seen[0] == (2, False)
    assert {run.schedule for run in driven.started} == {"c", "a"}


def test_while_a_run_waits_nothing_is_claimed_before_it() -> None:
    driven = Driven(slots=2)
    Driven(beside=driven)  # alone it would hold more than it has slots
    driven.add("a", "every 10s")
    driven.step(Changed())
    later = driven.clock.now() + 60 * SECOND
    driven.store.add_run(NewRun("t", later, "manual", not_before=later), driven.clock.now())
    driven.step(Changed())
    seen = taking(driven)
    driven.advance(10)
    assert seen == [(2, False)]
    assert len(driven.started) == 1


def test_a_launch_that_others_have_a_say_in_is_not_claimed() -> None:
    driven = Driven(slots=2, max_running=1)
    Driven(beside=driven)  # alone it would hold more than it has slots
    driven.add("a", "every 10s")
    driven.step(Changed())
    seen = taking(driven)
    driven.advance(10)
    assert seen == [(2, False)]
    assert len(driven.started) == 1


def test_where_another_node_was_quicker_its_launches_are_looked_for() -> None:
    one = Driven(placement="every")
    other = Driven(beside=one, placement="every")
    one.add("a", "every 10s")
    one.step(Changed())
    other.step(Changed())
    one.clock.advance(9.9)
    one.step()
    other.step()  # it hears of the slot by being too late for it
    one.clock.advance(0.1)
    one.step()
    other.step()
    assert [len(node.started) for node in (one, other)] == [1, 1]
