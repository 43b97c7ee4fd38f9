"""Simulated clusters under seeded faults, judged by the history checker."""

from __future__ import annotations

from hashlib import sha256

import pytest

from rota.instants import SECOND
from rota.testing.checker import JUDGEMENTS, Verdict, check
from rota.testing.history import History
from rota.testing.simulation import DEEDS, FAULTS, PLACED, simulate
from simulation.known import unknown

HOUR = 3_600 * SECOND
DAY = 24 * HOUR
BROAD = {
    "own": True,
    "deeds": (*DEEDS, "backfill", "backfill"),
    "kinds": (*FAULTS, "forget", "forget", "forget"),
}
"""Beside all else: schedules of each node's own, backfills, releases that have lost a task."""

HALF_DAYS = range(100, 108)  # seeds of twelve hours
THICK = range(200, 215)  # of two hours
WEEKS = range(1_000, 1_400)  # of two hours, in both modes


def digest(history: History) -> str:
    parts = [repr(part) for part in (*history.rows, *history.traces, *history.faults)]
    return sha256("\n".join(parts).encode()).hexdigest()


def judged(*seeds: int, **options: object) -> Verdict:
    """One verdict on several seeds; the first one with a finding fails the test by its number."""
    total = Verdict()
    for seed in seeds:
        verdict = check(simulate(seed, **options))
        assert unknown(verdict) == [], f"seed {seed}, {options}:\n{verdict}"
        total.judged += verdict.judged
        total.undecided += verdict.undecided
    return total


def test_there_are_five_cluster_days_of_it_and_in_the_long_form_twenty_five() -> None:
    assert len(HALF_DAYS) * 12 * HOUR + len(THICK) * 2 * HOUR >= 5 * DAY
    assert len(WEEKS) * 2 * 2 * HOUR >= 25 * DAY


@pytest.mark.parametrize("seed", [3, 5, 10])
@pytest.mark.parametrize("liveness", [True, False])
def test_the_same_seed_gives_the_same_history_twice(seed: int, liveness: bool) -> None:
    options = {"length": HOUR // 2, "liveness": liveness}

    assert digest(simulate(seed, **options)) == digest(simulate(seed, **options))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", HALF_DAYS)
def test_after_all_faults_every_promise_holds(seed: int) -> None:
    """Half a cluster-day each: four."""
    total = judged(seed, length=12 * HOUR, dense=False)

    assert set(JUDGEMENTS) - set(total.judged) <= {"recovery"}  # where nobody was killed
    assert total.undecided["decision"] < 0.1 * total.judged["decision"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", THICK[::5])
def test_under_faults_that_never_end_nothing_happens_that_must_not(first: int) -> None:
    """Five seeds of two hours each, thick with faults."""
    judged(*range(first, first + 5), length=2 * HOUR, dense=False, liveness=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(300, 308, 4))
def test_dense_schedules_keep_every_promise(first: int) -> None:
    judged(*range(first, first + 2), length=HOUR)
    judged(*range(first + 2, first + 4), length=HOUR, liveness=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", [400, 402])
def test_placed_schedules_keep_every_promise_to_every_node(first: int) -> None:
    judged(first, tasks=PLACED, length=HOUR, dense=False)
    judged(first + 1, tasks=PLACED, length=HOUR, dense=False, liveness=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", [500, 502])
def test_schedules_of_the_nodes_own_backfills_and_missing_tasks(first: int) -> None:
    judged(first, length=HOUR, dense=False, **BROAD)
    judged(first + 1, length=HOUR, dense=False, liveness=False, **BROAD)


def test_what_the_broad_histories_are_about_happens_in_them() -> None:
    history = simulate(525, length=HOUR, dense=False, **BROAD)

    assert {trace.schedule for trace in history.traces} >= {"own-0", "own-limited-1"}
    assert {row.kind for row in history.rows} >= {"slot", "backfill"}
    assert len({life.tasks for life in history.lives}) > 1
    assert digest(history) == digest(simulate(525, length=HOUR, dense=False, **BROAD))


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("first", range(3_000, 3_100, 20))
def test_weeks_of_broad_histories(first: int) -> None:
    judged(*range(first, first + 10), dense=False, **BROAD)
    judged(*range(first + 10, first + 20), dense=False, liveness=False, **BROAD)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("first", range(2_000, 2_100, 20))
def test_weeks_of_placed_schedules(first: int) -> None:
    judged(*range(first, first + 10), tasks=PLACED, dense=False)
    judged(*range(first + 10, first + 20), tasks=PLACED, dense=False, liveness=False)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("first", WEEKS[::20])
def test_weeks_of_a_cluster(first: int) -> None:
    """Twenty seeds of two hours each in both modes, twenty times: over sixty cluster-days."""
    judged(*range(first, first + 20), dense=first % 80 == 0)
    judged(*range(first, first + 20), dense=first % 80 == 40, liveness=False)
