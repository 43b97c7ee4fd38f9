"""Withdrawing: launches that have not begun are taken back, wherever they are."""

from __future__ import annotations

import pytest

from rota.instants import SECOND
from rota.ports.records import RunRow, Skip
from rota.testing.conformance.base import LEASE, Base

__all__ = ("Withdrawing",)


class Withdrawing(Base):
    """The verb `withdraw`: once, twice, late, and against a node that holds the run."""

    def withdraw(self, here: str | None = None, state: str = "skipped") -> list[int]:
        """Take back the launches of the schedule."""
        return self.store.withdraw("s", state, "paused", here, self.now)

    def test_a_launch_that_waits_becomes_a_skip(self) -> None:
        self.schedule()
        self.launch()
        assert self.withdraw() == []
        row = self.store.run(1)
        assert row is not None
        assert (row.state, row.reason) == ("skipped", "paused")
        assert (row.due_last, row.skips, row.started, row.attempt) == (row.due, 1, None, 0)
        stands = self.stands()
        assert (stands.runs, stands.queued, stands.last_state) == (0, 0, None)
        assert self.take(self.node()) == []

    def test_or_a_cancelled_run_that_still_counts(self) -> None:
        self.schedule()
        self.launch()
        assert self.withdraw(state="cancelled") == []
        row = self.store.run(1)
        assert row is not None
        assert (row.state, row.reason, row.finished) == ("cancelled", "paused", self.now)
        assert (row.due_last, row.skips) == (None, 0)
        assert (self.stands().runs, self.stands().last_state) == (1, "cancelled")

    def test_withdrawing_twice_is_withdrawing_once(self) -> None:
        self.schedule()
        self.launch()
        self.withdraw()
        before = self.stands(), self.store.run(1)
        assert self.withdraw() == []
        assert (self.stands(), self.store.run(1)) == before

    def test_the_next_skip_of_the_same_reason_lengthens_it(self) -> None:
        self.schedule()
        self.launch()
        self.withdraw()
        due = self.now + SECOND
        self.decide(skips=(Skip(due, due, 1, "paused"),), due=due)
        row = self.store.run(1)
        assert row is not None
        assert (row.due_last, row.skips) == (due, 2)

    def test_only_slots_of_this_schedule(self) -> None:
        self.schedule()
        self.schedule("other")
        self.launch("other")
        asked = self.queue(schedule="s")
        assert self.withdraw() == []
        assert [row.id for row in self.take(self.node())] == [1, asked.id]
        assert self.store.withdraw("nowhere", "skipped", "paused", None, self.now) == []

    # ------------------------------------------------------------------ taken here

    def test_what_this_node_took_ahead_is_taken_from_it(self) -> None:
        here = self.node()
        self.schedule()
        run = self.taken_ahead(here)
        assert self.withdraw(here) == []
        row = self.ran(run)
        assert (row.state, row.reason, row.skips) == ("skipped", "paused", 1)
        assert (row.attempt, row.started, row.fence > run.fence) == (0, None, True)
        assert (self.stands().runs, self.stands().last_run, self.stands().running) == (0, None, 0)
        assert self.store.held(here) == []

    @pytest.mark.parametrize("state", ["succeeded", "queued", "retrying", "skipped", "cancelled"])
    def test_no_late_end_of_it_counts(self, state: str) -> None:
        here = self.node()
        self.schedule()
        run = self.taken_ahead(here)
        self.withdraw(here)
        before = self.ran(run)
        self.clock.advance(2)
        assert self.finish(run, state, started=self.now) is False
        self.store.report([self.progress(run, 0.5)], [])
        assert self.ran(run) == before

    def test_what_has_begun_is_left_alone(self) -> None:
        here = self.node()
        self.schedule()
        run = self.taken_ahead(here)
        self.clock.advance(1)
        assert self.withdraw(here) == self.withdraw() == []
        assert self.ran(run) == run
        assert self.finish(run) is True

    def test_a_retry_that_waits_is_left_alone(self) -> None:
        here = self.node()
        self.schedule()
        self.launch()
        run = self.taken(here)
        self.finish(run, "retrying", not_before=self.now + SECOND)
        before = self.ran(run)
        assert self.withdraw(here) == []
        assert self.ran(run) == before

    def test_a_retry_that_was_taken_ahead_waits_again(self) -> None:
        here = self.node()
        self.schedule()
        self.launch()
        self.finish(self.taken(here), "retrying", not_before=self.now + SECOND)
        run = self.taken(here, ahead=SECOND)
        assert self.withdraw(here) == []
        row = self.ran(run)
        assert (row.state, row.attempt, row.fence > run.fence) == ("queued", 1, True)
        assert self.stands().runs == 1
        assert self.withdraw(here) == []
        assert self.taken(here, ahead=SECOND).attempt == 2

    # ------------------------------------------------------------- taken elsewhere

    def asked_back(self) -> tuple[str, RunRow]:
        """A run that another node has taken ahead and is asked to give back."""
        there = self.node()
        self.schedule()
        run = self.taken_ahead(there)
        assert self.withdraw(self.node()) == [run.id]
        return there, run

    def test_another_node_is_asked_to_give_it_back(self) -> None:
        there, run = self.asked_back()
        assert self.store.held(there) == [(run.id, run.fence, "skipped/paused")]
        assert self.withdraw() == [run.id]
        assert self.store.held(there) == [(run.id, run.fence, "skipped/paused")]
        assert self.finish(run, "skipped", reason="paused", uncount=True) is True
        row = self.ran(run)
        assert (row.state, row.reason, row.due_last, row.skips) == (
            "skipped", "paused", row.due, 1,
        )  # fmt: skip
        assert (row.attempt, row.started) == (0, None)
        assert (self.stands().runs, self.stands().last_run) == (0, None)
        assert self.finish(run, "skipped", reason="paused", uncount=True) is True
        assert (self.ran(run), self.stands().runs) == (row, 0)
        assert self.store.held(there) == []

    def test_unless_it_has_begun_it_by_then(self) -> None:
        _, run = self.asked_back()
        self.clock.advance(1)
        assert self.finish(run, started=self.now) is True
        assert (self.ran(run).state, self.stands().runs) == ("succeeded", 1)

    def test_and_one_that_has_begun_may_be_tried_again(self) -> None:
        _, run = self.asked_back()
        self.clock.advance(1)
        assert self.finish(run, "retrying", started=self.now) is True
        row = self.ran(run)
        assert (row.state, row.attempt, row.cancelling) == ("retrying", 1, None)

    def test_put_back_unbegun_it_ends_as_it_was_asked_to(self) -> None:
        _, run = self.asked_back()
        assert self.finish(run, "queued", uncount=True) is True
        row = self.ran(run)
        assert (row.state, row.reason, row.skips, row.attempt) == ("skipped", "paused", 1, 0)
        assert self.stands().runs == 0

    @pytest.mark.parametrize("lost", [True, False])
    def test_so_it_does_when_its_node_goes(self, lost: bool) -> None:
        there = self.node()
        self.schedule()
        self.clock.advance(LEASE / SECOND - 1)
        run = self.taken_ahead(there, 2 * SECOND)
        self.withdraw()
        if lost:
            self.clock.advance(5)
            self.store.expire(self.now)
        else:
            self.store.leave(there, self.now)
        row = self.ran(run)
        assert (row.state, row.reason, row.skips) == ("skipped", "paused", 1)
        assert self.finish(run, "skipped") is False
        assert self.stands().runs == 0

    def test_a_person_who_cancels_it_is_heard_all_the_same(self) -> None:
        there, run = self.asked_back()
        self.clock.advance(1)  # it has begun
        self.store.cancel_run(run.id, "user", "ada", self.now)
        assert self.store.held(there) == [(run.id, run.fence, "user")]

    def test_one_that_was_asked_to_stop_stays_asked(self) -> None:
        there = self.node()
        self.schedule()
        run = self.taken_ahead(there)
        self.store.cancel_run(run.id, "user", None, self.now)
        assert self.withdraw() == [run.id]
        assert self.store.held(there) == [(run.id, run.fence, "user")]

    def test_held_tells_each_node_its_own(self) -> None:
        one, two = self.node(), self.node()
        self.queue()
        self.queue()
        (first,) = self.take(one, 1)
        (second,) = self.take(two, 1)
        assert self.store.held(one) == [(first.id, first.fence, None)]
        assert self.store.held(two) == [(second.id, second.fence, None)]
        self.finish(first)
        assert self.store.held(one) == self.store.held("nobody") == []

    def test_listening_harms_nothing(self) -> None:
        self.store.listen(lambda: None)
