"""PostgreSQL's own ways: addresses, refusals, lost connections, deadlines, forks, news, plans."""

from __future__ import annotations

import gc
import importlib
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import rota.stores.postgresql
from postgres import new_schema, server
from rota.errors import BadSetting, StoreRefused, Unreachable
from rota.instants import SECOND
from rota.ports.records import Decision, NewRun, NodeRow, RunQuery, ScheduleRow
from rota.stores.postgresql import PostgresqlStore, address, opening
from rota.stores.postgresql.arrays import listed
from rota.stores.postgresql.faults import Collided, translated
from rota.stores.postgresql.links import AT_LAST, Punctual
from rota.stores.postgresql.statements import migrations, sql
from rota.stores.statements import Migration
from rota.testing.clock import SettableClock
from sources import constants
from waiting import eventually

FOLDER = Path(rota.stores.postgresql.__file__).parent
MANUAL = NewRun("task", 0, kind="manual")
SCHEDULE = ScheduleRow("s", "task", "manual")


@pytest.fixture
def schema() -> str:
    return new_schema()


def opened(schema: str, app: str = "shop", url: str = "") -> PostgresqlStore:
    store = PostgresqlStore(url or server(), SettableClock(), schema=schema)
    store.open(app)
    return store


@pytest.fixture
def store(schema: str) -> Iterator[PostgresqlStore]:
    store = opened(schema)
    yield store
    store.close()


@pytest.fixture
def other(store: PostgresqlStore) -> Iterator[PostgresqlStore]:
    """A second process's worth of connections to the same schema."""
    other = opened(store.address.schema)
    yield other
    other.close()


@pytest.fixture
def admin(schema: str) -> Iterator[psycopg.Connection[Any]]:
    """A stranger with rights."""
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute("SELECT set_config('search_path', %s, false)", [schema])
        yield connection


def cut(admin: psycopg.Connection[Any], pids: Any) -> None:
    """End the server's side of these connections, and wait until they are gone."""
    for pid in pids:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


# --------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "schema",
    ["", "Rota", "1a", "a-b", "a b", 'a"b', "a;DROP SCHEMA public", "a,public", "é", "a" * 64,
     "pg_catalog", "pg_x", "information_schema", "a\n"],
)  # fmt: skip
def test_a_schema_that_cannot_be_is_refused(schema: str) -> None:
    with pytest.raises(BadSetting, match="it cannot be the name of Rota's schema") as caught:
        PostgresqlStore("postgresql://localhost/x", SettableClock(), schema=schema)
    assert caught.value.problems[0].part == "schema"


@pytest.mark.parametrize(
    "url", ["postgresql://u:s3cret@h/x?nonsense=1", "postgresql://u:s3cret@[/x"]
)
def test_an_address_that_cannot_be_read_never_shows_its_password(url: str) -> None:
    with pytest.raises(BadSetting, match="libpq cannot read this address") as caught:
        PostgresqlStore(url, SettableClock())
    assert "s3cret" not in str(caught.value) + repr(caught.value.__context__.__dict__)


def test_what_the_url_says_stays_and_what_rota_needs_comes_last() -> None:
    made = address.read_address("postgresql://h/x?connect_timeout=9&options=-c%20a.b%3D1", "jobs")
    given = psycopg.conninfo.conninfo_to_dict(made.conninfo)
    assert given["connect_timeout"] == "9"
    assert str(given["options"]).startswith("-c a.b=1 -c search_path=jobs,pg_temp ")


def test_without_the_driver_the_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreRefused, match=r'pip install "rota\[postgres\]"'):
        importlib.reload(rota.stores.postgresql)
    monkeypatch.undo()
    importlib.reload(rota.stores.postgresql)


# ---------------------------------------------------------------------- refusals


def everything(admin: psycopg.Connection[Any]) -> list[Any]:
    """What the schema holds."""
    tables = admin.execute(
        "SELECT relname, relkind FROM pg_class"
        " WHERE relnamespace = current_schema()::regnamespace ORDER BY 1"
    ).fetchall()
    return [*tables, *admin.execute("SELECT * FROM rota_meta ORDER BY 1").fetchall()]


