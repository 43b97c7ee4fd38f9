"""Umbraco's recurring job: its contract, its settings, its making, and what is refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from rota import Rota, Run
from rota.cms.umbraco import (
    INFINITE,
    ChangeEvent,
    OptionsMonitor,
    RecurringBackgroundJob,
    RecurringBackgroundJobExecutedNotification,
    ServerRole,
    ServerRoleAccessor,
    ServiceScopeFactory,
    Umbraco,
    UmbracoSettings,
)
from rota.cms.umbraco.settings import DistributedJobsSettings
from rota.errors import BadSetting, DuplicateTask
from rota.testing import ManualNode
from umbraco_site import Site, Work


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.mark.shows("UM 1", "U1")
def test_the_constructor_sets_the_period_and_raises_no_event() -> None:
    class Told(Work):
        told = 0

        def __init__(self) -> None:
            super().__init__(timedelta(minutes=7))
            self.period_changed += self.tell

        def tell(self, job: object) -> None:
            Told.told += 1

    assert (Told().period, Told.told) == (timedelta(minutes=7), 0)
    assert Work(INFINITE).period is None
    with pytest.raises(BadSetting, match="between 0s and 100 years"):
        Work(timedelta(seconds=-1))


@pytest.mark.shows("UM 2", "U2")
def test_a_host_takes_zero_and_infinite_and_refuses_negative(site: Site) -> None:
    class Low:
        """The low-level base: a period, a delay and a body, without gates."""

        def __init__(self, period: object, delay: object = 0) -> None:
            self.period, self.delay = period, delay

        def run(self, cancellation: object) -> None: ...

    for number, (period, delay) in enumerate([(0, INFINITE), (INFINITE, 0), (INFINITE, INFINITE)]):
        site.umbraco.add_hosted_service(Low(period, delay), name=f"fine-{number}")
    site.start()
    assert site.minutes() == [0]  # the second: no delay, and no repeats
    site.close()

    for part, job in (("period", Low(timedelta(milliseconds=-2))), ("delay", Low(1, "-1s"))):
        other = Site()
        other.umbraco.add_hosted_service(job, name="low")
        with pytest.raises(BadSetting, match=rf"low\.{part}"):
            other.start()


@pytest.mark.shows("UM 3", "U2")
@pytest.mark.parametrize("part", ["period", "ignored_delay"])
def test_setting_raises_one_event_for_each_real_change(part: str) -> None:
    job, told = Work("5m"), []
    setattr(job, part, "5m")
    event: ChangeEvent = getattr(job, f"{part}_changed")
    event.subscribe(lambda job: told.append(getattr(job, part)))
    setattr(job, part, timedelta(minutes=5))
    assert told == []
    setattr(job, part, "6m")
    setattr(job, part, INFINITE)
    assert told == [timedelta(minutes=6), None]
    with pytest.raises(BadSetting, match="between 0s and 100 years"):
        setattr(job, part, -1)
    assert (getattr(job, part), len(told)) == (None, 2)


@pytest.mark.shows("UM 4", "U1")
def test_the_ignored_delay_is_a_minute_unless_written_otherwise() -> None:
    class Patient(RecurringBackgroundJob):
        period = "1h"
        ignored_delay = timedelta(minutes=5)

        def run(self, cancellation: object) -> None: ...

    assert Work("5m").ignored_delay == timedelta(minutes=1)
    patient, told = Patient(), []
    assert (patient.period, patient.ignored_delay) == (timedelta(hours=1), timedelta(minutes=5))
    patient.ignored_delay_changed += told.append
    patient.ignored_delay = timedelta(minutes=5)
    patient.ignored_delay = timedelta(minutes=6)
    patient.ignored_delay = INFINITE
    assert told == [patient, patient]
    with pytest.raises(BadSetting, match="ignored_delay"):
        patient.ignored_delay = timedelta(seconds=-1)


@pytest.mark.shows("UM 5", "U2")
def test_after_disposal_a_setter_keeps_the_value_and_tells_nobody() -> None:
    job, told = Work("5m"), []
    job.period_changed += told.append
    job.ignored_delay_changed += told.append
    job.dispose()
    job.period, job.ignored_delay = "6m", "2m"
    assert (job.period, told) == (timedelta(minutes=6), [])


@pytest.mark.shows("U1")
def test_a_plain_class_with_the_older_method_is_a_job_too(site: Site) -> None:
    ran: list[str] = []

    class Other: ...

    class Plain(Other):
        period = timedelta(minutes=10)
        delay = timedelta(0)

        async def run(self) -> None:
            ran.append("run")

    site.umbraco.add_recurring_background_job(Plain)
    site.start()
    assert site.to(10) == [0, 10]
    assert ran == ["run", "run"]
    site.umbraco.job("Plain").period = timedelta(minutes=30)  # it has no event to raise
    assert site.to(60)[-2:] == [20, 50]


@pytest.mark.shows("U1")
def test_services_are_given_to_the_constructor_once(site: Site) -> None:
    class Bin:
        made = 0

        def __init__(self) -> None:
            Bin.made += 1

    class Injected(RecurringBackgroundJob):
        period, delay = "1h", "0s"

        def __init__(self, bin: Bin, logger: logging.Logger, role: ServerRoleAccessor) -> None:
            super().__init__()
            self.bin, self.logger, self.role = bin, logger, role

        def run(self, cancellation: object) -> None:
            self.logger.warning("cleaned as %s", self.role.current_server_role)

    site.rota.provide(Bin, Bin)
    site.umbraco.recurring(Injected)
    node = site.start()
    assert len(site.to(120)) == 3
    assert Bin.made == 1
    (line,) = site.rota.runs.log(node.runs[0].id)
    assert (line.level, line.text) == ("warning", "cleaned as single")
    assert node.runs[0].task == "Injected"


@pytest.mark.shows("U5")
def test_services_of_a_run_or_a_request_are_refused_at_start() -> None:
    class Request: ...

    class Session: ...

    def session() -> Iterator[Session]:
        yield Session()

    def opened(run: Run) -> Request:
        return Request()

    class NeedsRequest(RecurringBackgroundJob):
        period = "1h"

        def __init__(self, request: Request) -> None: ...

        def run(self, cancellation: object) -> None: ...

    class NeedsSession(NeedsRequest):
        def __init__(self, session: Session) -> None: ...

    rota = Rota("memory://")
    rota.provide(Session, session)
    rota.provide(Request, opened)
    umbraco = Umbraco(rota)
    umbraco.recurring(NeedsRequest)
    umbraco.recurring(NeedsSession)
    with pytest.raises(BadSetting) as caught:
        ManualNode(rota)
    assert "NeedsRequest" in str(caught.value)
    assert "Session" in str(caught.value)
    assert str(caught.value).count("ServiceScopeFactory") == 2


@pytest.mark.shows("U5")
def test_a_start_is_refused_also_while_the_database_is_away() -> None:
    class NeedsRun(RecurringBackgroundJob):
        period = "1h"

        def __init__(self, run: Run) -> None: ...

        def run(self, cancellation: object) -> None: ...

    rota = Rota("postgresql://nobody@127.0.0.1:9/none")
    Umbraco(rota).recurring(NeedsRun)
    with pytest.raises(BadSetting, match="NeedsRun"):
        rota.start()
    assert not rota.running


@pytest.mark.shows("U5")
def test_they_are_there_in_a_scope_of_a_run(site: Site) -> None:
    opened: list[str] = []

    class Session: ...

    def session() -> Iterator[Session]:
        opened.append("open")
        yield Session()
        opened.append("closed")

    class Scoped(RecurringBackgroundJob):
        period, delay = "1h", "0s"

        def __init__(self, scopes: ServiceScopeFactory) -> None:
            super().__init__()
            self.scopes = scopes

        def run(self, cancellation: object) -> None:
            with self.scopes.create_scope() as scope:
                assert isinstance(scope.get(Session), Session)

    site.rota.provide(Session, session)
    site.umbraco.recurring(Scoped)
    site.start()
    site.to(60)
    assert opened == ["open", "closed"] * 2
    assert {run.state for run in site.runs} == {"succeeded"}


@pytest.mark.shows("U1")
def test_what_is_no_job_is_refused_where_it_is_registered(site: Site) -> None:
    class NoRun:
        period = "1h"

    class Strange:
        period = "1h"

        def run(self, one: object, two: object) -> None: ...

    class Abstract(RecurringBackgroundJob):
        period = "1h"

    add = site.umbraco.add_recurring_background_job
    for what in (NoRun, Strange, "text"):
        with pytest.raises(BadSetting, match=r"run\(self, cancellation\)"):
            add(what)
    with pytest.raises(BadSetting, match="does not define run"):
        add(Abstract)
    with pytest.raises(BadSetting, match="period"):
        type("Wrong", (RecurringBackgroundJob,), {"period": "often", "run": lambda self: None})
    add(Work("1h"))
    with pytest.raises(DuplicateTask, match="Work"):
        add(Work("1h"))
    add(Work("1h"), name="another")
    assert site.umbraco.names() == ["Work", "another"]


@pytest.mark.shows("U1")
def test_no_period_and_unknown_roles_are_refused_at_start(site: Site) -> None:
    class NoPeriod(RecurringBackgroundJob):
        def run(self, cancellation: object) -> None: ...

    class Roles(RecurringBackgroundJob):
        period = "1h"
        server_roles = (ServerRole.SINGLE, "master")

        def run(self, cancellation: object) -> None: ...

    site.umbraco.recurring(NoPeriod)
    site.umbraco.recurring(Roles)
    with pytest.raises(BadSetting) as caught:
        site.start()
    assert "one period" in str(caught.value)
    assert "master" in str(caught.value)


@pytest.mark.shows("U6")
def test_a_handler_that_cannot_be_one_is_refused(site: Site) -> None:
    async def later(notification: object) -> None: ...

    on = site.umbraco.add_notification_handler
    executed = RecurringBackgroundJobExecutedNotification
    for kind, handler in ((executed, later), (executed, lambda: 0), (int, print), (executed, 3)):
        with pytest.raises(BadSetting, match=r"handler|notification"):
            on(kind, handler)  # type: ignore[type-var, arg-type]


@pytest.mark.shows("U10", "U1")
def test_settings_have_the_vendors_defaults() -> None:
    settings = UmbracoSettings()
    assert settings.database_server_registrar.wait_time_between_calls == timedelta(minutes=1)
    assert settings.database_server_registrar.stale_server_timeout == timedelta(minutes=2)
    assert settings.distributed_jobs.delay == timedelta(minutes=1)
    assert settings.distributed_jobs.maximum_execution_time == timedelta(minutes=5)
    with pytest.raises(BadSetting, match="taking over"):
        DistributedJobsSettings(takeover="never")  # type: ignore[arg-type]


@pytest.mark.shows("U2")
def test_a_period_from_settings_follows_them(site: Site) -> None:
    class Room(OptionsMonitor[timedelta]): ...

    class Follows(RecurringBackgroundJob):
        delay = "0s"

        def __init__(self, room: Room) -> None:
            super().__init__(room.current_value)
            self.registration = room.on_change(lambda period: setattr(self, "period", period))

        def run(self, cancellation: object) -> None: ...

        def dispose(self) -> None:
            self.registration.dispose()
            super().dispose()

    room = Room(timedelta(minutes=10))
    site.rota.provide(Room, lambda: room)
    site.umbraco.recurring(Follows)
    site.start()
    assert site.to(5) == [0]
    room.set(timedelta(minutes=60))
    assert site.to(60) == [0, 60]
    site.umbraco.dispose()
    room.set(timedelta(minutes=10))
    assert site.to(119) == [0, 60]
