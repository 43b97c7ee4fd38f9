"""Ten minutes without the store: results are kept and written, nothing is lost, little is said.

The machine, the writer and the keeper of production on a clock that is moved by hand, over a real
file that is locked, full, moved away or read-only, or a PostgreSQL that cannot be reached.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from driving import Driven
from postgres import new_schema, server
from rota.engine.keeper import Keeper
from rota.engine.messages import Changed, Happening
from rota.engine.roles.terms import Terms
from rota.engine.upkeep.janitor import Janitor
from rota.errors import RotaError
from rota.ports.records import EventQuery, RunRow
from rota.rules.endings import Outcome
from rota.rules.leases import Lease
from rota.stores.postgresql import PostgresqlStore
from rota.stores.postgresql import connections as links
from rota.stores.sqlite import SqliteStore
from rota.stores.sqlite import connections as files
from rota.testing.clock import SettableClock

MINUTES = 10
LINES = 20
BIG = "x" * 60_000


class Whole(Driven):
    """A node driven by hand, its keeper included."""

    def __init__(self, make: Callable[[SettableClock], Any], **policies: object) -> None:
        super().__init__(make=make, **policies)
        self.mail: list[Happening] = []
        (row,) = self.store.nodes()
        self.keeper = Keeper(
            self.store, self.clock, row, Lease(), Janitor(self.store, lambda task: {}),
            self.mail.append, lambda name: None, lambda: None,
            Terms(self.store, self.clock, Lease()),
        )  # fmt: skip

    def second(self) -> None:
        """A second goes by."""
        self.clock.advance(1)
        with suppress(RotaError):  # as its thread takes it
            self.keeper.tick()
        mail, self.mail[:] = list(self.mail), []
        self.step(*mail)

    def seconds(self, count: int) -> None:
        for _ in range(count):
            self.second()

    def row(self, run: RunRow) -> RunRow:
        found = self.store.run(run.id)
        assert found is not None
        return found


Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whole]:
    monkeypatch.setattr(files, "PATIENCE", 0.001)  # the clock stands still while a writer waits
    driven = Whole(lambda clock: SqliteStore(tmp_path / "rota.db", clock, synchronous="NORMAL"))
    yield driven
    driven.store.close()


def locked(driven: Whole) -> Outage:
    """Another program holds the file's write lock."""

    @contextmanager
    def outage() -> Iterator[None]:
        assert isinstance(driven.store, SqliteStore)
        stranger = sqlite3.connect(driven.store.path, isolation_level=None)
        stranger.execute("BEGIN EXCLUSIVE")
        yield
        stranger.execute("ROLLBACK")
        stranger.close()

    return outage


def moved(driven: Whole) -> Outage:
    """The file is not where it was; later it is put back."""

    @contextmanager
    def outage() -> Iterator[None]:
        assert isinstance(driven.store, SqliteStore)
        elsewhere = driven.store.path.with_name("elsewhere.db")
        driven.store.path.rename(elsewhere)
        yield
        elsewhere.rename(driven.store.path)

    return outage


def full(driven: Whole) -> Outage:
    """There is no room for one page more."""

    @contextmanager
    def outage() -> Iterator[None]:
        assert isinstance(driven.store, SqliteStore)
        connection = driven.store.connections.link().connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        yield
        connection.execute("PRAGMA max_page_count = 1000000")

    return outage


def read_only(driven: Whole) -> Outage:
    """Nothing may be written, as on a file system that was remounted after an error."""

    @contextmanager
    def outage() -> Iterator[None]:
        assert isinstance(driven.store, SqliteStore)
        connection = driven.store.connections.link().connection
        connection.execute("PRAGMA query_only = 1")
        yield
        connection.execute("PRAGMA query_only = 0")

    return outage


@pytest.fixture
def postgresql(monkeypatch: pytest.MonkeyPatch) -> Iterator[Whole]:
    driven = Whole(
        lambda clock: PostgresqlStore(
            server(), clock, schema=new_schema(), lease_clock=lambda: clock.boot()
        )
    )
    yield driven
    driven.store.close()


