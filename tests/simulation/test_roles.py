"""Server roles in simulated clusters: one acts at most, and none for no longer than a lease."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from rota.instants import MILLISECOND, SECOND
from rota.rules.leases import Lease
from rota.testing.simulation.cluster import Cluster
from rota.testing.simulation.member import Member
from rota.testing.simulation.plan import plan

HOUR = 3_600 * SECOND
STEP = 50 * MILLISECOND
LEASE = Lease()


@dataclass
class Watch:
    """Looks at who acts, many times a second, from outside."""

    cluster: Cluster
    acted: dict[int, str] = field(default_factory=dict)  # term: who acted in it
    since: int | None = None  # nobody has acted since
    able: frozenset[str] = frozenset()  # members that could have been elected all that time
    longest: int = 0

    def look(self) -> None:
        world, members = self.cluster.world, self.cluster.members
        acting = [member for member in members if term_of(member) is not None]
        assert len(acting) <= 1, f"{world.time}: {[member.label for member in acting]}"
        able = frozenset(f"{member.label} {member.life}" for member in members if member.able)
        if acting or not able:
            self.since = None
        elif self.since is None:
            self.since, self.able = world.time, able
        else:
            self.able &= able
            if self.able:
                self.longest = max(self.longest, world.time - self.since)
            else:
                self.since = None
        for member in acting:
            self.note(member)
        world.after(STEP, self.look)

    def note(self, member: Member) -> None:
        term = term_of(member)
        assert term is not None
        if term not in self.acted:
            assert term > max(self.acted, default=0)
            self.acted[term] = member.name
        assert self.acted[term] == member.name


def term_of(member: Member) -> int | None:
    """The term in which this member would act now, by its own knowledge and the real time."""
    if not member.up or member.frozen_until > member.world.time:
        return None
    terms = member.keeper.terms
    found, time = terms.found, member.world.time
    if found is None or found.node != terms.node or time >= terms.until:
        return None
    return found.term


def watched(seed: int, kinds: tuple[str, ...]) -> Watch:
    cluster = Cluster(
        plan(seed, length=HOUR, kinds=kinds, liveness=False, dense=False, mean=60 * SECOND),
        lease=LEASE,
    )
    watch = Watch(cluster)
    cluster.world.after(0, watch.look)
    cluster.run()
    return watch


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(40, 46))
def test_whatever_happens_at_most_one_acts_and_each_term_is_one_nodes(seed: int) -> None:
    faults = ("crash", "pause", "cut", "outage", "flaky", "slow", "twice", "jump", "stop")
    watch = watched(seed, faults)

    assert len(watch.acted) > 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [*range(60, 66), 68, 83, 92])
def test_after_deaths_stalls_and_partitions_somebody_acts_within_one_lease(seed: int) -> None:
    watch = watched(seed, ("crash", "pause", "cut", "stop"))

    assert len(watch.acted) > 1
    assert watch.longest <= LEASE.length
