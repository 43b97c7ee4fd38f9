"""The bug museum: the simulation finds every known mistake within two hundred seeds."""

from __future__ import annotations

from inspect import Parameter, signature
from itertools import chain
from pathlib import Path

import pytest

from museum.mistakes import MUSEUM, Mistake
from rota.instants import SECOND
from rota.testing.checker import Finding, check
from rota.testing.simulation import simulate
from simulation.known import unknown

SEEDS = 200
SHORT = 900 * SECOND  # a quarter of an hour each, dense with schedules and faults


def found(seed: int, mistake: Mistake) -> list[Finding]:
    """What a seed shows, in liveness mode for every second one."""
    length = 2 * SHORT if seed % 2 else SHORT
    options = {"length": length, "liveness": bool(seed % 2), "mean": 60 * SECOND}
    options |= mistake.options
    try:
        return unknown(check(simulate(seed, **options)))
    except AssertionError as error:  # the mistake broke a promise inside the engine
        return [Finding("engine", str(error))]


def exhibits() -> list[object]:
    return [pytest.param(mistake, id=mistake.name) for mistake in MUSEUM]


@pytest.mark.parametrize("mistake", exhibits())
def test_it_can_stand_in_the_place_of_the_right_one(mistake: Mistake) -> None:
    right = signature(getattr(mistake.owner, mistake.attribute)).parameters.values()
    wrong = signature(mistake.wrong)

    wrong.bind(
        *(one.name for one in right if one.kind is not Parameter.KEYWORD_ONLY),
        **{one.name: one for one in right if one.kind is Parameter.KEYWORD_ONLY},
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mistake", exhibits())
def test_the_simulation_finds_it(mistake: Mistake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistake.owner, mistake.attribute, mistake.wrong)

    first = next((seed for seed in range(1, SEEDS + 1) if found(seed, mistake)), None)

    assert first is not None, f"{mistake.name} was not found within {SEEDS} seeds"


KNOWN = {
    "no fence": "a fence per run that starts again",
    "finish by id": "finish by run id without a fence",
    "launch in two transactions": "launch in two transactions",
    "filter after limit": "filter after the limit",
    "catch-up by enumeration": "catch up by enumeration",
    "wall-clock lease": "leases on the wall clock",
    "event-only wake-up": "wake up only when told",
    "trust from the end of the renewal": "trust from the end of the renewal",
    "no unique key": "decide without looking whether somebody else has",
    "overlap counts what runs only": "overlap by a look at what runs and not at what waits",
    "no recovery": "nobody looks after the dead",
    "limits of each node": "limits that each node counts for itself",
}
"""What others are known to have got wrong, and the exhibit that does the same."""


def test_there_are_enough_of_them_and_no_two_are_one() -> None:
    names = [mistake.name for mistake in MUSEUM]
    assert len(set(names)) == len(names)
    assert set(KNOWN.values()) <= set(names)
    assert len(set(KNOWN.values())) >= 12


def test_no_flag_in_the_source_helps() -> None:
    source = Path(__file__).parents[2] / "src" / "rota"
    texts = (path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    words = chain.from_iterable(text.lower().split() for text in texts)

    assert not {"museum", "buggify"} & set(words)