def unreachable(driven: Whole, monkeypatch: pytest.MonkeyPatch) -> Outage:
    """The server has gone: its connections are cut, and nobody answers at its door."""

    @contextmanager
    def outage() -> Iterator[None]:
        assert isinstance(driven.store, PostgresqlStore)
        for link in driven.store.connections.links:
            link.connection.close()

        def refuse(address: object) -> Any:
            raise psycopg.OperationalError("connection refused")

        with monkeypatch.context() as patch:
            patch.setattr(links, "connect", refuse)
            yield

    return outage


OUTAGES = {"locked": locked, "moved": moved, "full": full, "read-only": read_only}


@pytest.fixture(params=[*OUTAGES, "postgresql"])
def weather(request: pytest.FixtureRequest) -> tuple[Whole, Outage]:
    """A node, and what takes its store away."""
    if request.param == "postgresql":
        driven = request.getfixturevalue("postgresql")
        return driven, unreachable(driven, request.getfixturevalue("monkeypatch"))
    driven = request.getfixturevalue("sqlite")
    return driven, OUTAGES[request.param](driven)


def test_ten_minutes_without_the_store(
    weather: tuple[Whole, Outage], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rota")
    driven, outage = weather
    driven.add("a", "every 1m")
    driven.add("b", "every 7m")
    driven.step(Changed())
    driven.seconds(7 * 60 + 1)
    first, second = [run for run in driven.started if driven.row(run).state == "running"][-2:]
    assert {first.schedule, second.schedule} == {"a", "b"}
    before, began = len(driven.runs()), len(driven.started)

    with outage():
        driven.seconds(30)
        driven.end(first, Outcome("returned", result=BIG))
        driven.seconds(MINUTES * 60 - 30)
        assert driven.interrupted == [], "nothing is cancelled"
        assert len(driven.started) == began, "nothing new is started"
    driven.seconds(5)

    assert (driven.row(first).state, driven.row(first).result) == ("succeeded", BIG)
    assert driven.row(second).state == "running", "it is not lost with the store"
    driven.end(second)
    assert driven.row(second).state == "succeeded"
    assert driven.interrupted == []
    assert len(driven.started) > began, "full service within five seconds"
    assert len(driven.runs()) <= before + 6
    said = [record for record in caplog.records if record.name.startswith("rota")]
    assert len(said) <= LINES, [record.getMessage() for record in said]
    assert {record.levelname for record in said} == {"WARNING"}
    kinds = [event.kind for event in driven.store.events(EventQuery())]
    assert kinds.count("store.back") == kinds.count("store.lost") == 1


def test_a_file_locked_for_longer_than_the_lease_is_not_a_lost_lease(sqlite: Whole) -> None:
    sqlite.add("a", "every 10s", policies={"overlap": 9})
    sqlite.step(Changed())
    sqlite.seconds(10)
    (run,) = sqlite.started
    with locked(sqlite)():
        sqlite.seconds(60)
        assert sqlite.started == [run]
        assert sqlite.interrupted == []
        assert sqlite.machine.trusted_until < sqlite.clock.boot()
    sqlite.seconds(5)
    assert sqlite.row(run).state == "running"
    assert sqlite.row(run).fence == run.fence
    assert len(sqlite.started) == 2
    assert [row.state for row in sqlite.store.nodes()] == ["alive"]
    sqlite.end(run)
    assert sqlite.row(run).state == "succeeded"


def test_what_runs_say_meanwhile_is_kept_the_oldest_goes_first() -> None:
    from rota.engine.attempts.outbox import AT_ONCE, HELD, Outbox
    from rota.ports.records import LogLine

    outbox = Outbox()
    for number in range(HELD):
        outbox.log(LogLine(1, number, 0, "INFO", "", ""))
    _, lines = outbox.drain()
    for number in range(HELD, HELD + AT_ONCE // 2):
        outbox.log(LogLine(1, number, 0, "INFO", "", ""))
    outbox.put_back([], lines)
    kept = [line.number for line in outbox.lines]
    assert kept == list(range(AT_ONCE // 2, HELD + AT_ONCE // 2))
