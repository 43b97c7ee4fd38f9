"""Services: one instance a run, made from their own needs, closed in reverse order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import pytest

from rota.engine.tasks.services import Scope, Services
from rota.errors import BadSetting


class Settings: ...


class Database:
    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings


class Mailer:
    def __init__(self, database: Database, retries: int = 3) -> None:
        self.database = database


class Client:
    """A client that is its own context manager, as HTTP libraries have them."""

    closed = False

    def __enter__(self) -> str:
        return "something else"

    def __exit__(self, *_: object) -> None:
        self.closed = True


def everything(events: list[str]) -> Services:
    """A database from an async generator, a mailer that needs it, settings from a coroutine."""

    async def settings() -> Settings:
        await asyncio.sleep(0)
        return Settings()

    async def database(settings: Settings) -> AsyncIterator[Database]:
        await asyncio.sleep(0)
        events.append("database open")
        try:
            yield Database(settings)
        except ValueError:
            events.append("rolled back")
            raise
        finally:
            await asyncio.sleep(0)
            events.append("database closed")

    def mailer(database: Database, retries: int = 3) -> Iterator[Mailer]:
        events.append("mailer open")
        yield Mailer(database)
        events.append("mailer closed")

    services = Services()
    services.provide(Settings, settings)
    services.provide(Database, database)
    services.provide(Mailer, mailer)
    return services


def test_a_sync_run_gets_its_services() -> None:
    events: list[str] = []
    with everything(events).scope() as scope:
        mailer = scope.get(Mailer)
        assert scope.get(Database) is mailer.database
        assert scope.get(Mailer) is mailer
        assert isinstance(mailer.database.settings, Settings)
    assert events == ["database open", "mailer open", "mailer closed", "database closed"]


def test_an_async_run_gets_the_same_ones() -> None:
    events: list[str] = []

    async def run() -> None:
        async with everything(events).scope() as scope:
            mailer = await scope.aget(Mailer)
            assert scope.get(Database) is mailer.database

    asyncio.run(run())
    assert events == ["database open", "mailer open", "mailer closed", "database closed"]


def test_each_run_has_its_own() -> None:
    services = Services()
    services.provide(Database, Database)
    with services.scope() as one, services.scope() as two:
        assert one.get(Database) is not two.get(Database)


def test_services_learn_of_the_run_s_error() -> None:
    events: list[str] = []
    with pytest.raises(ValueError, match="oops"), everything(events).scope() as scope:
        scope.get(Database)
        raise ValueError("oops")
    assert events == ["database open", "rolled back", "database closed"]


def test_a_service_cannot_hide_the_run_s_error() -> None:
    @contextmanager
    def forgiving() -> Iterator[Database]:
        with suppress(ValueError):
            yield Database()

    services = Services()
    services.provide(Database, forgiving)
    with pytest.raises(ValueError, match="oops"), services.scope() as scope:
        scope.get(Database)
        raise ValueError("oops")


@contextmanager
def from_a_manager() -> Iterator[Database]:
    yield Database()


@asynccontextmanager
async def from_an_async_manager() -> AsyncIterator[Database]:
    yield Database()


async def from_a_coroutine_that_returns_a_manager() -> Any:
    return from_a_manager()


@pytest.mark.parametrize(
    "factory",
    [
        Database,
        lambda: Database(),
        from_a_manager,
        from_an_async_manager,
        from_a_coroutine_that_returns_a_manager,
        lambda: (one for one in [Database()]),
    ],
)
def test_every_kind_of_factory(factory: Any) -> None:
    services = Services()
    services.provide(Database, factory)
    with services.scope() as scope:
        assert type(scope.get(Database)) is Database

    async def run() -> None:
        async with services.scope() as scope:
            assert type(await scope.aget(Database)) is Database

    asyncio.run(run())


def test_a_client_that_is_its_own_context_manager_is_the_service_and_is_closed() -> None:
    services = Services()
    services.provide(Client, Client)
    with services.scope() as scope:
        client = scope.get(Client)
        assert type(client) is Client
    assert client.closed


def test_a_sync_scope_runs_its_async_factories_on_its_own_thread() -> None:
    async def database() -> AsyncIterator[Database]:
        found = Database()
        found.thread = threading.get_ident()  # type: ignore[attr-defined]
        yield found

    services = Services()
    services.provide(Database, database)

    def run() -> None:
        with services.scope() as scope:
            seen.append(scope.get(Database).thread == threading.get_ident())  # type: ignore[attr-defined]
            assert scope.runner is not None
            loops.append(scope.runner.get_loop())

    seen: list[bool] = []
    loops: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [True]
    assert loops[0].is_closed()


class Run: ...


class Cleaning:
    def __init__(self, run: Run, mailer: Mailer, limit: int = 5) -> None:
        self.run, self.mailer = run, mailer


def test_a_class_is_built_from_services_and_from_what_is_given() -> None:
    services = Services()
    services.provide(Database, Database)
    services.provide(Mailer, Mailer)
    run = Run()
    with services.scope({Run: run}) as scope:
        cleaning = scope.build(Cleaning)
        assert cleaning.run is run
        assert cleaning.mailer.database is scope.get(Database)


def failing(name: str, error: BaseException | None = None) -> Any:
    def factory() -> Iterator[Any]:
        yield object()
        raise error or ValueError(name)

    return factory


def test_errors_in_closing_are_reported_and_close_the_others() -> None:
    services = Services()
    services.provide(Settings, failing("settings", SystemExit(3)))
    services.provide(Database, failing("database"))
    services.provide(Client, Client)

    scope = services.scope()
    with pytest.raises(BaseExceptionGroup) as caught, scope:
        client = scope.get(Client)
        scope.get(Settings)
        scope.get(Database)
    assert [type(one) for one in caught.value.exceptions] == [ValueError, SystemExit]
    assert client.closed

    with pytest.raises(ValueError, match="database"), services.scope() as scope:
        scope.get(Database)


def test_an_error_in_closing_is_noted_on_the_run_s_own() -> None:
    def factory() -> Iterator[Database]:
        try:
            yield Database()
        finally:
            raise OSError("disk full")

    services = Services()
    services.provide(Database, factory)
    scope = services.scope()
    with pytest.raises(KeyError) as caught, scope:
        scope.get(Database)
        raise KeyError("own")
    assert caught.value.__notes__ == ["closing Database failed too: OSError: disk full"]
    assert [type(one) for one in scope.failures] == [OSError]


def test_a_factory_that_fails_leaves_the_others_to_be_closed() -> None:
    events: list[str] = []
    services = everything(events)

    def broken(mailer: Mailer) -> Client:
        raise RuntimeError("no client")

    services.provide(Client, broken)
    with pytest.raises(RuntimeError, match="no client"), services.scope() as scope:
        scope.get(Client)
    assert events[-1] == "database closed"


class A: ...


class B: ...


class C: ...


def circle() -> Services:
    def a(b: B) -> A: ...  # type: ignore[empty-body]

    def b(c: C) -> B: ...  # type: ignore[empty-body]

    def c(a: A) -> C: ...  # type: ignore[empty-body]

    services = Services()
    for kind, factory in ((A, a), (B, b), (C, c)):
        services.provide(kind, factory)
    return services


def test_a_circle_is_refused_with_its_chain() -> None:
    with pytest.raises(BadSetting, match="A → B → C → A"), circle().scope() as scope:
        scope.get(A)
    with pytest.raises(BadSetting, match="B → C → A → B"):
        circle().check()


def test_a_need_that_nobody_provides_is_named() -> None:
    def factory(settings: Settings, size: int) -> Database: ...  # type: ignore[empty-body]

    services = Services()
    services.provide(Database, factory)
    with pytest.raises(BadSetting, match=r"factory\(settings\)"):
        services.check()
    services.provide(Settings, Settings)
    with pytest.raises(BadSetting, match=r"factory\(size\)"), services.scope() as scope:
        scope.get(Database)
    with pytest.raises(BadSetting, match=r"rota.provide\(Client"), services.scope() as scope:
        scope.get(Client)


@pytest.mark.parametrize("wanted", [str, int, dict, object, list[int], "Database", None])
def test_json_types_are_no_services(wanted: Any) -> None:
    with pytest.raises(BadSetting):
        Services().provide(wanted, lambda: None)


def test_what_is_provided_is_known_and_may_be_replaced() -> None:
    services = Services()
    with pytest.raises(BadSetting, match="lambda"):
        services.provide(Database, Database())  # type: ignore[arg-type]
    services.provide(Database, lambda: None)
    services.provide(Database, Database)
    assert services.knows(Database)
    assert not services.knows(Mailer)
    assert not services.knows([])
    with services.scope() as scope:
        assert isinstance(scope, Scope)
        assert isinstance(scope.get(Database), Database)
