"""Skip storms under every policy and placement, on stores of every pace.

Schedules that are due each second and launch nothing for long: their history is a few rows for
each target, whatever the reasons are, and no row says of a slot that it was skipped if it ran.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from random import Random

import pytest

from driving import HOST, Driven
from rota import Rota
from rota.engine.messages import Changed
from rota.instants import SECOND
from rota.ports.records import RunRow
from rota.stores.memory import MemoryStore
from rota.testing import ManualNode
from stores import Make, any_store

__all__ = ("any_store",)

ROWS = 10
CATCH_UP = ("none", "latest", 1, 3, 100)
GRACE = (None, "1s", "2s", "5s", "10s")
OVERLAP = ("skip", "queue", 2, 3)
PLACEMENT = ("one", "every", "machine", "role:web", "role:none", "label:gpu", "node:web1", "node:x")
PACES = ((0.1, 0.9), (0.7, 3.0), (2.0, 8.0), (0.1, 8.0), (4.0, 6.0))
"""How long the store takes for one decision after another, in seconds."""


def scene(random: Random) -> tuple[dict[str, object], tuple[float, float]]:
    policies = {
        "catch_up": random.choice(CATCH_UP),
        "grace": random.choice(GRACE),
        "overlap": random.choice(OVERLAP),
        "placement": random.choice(PLACEMENT),
        "unique": random.random() < 0.2,
        "max_running": random.choice((None, None, 1)),
    }
    return policies, random.choice(PACES)


def storm(seed: int, make: Make, decisions: int, *, end: float = 0.0) -> list[RunRow]:
    """What is in the history after so many decisions of the first of two nodes.

    Runs begin on that one only, and end with the chance `end` between two decisions.
    """
    random = Random(seed)
    policies, pace = scene(random)
    here = replace(HOST, host="web1", machine="m1", roles=("web",))
    there = replace(HOST, host="web2", machine="m2", roles=("web",), labels=("gpu",))
    driven = Driven(make=make, who=here, **policies)
    beside = Driven(beside=driven, who=there, **policies)
    driven.add("s", "every 1s")
    driven.clock.advance(random.random())
    driven.step(Changed())
    for _ in range(decisions):
        driven.advance(random.uniform(*pace))
        while driven.started and random.random() < end:
            driven.end(driven.started.pop(0))
        for node in (driven, beside):  # the lease of the other one is held, though it decides not
            node.store.renew(node.machine.holding.node, 15 * SECOND, node.clock.now())
    return driven.runs(schedule="s")


def judge_spans(rows: list[RunRow]) -> None:
    """For each target, each slot stands in one row, and no row spans what it does not tell of."""
    for target in {row.target for row in rows}:
        told = 0
        for row in sorted((row for row in rows if row.target in (target, "")), key=spans):
            first, last = spans(row)
            assert first > told, f"two rows tell of {first}: {row}"
            assert row.state != "skipped" or row.skips == (last - first) // SECOND + 1, row
            told = last


def spans(row: RunRow) -> tuple[int, int]:
    return row.due, row.due_last or row.due


def judge_count(rows: list[RunRow]) -> None:
    targets = {row.target for row in rows} - {""}
    kinds = [(row.state, row.reason, row.target) for row in rows]
    assert len(rows) <= ROWS * max(1, len(targets)), kinds


@pytest.mark.parametrize("seed", range(20))
def test_a_storm_is_a_few_rows_for_each_target(seed: int) -> None:
    rows = storm(seed, MemoryStore, 300)
    judge_count(rows)
    judge_spans(rows)


@pytest.mark.parametrize("seed", range(100, 120))
def test_between_runs_that_end_no_row_spans_a_slot_of_another(seed: int) -> None:
    judge_spans(storm(seed, MemoryStore, 200, end=0.3))


@pytest.mark.parametrize("seed", [4, 27, 30, 33, 111])
def test_the_stores_tell_the_same_of_a_storm(any_store: Make, seed: int) -> None:
    def essence(rows: list[RunRow]) -> list[object]:
        return [(row.due, row.target, row.state, row.reason, row.due_last) for row in rows]

    rows = storm(seed, any_store, 40, end=0.1)
    judge_spans(rows)
    assert essence(rows) == essence(storm(seed, MemoryStore, 40, end=0.1))


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", range(1_000, 1_030))
def test_a_whole_day_of_any_storm(seed: int) -> None:
    """At a mean of a little over two seconds for a decision."""
    rows = storm(seed, MemoryStore, 40_000)
    judge_count(rows)
    judge_spans(rows)


REASONS = ("overlap", "paused", "disabled", "no_node")  # `too_late` comes of the storms above
EVERYWHERE = tuple(product(REASONS, OVERLAP, PLACEMENT))
HOUR, DAY = 3_600, 86_400


def spent(reason: str, seconds: int, **policies: object) -> list[RunRow]:
    """The history of so many seconds in which nothing was launched for that reason."""
    if reason == "overlap":
        return overlapped(seconds, **policies)
    rota = Rota("memory://", roles=["web"], labels=["gpu"])
    rota.task("t")(lambda: None)
    with ManualNode(rota) as node:
        rota.schedules.add("s", "t", "every 1s", **policies)
        while_it_lasts = timedelta(seconds=seconds)
        if reason == "no_node":
            node.miss(seconds=seconds)
        elif reason == "paused":
            rota.schedules.pause("s")
            node.advance(while_it_lasts)
            rota.schedules.resume("s")
        else:
            rota.schedules.update("s", enabled=False)
            node.advance(while_it_lasts)
            rota.schedules.update("s", enabled=True)
        node.advance(seconds=1)
        asked = rota.schedules.why("s", node.now - while_it_lasts / 2)
        assert (asked.decision, asked.reason) == ("skipped", reason)
        return list(node.history())


def overlapped(seconds: int, **policies: object) -> list[RunRow]:
    who = replace(HOST, host="web1", machine="m1", roles=("web",), labels=("gpu",))
    driven = Driven(who=who, **policies)
    driven.add("s", "every 1s")
    driven.step(Changed())
    random = Random(seconds)
    while seconds > 0:
        pace = random.uniform(0.5, 5.0)
        driven.advance(pace)
        driven.store.renew(driven.machine.holding.node, 15 * SECOND, driven.clock.now())
        seconds -= round(pace)
    rows = driven.runs()
    placed_elsewhere = policies["placement"] in ("role:none", "node:x")
    assert {row.reason for row in rows if row.skips > 99} == (
        {"no_node"} if placed_elsewhere else {"overlap"}
    )
    return rows


@pytest.mark.parametrize("reason, overlap, placement", EVERYWHERE[::9])
def test_an_hour_of_a_reason(reason: str, overlap: str | int, placement: str) -> None:
    assert len(spent(reason, HOUR, overlap=overlap, placement=placement)) <= ROWS


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("reason, overlap, placement", EVERYWHERE)
def test_a_day_of_each_reason_under_each_policy(
    reason: str, overlap: str | int, placement: str
) -> None:
    assert len(spent(reason, DAY, overlap=overlap, placement=placement)) <= ROWS
