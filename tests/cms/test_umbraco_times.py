"""Umbraco's wait loop in virtual time: periods, delays, triggers. Minutes count from the start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from rota.cms.umbraco import (
    INFINITE,
    NextExecutionStrategy,
    RecurringBackgroundJob,
    RecurringBackgroundJobTrigger,
    TriggerableRecurringBackgroundJob,
)
from rota.errors import BadSetting
from umbraco_site import Site, Work

RESET, REPLACE = NextExecutionStrategy.RESET, NextExecutionStrategy.REPLACE
DAY = 24 * 60


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


# ------------------------------------------------------------------------ the loop


@pytest.mark.shows("UM 7", "U1")
def test_runs_each_period_until_it_stops(site: Site) -> None:
    work = site.host("5m")
    assert site.to(10) == [0, 5, 10]
    site.close()
    site.clock.advance(3_600)
    assert work.calls == 3


@pytest.mark.shows("UM 8", "U1")
def test_the_first_run_comes_after_three_minutes(site: Site) -> None:
    class Default(RecurringBackgroundJob):
        period = timedelta(minutes=60)

        def run(self, cancellation: object) -> None: ...

    site.umbraco.recurring(Default)
    site.start()
    assert site.to(2.99) == []
    assert site.to(125) == [3, 63, 123]


@pytest.mark.shows("UM 11", "U1")
def test_a_run_as_long_as_the_period_that_raises_is_followed_at_once(site: Site) -> None:
    def fail_first(work: Work) -> None:
        if work.calls == 1:
            site.clock.advance(300)
            raise ValueError("no")

    site.host("5m", do=fail_first)
    assert site.to(12) == [0, 5, 10]
    assert [run.state for run in site.runs] == ["failed", "succeeded", "succeeded"]


@pytest.mark.shows("U1")
def test_ticks_that_a_run_lasts_past_are_one_start_and_the_grid_moves(site: Site) -> None:
    work = site.host("10m", "1m")
    work.do = site.lasts(35)
    assert site.to(60) == [1, 36, 46, 56]


@pytest.mark.shows("UM 13", "U4")
def test_everything_infinite_runs_only_when_triggered(site: Site) -> None:
    site.host(INFINITE, INFINITE)
    assert site.to(DAY) == []
    assert site.umbraco.trigger(Work)
    assert site.to(2 * DAY) == [DAY]
    assert site.umbraco.trigger(Work)
    assert site.to(3 * DAY) == [DAY, 2 * DAY]


@pytest.mark.shows("UM 14", "U4")
def test_an_infinite_period_runs_once_then_only_when_triggered(site: Site) -> None:
    site.host(INFINITE)
    assert site.to(DAY) == [0]
    site.umbraco.trigger(Work, REPLACE)
    assert site.to(2 * DAY) == [0, DAY]


@pytest.mark.shows("U3", "U4")
def test_an_infinite_delay_ends_with_a_trigger_and_then_the_period_counts(site: Site) -> None:
    site.host("60m", INFINITE)
    site.to(30)
    site.umbraco.trigger(Work)
    assert site.to(150) == [30, 90, 150]


@pytest.mark.shows("UM 15", "U2")
def test_ninety_days(site: Site) -> None:
    site.host(timedelta(days=90))
    assert site.to(90 * DAY) == [0, 90 * DAY]


# ---------------------------------------------------------------------- triggers


@pytest.mark.shows("UM 17", "U3")
def test_a_trigger_runs_a_waiting_job_at_once(site: Site) -> None:
    site.host("60m")
    site.to(20)
    assert site.umbraco.trigger(Work)
    assert site.to(20) == [0, 20]


TIMELINES = [  # the vendor's worked timelines: an hour's period, a trigger at 20 that lasts so long
    *[({}, lasts, then) for lasts, then in ((0, 60), (5, 60), (50, 120), (110, 130))],
    *[({"strategy": REPLACE}, lasts, then) for lasts, then in ((0, 120), (50, 120), (110, 130))],
    *[({"strategy": RESET}, lasts, then) for lasts, then in ((0, 80), (5, 80), (110, 130))],
    *[({"next_delay": "10m"}, lasts, then) for lasts, then in ((0, 30), (50, 70), (110, 130))],
]


@pytest.mark.shows("UM 19", "UM 20", "UM 22", "U3")
@pytest.mark.parametrize("how, lasts, then", TIMELINES)
def test_each_worked_timeline(site: Site, how: dict[str, object], lasts: int, then: int) -> None:
    work = site.host("60m")
    site.to(20)
    work.do = site.lasts(lasts)
    site.umbraco.trigger(Work, **how)  # type: ignore[arg-type]
    if 20 + lasts < then:
        assert site.to(then - 0.02) == [0, 20]
    assert site.to(then + 60) == [0, 20, then, then + 60]


@pytest.mark.shows("UM 19", "U3")
def test_none_keeps_the_tick(site: Site) -> None:
    site.host("60m")
    site.to(20)
    site.umbraco.trigger(Work, NextExecutionStrategy.NONE)
    assert site.to(59.9) == [0, 20]
    assert site.to(60) == [0, 20, 60]


@pytest.mark.shows("UM 20", "U3")
def test_none_skips_one_tick_that_the_triggered_run_lasts_past(site: Site) -> None:
    work = site.host("60m")
    site.to(20)
    work.do = site.lasts(50)
    site.umbraco.trigger(Work)
    assert site.to(119.9) == [0, 20]
    assert site.to(180) == [0, 20, 120, 180]


@pytest.mark.shows("UM 22", "U3")
def test_replace_takes_the_next_tick_out_and_a_second_one_another(site: Site) -> None:
    site.host("60m")
    site.to(20)
    site.umbraco.trigger(Work, REPLACE)
    site.to(60)
    site.umbraco.trigger(Work, REPLACE)
    assert site.to(240) == [0, 20, 60, 180, 240]


@pytest.mark.shows("UM 23", "U3")
def test_a_custom_delay_counts_once(site: Site) -> None:
    site.host("60m", "30m")
    site.umbraco.trigger(Work, next_delay=timedelta(minutes=10))
    assert site.to(9.9) == [0]
    assert site.to(70) == [0, 10, 70]
    site.umbraco.trigger(Work, next_delay=INFINITE)
    assert site.to(5 * DAY) == [0, 10, 70, 70]
    site.umbraco.trigger(Work, RESET)
    assert site.to(5 * DAY + 60)[-2:] == [5 * DAY, 5 * DAY + 60]


@pytest.mark.shows("UM 25", "U3")
def test_a_trigger_during_a_run_is_the_next_run_and_the_tick_stays(site: Site) -> None:
    def trigger_at_four(work: Work) -> None:
        if work.calls == 1:
            site.clock.advance(240)
            assert site.umbraco.trigger(Work)
            site.clock.advance(360)

    site.host("60m", do=trigger_at_four)
    assert site.to(120) == [0, 10, 60, 120]


@pytest.mark.shows("UM 27", "U3")
@pytest.mark.parametrize("how, then", [({}, 120), ({"strategy": RESET}, 130)])
def test_a_trigger_during_a_run_past_its_tick_makes_one_extra_run(
    site: Site, how: dict[str, object], then: int
) -> None:
    def overshoot(work: Work) -> None:
        if work.calls == 1:
            site.clock.advance(240)
            site.umbraco.trigger(Work, **how)  # type: ignore[arg-type]
            site.clock.advance(66 * 60)

    site.host("60m", do=overshoot)
    assert site.to(then) == [0, 70, then]


@pytest.mark.shows("U3")
def test_of_several_triggers_the_last_counts_and_one_run_answers_all(site: Site) -> None:
    site.host("60m")
    site.to(20)
    first, second = site.umbraco.trigger(Work), site.umbraco.trigger(Work, RESET)
    assert site.to(90) == [0, 20, 80]
    assert (first.wait(0), second.wait(0)) == ("succeeded", "succeeded")


@pytest.mark.shows("UM 28", "U3")
def test_what_a_trigger_answers(site: Site) -> None:
    class Unregistered(Work): ...

    trigger: RecurringBackgroundJobTrigger[Work] = site.umbraco.trigger_of(Work)
    assert not trigger.trigger_execution()  # not registered when it was asked for
    site.umbraco.add_recurring_background_job(Work("60m", INFINITE))
    other = site.umbraco.add_recurring_background_job(Work("60m", INFINITE), name="other")
    assert not site.umbraco.trigger(Work)  # not started
    site.start()
    assert not site.umbraco.trigger(Unregistered)
    assert site.umbraco.trigger(Work)
    assert site.umbraco.trigger(Work, RESET)
    assert site.umbraco.trigger(Work, next_delay="5m")
    site.to(1)
    assert other.calls == 0
    assert site.umbraco.trigger("other")
    site.to(2)
    assert (other.calls, len(site.runs)) == (1, 2)
    site.close()
    assert not site.umbraco.trigger(Work)  # stopped


@pytest.mark.shows("U3")
def test_a_job_without_the_marker_and_a_strange_strategy_are_refused(site: Site) -> None:
    class Unmarked(RecurringBackgroundJob):
        period = "1h"

        def run(self, cancellation: object) -> None: ...

    site.umbraco.recurring(Unmarked)
    site.host("60m")
    for what in (Unmarked, "Unmarked"):
        with pytest.raises(BadSetting, match="TriggerableRecurringBackgroundJob"):
            site.umbraco.trigger(what)  # type: ignore[type-var]
    with pytest.raises(BadSetting, match="no such strategy"):
        site.umbraco.trigger(Work, "later")
    with pytest.raises(BadSetting, match="next_delay"):
        site.umbraco.trigger(Work, next_delay=-1)
    assert issubclass(Work, TriggerableRecurringBackgroundJob)


# ------------------------------------------------------------------------ period


@pytest.mark.shows("UM 30", "U2")
def test_a_longer_period_takes_effect_at_once(site: Site) -> None:
    work = site.host("10m")
    site.to(0.1)
    work.period = timedelta(minutes=60)
    assert site.to(59.9) == [0]
    assert site.to(120) == [0, 60, 120]


@pytest.mark.shows("U2")
@pytest.mark.parametrize("period, then", [(10, [30, 40]), (40, [40, 80])])
def test_a_shorter_period_counts_from_the_latest_start(
    site: Site, period: int, then: list[float]
) -> None:
    work = site.host("60m")
    site.to(30)
    work.period = timedelta(minutes=period)
    assert site.to(then[-1])[1:3] == then


@pytest.mark.shows("UM 32", "U2")
def test_from_infinite_to_finite_and_back(site: Site) -> None:
    work = site.host(INFINITE)
    site.to(0.1)
    work.period = timedelta(minutes=10)
    assert site.to(10) == [0, 10]
    work.period = INFINITE
    assert site.to(DAY) == [0, 10]


@pytest.mark.shows("UM 33", "U2")
def test_a_period_changed_during_a_run_counts_from_that_run(site: Site) -> None:
    def change(work: Work) -> None:
        if work.calls == 1:
            site.clock.advance(60)
            work.period = timedelta(minutes=60)
            site.clock.advance(60)

    site.host("10m", do=change)
    assert site.to(120) == [0, 60, 120]


@pytest.mark.shows("U2", "U3")
def test_a_change_and_a_trigger_in_one_wait_do_not_work_against_each_other(site: Site) -> None:
    work = site.host("60m")
    site.to(20)
    work.period = timedelta(minutes=90)
    site.to(30)
    site.umbraco.trigger(Work)
    assert site.to(90) == [0, 30, 90]
