"""Ahead of time: launches decided and taken before their slot, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rota.instants import SECOND
from rota.ports.records import Finish, NewRun, Room
from rota.testing.conformance.base import LEASE, ONE, Base

__all__ = ("Ahead",)


class Ahead(Base):
    """`Decision.ahead`, `take` ahead, `Finish.started`, and leases that end before the start."""

    # ----------------------------------------------------------------- deciding

    def test_a_slot_ahead_is_launched_like_another(self) -> None:
        self.schedule(next_due=self.now + SECOND)
        decided = self.decide(self.new_run(room=ONE), ahead=True)
        assert (decided.launched, decided.early, decided.stale) == ((1,), False, False)

    @pytest.mark.parametrize(
        "fields", [{"room": ONE}, {"room": Room(1, 1, cancel=True)}, {"unique": True}]
    )
    def test_it_is_early_while_a_run_is_in_its_way(self, fields: dict[str, Any]) -> None:
        self.schedule()
        self.launch(**fields)
        before = self.stands()
        first = self.store.run(1)
        decided = self.decide(self.new_run(**fields), ahead=True)
        assert (decided.early, decided.stale) == (True, False)
        assert (decided.launched, decided.skipped) == ((), ())
        assert self.stands() == before
        assert self.store.run(1) == first
        assert self.store.run(2) is None

    def test_the_same_decision_counts_when_its_slot_has_come(self) -> None:
        node = self.node()
        self.schedule()
        self.launch(room=ONE)
        run = self.taken(node)
        decision = self.decision(self.new_run(room=ONE), ahead=True)
        assert [one.early for one in self.store.decide([decision, decision], self.now)] == [
            True
        ] * 2
        self.clock.advance(1)
        (skips,) = self.store.decide([replace(decision, ahead=False)], self.now)
        assert [skip.reason for skip in skips.skipped] == ["overlap"]
        self.finish(run)
        (again,) = self.store.decide([replace(decision, ahead=False)], self.now)
        assert again.stale is True

    def test_what_was_in_the_way_may_end_before_the_slot(self) -> None:
        node = self.node()
        self.schedule()
        self.launch(room=ONE)
        run = self.taken(node)
        decision = self.decision(self.new_run(room=ONE), ahead=True)
        assert self.store.decide([decision], self.now)[0].early is True
        self.finish(run)
        assert self.store.decide([decision], self.now)[0].launched == (2,)

    def test_early_counts_what_the_same_batch_launched(self) -> None:
        self.schedule()
        due = self.now + SECOND
        first = self.decision(self.new_run(room=ONE))
        second = replace(
            first,
            seen_due=first.next_due, next_due=due + SECOND, decided_through=due, ahead=True,
            launches=(NewRun("task", due, schedule="s", room=ONE),),
        )  # fmt: skip
        one, two = self.store.decide([first, second], self.now)
        assert (one.launched, two.early) == ((1,), True)
        assert self.stands().next_due == due

    def test_a_stale_decision_is_stale_and_not_early(self) -> None:
        self.schedule()
        self.launch(room=ONE)
        decision = replace(self.decision(self.new_run(room=ONE), ahead=True), version=9)
        (decided,) = self.store.decide([decision], self.now)
        assert (decided.stale, decided.early) == (True, False)

    # ------------------------------------------------------------------- taking

    def test_taking_looks_so_far_ahead_and_no_farther(self) -> None:
        node = self.node()
        self.queue(not_before=self.now + SECOND)
        assert self.take(node, ahead=SECOND - 1) == []
        run = self.taken(node, ahead=SECOND)
        assert run.started == self.now + SECOND
        assert self.take(node, ahead=SECOND) == []

    def test_a_start_is_never_before_its_taking(self) -> None:
        node = self.node()
        self.schedule()
        self.launch(not_before=self.now - SECOND)
        assert self.taken(node, ahead=SECOND).started == self.now
        assert self.stands().last_run == self.now

    def test_the_schedule_tells_the_start_to_come(self) -> None:
        self.schedule()
        run = self.taken_ahead(self.node())
        assert self.stands().last_run == run.started == self.now + SECOND

    @pytest.mark.parametrize("field, value", [("paused", True), ("enabled", False)])
    def test_slots_of_a_schedule_that_rests_are_held_back(self, field: str, value: bool) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        self.queue(schedule="s", priority=-1)
        self.store.change_schedule("s", None, {field: value})
        assert [row.kind for row in self.take(node, 1)] == ["manual"]
        assert self.take(node) == []
        self.store.change_schedule("s", None, {field: not value})
        assert [row.kind for row in self.take(node)] == ["slot"]

    def test_a_retry_waits_until_its_schedule_is_resumed(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        self.finish(self.taken(node), "retrying")
        self.store.change_schedule("s", None, {"paused": True})
        assert self.take(node) == []
        assert self.store.next_start(["task"]) is not None
        self.store.change_schedule("s", None, {"paused": False})
        assert self.taken(node).attempt == 2

    def test_runs_that_people_asked_for_do_not_wait_for_a_pause(self) -> None:
        node = self.node()
        self.schedule(paused=True)
        for kind in ("manual", "again", "backfill"):
            self.queue(schedule="s", kind=kind)
        assert len(self.take(node)) == 3

    def test_slots_of_a_schedule_that_went_are_not_held_back(self) -> None:
        new = NewRun("task", self.now, schedule="nowhere")
        assert self.store.add_run(new, self.now) is not None
        assert len(self.take(self.node())) == 1

    def test_a_long_line_that_is_held_back_holds_up_nobody(self) -> None:
        node = self.node("task", "other")
        for number in range(60):
            self.queue(schedule=f"s{number % 2}", room=Room(1, 1), priority=9)
        taken = self.take(node, 3)
        assert [row.schedule for row in taken] == ["s0", "s1"]
        free = [self.queue("other", schedule=f"s{number}", room=Room(9, 3)) for number in range(2)]
        taken += self.take(node, 3, ("task", "other"))
        assert [row.id for row in taken[2:]] == [row.id for row in free]
        self.finish(taken[0])
        self.finish(taken[2])
        assert [row.schedule for row in self.take(node, 9, ("task", "other"))] == ["s0"]

    # ------------------------------------------------------------------ finishing

    def test_the_start_that_was_replaces_the_one_that_was_to_be(self) -> None:
        self.schedule()
        run = self.taken_ahead(self.node())
        self.clock.advance(3)
        began = self.now - SECOND
        assert self.finish(run, started=began) is True
        assert self.ran(run).started == began
        assert self.stands().last_run == began
        assert self.finish(run, started=began + 1) is True
        assert self.ran(run).started == began

    def test_without_a_start_taking_said_it(self) -> None:
        self.schedule()
        run = self.taken_ahead(self.node())
        self.clock.advance(3)
        self.finish(run)
        assert self.ran(run).started == self.stands().last_run == run.started

    def test_a_later_run_stays_the_latest(self) -> None:
        node = self.node()
        self.schedule()
        first = self.taken_ahead(node, room=Room(9, 9))
        self.clock.advance(2)
        self.queue(schedule="s")
        second = self.taken(node)
        self.finish(first, started=first.started)
        assert self.stands().last_run == second.started

    def test_an_old_fence_changes_no_start(self) -> None:
        node = self.node()
        self.schedule()
        run = self.taken_ahead(node)
        self.clock.advance(1)
        self.finish(run, "retrying", started=self.now)
        again = self.taken(node)
        end = Finish(run.id, run.fence, "succeeded", self.now, started=1)
        assert self.store.finish([end], self.now) == [False]
        assert self.ran(run) == again

    # -------------------------------------------------------------------- leases

    def test_what_a_lost_node_never_began_goes_back_to_the_queue(self) -> None:
        node = self.node()
        self.schedule()
        self.clock.advance(LEASE / SECOND - 1)
        run = self.taken_ahead(node, 2 * SECOND)
        self.clock.advance(5)
        (row,) = self.store.expire(self.now)
        assert (row.state, row.attempt, row.not_before) == ("queued", 0, run.not_before)
        assert (row.started, row.finished, row.fence > run.fence) == (None, None, True)
        assert (self.stands().last_run, self.stands().last_state) == (None, None)
        assert self.store.expire(self.now) == []
        assert self.finish(run, started=run.started) is False
        assert self.finish(run, "queued", uncount=True) is False
        again = self.taken(self.node())
        assert (again.id, again.attempt) == (run.id, 1)

    def test_what_it_may_have_begun_is_lost(self) -> None:
        node = self.node()
        self.schedule()
        self.clock.advance(LEASE / SECOND - 2)
        self.taken_ahead(node, 2 * SECOND)
        self.clock.advance(5)
        assert [row.state for row in self.store.expire(self.now)] == ["lost"]

    def test_what_it_may_have_begun_is_lost_though_the_clock_was_set_back(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        self.taken(node)
        self.clock.step_wall(-3600)
        self.clock.advance(LEASE / SECOND + 1)
        assert [row.state for row in self.store.expire(self.now)] == ["lost"]

    def test_leaving_gives_back_what_has_not_begun(self) -> None:
        node = self.node()
        self.schedule()
        run = self.taken_ahead(node, idempotent=True)
        self.store.leave(node, self.now)
        row = self.ran(run)
        assert (row.state, row.attempt, row.not_before) == ("queued", 0, run.not_before)
        assert self.finish(run) is False

    def test_one_that_was_asked_to_stop_does_not_go_back(self) -> None:
        node = self.node()
        self.schedule()
        run = self.taken_ahead(node)
        self.store.cancel_run(run.id, "user", None, self.now)
        self.store.leave(node, self.now)
        row = self.ran(run)
        assert (row.state, row.reason, row.attempt) == ("cancelled", "user", 0)
