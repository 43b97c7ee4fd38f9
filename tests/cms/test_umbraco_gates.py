"""Umbraco's gates, its nine notifications, its shutdown and what is overdue."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from rota import Rota
from rota.cms.umbraco import (
    INFINITE,
    CancellationToken,
    RecurringBackgroundJob,
    RecurringBackgroundJobCanceledNotification,
    RecurringBackgroundJobExecutedNotification,
    RecurringBackgroundJobExecutingNotification,
    RecurringBackgroundJobFailedNotification,
    RecurringBackgroundJobIgnoredNotification,
    RecurringBackgroundJobNotification,
    RecurringBackgroundJobStartedNotification,
    RecurringBackgroundJobStoppingNotification,
    RuntimeLevel,
    ServerRole,
    TriggerableRecurringBackgroundJob,
    Umbraco,
    UmbracoSettings,
)
from rota.errors import BadSetting, Cancelled
from umbraco_site import Site, Work, short
from waiting import eventually

ATTEMPTS = {"executing", "executed", "failed", "ignored", "canceled"}


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def attempts(site: Site) -> list[str]:
    return [word for word in site.heard if word in ATTEMPTS]


# ------------------------------------------------------------------------- gates


@pytest.mark.shows("UM 35", "U5")
@pytest.mark.parametrize("level", [one for one in RuntimeLevel if one is not RuntimeLevel.RUN])
def test_every_level_but_run_ignores(site: Site, level: RuntimeLevel) -> None:
    site.umbraco.runtime.level = level
    work = site.host("60m")
    site.to(0.5)
    assert (work.calls, attempts(site)) == (0, ["executing", "ignored"])
    (run,) = site.runs
    assert (run.state, run.reason) == ("ignored", "runtime")


@pytest.mark.shows("U5")
def test_a_level_that_does_not_exist_is_refused(site: Site) -> None:
    with pytest.raises(BadSetting, match="runtime level"):
        site.umbraco.runtime.level = "sleeping"


@pytest.mark.shows("UM 36", "U8")
@pytest.mark.parametrize("role, runs", [
    ("single", True), ("scheduling_publisher", True), ("subscriber", False), ("unknown", False),
])  # fmt: skip
def test_the_default_roles(role: str, runs: bool) -> None:
    site = Site()
    site.rota.fixed_role = role
    with closing(site):
        work = site.host("60m")
        site.to(0.5)
        assert work.calls == runs
        assert attempts(site) == ["executing", "executed" if runs else "ignored"]
        assert runs or site.runs[0].reason == "role"


@pytest.mark.shows("UM 36", "U1")
@pytest.mark.parametrize("listed, runs", [((ServerRole.SUBSCRIBER,), True), ((), False)])
def test_listed_roles_are_read_at_each_attempt(
    site: Site, listed: tuple[ServerRole, ...], runs: bool
) -> None:
    site.rota.fixed_role = "subscriber"
    work = Work("60m")
    site.umbraco.add_recurring_background_job(work)
    site.start()
    site.to(0.5)
    work.server_roles = listed
    site.to(1.5)
    assert work.calls == runs


@pytest.mark.shows("UM 37", "U5", "U9")
def test_not_the_main_instance_and_the_order_of_the_gates(site: Site) -> None:
    site.rota.fixed_role = "subscriber"
    site.umbraco.runtime.level = RuntimeLevel.UPGRADE
    work = site.host(timedelta(days=1))
    site.rota.main.is_main = False
    site.to(0)
    site.umbraco.runtime.level = RuntimeLevel.RUN
    site.to(1)
    work.server_roles = list(ServerRole)
    site.to(2)
    assert work.calls == 0
    site.rota.main.is_main = True
    site.to(3)
    assert [run.reason for run in site.runs] == ["runtime", "role", "main_instance", None]
    assert attempts(site) == ["executing", "ignored"] * 3 + ["executing", "executed"]


@pytest.mark.shows("U5")
def test_without_main_dom_every_process_may(site: Site) -> None:
    other = Site(UmbracoSettings(main_dom=False))
    with closing(other):
        work = other.host("60m")
        other.rota.main.is_main = False
        other.to(0.5)
        assert work.calls == 1
    assert Site(UmbracoSettings(main_dom_key_discriminator="blue")).rota.main_instance == "blue"
    assert site.rota.main_instance is True


@pytest.mark.shows("U5")
def test_a_refused_attempt_is_tried_again_after_the_ignored_delay(site: Site) -> None:
    """Not a day later, as there: an attempt that was refused has not used up its tick."""
    site.umbraco.runtime.level = RuntimeLevel.BOOT
    work = site.host(timedelta(days=1))
    site.to(0.5)
    site.umbraco.runtime.level = RuntimeLevel.RUN
    assert site.to(24 * 60 + 1) == [0, 1, 24 * 60 + 1]
    assert work.calls == 2


@pytest.mark.shows("U5", "U2")
def test_an_infinite_ignored_delay_parks_it_until_it_changes(site: Site) -> None:
    site.umbraco.runtime.level = RuntimeLevel.BOOT
    work = Work("5m")
    work.ignored_delay = INFINITE
    site.umbraco.add_recurring_background_job(work)
    site.start()
    assert site.to(60) == [0]
    site.umbraco.runtime.level = RuntimeLevel.RUN
    work.ignored_delay = timedelta(minutes=1)
    assert site.to(60.5) == [0, 60]


@pytest.mark.shows("UM 29", "U3", "U5")
def test_a_trigger_breaks_the_back_off_or_says_that_it_was_refused(site: Site) -> None:
    site.umbraco.runtime.level = RuntimeLevel.BOOT
    work = Work(timedelta(days=1))
    work.ignored_delay = timedelta(hours=1)
    site.umbraco.add_recurring_background_job(work)
    site.start()
    site.to(10)
    refused = site.umbraco.trigger(Work)
    site.to(11)
    assert (bool(refused), refused.wait(0), refused.reason) == (True, "ignored", "runtime")
    site.umbraco.runtime.level = RuntimeLevel.RUN
    done = site.umbraco.trigger(Work)
    assert site.to(11) == [0, 10, 11]
    assert (done.wait(0), work.calls) == ("succeeded", 1)


# ----------------------------------------------------------------- notifications


@pytest.mark.shows("UM 38", "U6")
def test_success_failure_and_a_cancellation_of_its_own(site: Site) -> None:
    errors: list[BaseException] = [ValueError("no"), Cancelled("its own"), asyncio.CancelledError()]

    def fail(work: Work) -> None:
        if work.calls > 1 and errors:
            raise errors.pop(0)

    failed: list[BaseException | None] = []
    site.umbraco.add_notification_handler(
        RecurringBackgroundJobFailedNotification, lambda one: failed.append(one.error)
    )
    site.host("5m", do=fail)
    assert site.to(20) == [0, 5, 10, 15, 20]
    assert attempts(site) == [
        "executing", "executed", *["executing", "failed"] * 3, "executing", "executed",
    ]  # fmt: skip
    assert [type(error) for error in failed] == [ValueError, Cancelled, asyncio.CancelledError]
    assert [run.state for run in site.runs][1:4] == ["failed"] * 3


@pytest.mark.shows("UM 38", "U6", "U7")
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_run_that_the_shutdown_cancels_is_cancelled(tmp_path: Path, kind: str) -> None:
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    umbraco = Umbraco(rota, UmbracoSettings(main_dom=False))
    begun, heard = threading.Event(), []

    class Plain(RecurringBackgroundJob):
        period, delay = "1h", 0

        def run(self, cancellation: CancellationToken) -> None:
            begun.set()
            eventually(lambda: cancellation.is_cancellation_requested, within=60)
            cancellation.throw_if_cancellation_requested()

    class Async(Plain):
        async def run(self, cancellation: CancellationToken) -> None:
            begun.set()
            await asyncio.sleep(60)

    umbraco.on(RecurringBackgroundJobNotification)(lambda one: heard.append(short(one)))
    umbraco.recurring(Plain if kind == "plain" else Async)
    rota.start()
    try:
        assert begun.wait(20)
    finally:
        rota.stop(30)
    rota.open()
    (run,) = rota.runs.list()
    rota.close()
    assert (run.state, run.reason) == ("cancelled", "shutdown")
    heard.remove("started")  # said by the thread that starts, the run's by the one that runs
    assert heard == ["starting", "executing", "stopping", "canceled", "stopped"]


@pytest.mark.shows("UM 39", "U6")
def test_starting_started_stopping_stopped(site: Site) -> None:
    site.host("60m", INFINITE)
    assert site.heard == ["starting", "started"]
    site.close()
    assert site.heard == ["starting", "started", "stopping", "stopped"]
    site.close()
    assert len(site.heard) == 4


@pytest.mark.shows("UM 41", "U6")
def test_a_stop_during_a_back_off_is_not_a_cancellation(site: Site) -> None:
    site.umbraco.runtime.level = RuntimeLevel.BOOT
    work = Work("5m")
    work.ignored_delay = timedelta(hours=1)
    site.umbraco.add_recurring_background_job(work)
    site.start()
    site.to(20)
    site.close()
    assert site.heard == ["starting", "started", "executing", "ignored", "stopping", "stopped"]


@pytest.mark.shows("UM 44", "U6")
def test_handlers_that_raise_change_nothing_and_are_named(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    def broken_handler(notification: object) -> None:
        raise RuntimeError("out of order")

    site.umbraco.notifications.handlers.insert(
        0, (RecurringBackgroundJobNotification, broken_handler)
    )
    work = site.host("5m")
    site.to(0)
    assert site.umbraco.trigger(Work)  # it was started, and nobody forgot it
    site.to(1)
    site.umbraco.runtime.level = RuntimeLevel.UPGRADE
    assert site.to(7) == [0, 0, 5, 6, 7]  # refused at 5, and the back-off holds
    assert work.calls == 2
    assert [run.state for run in site.runs] == ["succeeded"] * 2 + ["ignored"] * 3
    site.close()
    assert site.heard == [
        "starting", "started", *["executing", "executed"] * 2, *["executing", "ignored"] * 3,
        "stopping", "stopped",
    ]  # fmt: skip
    told = [line.getMessage() for line in caplog.records if "broken_handler" in line.getMessage()]
    assert len(told) == len(site.heard)
    assert told[0].endswith("RecurringBackgroundJobStartingNotification failed for Work")


@pytest.mark.shows("U6")
def test_a_state_goes_from_executing_to_the_end_of_the_same_run(site: Site) -> None:
    seen: list[object] = []

    @site.umbraco.on(RecurringBackgroundJobExecutingNotification)
    def begin(notification: RecurringBackgroundJobNotification) -> None:
        assert notification.run is not None
        notification.state["run"] = notification.run.id

    @site.umbraco.on(RecurringBackgroundJobExecutedNotification)
    def end(notification: RecurringBackgroundJobExecutedNotification) -> None:
        seen.append((notification.state["run"], notification.job, notification.name))

    work = site.host("5m")
    site.to(5)
    assert seen == [(run.id, work, "Work") for run in site.runs]


@pytest.mark.shows("U6")
def test_why_it_was_ignored_is_said(site: Site) -> None:
    said: list[str] = []
    site.umbraco.on(RecurringBackgroundJobIgnoredNotification)(lambda one: said.append(one.reason))
    site.rota.fixed_role = "subscriber"
    site.host("5m")
    site.to(0)
    assert said == ["role"]
    assert RecurringBackgroundJobCanceledNotification.reason == ""
    (status,) = site.umbraco.jobs()
    assert (status.last_state, status.last_reason) == ("ignored", "role")
    assert status.next_run == site.began + timedelta(minutes=1)


@pytest.mark.shows("U6", "U1")
def test_handlers_may_look_at_a_job_that_is_starting_and_stopping(site: Site) -> None:
    seen: list[object] = []
    for kind in (
        RecurringBackgroundJobStartedNotification,
        RecurringBackgroundJobStoppingNotification,
    ):
        site.umbraco.on(kind)(lambda one: seen.append(one.job))  # type: ignore[type-abstract]
    work = site.host("5m", INFINITE)
    site.close()
    assert seen == [work, work]


# --------------------------------------------------------------- stop and overdue


@pytest.mark.shows("U7")
def test_one_deadline_for_all_jobs(tmp_path: Path) -> None:
    """Three that ignore their token cost one deadline, not three."""
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    umbraco = Umbraco(rota, UmbracoSettings(main_dom=False))
    begun, release = threading.Semaphore(0), threading.Event()

    def deaf(_: object) -> None:
        begun.release()
        release.wait(60)

    for number in range(3):
        umbraco.add_recurring_background_job(Work("1h", do=deaf), name=f"deaf-{number}")
    rota.start()
    for _ in range(3):
        assert begun.acquire(timeout=20)
    rota.stop(0.2)
    try:
        rota.open()
        runs = rota.runs.list()
        asked = {run.finished for run in runs}
        assert [(run.state, run.reason, run.abandoned) for run in runs] == [
            ("cancelled", "shutdown", True)
        ] * 3
        assert len(asked) == 1  # all at the same instant
    finally:
        release.set()
        rota.close()


@pytest.mark.shows("UM 16")
def test_a_run_that_never_returns_is_reported_and_the_others_keep_their_times(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    umbraco = Umbraco(rota, UmbracoSettings(main_dom=False, overdue_after=timedelta(seconds=0.1)))
    release, ran = threading.Event(), threading.Semaphore(0)
    umbraco.add_recurring_background_job(Work("1h", do=lambda _: release.wait(60)), name="hangs")
    umbraco.add_recurring_background_job(Work(0.05, do=lambda _: ran.release()), name="quick")
    rota.start()
    try:
        status = eventually(
            lambda: [one.name for one in umbraco.jobs() if one.status == "overdue"], within=20
        )
        assert status == ["hangs"]
        for _ in range(20):
            ran.acquire(blocking=False)
        for _ in range(5):
            assert ran.acquire(timeout=20)
        (event,) = eventually(lambda: rota.events.list(kind="run.overdue"), within=20)
        assert (event.level, event.schedule) == ("warning", "hangs")
        assert sum("hangs is overdue" in line.getMessage() for line in caplog.records) == 1
        release.set()
        eventually(
            lambda: {one.status for one in umbraco.jobs()} <= {"waiting", "running", "queued"}
        )
    finally:
        release.set()
        rota.stop(5)
        rota.close()


@pytest.mark.shows("UM 16")
def test_the_limit_is_not_reached_too_early(site: Site) -> None:
    def look(_: object) -> None:
        for minutes, overdue in ((59, False), (1, False), (1, True)):
            site.clock.advance(minutes * 60)
            site.umbraco.watch.look()
            assert site.umbraco.watch.is_overdue("Work") is overdue

    site.host("5h", do=look)
    site.to(100)
    assert [run.state for run in site.runs] == ["succeeded"]
    assert not site.umbraco.watch.is_overdue("Work")


@pytest.mark.shows("U1")
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_run_that_a_person_asks_for_meets_no_other_of_the_job(tmp_path: Path, kind: str) -> None:
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    umbraco = Umbraco(rota, UmbracoSettings(main_dom=False))
    begun, ends, at_once, most = threading.Semaphore(0), threading.Event(), [0], [0]

    def enter(step: int) -> None:
        at_once[0] += step
        most[0] = max(most[0], at_once[0])
        begun.release()

    class Plain(RecurringBackgroundJob, TriggerableRecurringBackgroundJob):
        period = delay = INFINITE

        def run(self, cancellation: CancellationToken) -> None:
            enter(+1)
            ends.wait(60)
            enter(-1)

    class Async(Plain):
        async def run(self, cancellation: CancellationToken) -> None:
            enter(+1)
            await asyncio.to_thread(ends.wait, 60)
            enter(-1)

    job = umbraco.recurring(Plain if kind == "plain" else Async)
    rota.start()
    try:
        rota.schedules.run(job.__name__)  # as the page does
        assert begun.acquire(timeout=20)
        triggered = umbraco.trigger(job)
        eventually(lambda: len(rota.runs.list(states=("running",))) == 2, within=20)
        assert not begun.acquire(timeout=0.3)
        ends.set()
        assert triggered.wait(20) == "succeeded"
        eventually(lambda: len(rota.runs.list(states=("succeeded",))) == 2, within=20)
        assert most == [1]
    finally:
        ends.set()
        rota.stop(5)
        rota.close()
