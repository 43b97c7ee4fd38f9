"""Decisions: one row a slot, stale ones without effect, skips that grow."""

from __future__ import annotations

from dataclasses import replace

from rota.instants import SECOND
from rota.ports.records import Decision, NewRun, RunRow, Skip
from rota.testing.conformance.base import Base

__all__ = ("Deciding",)


class Deciding(Base):
    """The verbs `decide` and `add_run`, without overlap."""

    def test_a_launch_queues_a_run_and_advances_the_schedule(self) -> None:
        row = self.schedule()
        decided = self.launch(
            parameters={"a": 1}, policies={"retries": 1}, priority=3, not_before=7, idempotent=True
        )
        assert decided.launched == (1,)
        assert self.store.run(1) == RunRow(
            1, "task", self.now, schedule="s", parameters={"a": 1}, policies={"retries": 1},
            priority=3, not_before=7, idempotent=True, created=self.now,
        )  # fmt: skip
        assert self.stands() == replace(
            row, next_due=self.now + SECOND, decided_through=self.now, runs=1, queued=1
        )

    def test_the_same_decision_again_is_stale_and_changes_nothing(self) -> None:
        self.schedule()
        decision = self.decision(self.new_run())
        self.store.decide([decision], self.now)
        before = self.stands()
        (again,) = self.store.decide([decision], self.now)
        assert (again.stale, again.launched) == (True, ())
        assert self.stands() == before

    def test_a_decision_on_an_older_version_is_stale(self) -> None:
        self.schedule()
        decision = self.decision(self.new_run())
        self.store.change_schedule("s", None, {"title": "edited"})
        assert self.store.decide([decision], self.now)[0].stale is True
        assert self.stands().runs == 0

    def test_a_decision_on_a_disabled_or_missing_schedule_is_stale(self) -> None:
        self.schedule()
        decision = self.decision(self.new_run())
        self.store.change_schedule("s", None, {"enabled": False})
        for one in (decision, replace(decision, version=2), replace(decision, name="nowhere")):
            assert self.store.decide([one], self.now)[0].stale is True

    def test_decisions_apply_in_order_each_on_what_the_last_left(self) -> None:
        self.schedule()
        first = self.decision(self.new_run())
        due = self.now + SECOND
        second = replace(
            first,
            seen_due=first.next_due,
            next_due=due + SECOND,
            decided_through=due,
            launches=(NewRun("task", due, schedule="s"),),
        )
        one, two, three = self.store.decide([first, second, second], self.now)
        assert (one.launched, two.launched, three.stale) == ((1,), (2,), True)
        assert self.stands().runs == 2

    def test_no_decision_is_no_answer(self) -> None:
        assert self.store.decide([], self.now) == []

    def test_a_slot_with_a_row_is_left_out_in_a_later_life_of_the_name_too(self) -> None:
        self.schedule()
        self.launch()
        self.store.remove_schedule("s")
        self.schedule()
        assert self.launch().launched == ()
        assert self.stands().runs == 0

    def test_a_slot_not_later_than_decided_through_is_left_out(self) -> None:
        self.schedule(decided_through=self.now)
        assert self.launch().launched == ()
        assert self.decide(skips=(Skip(1, self.now, 5, "paused"),), next_due=None).skipped == ()

    def test_decided_through_only_grows(self) -> None:
        self.schedule(decided_through=50)
        self.decide(decided_through=20)
        assert self.stands().decided_through == 50

    def test_one_slot_may_have_several_targets(self) -> None:
        self.schedule()
        runs = [self.new_run(target=target) for target in ("a", "b", "a")]
        assert self.decide(*runs).launched == (1, 2)
        assert self.stands().runs == 2

    def test_lifting_a_pause_is_a_resume(self) -> None:
        self.schedule(paused=True, paused_at=1, paused_until=self.now, pause_reason="x")
        self.decide(lift_pause=True)
        row = self.stands()
        assert (row.paused, row.paused_at, row.paused_until, row.pause_reason) == (
            False, None, None, "",
        )  # fmt: skip
        assert row.version == 2

    def test_lifting_no_pause_is_nothing(self) -> None:
        self.schedule()
        self.decide(lift_pause=True)
        assert self.stands().version == 1

    def test_a_pause_that_one_decision_lifts_makes_the_next_of_its_batch_stale(self) -> None:
        self.schedule(paused=True, paused_at=1, paused_until=self.now, next_due=None)
        lifts = Decision("s", 1, None, None, self.now, (), (), False, True)
        first, second = self.store.decide([lifts, lifts], self.now)
        assert (first.stale, second.stale) == (False, True)

    # -------------------------------------------------------------------- skips

    def test_a_skip_is_a_row_with_its_reason(self) -> None:
        self.schedule(next_due=10)
        decided = self.decide(skips=(Skip(10, 30, 3, "too_late"),), due=30)
        assert decided.skipped == (Skip(10, 30, 3, "too_late"),)
        assert self.store.run(1) == RunRow(
            1, "task", 10, state="skipped", schedule="s", reason="too_late", created=self.now,
            due_last=30, skips=3,
        )  # fmt: skip
        assert self.stands().runs == 0

    def test_a_skip_that_follows_one_of_the_same_reason_lengthens_it(self) -> None:
        self.schedule(next_due=10)
        for due in (10, 20, 30):
            self.decide(skips=(Skip(due, due, 1, "paused"),), due=due)
        (row,) = self.history()
        assert (row.due, row.due_last, row.skips) == (10, 30, 3)

    def test_another_reason_is_another_row(self) -> None:
        self.schedule(next_due=10)
        self.decide(skips=(Skip(10, 10, 1, "paused"),), due=10)
        self.decide(skips=(Skip(20, 20, 1, "window"),), due=20)
        assert [row.reason for row in self.history()] == ["paused", "window"]

    def test_a_launch_between_them_parts_two_skips(self) -> None:
        self.schedule(next_due=10)
        self.decide(skips=(Skip(10, 10, 1, "window"),), due=10)
        self.decide(NewRun("task", 20), due=20)
        self.decide(skips=(Skip(30, 30, 1, "window"),), due=30)
        assert [row.state for row in self.history()] == ["skipped", "queued", "skipped"]

    def test_a_run_that_a_person_asked_for_parts_nothing(self) -> None:
        self.schedule(next_due=10)
        self.decide(skips=(Skip(10, 10, 1, "window"),), due=10)
        self.queue(schedule="s")
        self.decide(skips=(Skip(20, 20, 1, "window"),), due=20)
        assert [row.skips for row in self.history()] == [2, 0]

    def test_skips_and_launches_of_one_decision_go_by_due_time(self) -> None:
        self.schedule(next_due=10)
        skips = (Skip(30, 30, 1, "gap"), Skip(10, 10, 1, "too_late"))
        decided = self.decide(NewRun("task", 20), skips=skips, due=30)
        assert [row.due for row in self.history()] == [10, 20, 30]
        assert [skip.first for skip in decided.skipped] == [10, 30]

    def test_a_skip_decided_before_is_left_out(self) -> None:
        self.schedule(next_due=10)
        self.decide(skips=(Skip(10, 20, 2, "paused"),), due=20, next_due=10)
        self.decide(skips=(Skip(10, 20, 2, "paused"),), due=20, next_due=10)
        (row,) = self.history()
        assert row.skips == 2

    # ---------------------------------------------------------- asked-for runs

    def test_a_run_for_a_person_is_queued_and_counted(self) -> None:
        self.schedule()
        row = self.queue(schedule="s", parameters={"a": 1}, user="ada", of=7)
        assert (row.kind, row.state, row.user, row.of) == ("manual", "queued", "ada", 7)
        assert (row.due, row.created, row.not_before) == (self.now, self.now, 0)
        assert self.stands().runs == 1

    def test_a_run_without_a_schedule(self) -> None:
        assert self.queue().schedule is None

    def test_kinds_but_slot_may_repeat_a_due_time(self) -> None:
        self.schedule()
        self.launch()
        rows = [self.queue(schedule="s", kind=kind) for kind in ("again", "again", "backfill")]
        assert [row.id for row in rows] == [2, 3, 4]

    def test_a_slot_is_not_added_twice(self) -> None:
        self.schedule()
        self.launch()
        assert self.store.add_run(NewRun("task", self.now, schedule="s"), self.now) is None

    def test_unique_forbids_a_second_waiting_run_with_equal_parameters(self) -> None:
        new = NewRun("task", 0, kind="manual", parameters={"a": 1, "b": 2}, unique=True)
        assert self.store.add_run(new, self.now) is not None
        assert self.store.add_run(replace(new, parameters={"b": 2, "a": 1}), self.now) is None
        assert self.store.add_run(replace(new, parameters={"a": 1}), self.now) is not None
        assert self.store.add_run(replace(new, task="other"), self.now) is not None

    def test_unique_minds_waiting_runs_only(self) -> None:
        new = NewRun("task", 0, kind="manual", unique=True)
        self.store.add_run(new, self.now)
        self.taken(self.node())
        assert self.store.add_run(new, self.now) is not None

    def history(self) -> list[RunRow]:
        """All rows of the schedule by id."""
        found = (self.store.run(number) for number in range(1, 10))
        return [row for row in found if row is not None]
