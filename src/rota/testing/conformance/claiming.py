"""Claiming: launches that the node which decides them takes as they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rota.instants import SECOND
from rota.ports.records import Decided, NewRun, Room
from rota.testing.conformance.base import LEASE, ONE, Base

__all__ = ("Claiming",)


class Claiming(Base):
    """The verb `decide` for a node that takes what it decides."""

    def claim(self, node: str, *launches: NewRun, ahead: int = 0, **fields: Any) -> Decided:
        """Decide, and take at once."""
        decision = self.decision(*launches, **fields)
        (decided,) = self.store.decide([decision], self.now, node, ahead)
        return decided

    def test_a_claimed_launch_is_as_one_that_was_taken_afterwards(self) -> None:
        node = self.node()
        fields: dict[str, Any] = {
            "parameters": {"a": [1]}, "policies": {"retries": 2}, "priority": 3, "room": ONE,
            "idempotent": True, "not_before": self.now + SECOND,
        }  # fmt: skip
        for name in ("a", "b"):
            self.schedule(name)
        self.launch("a", **fields)
        first = self.taken(node, ahead=SECOND)
        decided = self.claim(node, self.new_run("b", **fields), name="b", ahead=SECOND)
        (second,) = decided.taken
        assert decided.launched == (second.id,) == (2,)
        assert self.ran(second) == second
        assert (second.schedule, second.fence) == ("b", first.fence + 1)
        shared = set(type(first).__dataclass_fields__) - {"id", "fence", "schedule"}
        assert {name: getattr(second, name) for name in shared} == {
            name: getattr(first, name) for name in shared
        }
        one, other = self.stands("a"), self.stands("b")
        assert (other.last_run, other.runs, other.running) == (one.last_run, 1, 1)
        assert self.store.held(node) == [(1, first.fence, None), (2, second.fence, None)]
        assert self.store.next_start(("task",), node) is None
        assert self.take(node, ahead=SECOND) == []

    def test_it_ends_under_its_fence_as_any_other(self) -> None:
        node = self.node()
        self.schedule()
        (run,) = self.claim(node, self.new_run()).taken
        self.clock.advance(1)
        assert self.finish(run, result="done")
        assert self.finish(run, result="done")
        assert not self.finish(replace(run, fence=run.fence + 1))
        assert (self.ran(run).state, self.ran(run).result) == ("succeeded", "done")
        assert (self.stands().last_state, self.stands().running) == ("succeeded", 0)

    @pytest.mark.parametrize(
        "fields",
        [
            {"target": "x"},
            {"target": "node:host-2"},
            {"task_room": 5},
            {"unique": True},
            {"room": Room(1, 1, cancel=True)},
            {"not_before": 2**60},
        ],
    )
    def test_what_others_have_a_say_in_waits(self, fields: dict[str, Any]) -> None:
        node = self.node()
        self.schedule()
        decided = self.claim(node, self.new_run(**fields), ahead=SECOND)
        assert (decided.launched, decided.taken) == ((1,), ())
        run = self.store.run(1)
        assert run is not None
        assert (run.state, run.node, run.fence, run.attempt) == ("queued", None, 0, 0)
        assert self.stands().last_run is None

    def test_what_has_no_room_to_run_waits(self) -> None:
        node = self.node()
        self.schedule()
        room = Room(3, 2)
        runs = [NewRun("task", self.now + n, schedule="s", room=room) for n in range(3)]
        decided = self.claim(node, *runs, due=self.now + 2)
        assert decided.launched == (1, 2, 3)
        assert [run.id for run in decided.taken] == [1, 2]
        assert self.take(node) == []
        self.finish(decided.taken[0])
        assert [run.id for run in self.take(node)] == [3]

    def test_a_paused_schedule_has_nothing_taken(self) -> None:
        node = self.node()
        self.schedule(paused=True)
        assert self.claim(node, self.new_run()).taken == ()

    def test_a_launch_for_certain_nodes_waits_for_them(self) -> None:
        node = self.node()
        self.schedule()
        decided = self.claim(node, self.new_run(placement="every"))
        assert (decided.launched, decided.taken) == ((1,), ())
        assert [run.target for run in self.take(node)] == [f"node:{node}"]

    def test_a_node_that_is_not_alive_takes_nothing(self) -> None:
        node = self.node()
        self.node(lease=10 * LEASE)
        self.clock.advance(LEASE / SECOND + 1)
        self.store.expire(self.now)
        for number, name in enumerate((node, "nobody"), 1):
            self.schedule(name)
            decided = self.claim(name, self.new_run(name), name=name)
            assert (decided.launched, decided.taken) == ((number,), ())

    def test_the_same_decision_again_is_stale_and_takes_nothing(self) -> None:
        one, two = self.node(), self.node()
        self.schedule()
        decision = self.decision(self.new_run())
        (first,) = self.store.decide([decision], self.now, one)
        for node in (one, two):
            (again,) = self.store.decide([decision], self.now, node)
            assert (again.stale, again.taken) == (True, ())
        assert [run for run, _, _ in self.store.held(one)] == [first.taken[0].id]
        assert self.store.held(two) == []

    def test_a_claim_is_lost_with_its_node(self) -> None:
        node = self.node()
        self.node(lease=10 * LEASE)
        self.schedule()
        (run,) = self.claim(node, self.new_run()).taken
        self.clock.advance(LEASE / SECOND + 1)
        (lost,) = self.store.expire(self.now)
        assert (lost.id, lost.state) == (run.id, "lost")
        assert lost.fence > run.fence

    def test_a_claim_ahead_can_be_withdrawn(self) -> None:
        node = self.node()
        self.schedule(next_due=self.now + SECOND)
        new = self.new_run(not_before=self.now + SECOND)
        (run,) = self.claim(node, new, ahead=SECOND).taken
        assert self.store.withdraw("s", "skipped", "paused", node, self.now) == []
        gone = self.ran(run)
        assert (gone.state, gone.reason, gone.started, gone.attempt) == (
            "skipped", "paused", None, 0,
        )  # fmt: skip
        assert (self.stands().runs, self.stands().last_run) == (0, None)
        assert not self.finish(run)