def newer(admin: psycopg.Connection[Any], schema: str) -> None:
    opened(schema).close()
    admin.execute("UPDATE rota_meta SET value = '999' WHERE name = 'schema'")


def another_application(admin: psycopg.Connection[Any], schema: str) -> None:
    opened(schema, "office").close()


def foreign_tables(admin: psycopg.Connection[Any], schema: str) -> None:
    admin.execute(psycopg.sql.SQL("CREATE SCHEMA {}").format(psycopg.sql.Identifier(schema)))
    admin.execute("CREATE TABLE rota_meta (colour text)")


@pytest.mark.parametrize(
    "prepare, words",
    [
        (newer, r"a newer Rota made it \(schema 999; this one knows \d+\)"),
        (another_application, "it belongs to the application “office”, not to “shop”"),
        (foreign_tables, "its tables are not as Rota made them"),
    ],
)
def test_refused_and_left_alone(
    admin: psycopg.Connection[Any], schema: str, prepare: Any, words: str
) -> None:
    prepare(admin, schema)
    before = everything(admin)
    with pytest.raises(StoreRefused, match=words) as caught:
        opened(schema)
    assert schema in caught.value.problems[0].text
    assert caught.value.problems[0].hint
    assert everything(admin) == before


def test_a_server_of_another_encoding_or_read_only_is_refused(store: PostgresqlStore) -> None:
    fine = opening.Server("18", 180000, "UTF8", "off", "on", "on", "on", "5")
    opening.judge(store.connections, fine)
    for wrong, words in (
        (fine._replace(number=120_000), "is too old"),
        (fine._replace(encoding="LATIN1"), "encoding is LATIN1"),
        (fine._replace(read_only="on"), "read-only"),
    ):
        with pytest.raises(StoreRefused, match=words):
            opening.judge(store.connections, wrong)


def test_a_broken_migration_leaves_nothing(
    admin: psycopg.Connection[Any], schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (
        *migrations(),
        Migration(migrations()[-1].number + 1, "broken", "CREATE TABLE more (a int); SELECT 1/0;"),
    )
    monkeypatch.setattr(opening, "migrations", lambda: steps)
    with pytest.raises(psycopg.errors.DivisionByZero):
        opened(schema)
    found = admin.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [schema])
    assert found.fetchone() == (0,)


