"""Placing: one run for each node that a slot is for, and nobody else's."""

from __future__ import annotations

from typing import Any

from rota.instants import SECOND
from rota.ports.records import NewRun, NodeRow, RunQuery, RunRow, Skip
from rota.testing.conformance.base import LEASE, ONE, Base

__all__ = ("Placing",)

AFTER = LEASE / SECOND + 1


class Placing(Base):
    """`placement`, `target`, and what becomes of a run whose node is gone."""

    def member(self, host: str = "web1", **fields: Any) -> str:
        """A node that just joined."""
        given = {"tasks": ("task",), "machine": f"{host}~1", **fields}
        return self.store.join(NodeRow("", host, 1, "1", **given), LEASE).name

    def rows(self) -> list[RunRow]:
        """All rows of the history, oldest first."""
        return self.store.runs(RunQuery(limit=100))[::-1]

    def found(self) -> list[tuple[str, str]]:
        """State and target of every row."""
        return [(row.state, row.target) for row in self.rows()]

    def test_every_live_node_gets_a_run_of_its_own(self) -> None:
        one, two = self.member("web1"), self.member("web2")
        self.store.leave(self.member("web3"), self.now)
        self.schedule()
        decided = self.launch(placement="every")
        assert len(decided.launched) == 2
        assert self.stands().runs == 2
        assert self.found() == [("queued", f"node:{one}"), ("queued", f"node:{two}")]
        assert [row.target for row in self.take(two)] == [f"node:{two}"]
        assert self.take(two) == []
        assert [row.target for row in self.take(one)] == [f"node:{one}"]

    def test_a_node_that_comes_later_waits_for_the_next_slot(self) -> None:
        self.member("web1")
        self.schedule()
        self.launch(placement="every")
        late = self.member("web2")
        assert self.take(late) == []
        assert len(self.launch(placement="every").launched) == 2

    def test_roles_and_labels_choose(self) -> None:
        one = self.member("web1", roles=("publisher",), labels=("eu",))
        two = self.member("web2", labels=("eu", "gpu"))
        assert self.store.targets("role:publisher", "task") == [f"node:{one}"]
        assert self.store.targets("label:eu", "task") == [f"node:{one}", f"node:{two}"]
        assert self.store.targets("label:gpu", "task") == [f"node:{two}"]
        assert self.store.targets("role:gpu", "task") == []
        assert self.store.targets("every", "another") == []
        assert self.store.targets("one", "another") == [""]

    def test_one_run_a_machine_is_taken_by_any_of_its_nodes(self) -> None:
        one, two = self.member("web1"), self.member("web1")
        other = self.member("web2")
        self.schedule()
        assert len(self.launch(placement="machine").launched) == 2
        assert [row.target for row in self.take(other)] == ["machine:web2~1"]
        assert [row.target for row in self.take(two)] == ["machine:web1~1"]
        assert self.take(one) == []

    def test_a_pinned_run_is_for_one_host(self) -> None:
        self.member("db.example.com")
        web, two = self.member("web1.example.com"), self.member("web1.example.com")
        self.member("web10.example.com")
        assert self.store.targets("node:web1", "task") == ["machine:web1.example.com~1"]
        assert self.store.targets("node:WEB1.example.COM", "task") == ["machine:web1.example.com~1"]
        assert self.store.targets(f"node:{two}", "task") == [f"node:{two}"]
        assert self.store.targets("node:web", "task") == []
        self.schedule()
        self.launch(placement="node:web1")
        assert [row.node for row in self.take(web)] == [web]

    def test_only_nodes_that_know_the_task_are_meant(self) -> None:
        self.member("old", tasks=("another",))
        new = self.member("new")
        self.schedule()
        self.launch(placement="every")
        assert self.found() == [("queued", f"node:{new}")]

    def test_without_a_node_the_slot_is_skipped(self) -> None:
        self.schedule()
        due = self.now
        decided = self.launch(placement="role:publisher")
        assert (decided.launched, decided.skipped) == ((), (Skip(due, due, 1, "no_node"),))
        self.launch(placement="role:publisher")
        (row,) = self.rows()
        assert (row.state, row.reason, row.target, row.skips) == ("skipped", "no_node", "", 2)
        assert self.stands().runs == 0

    def test_skips_on_both_sides_of_a_launch_are_two(self) -> None:
        self.schedule()
        self.launch(placement="every")
        node = self.member()
        self.launch(placement="every")
        self.store.leave(node, self.now)
        self.launch(placement="every")
        assert [row.skips for row in self.rows() if row.target == ""] == [1, 1]
        (found,) = self.store.decisions_at("s", self.now + SECOND, 9)
        assert found.target == f"node:{node}"

    def test_a_slot_is_decided_for_each_of_its_targets(self) -> None:
        one, two = self.member("web1"), self.member("web2")
        self.schedule()
        self.launch(placement="every", room=ONE)
        (run,) = self.take(one)
        self.finish(run)
        due = self.now + 2 * SECOND
        for _ in range(2):  # what the second node skips becomes one row
            self.launch(placement="every", room=ONE)
            for again in self.take(one, ahead=60 * SECOND):
                self.finish(again)
        found = self.store.decisions_at("s", due, 9)
        assert [(row.state, row.target) for row in found] == [
            ("succeeded", f"node:{one}"), ("skipped", f"node:{two}")
        ]  # fmt: skip
        assert self.store.decisions_at("s", due, 1) == found[:1]

    def test_ahead_a_node_may_still_come(self) -> None:
        self.schedule()
        assert self.launch(placement="every").skipped != ()
        row = self.stands()
        assert row.next_due is not None
        new = NewRun("task", row.next_due, schedule="s", placement="every")
        assert self.decide(new, ahead=True).early is True
        self.member()
        assert len(self.decide(new, ahead=True).launched) == 1

    def test_a_lease_that_ended_is_no_life(self) -> None:
        self.member()
        self.clock.advance(AFTER)
        self.schedule()
        assert self.launch(placement="every").launched == ()

    def test_targets_have_room_of_their_own(self) -> None:
        one, two = self.member("web1"), self.member("web2")
        self.schedule()
        self.launch(placement="every", room=ONE)
        (run,) = self.take(one)
        self.finish(run)
        decided = self.launch(placement="every", room=ONE)
        assert len(decided.launched) == 1
        assert self.found()[2:] == [("queued", f"node:{one}"), ("skipped", f"node:{two}")]

    def test_twins_of_other_targets_are_none(self) -> None:
        self.member("web1")
        self.member("web2")
        self.schedule()
        assert len(self.launch(placement="every", unique=True).launched) == 2
        assert self.launch(placement="every", unique=True).launched == ()

    def test_who_awaits_an_end_awaits_that_of_all(self) -> None:
        one, two = self.member("web1"), self.member("web2")
        self.schedule()
        self.decide(self.new_run(placement="every"), next_due=None, awaits_end=True)
        (first,), (second,) = self.take(one), self.take(two)
        self.finish(first)
        assert self.store.awaiting(9) == []
        self.finish(second)
        assert [row.name for row in self.store.awaiting(9)] == ["s"]

    def test_who_found_no_node_awaits_no_end(self) -> None:
        self.schedule()
        later = self.now + 60 * SECOND
        self.decide(
            self.new_run(placement="every"), next_due=None, awaits_end=True, next_if_unplaced=later
        )
        row = self.stands()
        assert (row.next_due, row.awaits_end) == (later, False)

    def test_what_a_dead_node_had_not_taken_is_skipped(self) -> None:
        dead = self.member("web1")
        live = self.member("web2")
        self.schedule()
        self.launch(placement="every")
        self.clock.advance(AFTER - 2)
        self.store.renew(live, LEASE, self.now)
        self.clock.advance(2)
        recovered = self.store.expire(self.now)
        assert recovered.nodes == (dead,)
        (row,) = recovered
        assert (row.target, row.state, row.reason) == (f"node:{dead}", "skipped", "no_node")
        assert (row.due_last, row.skips, row.finished) == (row.due, 1, None)
        assert self.stands().runs == 1
        assert self.take(self.member("web3")) == []
        assert len(self.take(live)) == 1

    def test_what_a_leaving_node_had_not_taken_is_skipped(self) -> None:
        node = self.member()
        self.schedule()
        self.launch(placement="every")
        self.store.leave(node, self.now)
        (row,) = self.rows()
        assert (row.state, row.reason) == ("skipped", "no_node")
        self.store.leave(node, self.now)
        assert self.rows() == [row]

    def test_a_machine_is_gone_with_its_last_node(self) -> None:
        one, two = self.member("web1"), self.member("web1")
        self.schedule()
        self.launch(placement="machine", idempotent=True)
        run = self.take(one)[0]
        self.store.leave(one, self.now)
        assert self.ran(run).state == "retrying"
        (again,) = self.take(two)
        assert again.id == run.id
        self.store.leave(two, self.now)
        assert self.ran(run).state == "lost"

    def test_a_retry_of_a_dead_node_is_lost(self) -> None:
        node = self.member()
        self.schedule()
        self.launch(placement="every")
        run = self.taken(node)
        self.finish(run, "retrying")
        self.store.leave(node, self.now)
        row = self.ran(run)
        assert (row.state, row.finished, row.fence > run.fence) == ("lost", self.now, True)
        assert self.stands().last_state == "lost"

    def test_a_text_that_addresses_nobody_is_anybodys(self) -> None:
        node = self.member()
        self.schedule()
        self.launch(target="site:corporate")
        self.store.leave(self.member("web2"), self.now)
        assert [row.target for row in self.take(node)] == ["site:corporate"]

    def test_the_next_start_is_that_of_what_one_may_take(self) -> None:
        one, two = self.member("web1"), self.member("web2")
        self.schedule()
        self.decide(self.new_run(target=f"node:{one}", not_before=5))
        self.decide(self.new_run(target="machine:web2~1", not_before=7))
        assert self.store.next_start(["task"], one) == 5
        assert self.store.next_start(["task"], two) == 7
        assert self.store.next_start(["task"]) is None

    def test_a_pause_takes_back_every_target(self) -> None:
        self.member("web1")
        self.member("web2")
        self.schedule()
        self.launch(placement="every")
        assert self.store.withdraw("s", "skipped", "paused", None, self.now) == []
        assert [(row.state, row.reason) for row in self.rows()] == [("skipped", "paused")] * 2
        assert self.stands().runs == 0

    def test_pinned_schedules_are_found(self) -> None:
        self.schedule("b", policies={"placement": "node:web1"})
        self.schedule("a", policies={"placement": "node:web2", "retries": 1})
        self.schedule("c", policies={"placement": "every"})
        self.schedule("d", policies={"placement": "node:web1"}, enabled=False)
        assert [row.name for row in self.store.pinned((), 9)] == ["a", "b"]
        assert [row.name for row in self.store.pinned(("task",), 9)] == ["a", "b", "c"]
        assert [row.name for row in self.store.pinned(("task",), 1)] == ["a"]

    def test_a_death_is_told_once(self) -> None:
        node = self.member()
        assert self.store.overdue() is False
        self.clock.advance(AFTER)
        assert self.store.overdue() is True
        assert self.store.expire(self.now).nodes == (node,)
        assert self.store.expire(self.now).nodes == ()

    def test_what_was_begun_and_put_back_is_lost_with_its_node(self) -> None:
        node = self.member()
        self.schedule()
        self.launch(placement="every", idempotent=True)
        run = self.taken(node)
        self.finish(run, "queued", started=self.now, uncount=True)
        self.store.leave(node, self.now)
        assert (self.ran(run).state, self.ran(run).attempt) == ("lost", 0)
