"""Starts that wait for a look, and rules that count from a run that somebody asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rota import Rota
from rota.testing.manual import ManualNode

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)


def site() -> Rota:
    rota = Rota("memory://")
    rota.task("work")(lambda: None)
    return rota


def test_a_start_waits_for_the_next_look_since_the_node_began() -> None:
    rota = site()
    with ManualNode(rota, TEN.replace(minute=7)) as node:
        rota.schedules.add("work", "work", "every 15m from 2026-03-02", poll="10m")
        runs = node.advance_to(TEN.replace(minute=40))
        assert [(run.due.minute, run.started and run.started.minute) for run in runs] == [
            (15, 17), (30, 37),
        ]  # fmt: skip


def test_what_is_finer_than_its_poll_is_warned_about() -> None:
    rota = site()
    with ManualNode(rota, TEN):
        item = rota.schedules.add("work", "work", "sitecore ||127|00:01:00", poll="10m")
        assert [one["code"] for one in item.warnings] == ["finer_than_poll"]
        item = rota.schedules.update("work", poll="1m")
        assert item.warnings == ()


@pytest.mark.parametrize(
    "rule, following",
    [
        ("sitecore ||127|01:00:00", "11:25"),  # the end of the run that was asked for
        ("sitecore ||127|01:00:00 async", "11:20"),  # its start
        ("sitecore 20260302T100000||127|01:00:00 anchored", "11:00"),
        ("every 1h after end from 2026-03-02T10:00", "11:25"),
        ("every 1h from 2026-03-02", "11:00"),
    ],
)
def test_a_rule_that_counts_from_the_last_run_counts_from_one_asked_for(
    rule: str, following: str
) -> None:
    rota = Rota("memory://")

    @rota.task("work")
    def work() -> None:
        node.clock.advance(300 if node.now > TEN + timedelta(minutes=10) else 0)

    with ManualNode(rota, TEN) as node:
        rota.schedules.add("work", "work", rule)
        node.advance_to(TEN.replace(minute=20))
        rota.schedules.run("work", user="eva")
        node.advance()
        item = rota.schedules.get("work")
        assert item.next_run is not None
        assert f"{item.next_run:%H:%M}" == following
        assert item.status == "waiting"
        hours = [f"{run.due:%H:%M}" for run in node.advance(hours=2)]
        assert hours[0] == following


def test_after_one_that_is_taken_back_the_rule_goes_on_from_there() -> None:
    rota = site()
    with ManualNode(rota, TEN) as node:
        rota.schedules.add("work", "work", "sitecore ||127|01:00:00")
        node.advance_to(TEN.replace(minute=20))
        run = rota.schedules.run("work")
        rota.runs.cancel(run.id)
        node.advance()
        item = rota.schedules.get("work")
        assert item.next_run == TEN.replace(hour=11, minute=20)
