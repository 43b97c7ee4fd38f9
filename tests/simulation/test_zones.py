"""Zone rules that change while a cluster works: no slot runs twice, and none is lost.

A slot is named by what the clock on the wall says, which is what somebody meant; by other rules the
same slot is another instant. The two releases lie a quarter of an hour apart and slots are hourly,
so that every instant tells by which of them its slot was reckoned.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from rota.instants import SECOND
from rota.ports.records import RunRow
from rota.testing.checker import check
from rota.testing.history import History, Wanted
from rota.testing.simulation import simulate
from rota.testing.simulation.plan import FAULTS
from rota.when.zone import zone

HOUR = 3_600 * SECOND
NO_JUMPS = tuple(kind for kind in FAULTS if kind != "jump")
RULES = [zone(name) for name in ("Asia/Kolkata", "Asia/Kathmandu")]


def meant(instant: int, minute: int) -> int:
    """The hour, since 1970, of the slot that an instant stands for."""
    walls = (rule.wall(instant) for rule in RULES)
    (wall,) = (wall for wall in walls if wall // (60 * SECOND) % 60 == minute)
    return wall // HOUR


def hours(row: RunRow, minute: int) -> range:
    return range(meant(row.due, minute), meant(row.due_last or row.due, minute) + 1)


def slots(history: History, one: Wanted) -> Counter[int]:
    """How many runs or skips each wall hour has."""
    minute = int((one.versions[0].trigger or "").split(":")[1][:2])
    rows = [row for row in history.rows if row.schedule == one.name and row.kind == "slot"]
    return Counter(hour for row in rows for hour in hours(row, minute))


def judge(seed: int, length: int) -> None:
    liveness = seed % 2 == 0
    mean = 0 if liveness else 600 * SECOND
    history = simulate(
        seed, length=length, zones=True, kinds=NO_JUMPS, liveness=liveness, mean=mean
    )
    verdict = check(history)
    # A start that moved fits no window by the clock alone; `slots` judges it by what it stands for.
    bad = [finding for finding in verdict.findings if finding.judgement != "by time only"]
    assert bad == [], f"seed {seed}:\n{verdict}"
    texts = {version.trigger for one in history.wanted for version in one.versions}
    assert len(texts) > len({one.versions[0].trigger for one in history.wanted}), "nothing changed"
    for one in history.wanted:
        found = slots(history, one)
        assert set(found.values()) == {1}, f"seed {seed}, {one.name}: twice, {found}"
        gaps = [pair for pair in pairwise(sorted(found)) if pair[1] - pair[0] > 1]
        assert gaps == [], f"seed {seed}, {one.name}: lost between {gaps}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(3))
def test_no_slot_is_lost_or_runs_twice_when_zone_rules_change(seed: int) -> None:
    judge(seed, 6 * HOUR)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("first", range(600, 680, 20))
def test_many_changes_of_zone_rules(first: int) -> None:
    """Two cluster-days in every one of four."""
    for seed in range(first, first + 20):
        judge(seed, 6 * HOUR)
