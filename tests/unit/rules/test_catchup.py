"""Catching up: launched + skipped = missed, whatever the gap, at a bounded cost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rota.instants import SECOND
from rota.rules.catchup import PROMPT, Plan, plan, skip_all


@dataclass
class Grid:
    """Slots every so many microseconds; counts how many it handed out."""

    step: int
    given: int = 0

    def latest(self, after: int, until: int, count: int) -> list[int]:
        last = until // self.step * self.step
        found = [last - n * self.step for n in range(count) if last - n * self.step > after][::-1]
        self.given += len(found)
        return found

    def count(self, after: int, until: int) -> int:
        return until // self.step - after // self.step


def planned(grid: Grid, first: int, now: int, catch_up: str | int, grace: int | None) -> Plan:
    return plan(
        first, now, catch_up=catch_up, grace=grace, latest=grid.latest, count=grid.count
    )  # fmt: skip


@given(
    step=st.integers(1, 10**9),
    first=st.integers(1, 10**6),
    gap=st.integers(0, 10**12),
    catch_up=st.one_of(st.sampled_from(["none", "latest"]), st.integers(1, 100)),
    grace=st.none() | st.integers(0, 10**12),
)
def test_every_missed_slot_is_launched_or_skipped_exactly_once(
    step: int, first: int, gap: int, catch_up: str | int, grace: int | None
) -> None:
    grid = Grid(step)
    start = first * step
    found = planned(grid, start, start + gap, catch_up, grace)

    missed = grid.count(start - 1, start + gap)
    assert len(found.launches) + sum(skip.count for skip in found.skips) == missed
    assert found.through == (start + gap) // step * step
    edges = sorted(
        [(due, due) for due in found.launches] + [(s.first, s.last) for s in found.skips]
    )
    assert edges[0][0] == start
    assert edges[-1][1] == found.through
    assert all(one[1] < two[0] for one, two in pairwise(edges))
    assert len(found.launches) <= (catch_up if isinstance(catch_up, int) else 1)
    assert grid.given <= 101  # never the gap


def test_a_slot_on_time_runs_whatever_the_policy() -> None:
    for catch_up in ("none", "latest", 5):
        assert planned(Grid(10 * SECOND), 10 * SECOND, 11 * SECOND, catch_up, None).launches


def test_none_launches_nothing_that_is_no_longer_on_time() -> None:
    found = planned(Grid(100 * SECOND), 100 * SECOND, 100 * SECOND + PROMPT + 1, "none", None)
    assert (found.launches, [skip.reason for skip in found.skips]) == ((), ["no_node"])


def test_a_start_later_than_its_grace_is_too_late() -> None:
    found = planned(Grid(100 * SECOND), 100 * SECOND, 131 * SECOND, "latest", 30 * SECOND)
    assert (found.launches, [skip.reason for skip in found.skips]) == ((), ["too_late"])


def test_the_slots_of_a_pause_are_one_skip() -> None:
    grid = Grid(10)
    found = skip_all(10, 55, "paused", latest=grid.latest, count=grid.count)
    assert [(s.first, s.last, s.count, s.reason) for s in found.skips] == [(10, 50, 5, "paused")]
    assert skip_all(60, 55, "paused", latest=grid.latest, count=grid.count).skips == ()
