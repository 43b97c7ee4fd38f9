"""Overlap: what a slot meets while runs of its schedule are open."""

from __future__ import annotations

from dataclasses import replace

from rota.instants import SECOND
from rota.ports.records import Decision, NewRun, Room, Skip
from rota.testing.conformance.base import ONE, Base

__all__ = ("Overlap",)

CANCEL = Room(open=1, running=1, cancel=True)


class Overlap(Base):
    """`room`, `room.cancel` and `unique` when a slot comes."""

    def test_without_space_a_launch_becomes_a_skip(self) -> None:
        self.schedule()
        self.launch(room=ONE)
        due = self.now + SECOND
        decided = self.launch(room=ONE)
        assert (decided.launched, decided.skipped) == ((), (Skip(due, due, 1, "overlap"),))
        assert self.stands().runs == 1

    def test_running_retrying_and_queued_all_take_space(self) -> None:
        node = self.node()
        self.schedule()
        self.launch(room=ONE)
        assert self.launch(room=ONE).launched == ()
        run = self.taken(node)
        assert self.launch(room=ONE).launched == ()
        self.finish(run, "retrying")
        assert self.launch(room=ONE).launched == ()
        self.finish(self.taken(node))
        assert self.launch(room=ONE).launched != ()

    def test_space_counts_what_the_same_batch_launched(self) -> None:
        self.schedule()
        room = Room(open=2, running=1)
        batch = []
        for n in range(3):
            due = self.now + n
            batch.append(
                Decision("s", 1, due, due + 1, due, (NewRun("task", due, schedule="s", room=room),))
            )
        decided = self.store.decide(batch, self.now)
        assert [len(one.launched) for one in decided] == [1, 1, 0]
        assert [skip.first for skip in decided[2].skipped] == [self.now + 2]

    def test_what_one_decision_makes_up_for_runs_one_after_another(self) -> None:
        node = self.node()
        self.schedule()
        runs = [NewRun("task", self.now + n, schedule="s", room=ONE) for n in range(3)]
        assert len(self.decide(*runs, due=self.now + 2).launched) == 3
        for n in range(3):
            (run,) = self.take(node)
            assert run.due == self.now + n
            assert self.take(node) == []
            self.finish(run)

    def test_but_what_was_open_before_is_in_the_way_of_all_of_them(self) -> None:
        self.schedule()
        self.launch(room=ONE)
        runs = [NewRun("task", self.now + n, schedule="s", room=ONE) for n in range(1, 4)]
        decided = self.decide(*runs, due=self.now + 3)
        assert decided.launched == ()
        assert {skip.reason for skip in decided.skipped} == {"overlap"}
        row = self.store.run(2)
        assert row is not None
        assert (row.due, row.skips) == (self.now + 1, 3)

    def test_targets_do_not_take_each_others_space(self) -> None:
        self.schedule()
        runs = [self.new_run(target=target, room=ONE) for target in ("a", "b")]
        assert len(self.decide(*runs).launched) == 2
        runs = [self.new_run(target=target, room=ONE) for target in ("a", "b")]
        assert len(self.decide(*runs).skipped) == 2

    def test_queue_waits_for_its_turn(self) -> None:
        node = self.node()
        self.schedule()
        room = Room(open=100, running=1)
        for _ in range(3):
            self.launch(room=room)
        for _ in range(3):
            (run,) = self.take(node)
            assert self.take(node) == []
            self.finish(run)

    def test_cancel_ends_the_queued_and_asks_the_running_to_stop(self) -> None:
        node = self.node()
        self.schedule()
        self.launch(room=CANCEL)
        running = self.taken(node)
        queued = self.queue(schedule="s")
        decided = self.launch(room=CANCEL)
        assert len(decided.launched) == 1
        ended = self.ran(queued)
        assert (ended.state, ended.reason, ended.finished) == ("cancelled", "overlap", self.now)
        assert self.ran(running).cancelling == "overlap"
        assert self.take(node) == []  # room.running holds while the old one stops
        self.finish(running, "cancelled", reason="overlap")
        assert [row.id for row in self.take(node)] == [decided.launched[0]]

    def test_cancel_meets_what_the_same_batch_launched(self) -> None:
        self.schedule()
        runs = [NewRun("task", self.now + n, room=CANCEL) for n in range(3)]
        assert self.decide(*runs, due=self.now + 2).launched == (1, 2, 3)
        states = [row.state for n in (1, 2, 3) if (row := self.store.run(n))]
        assert states == ["cancelled", "cancelled", "queued"]

    def test_the_first_reason_to_stop_stays(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        run = self.taken(node)
        self.store.cancel_run(run.id, "user", None, self.now)
        self.launch(room=CANCEL)
        assert self.ran(run).cancelling == "user"

    def test_a_unique_slot_beside_its_waiting_twin_is_skipped(self) -> None:
        self.schedule()
        self.launch(unique=True)
        assert [skip.reason for skip in self.launch(unique=True).skipped] == ["overlap"]

    def test_overlap_skips_grow_like_others(self) -> None:
        self.schedule()
        for _ in range(4):
            self.launch(room=ONE)
        row = self.store.run(2)
        assert row is not None
        assert (row.reason, row.skips) == ("overlap", 3)
        assert self.store.run(3) is None

    def test_a_person_is_not_held_back_by_open_or_cancel(self) -> None:
        node = self.node()
        self.schedule()
        self.launch(room=ONE)
        first = self.taken(node)
        asked = self.queue(schedule="s", room=CANCEL)
        assert self.ran(first).cancelling is None
        assert self.take(node) == []
        self.finish(first)
        assert [row.id for row in self.take(node)] == [asked.id]

    def test_a_stale_decision_cancels_nothing(self) -> None:
        self.schedule()
        self.launch(room=CANCEL)
        stale = replace(self.decision(self.new_run(room=CANCEL)), version=9)
        self.store.decide([stale], self.now)
        row = self.store.run(1)
        assert row is not None
        assert row.state == "queued"
