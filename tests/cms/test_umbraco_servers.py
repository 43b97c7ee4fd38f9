"""Umbraco's scenarios about servers: the touch, the election, the main instance of a machine."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rota import Rota
from rota.cms.umbraco import (
    DatabaseServerRegistrarSettings,
    ServerRole,
    TouchServerJob,
    Umbraco,
    UmbracoSettings,
)
from rota.engine.roles.main_instance import MainInstance
from umbraco_site import Site, Work
from waiting import eventually


class Register:
    """Somewhere to register servers."""

    def __init__(self, do: Callable[[], object] = lambda: None) -> None:
        self.do = do
        self.touched: list[tuple[str, timedelta]] = []

    def touch_server(self, address: str, stale_after: timedelta) -> None:
        self.touched.append((address, stale_after))
        self.do()


def with_registrar(url: str | None = None, **settings: object) -> Site:
    registrar = DatabaseServerRegistrarSettings(**settings)  # type: ignore[arg-type]
    return Site(UmbracoSettings(application_url=url, database_server_registrar=registrar))


# ---------------------------------------------------------------------- the touch


@pytest.mark.shows("UM 45", "U8")
@pytest.mark.parametrize("url", ["https://shop.example", None])
def test_the_touch_job_in_every_role_by_its_settings(url: str | None) -> None:
    site, register = with_registrar(url, wait_time_between_calls=timedelta(seconds=42)), Register()
    site.rota.main.is_main = True
    job = site.umbraco.add_touch_server_job(register)
    assert job.period == timedelta(seconds=42)
    assert set(job.server_roles) == set(ServerRole)
    site.start()
    assert site.to(1) == [0.25, 0.95]
    eventually(lambda: len(register.touched) == 2)  # its thread may still be on the way
    assert register.touched == [(url or socket.gethostname(), timedelta(minutes=2))] * 2
    changed = replace(site.umbraco.registrar.current_value, wait_time_between_calls="10s")  # type: ignore[arg-type]
    site.umbraco.registrar.set(changed)
    assert len(site.to(2)) == 8
    site.close()


@pytest.mark.shows("UM 45")
def test_nothing_is_touched_where_the_role_is_set_by_hand() -> None:
    site, register = Site(), Register()
    site.rota.fixed_role = "unknown"
    site.umbraco.add_touch_server_job(register)
    site.start()
    site.to(1)
    assert [run.result for run in site.runs] == ["the server role is set by hand"]
    assert register.touched == []
    site.close()


@pytest.mark.shows("UM 45")
def test_a_touch_that_fails_does_not_fail_the_job(caplog: pytest.LogCaptureFixture) -> None:
    site = Site()
    site.umbraco.add_touch_server_job(Register(lambda: 1 // 0))
    site.start()
    site.to(1)
    assert [run.state for run in site.runs] == ["succeeded"]
    assert [line.levelname for line in caplog.records if "touching the server" in line.message]
    site.close()


@pytest.mark.shows("UM 45")
def test_without_a_register_the_lease_is_looked_at() -> None:
    site = with_registrar("web1")
    site.umbraco.add_touch_server_job()
    node = site.start()
    site.to(0.5)
    assert site.runs[0].result == f"web1 is {node.node.name}, seen 0 s ago"
    site.close()


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.shows("UM 46")
def test_a_touch_that_hangs(released: threading.Event, caplog: pytest.LogCaptureFixture) -> None:
    site, register = with_registrar(touch_timeout=timedelta(seconds=0.05)), Register()
    register.do = lambda: released.wait(60)
    site.umbraco.add_touch_server_job(register)
    site.start()
    site.to(2)
    assert [run.result for run in site.runs] == [
        "the touch takes too long", "the touch before is still under way",
    ]  # fmt: skip
    assert len(register.touched) == 1
    errors = [line for line in caplog.records if line.levelno == logging.ERROR]
    assert ["takes longer than 0.05 s" in line.message for line in errors] == [True]
    site.close()


@pytest.mark.shows("UM 46")
@pytest.mark.parametrize("given, used", [
    (timedelta(0), timedelta(minutes=1)), (timedelta(-1), timedelta(minutes=1)), (None, None),
])  # fmt: skip
def test_a_timeout_that_allows_nothing_is_replaced(
    given: timedelta | None, used: timedelta | None, caplog: pytest.LogCaptureFixture
) -> None:
    job: TouchServerJob = with_registrar(touch_timeout=given).umbraco.add_touch_server_job()
    assert job.timeout == used
    warned = [line for line in caplog.records if "touch_timeout" in line.message]
    assert len(warned) == (0 if given is None else 1)


# ------------------------------------------------------------------- the election


class Server:
    """One of several servers on one store, with a job that runs all the time where it may."""

    def __init__(self, url: str, **settings: object) -> None:
        self.rota = Rota(url, lease="4s")
        self.umbraco = Umbraco(self.rota, UmbracoSettings(**settings))  # type: ignore[arg-type]
        self.work = Work(0.05)
        self.work.ignored_delay = timedelta(seconds=1)
        self.umbraco.add_recurring_background_job(self.work)

    def __enter__(self) -> Server:
        self.rota.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.rota.stop(5)
        self.rota.close()


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.shows("UM 47", "U8")
def test_alone_it_is_unknown_then_single(tmp_path: Path, servers: ExitStack) -> None:
    server = Server(f"sqlite:///{tmp_path}/rota.db", main_dom=False)
    assert server.rota.server_role == "unknown"
    servers.enter_context(server)
    assert server.rota.server_role == "single"
    eventually(lambda: server.work.calls >= 3, within=20)


@pytest.mark.shows("UM 47", "U8")
def test_of_three_a_survivor_publishes_and_the_old_one_cannot_act(
    tmp_path: Path, servers: ExitStack
) -> None:
    url = f"sqlite:///{tmp_path}/rota.db"
    a, b, c = (servers.enter_context(Server(url, main_dom=False)) for _ in range(3))
    # The first was alone at its start; it learns in its rhythm that it has company.
    eventually(lambda: a.rota.server_role == "scheduling_publisher", within=20)
    eventually(lambda: {b.rota.server_role, c.rota.server_role} == {"subscriber"}, within=20)
    assert (b.work.calls, c.work.calls) == (0, 0)
    assert a.rota.node is not None
    a.rota.node.keeper.stop()  # it falls silent, and goes on living

    def survivor() -> Server | None:
        return next((one for one in (b, c) if one.rota.server_role == "scheduling_publisher"), None)

    new = eventually(survivor, within=30)
    assert a.rota.server_role not in ("single", "scheduling_publisher")
    calls = a.work.calls
    eventually(lambda: new.work.calls >= 5, within=20)
    assert a.work.calls == calls
    assert a.umbraco.trigger(Work)  # asked or not, it begins nothing any more
    eventually(lambda: new.work.calls >= 10, within=20)
    assert a.work.calls == calls


@pytest.mark.shows("U8", "U9")
def test_of_two_on_one_machine_the_newest_is_main_and_publisher(
    tmp_path: Path, servers: ExitStack
) -> None:
    """Were they two different ones, no job would run anywhere."""
    url = f"sqlite:///{tmp_path}/rota.db"
    old = servers.enter_context(Server(url))
    eventually(lambda: old.work.calls >= 2, within=20)
    new = servers.enter_context(Server(url))
    eventually(lambda: new.work.calls >= 2, within=20)
    assert new.rota.server_role == "scheduling_publisher"
    assert (old.rota.is_main_instance, new.rota.is_main_instance) == (False, True)
    eventually(lambda: old.rota.server_role == "subscriber", within=20)
    calls = old.work.calls
    seen = new.work.calls
    eventually(lambda: new.work.calls >= seen + 3, within=20)
    assert old.work.calls == calls


# ------------------------------------------------------------- the main instance


@pytest.mark.shows("UM 48", "U9")
def test_the_main_instances_lock_free_held_handed_over(tmp_path: Path) -> None:
    name, may_go, asked = str(tmp_path), threading.Event(), threading.Event()
    first, second = MainInstance(), MainInstance()
    first.deadline = 60

    def hold(main: bool) -> None:
        if not main:
            asked.set()
            may_go.wait(60)

    first.listeners.append(hold)
    try:
        first.start(name)
        eventually(lambda: first.is_main, within=20)  # free: acquired
        second.start(name)
        assert asked.wait(20)
        assert not first.is_main  # the signal to let go has come: it does not act any more
        assert not second.is_main  # held: the newcomer waits for what has to end first
        may_go.set()
        eventually(lambda: second.is_main, within=20)  # handed over
        assert not first.is_main
    finally:
        may_go.set()
        second.stop()
        first.stop()
