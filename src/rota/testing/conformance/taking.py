"""Taking: the order, the limits, and the fence."""

from __future__ import annotations

from rota.instants import SECOND
from rota.ports.records import Room, ScheduleQuery
from rota.testing.conformance.base import LEASE, Base

__all__ = ("Taking",)


class Taking(Base):
    """The verbs `take` and `next_start`."""

    def test_taking_marks_the_run_and_its_schedule(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        self.clock.advance(2)
        run = self.taken(node)
        assert (run.state, run.node, run.attempt, run.started) == ("running", node, 1, self.now)
        assert run.fence == 1
        assert self.ran(run) == run
        assert self.stands().last_run == self.now

    def test_nothing_is_taken_twice(self) -> None:
        one, two = self.node(), self.node()
        self.queue()
        assert len(self.take(one)) == 1
        assert self.take(one) == self.take(two) == []

    def test_fences_only_grow(self) -> None:
        node = self.node()
        fences = []
        for _ in range(3):
            self.queue()
            self.queue()
            fences += [row.fence for row in self.take(node)]
        assert fences == sorted(set(fences))

    def test_by_priority_then_due_then_id(self) -> None:
        node = self.node()
        order = [(0, 5), (1, 9), (0, 4), (1, 9), (-1, 1)]
        ids = {}
        for priority, due in order:
            row = self.store.add_run(self.asked(priority=priority, due=due), self.now)
            assert row is not None
            ids[row.id] = (priority, due)
        assert [row.id for row in self.take(node, 3)] == [2, 4, 3]
        assert [row.id for row in self.take(node, 3)] == [1, 5]

    def test_only_tasks_that_the_node_knows(self) -> None:
        node = self.node()
        self.queue("other")
        known = self.queue()
        assert [row.id for row in self.take(node)] == [known.id]
        assert self.take(node, tasks=()) == []

    def test_not_before_is_kept(self) -> None:
        node = self.node()
        self.queue(not_before=self.now + 1)
        assert self.take(node) == []
        assert len(self.store.take(node, ["task"], 1, self.now + 1)) == 1

    def test_an_offered_run_is_for_that_node_alone_for_a_while(self) -> None:
        served, other = self.node(), self.node()
        offered = self.queue(kind="manual", due=self.now, offered=served)
        behind = self.queue(kind="manual", due=self.now)
        assert [row.id for row in self.take(other, 5)] == [behind.id]
        assert [row.id for row in self.take(served, 5)] == [offered.id]

    def test_an_offered_run_is_anybodys_afterwards(self) -> None:
        served, other = self.node(lease=60 * SECOND), self.node(lease=60 * SECOND)
        offered = self.queue(kind="manual", due=self.now, offered=served)
        self.clock.advance(4.999_999)
        assert self.take(other) == []
        self.clock.advance(0.000_001)
        (taken,) = self.take(other)
        assert (taken.id, taken.node) == (offered.id, other)

    def test_an_offered_run_that_was_taken_is_anybodys_when_it_waits_again(self) -> None:
        served, other = self.node(), self.node()
        offered = self.queue(kind="manual", due=self.now, offered=served, idempotent=True)
        (taken,) = self.take(served)
        assert self.finish(taken, "retrying", not_before=self.now)
        assert [row.id for row in self.take(other)] == [offered.id]
        self.store.leave(other, self.now)
        assert [row.id for row in self.take(served)] == [offered.id]

    def test_an_offered_run_does_not_hold_up_those_of_its_schedule(self) -> None:
        served, other = self.node(), self.node()
        self.schedule()
        room = Room(open=9, running=1)
        self.queue(kind="manual", due=self.now, offered=served, schedule="s", room=room)
        behind = self.launch(room=room)
        assert [row.id for row in self.take(other, 5)] == list(behind.launched)
        assert self.take(served, 5) == []

    def test_a_limit_of_zero_takes_nothing(self) -> None:
        self.queue()
        assert self.take(self.node(), 0) == []

    def test_room_counts_running_runs_of_the_schedule(self) -> None:
        node = self.node()
        self.schedule()
        for _ in range(4):
            self.launch(room=Room(open=9, running=2))
        assert len(self.take(node)) == 2
        assert self.take(node) == []

    def test_task_room_counts_over_nodes_and_schedules(self) -> None:
        one, two = self.node(), self.node()
        for _ in range(4):
            self.queue(task_room=3)
        first = self.take(one, 2)
        assert len(self.take(two)) == 1
        self.finish(first[0])
        assert len(self.take(two)) == 1

    def test_what_is_held_back_does_not_count_against_the_limit(self) -> None:
        node = self.node("task", "other")
        for _ in range(5):
            self.queue(task_room=1, priority=9)
        free = self.queue("other")
        taken = self.take(node, 2, ("task", "other"))
        assert [row.id for row in taken] == [1, free.id]

    def test_a_node_that_nobody_knows_takes_nothing(self) -> None:
        self.queue()
        assert self.take("nobody") == []

    def test_a_node_that_left_or_was_lost_takes_nothing(self) -> None:
        left, lost = self.node(), self.node()
        self.queue()
        self.store.leave(left, self.now)
        self.clock.advance(LEASE / 1e6)
        self.store.expire(self.now)
        assert self.take(left) == self.take(lost) == []

    def test_a_second_attempt_starts_clean(self) -> None:
        node = self.node()
        self.queue()
        run = self.taken(node)
        self.store.report([self.progress(run, 0.5, "half")], [])
        self.finish(run, "retrying", reason="error", error="boom", result="x")
        again = self.taken(node)
        assert (again.attempt, again.fence > run.fence) == (2, True)
        assert (again.reason, again.error, again.result) == (None, None, None)
        assert (again.progress, again.message) == (None, "")

    def test_next_start_is_the_earliest_that_waits(self) -> None:
        assert self.store.next_start(["task"]) is None
        self.queue(not_before=30)
        self.queue(not_before=20)
        self.queue("other", not_before=10)
        assert self.store.next_start(["task"]) == 20
        assert self.store.next_start(["task", "other", "third"]) == 10
        assert self.store.next_start([]) is None

    def test_next_start_forgets_what_was_taken(self) -> None:
        self.queue(not_before=self.now)
        self.taken(self.node())
        assert self.store.next_start(["task"]) is None

    def test_taken_runs_are_counted_for_node_and_schedule(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        self.taken(node)
        assert [row.running for row in self.store.nodes()] == [1]
        assert [row.running for row in self.store.schedules(ScheduleQuery())] == [1]
