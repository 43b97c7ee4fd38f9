"""Umbraco's distributed jobs: their times and their record in virtual time, then on real nodes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from postgres import server, with_schema
from rota import Rota
from rota.cms.umbraco import (
    INFINITE,
    CancellationToken,
    DistributedBackgroundJob,
    DistributedJobsSettings,
    RuntimeLevel,
    Umbraco,
    UmbracoSettings,
)
from rota.errors import BadSetting, DuplicateTask, UnknownSchedule
from rota.testing import ManualNode
from umbraco_site import Site
from waiting import eventually

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AT_ONCE = DistributedJobsSettings(delay=timedelta(0))


class Sweep(DistributedBackgroundJob):
    """Sweep the yard."""

    name = "Sweep"
    period = "5m"

    def __init__(self, do: Callable[[CancellationToken], object] = lambda _: None) -> None:
        self.do = do

    def execute(self, cancellation: CancellationToken) -> object:
        self.do(cancellation)
        return "swept"


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def seconds(site: Site) -> list[int]:
    """When runs began, in seconds from the start."""
    return [round(minute * 60) for minute in site.minutes()]


# ------------------------------------------------------------------------ its times


@pytest.mark.shows("UM 50", "U10")
def test_the_first_run_comes_after_delay_and_period_then_end_to_start(site: Site) -> None:
    job = Sweep(lambda _: site.clock.advance(3))
    job.period = timedelta(seconds=20)
    site.umbraco.add_distributed_background_job(job)
    site.start()
    site.to(3)
    assert seconds(site)[:4] == [80, 103, 126, 149]  # exactly, without the vendor's looking about


@pytest.mark.shows("UM 50", "U10")
def test_due_it_is_claimed_once_and_just_run_it_is_not(site: Site) -> None:
    seen: list[tuple[bool, int]] = []

    def look(_: object) -> None:
        info = site.umbraco.distributed_job("Sweep")
        seen.append((info.is_running, len(site.rota.runs.list("Sweep", states=("queued",)))))

    site.umbraco.add_distributed_background_job(Sweep(look))
    site.start()
    assert site.to(6) == [6]
    assert seen == [(True, 0)]  # marked running, and no second one to claim
    assert site.to(10.9) == [6]
    assert site.to(11) == [6, 11]
    assert site.rota.schedules.get("Sweep").title == "Sweep the yard"


@pytest.mark.shows("U10")
def test_aligned_it_runs_at_the_multiples_of_its_period(site: Site) -> None:
    class Aligned(Sweep):
        align_to_clock = True

    class Weekly(Aligned):
        name = "Weekly"
        period = timedelta(days=7)

    site.umbraco.distributed(Aligned)
    site.umbraco.distributed(Weekly)
    with ManualNode(site.rota, NOON + timedelta(minutes=3, seconds=17)) as node:
        runs = node.advance(minutes=20)
        assert [f"{run.started:%H:%M:%S}" for run in runs] == ["12:05:00", "12:10:00", "12:15:00",
                                                               "12:20:00"]  # fmt: skip
        next_week = site.rota.schedules.get("Weekly").next_run
        assert next_week is not None
        assert f"{next_week:%A %H:%M}" == "Monday 00:00"


@pytest.mark.shows("U10")
def test_down_for_a_while_it_catches_up_once_after_the_delay(tmp_path: Path) -> None:
    site = Site()
    site.umbraco.distributed(Sweep)
    with ManualNode(site.rota) as node:
        node.advance(minutes=7)
        node.miss(hours=3)
        assert len(node.runs) == 2
        assert node.runs[1].due == node.runs[0].finished + timedelta(minutes=5)  # type: ignore[operator]


@pytest.mark.shows("U10")
def test_without_a_period_it_runs_by_hand_only(site: Site) -> None:
    job = Sweep()
    job.period = INFINITE
    site.umbraco.add_distributed_background_job(job)
    site.start()
    assert site.to(24 * 60) == []
    site.rota.schedules.run("Sweep")
    assert site.to(24 * 60) == [24 * 60]


@pytest.mark.shows("U10", "U5")
def test_at_another_level_than_run_it_waits_and_loses_nothing(site: Site) -> None:
    called: list[object] = []
    site.umbraco.add_distributed_background_job(Sweep(called.append))
    site.umbraco.runtime.level = RuntimeLevel.UPGRADE
    site.start()
    site.to(8)
    assert called == []
    site.umbraco.runtime.level = RuntimeLevel.RUN
    site.to(9)
    assert len(called) == 1


# ------------------------------------------------------------------------ its record


@pytest.mark.shows("UM 52", "U10")
def test_the_end_is_recorded_with_outcome_duration_and_node(site: Site) -> None:
    def fail_first(_: object) -> None:
        site.clock.advance(30)
        if len(site.runs) == 1:
            raise ValueError("the broom is broken")

    site.umbraco.add_distributed_background_job(Sweep(fail_first))
    node = site.start()
    site.to(6.5)
    first = site.umbraco.distributed_job("Sweep")
    assert (first.is_running, first.last_state, first.last_duration) == (
        False, "failed", timedelta(seconds=30),
    )  # fmt: skip
    assert "the broom is broken" in (first.last_error or "")
    assert first.last_attempted_run == site.began + timedelta(minutes=6)
    assert first.last_run == site.began + timedelta(minutes=6.5)
    assert first.last_node == node.node.name
    assert first.next_run == site.began + timedelta(minutes=11.5)  # a failure counts as a run
    site.to(12)
    assert site.umbraco.distributed_job("Sweep").last_state == "succeeded"
    with pytest.raises(UnknownSchedule, match="Sweep"):
        site.umbraco.distributed_job("Mop")


# ------------------------------------------------------------------------ kept in step


class Server:
    """One release of the application on a store, as a real node."""

    def __init__(self, url: str, *jobs: object, **settings: object) -> None:
        lease = settings.pop("lease", "15s")
        self.rota = Rota(url, lease=lease)  # type: ignore[arg-type]
        distributed = DistributedJobsSettings(**{"delay": timedelta(0), **settings})  # type: ignore[arg-type]
        self.umbraco = Umbraco(
            self.rota, UmbracoSettings(main_dom=False, distributed_jobs=distributed)
        )
        for job in jobs:
            self.umbraco.add_distributed_background_job(job)

    def __enter__(self) -> Server:
        self.rota.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.rota.stop(5)
        self.rota.close()

    def names(self) -> list[str]:
        return [item.name for item in self.rota.schedules.list()]


class Mop(Sweep):
    name = "Mop"
    period = "1h"


@pytest.mark.shows("UM 53", "U10")
def test_the_store_is_kept_in_step(tmp_path: Path) -> None:
    url, now = f"sqlite:///{tmp_path}/rota.db", timedelta(0)
    slower = Sweep()
    slower.period = "10m"
    for _ in range(3):
        with Server(url, Sweep, Mop, forget_after=now) as server:
            assert server.names() == ["Mop", "Sweep"]
            created = server.rota.schedules.get("Sweep").created
            run = server.rota.schedules.run("Sweep")
            eventually(partial(finished, server, run.id))
    with Server(url, slower, forget_after=now) as server:
        assert server.names() == ["Sweep"]  # nobody has the other one any more
        item = server.rota.schedules.get("Sweep")
        assert (item.words, item.created) == ("10 minutes after the last run ends", created)
        info = server.umbraco.distributed_job("Sweep")
        assert info.last_run is not None  # kept
        assert item.next_run == info.last_run + timedelta(minutes=10)


def finished(server: Server, run: int) -> bool:
    return server.rota.runs.get(run).finished is not None


@pytest.mark.shows("UM 53", "U10")
def test_an_older_release_neither_removes_nor_claims_a_newer_ones_job(tmp_path: Path) -> None:
    url, ran = f"sqlite:///{tmp_path}/rota.db", []
    now = timedelta(0)
    with (
        Server(url, Sweep, Mop(ran.append), forget_after=now) as newer,
        Server(url, Sweep, forget_after=now) as older,
    ):
        assert older.names() == ["Mop", "Sweep"]
        run = older.rota.schedules.run("Mop")
        done = eventually(lambda: (one := older.rota.runs.get(run.id)).finished and one)
        assert (done.state, done.node, len(ran)) == ("succeeded", newer.rota.node_name, 1)
    with Server(url, Sweep) as older:  # the newer ones are gone for a moment: a day is waited
        assert older.names() == ["Mop", "Sweep"]


@pytest.mark.shows("UM 53", "U10")
def test_duplicate_names_fail_by_name_and_block_no_other(site: Site) -> None:
    class Again(Sweep): ...

    site.umbraco.distributed(Sweep)
    for what in (Again, Sweep()):
        with pytest.raises(DuplicateTask, match="Sweep"):
            site.umbraco.distributed(what)
    site.umbraco.distributed(Mop)
    site.start()
    assert [item.name for item in site.rota.schedules.list()] == ["Mop", "Sweep"]


@pytest.mark.shows("U10")
def test_what_is_no_distributed_job_is_refused(site: Site) -> None:
    class NoExecute:
        name, period = "Nothing", "5m"

    class Abstract(DistributedBackgroundJob):
        period = "5m"

    class Named(Sweep):
        @property
        def name(self) -> str:  # type: ignore[override]
            return "later"

    for what, words in (
        (NoExecute, "execute"), (Abstract, "does not define execute"), (Named, "on the class"),
    ):  # fmt: skip
        with pytest.raises(BadSetting, match=words):
            site.umbraco.distributed(what)
    with pytest.raises(BadSetting, match="in this process"):
        site.umbraco.add_distributed_background_job(Sweep, executor="process")
    assert site.rota.registry.get("Nothing") is None
    for period in (timedelta(seconds=-1), 0, 0.5, "often"):
        other, job = Site(), Sweep()
        job.period = period  # type: ignore[assignment]
        other.umbraco.distributed(job)
        with pytest.raises(BadSetting, match=r"Sweep\.period"):
            other.start()


# ------------------------------------------------------------------------ several servers


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rota.db"
    return with_schema(server())


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.shows("UM 50", "U10")
def test_of_two_servers_one_runs_it_at_a_time(url: str, servers: ExitStack) -> None:
    lock, count = threading.Lock(), []

    def alone(_: object) -> None:
        assert lock.acquire(blocking=False), "two servers run it"
        count.append(1)
        lock.release()

    for _ in range(2):
        job = Sweep(alone)
        job.period = "1s"
        last = servers.enter_context(Server(url, job))
    eventually(lambda: len(count) >= 3, within=30)
    assert last.rota.runs.list("Sweep", states=("failed",)) == []
    runs = last.rota.runs.list("Sweep", states=("succeeded",))
    ends = sorted((run.started, run.finished) for run in runs)  # type: ignore[type-var]
    for (_, end), (start, _) in pairwise(ends):
        assert start - end >= timedelta(seconds=0.9)  # type: ignore[operator]


@pytest.mark.shows("UM 55", "U10")
def test_a_live_run_is_not_taken_and_a_dead_servers_is(url: str, servers: ExitStack) -> None:
    """The first server lives longer than a lease, then its keeper falls silent."""
    begun, release = threading.Event(), threading.Event()

    def hang(_: object) -> None:
        begun.set()
        release.wait(60)
        raise ValueError("too late")

    servers.callback(release.set)
    daily, other = Sweep(hang), Sweep()
    daily.period = other.period = timedelta(days=1)
    one = servers.enter_context(Server(url, daily, lease="3s"))
    run = one.rota.schedules.run("Sweep")
    assert begun.wait(20)
    two = servers.enter_context(Server(url, other, lease="3s"))
    assert two.rota.node is not None
    assert one.rota.node is not None
    first = seen(two, one)
    eventually(lambda: seen(two, one) - first > timedelta(seconds=4), within=60)
    assert two.rota.node.taken == []  # a lease and more, and it is still the first one's

    one.rota.node.keeper.stop()
    done = eventually(lambda: (r := two.rota.runs.get(run.id)).finished and r, within=30)
    assert (done.state, done.node, done.attempt) == ("succeeded", two.rota.node_name, 2)
    release.set()
    eventually(lambda: not one.rota.node.runner.open, within=20)  # type: ignore[union-attr]
    assert two.rota.runs.get(run.id) == done  # its late end counts nothing


def seen(at: Server, of: Server) -> datetime:
    """When the second server last said that it lives, as the first one reads it."""
    return next(node.seen for node in at.rota.nodes.list() if node.name == of.rota.node_name)


@pytest.mark.shows("U10")
def test_the_vendors_rule_of_taking_over_waits_a_period_and_the_maximum(site: Site) -> None:
    settings = DistributedJobsSettings(takeover="period")
    other = Site(UmbracoSettings(distributed_jobs=settings))
    lost: list[int] = []

    def die_first(_: object) -> None:
        if not lost:  # its server is gone: the store finds the lease over, and puts the run back
            store, node = other.rota.context.store, other.node
            assert node is not None
            other.clock.advance(30)
            lost.extend(row.id for row in store.expire(other.clock.now()))
            node.node.keeper.renew(other.clock.boot())

    job = Sweep(die_first)
    job.period = "20m"
    other.umbraco.add_distributed_background_job(job)
    other.start()
    other.to(90)
    (run, *_) = other.runs
    assert lost == [run.id]
    assert run.started == other.began + timedelta(minutes=21 + 25)  # claimed at 21
    assert (run.state, run.attempt) == ("succeeded", 2)
    other.close()


@pytest.mark.shows("UM 57", "U7", "U10")
def test_a_shutdown_lets_another_server_go_on(url: str, servers: ExitStack) -> None:
    begun = threading.Event()

    def obey(token: CancellationToken) -> None:
        begun.set()
        eventually(lambda: token.is_cancellation_requested, within=60)
        token.throw_if_cancellation_requested()

    daily, other = Sweep(obey), Sweep()
    daily.period = other.period = timedelta(days=1)
    one = servers.enter_context(Server(url, daily))
    run = one.rota.schedules.run("Sweep")
    assert begun.wait(20)
    two = servers.enter_context(Server(url, other))
    one.rota.stop(30)
    done = eventually(lambda: (r := two.rota.runs.get(run.id)).finished and r, within=20)
    assert (done.state, done.node) == ("succeeded", two.rota.node_name)
    assert not two.umbraco.distributed_job("Sweep").is_running


@pytest.mark.shows("U10")
def test_a_live_run_past_period_and_maximum_is_overdue(site: Site) -> None:
    seen: list[bool] = []

    def long(_: object) -> None:
        for _ in range(2):
            site.clock.advance(5 * 60)
            site.umbraco.watch.look()
            seen.append(site.umbraco.distributed_job("Sweep").is_overdue)
        site.clock.advance(1)
        site.umbraco.watch.look()
        seen.append(site.umbraco.distributed_job("Sweep").is_overdue)

    site.umbraco.add_distributed_background_job(Sweep(long))
    site.start()
    site.to(6)
    assert seen == [False, False, True]  # after ten minutes
    (event,) = site.rota.events.list(kind="run.overdue")
    assert event.schedule == "Sweep"
