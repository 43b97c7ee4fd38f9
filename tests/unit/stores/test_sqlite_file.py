"""The SQLite file: its mode, its locks, a full disk, threads, forks, and where the SQL is."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import rota.stores.sqlite
from rota.errors import StoreRefused, Unreachable
from rota.ports.records import NewRun, RunQuery, ScheduleRow
from rota.stores.sqlite import SqliteStore, connections, forking
from rota.stores.sqlite.place import identity
from rota.stores.sqlite.statements import migrations, sql
from rota.testing.clock import SettableClock
from sources import constants

FOLDER = Path(rota.stores.sqlite.__file__).parent
ALLOWED = re.compile(
    r"BEGIN (IMMEDIATE|DEFERRED)|COMMIT|ROLLBACK|(SAVEPOINT|RELEASE|ROLLBACK TO) rota|PRAGMA .*"
)
SQL = re.compile(
    r"\b(SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX)|DROP TABLE"
    r"|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA)\b"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "rota.db", SettableClock())
    store.open("shop")
    yield store
    store.close()


# ----------------------------------------------------------------------- the file


def test_only_its_owner_can_read_it(store: SqliteStore) -> None:
    store.add_run(NewRun("task", 0, kind="manual"), 0)
    names = ("rota.db", "rota.db-wal", "rota.db-shm")
    modes = {name: (store.path.parent / name).stat().st_mode & 0o777 for name in names}
    assert set(modes.values()) == {0o600}, modes


def test_a_file_of_the_host_keeps_its_tables_and_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "host.db"
    with sqlite3.connect(path) as host:
        host.execute("CREATE TABLE orders (id)")
        host.execute("PRAGMA user_version = 7")
    host.close()
    path.chmod(0o640)
    store = SqliteStore(path, SettableClock())
    store.open("shop")
    store.close()
    host = sqlite3.connect(path)
    tables = {name for (name,) in host.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    assert host.execute("PRAGMA user_version").fetchone() == (7,)
    host.close()
    assert "orders" in tables
    assert all(name.startswith("rota_") for name in tables - {"orders"})
    assert path.stat().st_mode & 0o777 == 0o640


def test_describe_says_what_was_found(store: SqliteStore) -> None:
    assert store.describe() == {
        "kind": "sqlite",
        "place": str(store.path),
        "durability": "write-ahead log, synchronous FULL",
        "version": sqlite3.sqlite_version,
        "identity": identity(store.path),
    }


def test_a_relative_path_does_not_follow_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = SqliteStore("rota.db", SettableClock())
    monkeypatch.chdir("/")
    store.open("shop")
    store.close()
    assert (tmp_path / "rota.db").exists()


def test_a_path_with_odd_characters(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a b?c#d%20.db", SettableClock())
    store.open("shop")
    store.close()
    assert (tmp_path / "a b?c#d%20.db").exists()


# ---------------------------------------------------------------- locks and faults


def test_locked_by_a_stranger_is_unreachable_and_then_fine_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    store = SqliteStore(tmp_path / "rota.db", SettableClock())
    store.open("shop")
    stranger = sqlite3.connect(store.path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unreachable, match="another program has it locked"):
        store.add_run(NewRun("task", 0, kind="manual"), 0)
    assert store.runs(RunQuery()) == []  # readers are not held up
    assert store.prune(None, 0, 0, 1) == 0
    stranger.execute("ROLLBACK")
    stranger.close()
    assert store.add_run(NewRun("task", 0, kind="manual"), 0) is not None
    store.close()


def test_locked_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    monkeypatch.setattr(rota.stores.sqlite.opening, "PATIENCE", 0.05)
    path = tmp_path / "host.db"
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("CREATE TABLE orders (id)")
    stranger.execute("BEGIN EXCLUSIVE")
    store = SqliteStore(path, SettableClock())
    with pytest.raises(Unreachable, match="another program has it locked"):
        store.open("shop")
    stranger.execute("ROLLBACK")
    store.open("shop")
    stranger.close()
    store.close()


def test_a_broken_migration_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = migrations()[0]
    broken = step._replace(text=step.text + "CREATE TABLE rota_task (again);")
    monkeypatch.setattr(rota.stores.sqlite.opening, "migrations", lambda: (broken,))
    store = SqliteStore(tmp_path / "rota.db", SettableClock())
    with pytest.raises(Exception, match="already exists"):
        store.open("shop")
    monkeypatch.undo()
    store.open("shop")
    assert store.tasks() == []
    store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_unreachable_and_recovers(small_disk: Path) -> None:
    store = SqliteStore(small_disk / "rota.db", SettableClock())
    store.open("shop")
    store.add_run(NewRun("task", 0, kind="manual"), 0)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * 600_000)
    big = {"text": "x" * 100_000}
    with pytest.raises(Unreachable, match=r"the disk (is full|failed)"):
        store.add_run(NewRun("task", 0, kind="manual", parameters=big), 0)
    assert len(store.runs(RunQuery())) == 1
    filler.unlink()
    assert store.add_run(NewRun("task", 0, kind="manual"), 0) is not None
    store.close()


def test_a_transaction_that_sqlite_took_back_is_not_carried_on(store: SqliteStore) -> None:
    def lose() -> None:
        with store.transaction():
            store.add_run(NewRun("task", 0, kind="manual"), 0)
            store.connections.link().connection.execute("ROLLBACK")
            store.add_run(NewRun("task", 0, kind="manual"), 0)

    with pytest.raises(Unreachable, match="was taken back"):
        lose()
    assert store.runs(RunQuery()) == []
    assert store.add_run(NewRun("task", 0, kind="manual"), 0) is not None


# ----------------------------------------------------------------- threads and forks


def test_a_connection_a_thread_and_none_left_of_ended_threads(store: SqliteStore) -> None:
    for _ in range(5):
        thread = threading.Thread(target=store.tasks)
        thread.start()
        thread.join()
    assert len(store.connections.links) <= 2


LET_GO = """
import gc, sys
from rota import Rota

