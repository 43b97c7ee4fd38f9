"""Terms: one holder at a time, numbers that grow, nothing that comes back."""

from __future__ import annotations

from contextlib import suppress

from rota.instants import SECOND
from rota.ports.records import TermRow
from rota.testing.conformance.base import LEASE, Base

__all__ = ("Terms",)

TERM = 12 * SECOND


class Terms(Base):
    """Who acts for all."""

    def elect(self, node: str, role: str = "publisher") -> TermRow | None:
        """An election in which this node stands."""
        return self.store.elect(role, node, TERM, self.now)

    def test_the_first_who_asks_holds_the_first_term(self) -> None:
        node = self.node()
        assert self.store.terms() == []
        assert self.elect(node) == TermRow("publisher", node, 1)
        assert self.store.terms() == [TermRow("publisher", node, 1)]
        assert self.store.in_term("publisher", node, 1) is True

    def test_others_learn_who_holds_it(self) -> None:
        one, two = self.node(), self.node()
        self.elect(one)
        assert self.elect(two) == TermRow("publisher", one, 1)
        assert self.store.in_term("publisher", two, 1) is False

    def test_asking_again_prolongs_the_same_term(self) -> None:
        one, two = self.node(), self.node()
        self.elect(one)
        for _ in range(4):
            self.clock.advance(10)
            self.store.renew(one, LEASE, self.now)
            assert self.elect(one) == TermRow("publisher", one, 1)
        self.store.renew(two, LEASE, self.now)
        assert self.elect(two) == TermRow("publisher", one, 1)

    def test_a_term_that_is_over_goes_to_whoever_comes_next(self) -> None:
        one, two = self.node(), self.node()
        self.elect(one)
        self.clock.advance(11.9)
        assert self.elect(two) == TermRow("publisher", one, 1)
        self.clock.advance(0.1)
        assert self.store.terms() == []
        assert self.store.in_term("publisher", one, 1) is False
        assert self.elect(two) == TermRow("publisher", two, 2)
        assert self.elect(one) == TermRow("publisher", two, 2)
        assert self.store.in_term("publisher", one, 1) is False

    def test_a_term_never_comes_back_to_its_own_holder(self) -> None:
        node = self.node()
        self.elect(node)
        self.clock.advance(12)
        assert self.elect(node) == TermRow("publisher", node, 2)
        assert self.store.in_term("publisher", node, 1) is False

    def test_who_leaves_gives_the_term_back_at_once(self) -> None:
        one, two = self.node(), self.node()
        self.elect(one)
        self.store.leave(one, self.now)
        assert self.store.terms() == []
        assert self.elect(two) == TermRow("publisher", two, 2)

    def test_a_lost_node_holds_nothing_and_is_not_elected(self) -> None:
        one = self.node(lease=SECOND)
        self.elect(one)
        self.clock.advance(1)
        self.store.expire(self.now)
        assert self.store.terms() == []
        assert self.elect(one) is None
        assert self.elect("nobody") is None
        two = self.node()
        assert self.elect(two) == TermRow("publisher", two, 2)
        assert self.elect(one) == TermRow("publisher", two, 2)

    def test_roles_do_not_meet(self) -> None:
        one, two = self.node(), self.node()
        self.elect(one, "b")
        self.elect(two, "a")
        assert self.store.terms() == [TermRow("a", two, 1), TermRow("b", one, 1)]

    def test_a_failed_transaction_elects_nobody(self) -> None:
        node = self.node()
        with suppress(ZeroDivisionError), self.store.transaction():
            self.elect(node)
            _ = 1 // 0
        assert self.store.terms() == []
        assert self.elect(node) == TermRow("publisher", node, 1)

    def test_writing_in_a_term_that_is_over_can_be_refused(self) -> None:
        one, two = self.node(), self.node()
        self.elect(one)
        self.clock.advance(12)
        self.elect(two)
        with self.store.transaction():
            assert self.store.in_term("publisher", one, 1) is False
            assert self.store.in_term("publisher", two, 2) is True
            self.schedule("written")
        assert self.names() == ["written"]
