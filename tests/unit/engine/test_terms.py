"""Terms on a store of this process, with a clock that moves when told."""

from __future__ import annotations

import pytest

from rota import Rota
from rota.engine.roles.terms import Terms
from rota.errors import BadSetting, Refused, Unreachable
from rota.instants import SECOND
from rota.ports.records import EventQuery, EventRow, NodeRow
from rota.rules.leases import Lease
from rota.stores.memory import MemoryStore
from rota.testing.clock import SettableClock

LEASE = Lease(15 * SECOND)


class Server:
    """A node of which only the part that is elected exists."""

    def __init__(self, store: MemoryStore, clock: SettableClock, fixed: str | None = None) -> None:
        self.store = store
        self.clock = clock
        self.heard: list[tuple[str, str]] = []
        self.name = store.join(NodeRow("", "host", 1, "1"), LEASE.length).name
        self.terms = Terms(store, clock, LEASE, fixed=fixed)
        self.terms.listeners.append(lambda role, before: self.heard.append((role, before)))

    def tick(self, *, alone: bool = False) -> str:
        self.store.renew(self.name, LEASE.length, self.clock.now())
        boot = self.clock.boot()
        self.terms.keep(self.name, boot, renewed=boot, alone=alone)
        self.terms.tell()
        return self.terms.role


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def store(clock: SettableClock) -> MemoryStore:
    store = MemoryStore(clock)
    store.open("test")
    return store


def test_unknown_before_the_first_election_then_single(
    store: MemoryStore, clock: SettableClock
) -> None:
    server = Server(store, clock)
    assert server.terms.role == "unknown"
    assert server.tick(alone=True) == "single"
    assert server.terms.term == 1
    assert server.heard == [("single", "unknown")]


def test_the_first_is_publisher_and_the_second_subscribes(
    store: MemoryStore, clock: SettableClock
) -> None:
    first, second = Server(store, clock), Server(store, clock)
    assert (first.tick(), second.tick()) == ("scheduling_publisher", "subscriber")
    assert second.terms.term is None


def test_a_publisher_that_is_cut_off_knows_it_before_another_is_elected(
    store: MemoryStore, clock: SettableClock
) -> None:
    first, second = Server(store, clock), Server(store, clock)
    first.tick()
    second.tick()
    for _ in range(11):
        clock.advance(1)
        assert (first.terms.role, second.tick()) == ("scheduling_publisher", "subscriber")
    clock.advance(1)
    assert first.terms.role == "unknown"
    assert first.terms.term is None
    assert second.tick() == "scheduling_publisher"
    assert second.terms.term == 2
    first.terms.tell()
    assert first.heard[-1] == ("unknown", "scheduling_publisher")
    assert first.tick() == "subscriber"


def test_writes_of_a_term_that_is_over_are_refused(
    store: MemoryStore, clock: SettableClock
) -> None:
    first, second = Server(store, clock), Server(store, clock)
    first.tick()
    with first.terms.leading() as term:
        store.add_events([EventRow(0, "info", "test", f"in term {term}")])

    clock.advance(12)
    second.tick()
    first.terms.began = first.terms.renewed = (
        clock.boot()
    )  # as if its clock had stood still meanwhile
    with pytest.raises(Refused, match="the term is over"), first.terms.leading():
        store.add_events([EventRow(0, "info", "test", "too late")])

    assert [row.text for row in store.events(EventQuery())] == ["in term 1"]
    first.terms.found = None
    with pytest.raises(Refused, match="not the scheduling publisher"), first.terms.leading():
        pass


def test_a_transaction_in_which_the_writer_fails_leaves_nothing(
    store: MemoryStore, clock: SettableClock
) -> None:
    server = Server(store, clock)
    server.tick()
    with pytest.raises(ZeroDivisionError), server.terms.leading():
        store.add_events([EventRow(0, "info", "test", "half")])
        _ = 1 // 0
    assert store.events(EventQuery()) == []


def test_a_role_set_by_hand_is_not_elected(store: MemoryStore, clock: SettableClock) -> None:
    by_hand = Server(store, clock, fixed="scheduling_publisher")
    assert by_hand.tick() == "scheduling_publisher"
    assert store.terms() == []
    assert by_hand.heard == [("scheduling_publisher", "unknown")]


def test_a_listener_that_fails_stops_nobody(store: MemoryStore, clock: SettableClock) -> None:
    server = Server(store, clock)

    def failing(role: str, before: str) -> None:
        raise ValueError("no")

    server.terms.listeners.insert(0, failing)
    server.tick()
    assert server.heard == [("scheduling_publisher", "unknown")]


def test_an_election_that_finds_no_store_changes_nothing(
    store: MemoryStore, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(store, clock)
    server.tick()

    def away(*given: object) -> None:
        raise Unreachable("away")

    monkeypatch.setattr(store, "elect", away)
    clock.advance(6)
    with pytest.raises(Unreachable):
        server.terms.keep(server.name, clock.boot(), renewed=clock.boot(), alone=False)
    assert server.terms.role == "scheduling_publisher"
    clock.advance(6)
    assert server.terms.role == "unknown"


def test_an_application_alone_is_single_and_leads() -> None:
    rota = Rota("memory://")
    heard: list[tuple[str, str]] = []

    @rota.on_server_role
    def listen(role: str, before: str) -> None:
        heard.append((role, before))

    assert rota.server_role == "unknown"
    rota.start()
    try:
        assert rota.server_role == "single"
        assert [node.leader for node in rota.nodes.list()] == [True]
        with rota.leading() as term:
            assert term == 1
    finally:
        rota.stop()
    assert rota.server_role == "unknown"
    assert heard == [("single", "unknown"), ("unknown", "single")]


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadSetting, match="no such server role"):
        Rota("memory://", server_role="master")


def test_who_may_not_stand_gives_its_term_up_at_once(
    store: MemoryStore, clock: SettableClock
) -> None:
    first, second = Server(store, clock), Server(store, clock)
    assert (first.tick(), second.tick()) == ("scheduling_publisher", "subscriber")
    first.terms.stands = lambda: False
    assert first.tick() == "unknown"  # nobody is, just now
    assert second.tick() == "scheduling_publisher"
    assert first.tick() == "subscriber"
    assert second.terms.term == 2


def test_a_term_is_trusted_no_longer_than_the_lease(
    store: MemoryStore, clock: SettableClock
) -> None:
    """It was elected shortly before it was cut off, and its last renewal is older than that."""
    server = Server(store, clock)
    renewed = clock.boot()
    clock.advance(4.9)
    server.terms.keep(server.name, clock.boot(), renewed=renewed, alone=False)
    assert server.terms.term == 1

    clock.advance(7.1)  # 12 s after the renewal: others may soon expire the lease

    assert server.terms.term is None
    assert server.terms.role == "unknown"


def test_with_the_lease_the_term_is_lost_at_once(store: MemoryStore, clock: SettableClock) -> None:
    server = Server(store, clock)
    server.tick()
    assert server.terms.term == 1

    server.terms.forget()

    assert server.terms.term is None