Rota(sys.argv[1], app="a").open()
gc.collect()
last = Rota(sys.argv[1], app="a")  # until the interpreter ends
last.open()
"""


def test_an_application_that_is_let_go_leaves_nothing_open(tmp_path: Path) -> None:
    """Nobody has to close what was only asked; Python 3.13 warns of a connection that is left."""
    file = tmp_path / "rota.db"
    found = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", LET_GO, f"sqlite:///{file}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stderr == ""
    assert not file.with_name("rota.db-wal").exists()  # the last one out tidies up


def test_closing_under_another_thread_is_unreachable_there(store: SqliteStore) -> None:
    link = store.connections.link()
    link.connection.close()
    with pytest.raises(Unreachable, match="the connection is closed"):
        store.tasks()


def test_a_fork_leaves_the_parents_connection_alone(store: SqliteStore) -> None:
    store.add_schedule(ScheduleRow("s", "task", "manual"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:  # nothing of pytest may run in here
        status = 1
        try:
            store.forget()
            if store.remove_schedule("s"):
                status = 0
            store.close()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.schedule("s") is None
    assert store.add_schedule(ScheduleRow("s", "task", "manual")) is not None


def in_a_fork(work: Callable[[], bool]) -> bool:
    """Whether `work` returned True in a child, in which nothing of pytest may run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if work() else 1
        except BaseException:  # noqa: BLE001 - it ends here
            os.write(2, traceback.format_exc().encode())  # into what pytest shows of a failure
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_fork_waits_for_a_transaction_and_the_child_can_write(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the child would believe in the parent's write lock for ever."""
    monkeypatch.setattr(forking, "PATIENCE", 50.0)  # however slow this machine is just now
    inside, forked = threading.Event(), threading.Event()

    def write() -> None:
        with store.transaction():
            inside.set()
            forked.wait(0.2)
            store.add_schedule(ScheduleRow("by the parent", "task", "manual"))

    writer = threading.Thread(target=write)
    writer.start()
    assert inside.wait(5)
    assert in_a_fork(
        lambda: (
            store.add_schedule(ScheduleRow("by the child", "task", "manual")) is not None
            and store.schedule("by the parent") is not None
        )
    )
    forked.set()
    writer.join()
    assert store.schedule("by the child") is not None


def test_after_a_fork_the_child_holds_locks_of_its_own(store: SqliteStore) -> None:
    """If it believed in inherited ones, the parent's last close would delete the log under it."""
    store.tasks()
    ready, go_on = os.pipe(), os.pipe()

    def work() -> bool:
        store.tasks()
        os.write(ready[1], b"x")
        os.read(go_on[0], 1)
        return store.add_schedule(ScheduleRow("later", "task", "manual")) is not None

    def parent() -> None:
        os.read(ready[0], 1)
        store.close()  # the last connection of this process
        with sqlite3.connect(store.path) as other:  # somebody else comes and goes
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.close()
        os.write(go_on[1], b"x")

    thread = threading.Thread(target=parent)
    thread.start()
    assert in_a_fork(work)
    thread.join()
    store.open("shop")
    assert store.schedule("later") is not None


def test_a_fork_inside_a_transaction_leaves_a_child_that_may_not_open_the_file(
    store: SqliteStore,
) -> None:
    def refused() -> bool:
        try:
            SqliteStore(store.path, SettableClock()).open("shop")
        except StoreRefused as error:
            return "forked off" in str(error)
        return False

    with store.transaction():
        assert in_a_fork(refused)
        store.add_schedule(ScheduleRow("s", "task", "manual"))
    assert store.schedule("s") is not None


def test_what_other_threads_see_of_a_fork(store: SqliteStore) -> None:
    before = store.changes()
    assert store.changes() == before
    assert in_a_fork(lambda: True)
    assert store.changes() != before  # another connection: nobody can say that nothing happened


# --------------------------------------------------------------------------- the SQL


CODE = [*FOLDER.glob("*.py"), *FOLDER.parent.glob("*.py")]  # its own, and what all stores share


def test_python_holds_no_sql_but_transactions_and_pragmas() -> None:
    found = [text for file in CODE for text in constants(file) if SQL.search(text)]
    assert found
    assert [text for text in found if not ALLOWED.fullmatch(text)] == []


def test_no_statement_starts_or_ends_a_transaction() -> None:
    for file in (FOLDER / "sql").iterdir():
        assert not re.search(r"\b(BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b", file.read_text("utf-8"))


def test_every_statement_is_used_and_every_used_one_is_there() -> None:
    code = "".join(file.read_text("utf-8") for file in CODE)
    names = {file.name.removesuffix(".sql") for file in (FOLDER / "sql").iterdir()}
    assert {name for name in names if f'"{name}"' not in code} == set()


def test_every_statement_is_understood_and_reads_no_whole_table(store: SqliteStore) -> None:
    connection = store.connections.link().connection
    whole = set()
    for file in files("rota.stores.sqlite").joinpath("sql").iterdir():
        name = file.name.removesuffix(".sql")
        count = max((int(number) for number in re.findall(r"\?(\d+)", sql(name))), default=0)
        plan = connection.execute("EXPLAIN QUERY PLAN " + sql(name), ["[]"] * count).fetchall()
        if any(re.fullmatch(r"SCAN (rota_run|rota_event|run)", row[3]) for row in plan):
            whole.add(name)
    # Pages by id: read backwards, and stop when the page is full.
    assert whole <= {"runs", "events"}