def test_a_migration_may_take_longer_than_a_statement(
    schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    make_schema = opening.make_schema

    def look(connection: Punctual, name: str) -> None:
        waits.append(connection.patience)
        make_schema(connection, name)

    monkeypatch.setattr(opening, "make_schema", look)
    with opened_for_a_moment(schema) as store:
        waits.append(store.connections.reading(lambda link: link.connection.patience))
    assert waits == [opening.AGES, AT_LAST]


def test_tables_of_other_schemas_stand_in_for_none(
    admin: psycopg.Connection[Any], schema: str
) -> None:
    admin.execute("CREATE TABLE IF NOT EXISTS public.rota_meta (colour text)")
    try:
        with opened_for_a_moment(schema) as store:
            assert store.add_schedule(SCHEDULE) is not None
            assert admin.execute("SELECT count(*) FROM rota_schedule").fetchone() == (1,)
    finally:
        admin.execute("DROP TABLE public.rota_meta")


class opened_for_a_moment:  # noqa: N801  it reads as a verb
    def __init__(self, schema: str, url: str = "") -> None:
        self.store = opened(schema, url=url)

    def __enter__(self) -> PostgresqlStore:
        return self.store

    def __exit__(self, *_: object) -> None:
        self.store.close()


@pytest.mark.parametrize("where", ["127.0.0.1:9", "nobody.invalid"])
def test_nobody_there_is_unreachable(where: str) -> None:
    store = PostgresqlStore(f"postgresql://{where}/x", SettableClock())
    with pytest.raises(Unreachable, match="the server does not answer"):
        store.open("shop")
    with pytest.raises(Unreachable, match="the store is not open"):
        store.tasks()


# ------------------------------------------------------- connections and deadlines


def test_a_lost_connection_heals_unseen(
    store: PostgresqlStore, admin: psycopg.Connection[Any]
) -> None:
    store.add_schedule(SCHEDULE)
    cut(admin, store.connections.pids())
    assert store.schedule("s") is not None  # a question
    cut(admin, store.connections.pids())
    assert store.add_run(MANUAL, 0) is not None  # a verb
    cut(admin, store.connections.pids())
    with store.transaction():
        assert store.remove_schedule("s") is True
    assert len(store.runs(RunQuery())) == 1


def test_a_verb_whose_connection_is_lost_before_the_commit_is_done_once(
    store: PostgresqlStore, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, cuts = store.run, [0]

    def lose(number: int) -> Any:  # the last thing add_run does before the commit
        if not cuts[0]:
            cuts[0] = 1
            cut(admin, store.connections.pids())
        return run(number)

    monkeypatch.setattr(store, "run", lose)
    assert store.add_run(MANUAL, 0) is not None
    monkeypatch.undo()
    assert len(store.runs(RunQuery())) == 1


def test_a_transaction_lost_in_the_middle_is_unreachable_and_nothing_of_it_stays(
    store: PostgresqlStore, admin: psycopg.Connection[Any]
) -> None:
    def half() -> None:
        with store.transaction():
            store.add_schedule(SCHEDULE)
            cut(admin, store.connections.pids())
            store.add_run(MANUAL, 0)

    with pytest.raises(Unreachable):
        half()
    assert store.schedule("s") is None
    assert store.runs(RunQuery()) == []


def test_a_transaction_in_which_a_statement_failed_is_not_carried_on(
    store: PostgresqlStore,
) -> None:
    with pytest.raises(Unreachable, match="the transaction was taken back"), store.transaction():
        store.add_schedule(SCHEDULE)
        with pytest.raises(psycopg.errors.NotNullViolation):
            store.add_run(NewRun(None, 0, kind="manual"), 0)  # type: ignore[arg-type]
    assert store.schedule("s") is None


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that a test can wait for."""
    options = address.OPTIONS.replace("statement_timeout=4s", "statement_timeout=150ms")
    monkeypatch.setattr(address, "OPTIONS", options)


@pytest.mark.usefixtures("hasty")
def test_what_takes_too_long_is_unreachable_and_then_fine_again(
    admin: psycopg.Connection[Any], schema: str
) -> None:
    with opened_for_a_moment(schema) as store:
        store.add_schedule(SCHEDULE)
        with admin.transaction():
            admin.execute("SELECT 1 FROM rota_schedule FOR UPDATE")
            with pytest.raises(Unreachable, match="took too long"):
                store.change_schedule("s", None, {"title": "new"})
            assert store.schedule("s") is not None  # readers are not held up
        assert store.change_schedule("s", None, {"title": "new"}) is not None


@pytest.mark.parametrize("times", [1, 9])
def test_a_list_by_state_has_no_run_that_went_on_meanwhile(
    store: PostgresqlStore,
    admin: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    times: int,
) -> None:
    ids = [one.id for _ in range(3) if (one := store.add_run(NewRun("t", 0, kind="manual"), 0))]
    find, ends = store._found, "UPDATE rota_run SET state = 'cancelled' WHERE id = %s"
    going = iter(ids[:times])

    def meanwhile(query: RunQuery) -> list[int]:
        found = find(query)
        for run in going:
            admin.execute(ends, [run])
            break
        return found

    monkeypatch.setattr(store, "_found", meanwhile)
    rows = store.runs(RunQuery(states=("queued",)))
    assert [row.id for row in rows] == ids[times:][::-1]


def test_a_server_that_stands_still_is_given_up(
    store: PostgresqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Punctual, "patience", 0.1)
    with pytest.raises(Unreachable), store.transaction():
        link = store.connections.current()
        assert link is not None
        with translated(store.address.place):
            link.connection.execute("SELECT pg_sleep(3)")
    monkeypatch.undo()
    assert store.tasks() == []


def test_a_deadlock_is_tried_again_unseen(admin: psycopg.Connection[Any], schema: str) -> None:
    url = f"{server()}&options=-c%20deadlock_timeout%3D300ms"
    with opened_for_a_moment(schema, url) as store:
        store.add_schedule(SCHEDULE)
        run = store.add_run(NewRun("task", 0, kind="manual", schedule="s"), 0)
        assert run is not None
        removed: list[bool] = []
        thread = threading.Thread(target=lambda: removed.append(store.remove_schedule("s")))
        with admin.transaction():
            admin.execute("SELECT 1 FROM rota_open FOR UPDATE")
            thread.start()  # holds the schedule and waits for the run
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = ANY (%s)"
            pids = list(store.connections.pids())
            eventually(lambda: admin.execute(waits, [pids]).fetchone() == (1,))
            admin.execute("SELECT 1 FROM rota_schedule FOR UPDATE")  # a circle
        thread.join()
        assert removed == [True]
        assert store.connections.collisions >= 1
        assert store.schedule("s") is None


def test_a_collision_that_does_not_end_is_unreachable(
    store: PostgresqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    monkeypatch.setattr(store.connections, "step_aside", tries.append)

    def collide() -> None:
        raise Collided("in the way")

    with pytest.raises(Unreachable):
        store.connections.carry_out(collide)
    assert tries == [0, 1, 2, 3, 4]


def test_few_idle_connections_are_kept(store: PostgresqlStore) -> None:
    start = threading.Barrier(8)

    def ask() -> None:
        with store.transaction():
            start.wait(10)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.connections.pids()) == 4


def test_closing_under_another_thread_lets_it_end(store: PostgresqlStore) -> None:
    with store.transaction():
        store.add_schedule(SCHEDULE)
        store.close()
    assert store.connections.pids() == frozenset()
    store.open("shop")
    assert store.schedule("s") is not None


@pytest.mark.parametrize("threaded", [False, True])
def test_a_fork_leaves_the_parents_connections_alone(
    store: PostgresqlStore, other: PostgresqlStore, threaded: bool
) -> None:
    store.add_schedule(SCHEDULE)
    if threaded:
        store.listen(lambda: None)
    seen = store.changes()
    before = store.connections.pids()
    for forget in (True, False):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                if forget:
                    store.forget()
                found = store.schedule("s")
                store.changes()
                gc.collect()
                store.close()
                if found is not None:
                    status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.schedule("s") is not None
    assert store.connections.pids() == before
    other.add_run(MANUAL, 0)
    eventually(lambda: store.changes() > seen)
    assert store.listener.tried is None or store.listener.connection is not None


def test_a_closed_store_makes_no_connection(store: PostgresqlStore) -> None:
    store.close()
    assert store.changes() == store.changes()
    assert store.listener.connection is None


# --------------------------------------------------------------------------- news


def test_changes_shows_what_another_process_did_and_not_what_this_thread_did(
    store: PostgresqlStore, other: PostgresqlStore
) -> None:
    before = store.changes()
    store.add_run(MANUAL, 0)
    assert store.changes() == before
    other.add_run(MANUAL, 0)
    eventually(lambda: store.changes() != before)


def test_changes_moves_now_and_then_because_news_may_be_lost(store: PostgresqlStore) -> None:
    before = store.changes()
    clock = store.clock
    assert isinstance(clock, SettableClock)
    clock.advance(4.9)
    assert store.changes() == before
    clock.advance(0.2)
    assert store.changes() != before


def test_what_nobody_must_know_is_not_told(store: PostgresqlStore, other: PostgresqlStore) -> None:
    name = other.join(NodeRow("", "host", 1, "1"), SECOND).name
    before = store.changes()
    other.renew(name, SECOND, 0)
    other.report([], [])
    other.decide([Decision("nowhere", 1, 0, 1, 0)], 0)
    other.tasks()
    heard: list[int] = []
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(sql("listen"))
        other.add_run(MANUAL, 0)
        heard += [notice.pid for notice in connection.notifies(timeout=5, stop_after=1)]
    assert len(heard) == 1
    assert store.changes() - before <= 2  # the join and the run


def test_listening_wakes_for_others_and_not_for_oneself(
    store: PostgresqlStore, other: PostgresqlStore
) -> None:
    woken = threading.Semaphore(0)
    store.listen(woken.release)
    listener = store.listener.ear
    assert listener is not None
    assert woken.acquire(timeout=5)  # what was said before it listened was not heard
    store.add_run(MANUAL, 0)
    other.add_run(MANUAL, 0)
    assert woken.acquire(timeout=5)
    assert not woken.acquire(blocking=False)
    store.close()
    assert not listener.is_alive()


def test_a_listener_that_lost_its_connection_listens_again_and_looks(
    store: PostgresqlStore, other: PostgresqlStore, admin: psycopg.Connection[Any]
) -> None:
    woken = threading.Semaphore(0)
    store.listen(woken.release)
    listener = store.listener.ear
    assert listener is not None
    assert woken.acquire(timeout=5)
    assert listener.connection is not None
    cut(admin, [listener.connection.info.backend_pid])
    assert woken.acquire(timeout=5)  # it may have missed something
    other.add_run(MANUAL, 0)
    assert woken.acquire(timeout=5)


def test_two_applications_in_one_database_do_not_wake_each_other(
    store: PostgresqlStore,
) -> None:
    store.changes()
    before = store.changes()
    with opened_for_a_moment(new_schema()) as neighbour:
        neighbour.add_run(MANUAL, 0)
    assert store.changes() == before


# -------------------------------------------------------------------------- clock


def test_the_offset_is_the_databases_clock_less_this_machines(store: PostgresqlStore) -> None:
    clock = store.clock
    here = time.time_ns() // 1000 - clock.now()
    assert abs(store.clock_offset() - here) < SECOND


def test_leases_count_by_the_databases_clock(store: PostgresqlStore) -> None:
    clock = store.clock
    assert isinstance(clock, SettableClock)
    name = store.join(NodeRow("", "host", 1, "1"), 60 * SECOND).name
    clock.advance(3600)
    assert store.expire(clock.now()) == []
    store.renew(name, -SECOND, clock.now())
    store.expire(clock.now())
    assert store.renew(name, SECOND, clock.now()) is False


def test_describe_says_what_was_found(
    store: PostgresqlStore, admin: psycopg.Connection[Any]
) -> None:
    found = store.describe()
    assert (found["kind"], found["place"]) == ("postgresql", store.address.place)
    (fsync,) = admin.execute("SHOW fsync").fetchone() or ()
    assert found["durability"] == f"fsync {fsync}, synchronous_commit on, full_page_writes on"
    assert re.match(r"\d+\.\d+", found["version"])


# ------------------------------------------------------------------------ the SQL

SQL = re.compile(
    r"\b(SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX|SCHEMA)"
    r"|DROP TABLE|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET LOCAL|LISTEN|NOTIFY)\b"
)
ALLOWED = re.compile(r"BEGIN|COMMIT|ROLLBACK|(SAVEPOINT|RELEASE|ROLLBACK TO) rota")


CODE = [*FOLDER.glob("*.py"), *FOLDER.parent.glob("*.py")]  # its own, and what all stores share


def test_python_holds_no_sql_but_transactions() -> None:
    found = [text for file in CODE for text in constants(file) if SQL.search(text)]
    assert found
    assert [text for text in found if not ALLOWED.fullmatch(text)] == []


TWICE = [  # whose names are put together
    f"{name}{how}"
    for name in ("decide_schedules", "finish_schedules", "finish_runs")
    for how in ("", "_free")
]


def test_every_statement_is_one_and_is_used_and_every_used_one_is_there() -> None:
    code = "".join(file.read_text("utf-8") for file in CODE)
    code += "".join(f'"{name}"' for name in TWICE)
    for file in (FOLDER / "sql").iterdir():
        name = file.name.removesuffix(".sql")
        assert f'"{name}"' in code
        assert sql(name).count(b";") == 1
        assert sql(name).endswith(b";")


@pytest.mark.parametrize(
    "text", ['a"b', "a\\", "{a}", "NULL", "", "a,b", "a\nb", "\0", "é", "\ud800"]
)
def test_any_text_comes_back_from_an_array(store: PostgresqlStore, text: str) -> None:
    row = store.add_run(NewRun("task", 0, kind="manual", target=text, user=text), 0)
    assert row is not None
    kept = text.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    assert (row.target, row.user) == (kept, kept)
    assert listed([text, text]).count('"') >= 4


# ------------------------------------------------------------------------ the plans

MANY = 100_000
FILL = (
    """INSERT INTO rota_schedule (name, task, trigger, title, parameters, policies, enabled, paused,
        pause_reason, origin, edited, created, version, next_due, awaits_end, decided_through, runs)
    SELECT 's' || n, 'task', 'manual', '', '{}', '{}', true, false, '', 'person', '[]', 0, 1, n,
        false, 0, 0 FROM generate_series(1, %s) AS n""",
    """INSERT INTO rota_run (id, task, due, kind, state, schedule, target, created)
    SELECT n, 'task', n, 'slot', 'queued', 's' || n, '', 0 FROM generate_series(1, %s) AS n""",
    """INSERT INTO rota_open (run, task, kind, schedule, target, rank, due, not_before)
    SELECT n, 'task', 'slot', 's' || n, '', 0, n, n FROM generate_series(1, %s) AS n""",
)


def test_hot_statements_go_by_their_indexes_also_in_a_young_table(
    store: PostgresqlStore, admin: psycopg.Connection[Any]
) -> None:
    for statement in FILL:
        admin.execute(statement, [MANY])
    some = listed(f"s{n}" for n in range(1, 500))
    ids = listed(range(1, 500))
    for analyzed in (False, True):
        for name, values, index in (
            ("upcoming", (MANY, 500, "{task}"), ["rota_schedule_due", "rota_schedule_pause_end"]),
            ("decide_schedules", (some,), ["rota_schedule_pkey"]),
            (
                "decide_places",
                (some, listed([""] * 499), ids, ids),
                ["rota_run_slot", "rota_run_skip", "rota_open_place"],
            ),
            ("take_queue", ("{task}", MANY, 500, "{}", 0), ["rota_open_queue"]),
            ("take_queue_on", ("{task}", MANY, 500, "{}", 0, 0, 0, 0), ["rota_open_queue"]),
            ("take_schedules", (some,), ["rota_schedule_pkey"]),
            ("take_running", (some,), ["rota_open_"]),  # by place, or what runs
            ("take_mark", (ids, "host-1", 0), ["rota_open_pkey", "rota_run_pkey"]),
            ("next_start", ("{task}", "host-1"), ["rota_open_soonest"]),
            ("finish_runs", (ids,), ["rota_run_pkey"]),
            ("schedule_rows", (some,), ["rota_schedule_pkey", "rota_open_place"]),
            ("runs", (MANY, None, "{failed}", "{}", None, True, 50), ["rota_run_unusual"]),
            ("runs", (MANY, None, "{failed}", "{}", "s7", True, 50), ["rota_run_unusual"]),
            ("runs_of_schedule", (MANY, None, "{}", "{}", "s7", 50), ["rota_run_history"]),
            ("latest_outcomes", (some, 20), ["rota_run_history"]),
            ("previous", ("s7", MANY), ["rota_run_history"]),
            ("unbegin_schedule", ("s7", MANY), ["rota_run_history"]),
            ("decisions_at", ("s7", 7, 10), ["rota_run_slot", "rota_run_skip"]),
            ("prune_beyond", ("s7", 10), ["rota_run_history"]),
            ("prune_beyond", (None, 10), ["rota_run_history"]),
            ("prune", ("s7", MANY, 10, 0, 50), ["rota_run_history"]),
            ("prune", (None, MANY, 10, 0, 50), ["rota_run_history"]),
            ("runs_open", (MANY, None, "{queued}", "{}", None, 50), ["rota_run_pkey"]),
            ("held", ("host-1",), ["rota_open_running", "rota_run_pkey"]),
        ):
            plan = explain(store, name, values)
            assert "Seq Scan" not in plan, (name, analyzed, plan)
            assert [one for one in index if one not in plan] == [], (name, analyzed, plan)
            if name in ("take_queue", "take_queue_on", "next_start"):
                assert "Sort " not in plan, plan
        admin.execute("ANALYZE")


def explain(store: PostgresqlStore, name: str, values: Any) -> str:
    """The plan of a statement on the store's own connection."""
    rows = store.connections.reading(
        lambda link: link.connection.execute(b"EXPLAIN " + sql(name), values).fetchall()
    )
    return "\n".join(row[0] for row in rows)
