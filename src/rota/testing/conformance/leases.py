"""Leases: joining, renewing, leaving, and the recovery of what a lost node left."""

from __future__ import annotations

from dataclasses import replace

from rota.instants import SECOND
from rota.ports.records import NodeRow, RunRow
from rota.testing.conformance.base import LEASE, Base

__all__ = ("Leases",)

AFTER = LEASE / SECOND + 1
DAY = 86_400


class Leases(Base):
    """The verbs for nodes."""

    def test_a_name_is_host_and_number(self) -> None:
        row = NodeRow(
            "x", "alpha", 7, "1.0", "alive", ("r",), ("l",), ("t",), 1, self.now, 0, "alpha~1", 250
        )
        joined = self.store.join(row, LEASE)
        assert joined == replace(row, name="alpha-1")
        assert self.store.join(row, LEASE).name == "alpha-2"
        assert self.store.nodes()[0] == joined

    def test_a_renewal_says_how_far_the_clock_is_off(self) -> None:
        node = self.node()
        self.store.renew(node, LEASE, self.now + 1, -3)
        (row,) = self.store.nodes()
        assert (row.seen, row.clock_offset) == (self.now + 1, -3)

    def test_a_node_that_stops_says_so_and_keeps_its_lease(self) -> None:
        node = self.node()
        self.queue()
        run = self.taken(node)
        self.store.stopping(node)
        self.store.stopping("nobody-9")
        assert [row.state for row in self.store.nodes()] == ["stopping"]
        assert self.store.renew(node, LEASE, self.now) is True
        assert self.store.expire(self.now) == []
        assert self.finish(run) is True
        self.store.leave(node, self.now)
        self.store.stopping(node)
        assert [row.state for row in self.store.nodes()] == ["stopped"]

    def test_a_lost_node_does_not_stop(self) -> None:
        node = self.node()
        self.clock.advance(AFTER)
        self.store.expire(self.now)
        self.store.stopping(node)
        assert [row.state for row in self.store.nodes()] == ["lost"]

    def test_a_live_node_keeps_its_runs(self) -> None:
        node = self.node()
        self.queue()
        run = self.taken(node)
        for _ in range(5):
            self.clock.advance(AFTER - 2)
            assert self.store.renew(node, LEASE, self.now) is True
            assert self.store.expire(self.now) == []
        assert self.finish(run) is True

    def test_a_run_lost_with_its_node_is_lost(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        run = self.taken(node)
        self.clock.advance(AFTER)
        (row,) = self.store.expire(self.now)
        assert (row.id, row.state, row.finished) == (run.id, "lost", self.now)
        assert row.fence > run.fence
        assert row == self.ran(run)
        assert [found.state for found in self.store.nodes()] == ["lost"]
        assert self.stands().last_state == "lost"

    def test_an_idempotent_run_waits_to_run_again(self) -> None:
        lost = self.node()
        self.queue(idempotent=True)
        run = self.taken(lost)
        self.clock.advance(AFTER)
        (row,) = self.store.expire(self.now)
        assert (row.state, row.not_before, row.finished) == ("retrying", self.now, None)
        again = self.taken(self.node())
        assert (again.id, again.attempt) == (run.id, 2)
        assert again.fence > row.fence > run.fence

    def test_a_lost_node_cannot_change_anything(self) -> None:
        node = self.node()
        self.queue(idempotent=True)
        run = self.taken(node)
        self.clock.advance(AFTER)
        self.store.expire(self.now)
        before = self.ran(run)
        assert self.store.renew(node, LEASE, self.now) is False
        assert self.finish(run) is False
        assert self.finish(run, "retrying") is False
        assert self.take(node) == []
        assert self.store.held(node) == []
        self.store.report([self.progress(run, 0.5)], [])
        self.store.leave(node, self.now)
        assert self.ran(run) == before
        assert [row.state for row in self.store.nodes()] == ["lost"]

    def test_expiring_twice_is_expiring_once(self) -> None:
        node = self.node()
        self.queue()
        run = self.taken(node)
        self.clock.advance(AFTER)
        assert len(self.store.expire(self.now)) == 1
        before = self.ran(run)
        assert self.store.expire(self.now) == []
        assert self.ran(run) == before

    def test_a_lease_that_ended_but_was_not_recovered_can_be_renewed(self) -> None:
        node = self.node()
        self.queue()
        run = self.taken(node)
        self.clock.advance(AFTER)
        assert self.store.renew(node, LEASE, self.now) is True
        assert self.store.expire(self.now) == []
        assert self.finish(run) is True

    def test_what_already_ended_or_waits_is_left_alone(self) -> None:
        node = self.node()
        for _ in range(3):
            self.queue()
        done, again, running = self.take(node)
        self.finish(done)
        self.finish(again, "retrying")
        self.clock.advance(AFTER)
        assert [row.id for row in self.store.expire(self.now)] == [running.id]

    def test_other_nodes_runs_are_left_alone(self) -> None:
        lost = self.node()
        self.queue()
        gone = self.taken(lost)
        self.clock.advance(AFTER)
        alive = self.node()
        self.queue()
        kept = self.taken(alive)
        assert [row.id for row in self.store.expire(self.now)] == [gone.id]
        assert self.finish(kept) is True

    def test_an_idempotent_run_that_was_asked_to_stop_is_cancelled(self) -> None:
        assert self._lost_while_cancelling(idempotent=True).state == "cancelled"

    def test_another_run_that_was_asked_to_stop_is_lost_all_the_same(self) -> None:
        assert self._lost_while_cancelling(idempotent=False).state == "lost"

    def _lost_while_cancelling(self, *, idempotent: bool) -> RunRow:
        node = self.node()
        self.queue(idempotent=idempotent)
        run = self.taken(node)
        self.store.cancel_run(run.id, "user", None, self.now)
        self.clock.advance(AFTER)
        (row,) = self.store.expire(self.now)
        return row

    def test_leaving_recovers_at_once(self) -> None:
        node = self.node()
        self.queue(idempotent=True)
        self.queue()
        one, two = self.take(node)
        self.store.leave(node, self.now)
        assert (self.ran(one).state, self.ran(two).state) == ("retrying", "lost")
        assert self.finish(one) is False
        assert [row.state for row in self.store.nodes()] == ["stopped"]
        assert self.store.renew(node, LEASE, self.now) is False

    def test_leaving_twice_is_leaving_once(self) -> None:
        node = self.node()
        self.store.leave(node, self.now)
        before = self.store.nodes()
        self.clock.advance(1)
        self.store.leave(node, self.now)
        self.store.leave("nobody", self.now)
        assert self.store.nodes() == before

    def test_a_node_that_left_is_not_lost_later(self) -> None:
        node = self.node()
        self.store.leave(node, self.now)
        self.clock.advance(AFTER)
        self.store.expire(self.now)
        assert [row.state for row in self.store.nodes()] == ["stopped"]

    # ------------------------------------------------------------------ clocks

    def test_a_step_of_the_wall_clock_moves_no_lease(self) -> None:
        node = self.node()
        self.clock.step_wall(+3600)
        assert self.store.expire(self.now) == []
        self.clock.step_wall(-7200)
        self.clock.advance(AFTER)
        self.store.expire(self.now)
        assert [row.state for row in self.store.nodes()] == ["lost"]
        assert self.store.renew(node, LEASE, self.now) is False

    # --------------------------------------------------------------------- list

    def test_nodes_that_went_are_shown_for_a_day(self) -> None:
        node = self.node()
        self.store.leave(node, self.now)
        self.clock.advance(DAY - 1)
        assert [row.name for row in self.store.nodes()] == [node]
        self.clock.advance(2)
        assert self.store.nodes() == []

    def test_a_name_is_not_given_twice_after_its_node_was_forgotten(self) -> None:
        first = self.node()
        self.store.leave(first, self.now)
        self.clock.advance(DAY + 1)
        assert self.node() != first

    def test_seen_follows_renewals(self) -> None:
        node = self.node()
        self.clock.advance(5)
        self.store.renew(node, LEASE, self.now)
        assert [row.seen for row in self.store.nodes()] == [self.now]
