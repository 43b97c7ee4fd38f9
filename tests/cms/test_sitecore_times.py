"""When Sitecore's schedules run: due rule, rescheduling, drift, polls, downtime, expiry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from driving import Driven
from rota import Rota
from rota.cms.sitecore import DatabaseAgent, ScheduleItem, Sitecore
from rota.cms.sitecore.recurring import read_schedule
from rota.engine.client.items import RunItem
from rota.errors import UnknownSchedule
from rota.instants import SECOND
from rota.ports.records import ScheduleRow
from rota.testing.manual import ManualNode
from rota.when import trigger

HOURLY = "20260220T000000|99990101|127|01:00:00"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(text: str, now: str, last: str | None = None) -> str | None:
    """Why a recurrence is not due; None if it is."""
    found = trigger(f"sitecore {text}").due(moment(now), last and moment(last), None)  # type: ignore[arg-type]
    assert found.due == (found.reason is None)
    return found.reason


def eligible(text: str, now: str, last: str) -> str:
    found = trigger(f"sitecore {text}").due(moment(now), moment(last), None).next
    return str(found)[:19]


class Task:
    """A command that takes as long as the test says."""

    takes: ClassVar[float] = 0
    node: ClassVar[ManualNode]

    def execute(self) -> None:
        if Task.takes:
            Task.node.clock.advance(Task.takes)


class Site:
    def __init__(self, start: str, **agent: Any) -> None:
        Task.takes = 0
        self.rota = Rota("memory://")
        frequency = agent.pop("frequency", "00:00:00")
        self.sitecore = Sitecore(self.rota, agents=[DatabaseAgent(**agent)], frequency=frequency)
        self.node = Task.node = ManualNode(self.rota, moment(start))
        self.sitecore.commands.create("Do it", Task)

    def create(self, text: str, name: str = "Task", **more: Any) -> ScheduleItem:
        return self.sitecore.schedules.create(name, "Do it", text, **more)

    def item(self, name: str = "Task") -> ScheduleItem:
        return self.sitecore.schedules.get(name)

    def until(self, text: str) -> list[str]:
        """The starts of its runs until then."""
        return [str(run.started)[:16] for run in self.runs_until(text)]

    def runs_until(self, text: str) -> list[RunItem]:
        return [run for run in self.node.advance_to(moment(text)) if run.schedule == "Task"]

    def ran(self, text: str) -> None:
        """It ran last at that instant."""
        at = int(moment(text).timestamp()) * SECOND
        self.rota.context.store.change_schedule("Task", None, {"last_run": at, "last_finished": at})


@contextmanager
def site(start: str, **agent: Any) -> Iterator[Site]:
    made = Site(start, **agent)
    with made.node:
        yield made


# ------------------------------------------------------------------- the due rule


@pytest.mark.shows("SK 1", "S4")
def test_it_is_due_exactly_one_interval_after_the_last_run() -> None:
    assert due(HOURLY, "2026-03-02 10:00:00", "2026-03-02 09:00") is None
    assert due(HOURLY, "2026-03-02 09:59:59", "2026-03-02 09:00") == "interval_not_elapsed"


@pytest.mark.shows("SK 3", "S4")
def test_one_that_never_ran_runs_at_once_within_its_window() -> None:
    with site("2026-03-02 10:17:33") as here:
        here.create(HOURLY)
        assert here.until("2026-03-02 10:18:00") == ["2026-03-02 10:17"]


@pytest.mark.shows("SK 4", "S4")
def test_not_before_the_start_and_due_at_it() -> None:
    text = "20260320T060000|99990101|127|1.00:00"
    assert due(text, "2026-03-20 05:59:59") == "not_started"
    assert due(text, "2026-03-20 06:00:00") is None
    with site("2026-03-19") as here:
        here.create(text)
        assert here.until("2026-03-20 12:00") == ["2026-03-20 06:00"]


@pytest.mark.shows("SK 5", "S4")
def test_the_end_is_inclusive_and_midnight_is_warned_of() -> None:
    text = "20260301|20260305|127|00:30"
    assert due(text, "2026-03-05 00:00:00", "2026-03-04 23:00") is None
    assert due(text, "2026-03-05 00:00:01", "2026-03-04 23:00") == "expired"
    with site("2026-03-02") as here:
        (warning,) = here.create(text).warnings
        assert "midnight at the start of 5 March" in warning


@pytest.mark.shows("SK 6", "S3")
@pytest.mark.parametrize("text", ["||127|00:15:00", "|||00:15:00"])
def test_empty_parts_mean_no_bounds_and_every_day(text: str) -> None:
    with site("2026-03-02 10:00") as here:
        assert here.create(text).warnings == ()
        assert here.until("2026-03-02 10:31") == [
            "2026-03-02 10:00", "2026-03-02 10:15", "2026-03-02 10:30",
        ]  # fmt: skip
    assert due(text, "1971-01-02") is None
    assert due(text, "9999-12-30") is None


@pytest.mark.shows("SK 8", "S4")
def test_a_day_that_is_not_allowed_and_the_next_that_is() -> None:
    text = "||65|1.00:00:00"
    assert due(text, "2026-03-02 10:00", "2026-03-01 09:00") == "wrong_day"
    assert eligible(text, "2026-03-02 10:00", "2026-03-01 09:00") == "2026-03-07 00:00:00"


@pytest.mark.shows("SK 10", "S3")
def test_twelve_and_a_dot_are_twelve_days() -> None:
    text = "||127|12.00:00"
    assert eligible(text, "2026-02-21", "2026-02-20 08:00") == "2026-03-04 08:00:00"
    assert trigger(f"sitecore {text}").words().startswith("Every 12 days")


@pytest.mark.shows("SK 11", "S3")
def test_days_hours_minutes_and_seconds_together() -> None:
    assert eligible("||127|1.02:05:10", "2026-03-01", "2026-03-01") == "2026-03-02 02:05:10"


@pytest.mark.shows("SK 14", "S3")
def test_blanks_are_gone_in_what_is_stored() -> None:
    with site("2026-03-02") as here:
        item = here.create(" 20260220 | 99990101 | 127 | 01:00 ")
        assert item.schedule == "20260220T000000|99990101T000000|127|01:00:00"
        assert here.rota.schedules.get("Task").trigger == f"sitecore {item.schedule}"


# ------------------------------------------------------------------- rescheduling

WEEKLY = "20260220T000000|99990101|127|7.00:00"


@pytest.mark.shows("SK 15", "S5")
def test_rescheduling_keeps_the_last_run_and_warns_that_it_swallows_the_first() -> None:
    with site("2026-02-17 12:00", interval="12:00:00") as here:
        here.create("20260210|99990101|127|7.00:00")
        assert here.until("2026-02-17 12:01") == ["2026-02-17 12:00"]
        item = here.sitecore.schedules.update("Task", schedule=WEEKLY)
        (warning,) = item.warnings
        assert "first run at the new start will be skipped" in warning
        assert "24 February 2026 at 12:00" in warning
        assert "Clear the last run" in warning
        assert here.until("2026-02-27") == ["2026-02-24 12:00"]


@pytest.mark.shows("SK 16", "S5", "S7")
def test_with_the_last_run_cleared_it_is_due_at_the_start() -> None:
    with site("2026-02-17 12:00", interval="12:00:00") as here:
        here.create("20260210|99990101|127|7.00:00")
        here.until("2026-02-17 12:01")
        assert str(here.item().last_run)[:16] == "2026-02-17 12:00"
        here.sitecore.schedules.update("Task", schedule=WEEKLY)
        item = here.sitecore.schedules.clear_last_run("Task", user="eva")
        assert (item.last_run, item.warnings) == (None, ())
        assert here.until("2026-02-21") == ["2026-02-20 00:00"]
        line = next(one for one in here.rota.audit.list() if one.subject == "Task" and one.user)
        assert (line.action, line.user) == ("schedule.last_run_cleared", "eva")


@pytest.mark.shows("SK 17", "S4", "S5")
def test_anchored_it_runs_on_the_grid_whatever_the_last_run() -> None:
    with site("2026-02-17 12:00", interval="12:00:00") as here:
        here.create("20260210|99990101|127|7.00:00")
        here.until("2026-02-17 12:01")
        item = here.sitecore.schedules.update("Task", schedule=WEEKLY, anchored=True)
        assert item.warnings == ()
        assert here.until("2026-03-07") == [
            "2026-02-20 00:00", "2026-02-27 00:00", "2026-03-06 00:00",
        ]  # fmt: skip


@pytest.mark.shows("S4", "S7")
def test_synchronous_runs_drift_by_what_they_take() -> None:
    with site("2026-03-01 23:00") as here:
        here.create("20260302||127|01:00:00")
        Task.takes = 600
        assert here.until("2026-03-02 03:00") == [
            "2026-03-02 00:00", "2026-03-02 01:10", "2026-03-02 02:20",
        ]  # fmt: skip


@pytest.mark.shows("SK 19", "S7")
def test_asynchronous_ones_count_from_start_to_start() -> None:
    with site("2026-03-01 23:00") as here:
        here.create("20260302||127|01:00:00", is_async=True)
        Task.takes = 600
        assert here.until("2026-03-02 04:30") == [
            f"2026-03-02 {hour}" for hour in ("00:00", "01:00", "02:00", "03:00", "04:00")
        ]  # fmt: skip


@pytest.mark.shows("SK 27", "S7")
def test_longer_than_its_interval_it_skips_or_runs_beside_itself() -> None:
    rule = read_schedule(ScheduleItem("/x", "/y", "||127|00:10:00", is_async=True), "UTC")
    driven = Driven()
    driven.add("one", str(rule))
    driven.add("three", str(rule), policies={"overlap": 3})
    for _ in range(25):
        driven.advance(60)
    started = [run.schedule for run in driven.started]
    assert (started.count("one"), started.count("three")) == (1, 3)
    (skip,) = driven.runs(schedule="one", states=("skipped",))
    assert (skip.reason, skip.skips) == ("overlap", 2)


# ------------------------------------------------------------------- poll layers


@pytest.mark.shows("SK 21", "S11")
def test_a_poll_after_the_due_time_starts_late_and_the_lateness_is_recorded() -> None:
    with site("2026-03-02 00:07", polls=True, interval="00:10:00") as here:
        here.create("||127|6.00:00:00")
        here.ran("2026-03-02 00:00")
        here.sitecore.schedules.update("Task", schedule="||127|7.00:00:00")
        (run,) = here.runs_until("2026-03-09 00:30")
        assert str(run.due)[:19] == "2026-03-09 00:00:00"
        assert str(run.started)[:19] == "2026-03-09 00:07:00"


@pytest.mark.shows("SK 22", "S11")
def test_finer_than_the_poll_it_runs_at_each_and_a_warning_says_so() -> None:
    with site("2026-03-02 10:00", polls=True, interval="00:10:00") as here:
        (warning,) = here.create("||127|00:01:00").warnings
        assert "cannot run more often" in warning
        assert "10m" in warning
        assert here.until("2026-03-02 10:35") == [
            "2026-03-02 10:10", "2026-03-02 10:20", "2026-03-02 10:30",
        ]  # fmt: skip
        assert here.rota.schedules.get("Task").warnings[0]["code"] == "finer_than_poll"  # the page


@pytest.mark.shows("SK 22", "S11")
def test_the_effective_poll_is_the_longer_layer() -> None:
    with site("2026-03-02 10:00", polls=True, interval="00:01:00", frequency="00:05:00") as here:
        here.create("||127|00:01:00")
        assert here.until("2026-03-02 10:14") == ["2026-03-02 10:05", "2026-03-02 10:10"]


@pytest.mark.shows("S11")
def test_without_polls_the_same_schedule_is_on_time() -> None:
    with site("2026-03-02 10:00", interval="00:10:00", frequency="00:05:00") as here:
        assert here.create("||127|00:01:00").warnings == ()
        assert len(here.until("2026-03-02 10:10:30")) == 11


@pytest.mark.shows("S11")
def test_a_poll_past_the_window_starts_nothing() -> None:
    with site("2026-03-01 23:47", polls=True, interval="00:10:00") as here:
        here.create("20260301T235800|20260302T000500|127|00:30:00")
        here.until("2026-03-02 01:00")
        assert [run for run in here.node.runs if run.schedule == "Task"] == []
        (skip,) = [run for run in here.node.skips if run.schedule == "Task"]
        assert (skip.reason, skip.result) == ("window", "Not due: Task (expired)")


@pytest.mark.shows("SK 23", "S11")
def test_an_agent_with_interval_zero_polls_nothing_and_says_so() -> None:
    with site("2026-03-02 10:00", interval="00:00:00") as here:
        here.create(HOURLY)
        assert here.until("2026-03-02 14:00") == []
        assert [run.task for run in here.node.runs] == []
        shown = here.rota.schedules.get("Task")
        assert (shown.status, shown.next_run) == ("paused", None)
        assert shown.pause_reason.startswith("scheduler disabled: the agent Master_Database_Agent")
        assert here.rota.schedules.get("sitecore.Master_Database_Agent").trigger == "manual"


@pytest.mark.shows("SK 23", "S11")
def test_with_its_interval_back_its_schedules_go_on() -> None:
    with site("2026-03-02 10:00", interval="00:00:00") as here:
        here.create(HOURLY)
        agent = DatabaseAgent(interval="00:10:00")
        here.sitecore.agents = (agent,)
        here.sitecore.synchronise()
        assert here.item().status == "waiting"
        assert here.until("2026-03-02 11:30") == ["2026-03-02 10:00", "2026-03-02 11:00"]


@pytest.mark.shows("SK 24")
def test_after_hours_down_there_is_one_run() -> None:
    with site("2026-03-02 07:30") as here:
        here.create(HOURLY)
        here.until("2026-03-02 08:00")
        caught_up = [run for run in here.node.miss(hours=4) if run.schedule == "Task"]
        assert [str(run.started)[:16] for run in caught_up] == ["2026-03-02 12:00"]


@pytest.mark.shows("SK 24")
def test_without_catching_up_there_is_none_and_the_next_is_used() -> None:
    with site("2026-03-02 07:30") as here:
        here.create(HOURLY, catch_up="none")
        here.until("2026-03-02 08:00")
        assert [run for run in here.node.miss(hours=4) if run.schedule == "Task"] == []
        assert len(here.until("2026-03-02 13:30")) == 1


# ------------------------------------------------------------------- expiry


@pytest.mark.shows("SK 31", "S7")
def test_auto_remove_takes_an_expired_one_away_and_leaves_its_history() -> None:
    with site("2026-03-04 22:00") as here:
        here.create("20260301|20260305|127|01:00:00", auto_remove=True)
        here.create("20260301|20260305|127|01:00:00", "Kept")
        here.create("20260310|20260311|127|01:00:00", "Later", auto_remove=True)
        here.create("20260220|99990101|127|01:00:00", "Forever", auto_remove=True)
        assert len(here.until("2026-03-05 00:00")) == 2
        here.until("2026-03-05 00:10")
        with pytest.raises(UnknownSchedule):
            here.rota.schedules.get("Task")
        assert len(here.rota.runs.list("Task")) == 2
        line = next(one for one in here.rota.audit.list() if one.subject == "Task")
        assert (line.action, line.reason) == (
            "schedule.removed", "auto remove: it has expired",
        )  # fmt: skip
        assert here.item("Kept").status == "expired"
        assert {here.item(name).status for name in ("Later", "Forever")} == {"waiting"}
        here.until("2026-03-12")
        assert here.item("Forever").status in ("waiting", "running")


@pytest.mark.shows("SK 31", "S7")
def test_auto_remove_also_takes_one_that_never_ran_and_it_stays_away() -> None:
    with site("2026-03-04 22:00") as here:
        here.create("20260301|20260305|1|01:00:00", auto_remove=True)  # Sundays only
        here.until("2026-03-05 00:10")
        assert "/sitecore/system/Tasks/Schedules/Task" in here.sitecore.synchronise().expired
        with pytest.raises(UnknownSchedule):
            here.rota.schedules.get("Task")


@pytest.mark.shows("SK 31")
def test_what_was_removed_can_be_made_again() -> None:
    with site("2026-03-04 22:00") as here:
        here.create("20260301|20260305|127|01:00:00", auto_remove=True)
        here.until("2026-03-05 00:10")
        revision = here.rota.schedules.revisions("Task")[1].number
        assert here.rota.schedules.revert("Task", revision).name == "Task"


# ------------------------------------------------------------------- two nodes


@pytest.mark.shows("SK 32")
def test_two_that_look_in_the_same_second_start_one_run() -> None:
    one = Driven()
    two = Driven(beside=one)
    one.add("work", "sitecore ||127|01:00:00")
    one.step()  # each has it in sight by now
    two.step()
    one.advance(1)
    two.renew()
    assert len(one.started + two.started) == 1


@pytest.mark.shows("SK 32")
def test_a_dead_winners_run_is_lost_and_the_schedule_may_run_again() -> None:
    from rota.engine.upkeep.recovery import recover

    one = Driven()
    two = Driven(beside=one)
    one.add("work", "sitecore ||127|01:00:00")
    one.advance(1)
    two.renew()
    winner, other = (one, two) if one.started else (two, one)
    assert len(winner.started) == 1
    one.clock.advance(20)
    other.store.renew(other.machine.holding.node, 15 * SECOND, other.clock.now())
    recover(one.store, one.clock.now())
    (lost,) = [run for run in one.runs() if run.state == "lost"]
    assert lost.id == winner.started[0].id
    for _ in range(62):
        other.clock.advance(60)
        other.store.renew(other.machine.holding.node, 15 * SECOND, other.clock.now())
        other.renew()
    row = one.store.schedule("work")
    assert isinstance(row, ScheduleRow)
    assert [run.id != lost.id for run in other.started] == [True]
