"""Kentico's model at work on a node driven by hand, each scenario by its number."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from rota import Failed, Rota
from rota.cms.kentico import (
    CancellationToken,
    Kentico,
    ScheduledTask,
    ScheduledTaskConfigurationInfo,
    ScheduledTaskExecutionResult,
    TaskInterval,
)
from rota.errors import BadSetting, DuplicateTask, Refused
from rota.ports.records import TaskRow
from rota.testing.manual import ManualNode
from waiting import eventually

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
ALL = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"
EVERY_TEN_MINUTES = f"minute;3/2/2026 10:00:00 AM;10;00:00:00;23:59:00;{ALL}"


def minute(hour: int, minutes: int, seconds: int = 0) -> datetime:
    return TEN.replace(hour=hour, minute=minutes, second=seconds)


class Site:
    """An application with one task that does what the test tells it."""

    def __init__(self) -> None:
        self.rota = Rota("memory://")
        self.kentico = Kentico(self.rota)
        self.returns: object = ""
        self.takes = 0.0
        self.seen: list[ScheduledTaskConfigurationInfo] = []
        self.kentico.register_scheduled_task("Acme.Work", self.work)
        self.kentico.register_scheduled_task("Acme.New", lambda task, token: "relinked")

    def work(self, task: ScheduledTaskConfigurationInfo, token: CancellationToken) -> object:
        self.seen.append(task)
        if self.takes:
            self.node.clock.advance(self.takes)
        if isinstance(self.returns, Exception):
            raise self.returns
        return self.returns

    def create(self, **options: object) -> ScheduledTaskConfigurationInfo:
        return self.kentico.configurations.create("Work", "Acme.Work", EVERY_TEN_MINUTES, **options)  # type: ignore[arg-type]

    @property
    def now(self) -> ScheduledTaskConfigurationInfo:
        return self.kentico.configurations.get("Work")


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    with ManualNode(made.rota, TEN - timedelta(seconds=30)) as made.node:  # type: ignore[attr-defined]
        yield made


@pytest.mark.shows("K1", "K3", "K11")
def test_a_class_with_an_injected_logger_runs_by_its_configuration() -> None:
    rota = Rota("memory://")
    kentico = Kentico(rota)

    @kentico.register_scheduled_task(identifier="Acme.HelloScheduledTask")
    class HelloScheduledTask(ScheduledTask):
        made = 0

        def __init__(self, logger: logging.Logger) -> None:
            self.logger = logger
            HelloScheduledTask.made += 1

        async def execute(
            self, task: ScheduledTaskConfigurationInfo, cancellation_token: CancellationToken
        ) -> ScheduledTaskExecutionResult:
            assert not cancellation_token.is_cancellation_requested
            self.logger.warning("Hello from %s, last run %s", task.display_name, task.last_run)
            return ScheduledTaskExecutionResult.SUCCESS

    with ManualNode(rota, TEN) as node:
        every_hour = TaskInterval("hour", datetime(2026, 3, 2, 10))
        kentico.configurations.create("Say hello", "Acme.HelloScheduledTask", every_hour)
        runs = node.advance(hours=2)
        assert [run.state for run in runs] == ["succeeded", "succeeded"]
        assert HelloScheduledTask.made == 2  # one instance a run
        lines = rota.runs.log(runs[0].id)
        assert [(line.level, line.text) for line in lines] == [
            ("warning", "Hello from Say hello, last run 2026-03-02 11:00:00+00:00")
        ]


@pytest.mark.shows("K1")
def test_a_second_task_of_one_identifier_is_refused_and_names_both_places() -> None:
    kentico = Kentico(Rota("memory://"))
    kentico.register_scheduled_task("Acme.Work", lambda task, token: None)

    class Other(ScheduledTask):
        def execute(self, task: object, cancellation_token: object) -> None: ...

    with pytest.raises(DuplicateTask) as caught:
        kentico.register_scheduled_task("Acme.Work", Other)
    assert str(caught.value).count("test_kentico.py:") == 2


@pytest.mark.shows("K1")
def test_execute_with_other_arguments_is_refused_at_once() -> None:
    kentico = Kentico(Rota("memory://"))
    with pytest.raises(BadSetting, match="two arguments"):
        kentico.register_scheduled_task("Acme.Work", lambda task: None)


@pytest.mark.shows("K2")
def test_one_task_may_have_many_configurations(site: Site) -> None:
    for name in ("First", "Second"):
        site.kentico.configurations.create(name, "Acme.Work", EVERY_TEN_MINUTES, data=name)
    site.node.advance(minutes=1)
    assert sorted((one.name, one.data) for one in site.seen) == [
        ("First", "First"), ("Second", "Second"),
    ]  # fmt: skip


@pytest.mark.shows("SK 48")
def test_a_late_start_and_a_long_run_do_not_move_the_grid(site: Site) -> None:
    site.create()
    site.takes = 180
    site.node.clock.advance(52)  # the node looks 22 seconds after the slot
    (run,) = site.node.advance()
    assert run.due == TEN
    assert run.started == minute(10, 0, 22)
    assert site.now.next_run == minute(10, 10)


@pytest.mark.shows("SK 50", "K13")
def test_after_hours_down_one_run_catches_up_and_the_grid_goes_on(site: Site) -> None:
    site.create()
    site.node.advance_to(minute(12, 0))
    site.seen.clear()
    down = minute(14, 3) - site.node.now
    caught_up = site.node.miss(seconds=down.total_seconds())
    assert [run.due for run in caught_up] == [minute(14, 0)]
    assert len(site.seen) == 1
    assert site.now.next_run == minute(14, 10)


@pytest.mark.shows("SK 51")
def test_disabled_for_hours_there_is_no_burst_and_it_may_be_run_by_hand(site: Site) -> None:
    site.create()
    site.node.advance_to(minute(10, 5))
    site.kentico.configurations.update("Work", enabled=False)
    site.seen.clear()
    site.node.advance_to(minute(12, 3))
    assert site.seen == []
    site.kentico.configurations.run("Work", user="eva")
    assert [(run.kind, run.user) for run in site.node.advance()] == [("manual", "eva")]
    site.node.advance_to(minute(14, 3))
    site.kentico.configurations.update("Work", enabled=True)
    assert site.node.advance() == []
    assert site.now.next_run == minute(14, 10)


@pytest.mark.shows("SK 52", "K6")
def test_a_manual_run_counts_and_leaves_the_next_run_where_it_is(site: Site) -> None:
    site.create()
    site.node.advance_to(minute(10, 4))
    before = site.now.runs
    site.kentico.configurations.run("Work", user="eva")
    site.node.advance()
    assert site.now.runs == before + 1
    assert site.now.next_run == minute(10, 10)


@pytest.mark.shows("SK 52", "K6")
def test_a_manual_run_may_replace_the_next_slot(site: Site) -> None:
    site.create(manual_run_replaces_next_slot=True)
    site.node.advance_to(minute(10, 4))
    site.kentico.configurations.run("Work")
    site.node.advance()
    starts = [run.due for run in site.node.advance_to(minute(10, 25))]
    assert starts == [minute(10, 20)]


@pytest.mark.shows("SK 52")
def test_a_manual_run_while_it_runs_is_refused(site: Site) -> None:
    site.create()
    site.node.advance_to(minute(10, 4))
    site.kentico.configurations.run("Work")
    with pytest.raises(Refused, match="already running"):
        site.kentico.configurations.run("Work")


@pytest.mark.shows("K7")
def test_still_running_at_the_next_slots_they_are_skipped_and_counted() -> None:
    rota, release = Rota("memory://"), threading.Event()
    kentico = Kentico(rota)
    kentico.register_scheduled_task("Acme.Slow", lambda task, token: release.wait(30) and "done")
    began = datetime.now(UTC).replace(microsecond=0)
    each_second = TaskInterval("second", began.replace(tzinfo=None))
    rota.start()
    try:
        kentico.configurations.create("Slow", "Acme.Slow", each_second)
        (skip,) = eventually(lambda: rota.runs.list("Slow", states=("skipped",)))
        eventually(lambda: rota.runs.get(skip.id).skips >= 2)
        release.set()
        eventually(lambda: len(rota.runs.list("Slow", states=("succeeded",))) >= 2)
        runs = sorted(rota.runs.list("Slow", states=("succeeded",)), key=lambda run: run.due)
    finally:
        rota.stop()
    first, second = runs[:2]
    assert (skip.reason, skip.due) == ("overlap", first.due + timedelta(seconds=1))
    assert second.due > skip.due
    assert (second.due - began).total_seconds() % 1 == 0  # forward along the grid


@pytest.mark.shows("SK 54", "K10")
def test_an_identifier_that_is_gone_is_flagged_and_reselected(site: Site) -> None:
    site.create()
    site.rota.context.store.put_tasks([TaskRow("Acme.Old")])  # as an earlier release knew it
    row = site.rota.context.store.change_schedule("Work", None, {"task": "Acme.Old"})
    assert row is not None
    assert [one.name for one in site.kentico.configurations.missing()] == ["Work"]
    assert site.now.problem
    site.kentico.configurations.create("Other", "Acme.Work", EVERY_TEN_MINUTES)
    site.node.advance(minutes=12)
    assert {run.state for run in site.node.runs if run.schedule == "Other"} == {"succeeded"}
    failed = [run for run in site.node.runs if run.schedule == "Work"]
    assert failed
    assert {(run.state, run.reason) for run in failed} == {("failed", "task_missing")}
    assert "Acme.Old" in (failed[0].error or "")
    site.kentico.configurations.update("Work", identifier="Acme.New")
    assert site.now.problem == ""
    done = [run for run in site.node.advance(minutes=10) if run.schedule == "Work"]
    assert [run.result for run in done] == ["relinked"]


@pytest.mark.shows("SK 55", "K3")
@pytest.mark.parametrize(
    "returns, state, result, error",
    [
        ("", "succeeded", "", None),
        (ScheduledTaskExecutionResult.SUCCESS, "succeeded", "", None),
        (ScheduledTaskExecutionResult("Imported 12"), "succeeded", "Imported 12", None),
        (ScheduledTaskExecutionResult.failure("The feed was empty"), "failed",
         "The feed was empty", None),
        (Failed("3 broken links"), "failed", "3 broken links", None),
        (ValueError("no such feed"), "failed", None, "ValueError: no such feed"),
    ],
)  # fmt: skip
def test_what_execute_returns_is_the_last_result(
    site: Site, returns: object, state: str, result: str | None, error: str | None
) -> None:
    site.create()
    site.returns = returns
    (run,) = site.node.advance(minutes=1)
    assert (run.state, run.result) == (state, result)
    assert (error is None) == (run.error is None)
    assert error is None or error in (run.error or "")
    assert site.now.last_result == (result if result is not None else error)
    assert site.now.next_run == minute(10, 10)
    failures = [event for event in site.rota.events.list() if event.kind == "run.failed"]
    assert len(failures) == (state == "failed")


@pytest.mark.shows("SK 55")
def test_retries_come_after_their_backoff_and_leave_the_grid_alone(site: Site) -> None:
    site.create(retries=2, backoff="5m..5m", overlap="skip")
    site.returns = ValueError("no such feed")
    site.node.advance_to(minute(10, 9))
    (run,) = site.node.runs
    assert run.attempt >= 2
    assert site.now.next_run == minute(10, 10)


@pytest.mark.shows("K15")
def test_run_individually_for_each_site_gives_a_result_of_its_own(site: Site) -> None:
    site.create(sites=("shop", "blog"))
    site.node.advance(minutes=1)
    results = {run.parameters["site"]: run for run in site.node.runs if run.of}  # type: ignore[index]
    assert sorted(results) == ["blog", "shop"]
    assert {run.due for run in results.values()} == {TEN}
    assert sorted(one.site for one in site.seen) == ["blog", "shop"]
    assert site.node.runs[0].result == "2 sites: shop, blog"


@pytest.mark.shows("K15")
def test_a_condition_that_is_not_met_skips_the_slot(site: Site) -> None:
    is_open = False
    site.kentico.condition("shop-is-open")(lambda task: is_open)
    site.create(condition="shop-is-open")
    site.node.advance(minutes=1)
    (skip,) = site.node.skips
    assert (skip.due, skip.reason) == (TEN, "condition")
    assert site.seen == []
    is_open = True
    site.node.advance(minutes=10)
    assert len(site.seen) == 1


@pytest.mark.shows("K15")
def test_a_condition_that_nobody_registered_is_refused_when_saved(site: Site) -> None:
    with pytest.raises(BadSetting, match="no such condition"):
        site.create(condition="full-moon")
    assert site.kentico.configurations.list() == []


@pytest.mark.shows("K15")
def test_run_all_ready_names_what_is_ready(site: Site) -> None:
    site.create()
    assert site.kentico.configurations.run_all_ready() == []
    site.node.clock.advance(40)
    assert site.kentico.configurations.run_all_ready() == ["Work"]
    assert [run.due for run in site.node.advance()] == [TEN]


@pytest.mark.shows("K4")
def test_delete_after_last_run_deletes_it_only_after_success(site: Site) -> None:
    once = TaskInterval("once", datetime(2026, 3, 2, 10, 1))
    for name, returns in (("Fails", ValueError("no")), ("Works", "done")):
        site.returns = returns
        site.kentico.configurations.create(name, "Acme.Work", once, delete_after_last_run=True)
        site.node.advance(minutes=2)
        once = TaskInterval("once", datetime(2026, 3, 2, 10, 3))
    assert [one.name for one in site.kentico.configurations.list()] == ["Fails"]
    assert {run.schedule for run in site.node.runs} == {"Fails", "Works"}
