"""Ends: fences, retries, cancellations, and what the schedule shows of them."""

from __future__ import annotations

import pytest

from rota.ports.records import Finish, LogLine
from rota.testing.conformance.base import Base

__all__ = ("Ending",)


class Ending(Base):
    """The verbs `finish`, `report`, `cancel_run` and `held`."""

    @pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled", "ignored"])
    def test_a_final_state_is_recorded_and_told_to_the_schedule(self, state: str) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        run = self.taken(node)
        self.clock.advance(3)
        assert self.finish(run, state, reason="why", result="done", error="oh\nno") is True
        ended = self.ran(run)
        assert (ended.state, ended.reason, ended.finished) == (state, "why", self.now)
        assert (ended.result, ended.error, ended.attempt) == ("done", "oh\nno", 1)
        row = self.stands()
        assert (row.last_state, row.last_finished, row.last_result) == (state, self.now, "done")
        assert (row.running, row.queued) == (0, 0)

    def test_the_end_of_an_error_stands_in_for_a_result(self) -> None:
        self.schedule()
        self.launch()
        self.finish(self.taken(self.node()), "failed", error="Traceback\n  x\nValueError: no\n")
        assert self.stands().last_result == "ValueError: no"

    def test_the_same_end_twice_counts_and_changes_nothing(self) -> None:
        self.schedule()
        self.launch()
        run = self.taken(self.node())
        assert self.finish(run, result="first") is True
        before = self.ran(run)
        self.clock.advance(5)
        assert self.finish(run, result="first") is True
        assert self.ran(run) == before
        assert self.stands().last_finished == before.finished

    def test_another_end_after_the_end_does_not_count(self) -> None:
        self.queue()
        run = self.taken(self.node())
        self.finish(run, "failed", reason="timeout", abandoned=True)
        assert self.finish(run, "succeeded") is False
        assert (self.ran(run).state, self.ran(run).abandoned) == ("failed", True)

    def test_both_ends_in_one_batch(self) -> None:
        self.queue()
        run = self.taken(self.node())
        ends = [Finish(run.id, run.fence, state, 5) for state in ("failed", "succeeded", "failed")]
        assert self.store.finish(ends, self.now) == [True, False, True]
        assert self.ran(run).state == "failed"

    def test_an_old_fence_does_not_count(self) -> None:
        node = self.node()
        self.queue()
        first = self.taken(node)
        self.finish(first, "retrying")
        second = self.taken(node)
        assert self.finish(first) is False
        assert self.finish(second) is True

    def test_a_fence_of_nothing_does_not_count(self) -> None:
        self.queue()
        assert self.store.finish([Finish(99, 1, "succeeded", 0)], self.now) == [False]
        assert self.store.finish([], self.now) == []

    def test_retrying_waits_until_its_time(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        run = self.taken(node)
        until = self.now + 5
        assert self.finish(run, "retrying", reason="error", error="boom", not_before=until) is True
        waits = self.ran(run)
        assert (waits.state, waits.not_before, waits.finished) == ("retrying", until, None)
        assert waits.error == "boom"
        assert self.stands().last_state is None
        assert self.take(node) == []

    def test_back_to_the_queue_without_counting_the_attempt(self) -> None:
        self.queue()
        run = self.taken(self.node())
        self.finish(run, "queued", uncount=True)
        assert (self.ran(run).state, self.ran(run).attempt) == ("queued", 0)

    def test_a_run_asked_to_stop_does_not_wait_again(self) -> None:
        self.queue()
        run = self.taken(self.node())
        self.store.cancel_run(run.id, "user", "ada", self.now)
        assert self.finish(run, "retrying", reason="error") is True
        ended = self.ran(run)
        assert (ended.state, ended.reason, ended.finished) == ("cancelled", "user", self.now)

    # ------------------------------------------------------ delete_after_last_run

    def test_a_schedule_with_nothing_left_goes_with_its_last_success(self) -> None:
        self.schedule()
        self.decide(self.new_run(), next_due=None)
        run = self.taken(self.node())
        assert self.finish(run, remove_schedule=True) is True
        assert self.store.schedule("s") is None
        assert self.ran(run).state == "succeeded"

    @pytest.mark.parametrize("what", ["failed", "due", "awaits", "open"])
    def test_it_stays_while_something_is_left(self, what: str) -> None:
        self.schedule()
        due = self.now + 5 if what == "due" else None
        self.decide(self.new_run(), next_due=due, awaits_end=what == "awaits")
        run = self.taken(self.node())
        if what == "open":
            self.queue(schedule="s")
        self.finish(run, "failed" if what == "failed" else "succeeded", remove_schedule=True)
        assert self.stands().last_state is not None

    # ------------------------------------------------------------------- report

    def test_the_latest_progress_wins(self) -> None:
        self.queue()
        run = self.taken(self.node())
        rows = [self.progress(run, 0.25, "a"), self.progress(run, 0.5, "b")]
        self.store.report(rows, [])
        assert (self.ran(run).progress, self.ran(run).message) == (0.5, "b")

    def test_progress_under_an_old_fence_or_of_an_ended_run_is_dropped(self) -> None:
        node = self.node()
        self.queue()
        first = self.taken(node)
        self.finish(first, "retrying")
        second = self.taken(node)
        self.store.report([self.progress(first, 0.9)], [])
        assert self.ran(second).progress is None
        self.finish(second)
        self.store.report([self.progress(second, 0.9)], [])
        assert self.ran(second).progress is None

    def test_log_lines_are_kept_once_and_read_in_order(self) -> None:
        run = self.queue().id
        lines = [LogLine(run, n, n, "info", "shop", f"line {n}") for n in (2, 1, 3)]
        self.store.report([], lines)
        self.store.report([], [LogLine(run, 1, 9, "info", "shop", "again")])
        assert self.store.log(run, 0, 10) == sorted(lines, key=lambda line: line.number)
        assert [line.number for line in self.store.log(run, 1, 1)] == [2]
        assert self.store.log(run, 3, 10) == []

    def test_lines_of_no_run_are_dropped(self) -> None:
        self.store.report([], [LogLine(99, 1, 0, "info", "", "x")])
        assert self.store.log(99, 0, 10) == []

    def test_texts_that_no_database_holds_are_kept_readable(self) -> None:
        self.queue()
        run = self.taken(self.node())
        odd = "a\0b\ud800c"
        self.store.report([self.progress(run, 0.1, odd)], [LogLine(run.id, 1, 0, "info", odd, odd)])
        assert self.ran(run).message == "a\ufffdb\ufffdc"
        assert self.store.log(run.id, 0, 1)[0].text == "a\ufffdb\ufffdc"
        assert self.finish(run, "failed", result=odd, error=odd) is True
        assert self.ran(run).error == "a\ufffdb\ufffdc"

    # ------------------------------------------------------------------- cancel

    @pytest.mark.parametrize("state", ["queued", "retrying"])
    def test_what_waits_is_cancelled_at_once(self, state: str) -> None:
        self.schedule()
        self.launch()
        if state == "retrying":
            self.finish(self.taken(self.node()), "retrying")
        self.clock.advance(1)
        row = self.store.cancel_run(1, "user", "ada", self.now)
        assert row is not None
        assert (row.state, row.reason, row.finished) == ("cancelled", "user", self.now)
        assert self.stands().last_state == "cancelled"
        assert self.take(self.node()) == []

    def test_what_runs_is_asked_to_stop(self) -> None:
        one, two = self.node(), self.node()
        self.queue()
        run = self.taken(one)
        for _ in range(2):
            row = self.store.cancel_run(run.id, "user", None, self.now)
            assert row is not None
            assert (row.state, row.cancelling) == ("running", "user")
        assert self.store.held(one) == [(run.id, run.fence, "user")]
        assert self.store.held(two) == []
        self.finish(run, "cancelled", reason="user")
        assert self.store.held(one) == []

    def test_what_ended_stays_as_it_is(self) -> None:
        self.queue()
        run = self.taken(self.node())
        self.finish(run)
        before = self.ran(run)
        assert self.store.cancel_run(run.id, "user", None, self.now) == before

    def test_a_run_that_is_not_there(self) -> None:
        assert self.store.cancel_run(99, "user", None, self.now) is None
        assert self.store.cancel_run(10**30, "user", None, self.now) is None
