"""`gap skip`: a slot whose local time does not exist is a decision too, with its reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from driving import Driven
from rota import Rota
from rota.engine.messages import Changed
from rota.instants import SECOND, from_datetime
from rota.testing import ManualNode
from stores import Make, any_store

__all__ = ("any_store",)

START = datetime(2026, 3, 27, tzinfo=UTC)  # in Prague 02:00 to 03:00 is not there on the 29th
GONE = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # as `shift` reads 02:30


@pytest.mark.parametrize(
    "text",
    [
        "daily at 02:30",
        "cron 30 2 * * *",
        "weekly on mon,sun at 02:30",
        "daily at 02:30,02:45,03:00",
    ],
)
def test_it_is_a_skip_of_that_reason(text: str) -> None:
    rota = Rota("memory://")
    rota.task("work")(lambda: None)
    with ManualNode(rota, START) as node:
        rota.schedules.add("work", "work", f"{text} in Europe/Prague gap skip")
        before = rota.schedules.why("work", GONE)
        node.advance(days=7)
        (skip,) = node.skips
        times = text.count(":") or 1
        assert (skip.reason, skip.due) == ("gap", GONE)
        assert skip.skips == (2 if times == 3 else 1)
        after = rota.schedules.why("work", GONE)
        assert (before.decision, before.reason) == (after.decision, after.reason)
        assert (after.due, after.decision, after.reason) == (GONE, "skipped", "gap")
        assert all(run.state == "succeeded" for run in node.runs)


def test_where_it_runs_all_the_same_nothing_is_skipped() -> None:
    rota = Rota("memory://")
    rota.task("work")(lambda: None)
    with ManualNode(rota, START) as node:
        rota.schedules.add("shift", "work", "daily at 02:30 in Europe/Prague")
        rota.schedules.add("there", "work", "daily at 02:30,03:30 in Europe/Prague gap skip")
        node.advance(days=4)
        assert node.skips == []
        assert rota.schedules.why("there", GONE).decision == "ran"


def test_a_run_that_is_open_beside_it_is_another_reason() -> None:
    rota = Rota("memory://")
    waits = [50 * 3_600]  # the first run takes two days
    rota.task("work")(lambda: node.clock.advance(waits.pop()) if waits else None)
    with ManualNode(rota, datetime(2026, 3, 28, tzinfo=UTC)) as node:
        rota.schedules.add("work", "work", "daily at 02:30 in Europe/Prague gap skip")
        node.advance(days=5)
        assert rota.schedules.why("work", GONE).reason == "gap"
        assert (
            rota.schedules.why("work", datetime(2026, 3, 31, 0, 30, tzinfo=UTC)).decision == "ran"
        )


def test_every_store_tells_it_beside_the_runs_around_it(any_store: Make) -> None:
    driven = Driven(make=any_store)
    driven.add("s", "daily at 02:30 in Europe/Prague gap skip")
    driven.step(Changed())
    for _ in range(32 * 24):
        driven.advance(3_600)
        driven.store.renew(driven.machine.holding.node, 15 * SECOND, driven.clock.now())
        while driven.started and driven.runs()[-1].state == "running":
            driven.end(driven.started[-1])
    rows = driven.runs()
    (skip,) = [row for row in rows if row.state == "skipped"]
    assert (skip.reason, skip.due, skip.skips) == ("gap", from_datetime(GONE), 1)
    assert {row.state for row in rows} == {"succeeded", "skipped"}
    assert [row.due for row in rows if row.due > skip.due], "and it goes on"
