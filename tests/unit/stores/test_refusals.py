"""Files that must not be used: each refused in one sentence that helps, and left as it was."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from rota.errors import BadSetting, StoreRefused, Unreachable
from rota.stores.sqlite import SqliteStore, place
from rota.stores.sqlite.opening import use_wal
from rota.testing.clock import SettableClock

Make = Callable[[Path], None]


def opened(path: Path, app: str = "shop") -> SqliteStore:
    store = SqliteStore(path, SettableClock())
    store.open(app)
    return store


def made(path: Path) -> None:
    opened(path).close()


def ran(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


def text_file(path: Path) -> None:
    path.write_text("name,value\n" * 100)


def short_text_file(path: Path) -> None:
    path.write_text("x")


def newer(path: Path) -> None:
    made(path)
    ran(path, "UPDATE rota_meta SET value = '999' WHERE name = 'schema'")


def another_application(path: Path) -> None:
    opened(path, "office").close()


def truncated(path: Path) -> None:
    made(path)
    os.truncate(path, 8192)


def damaged_schema(path: Path) -> None:
    made(path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 900)


def foreign_tables(path: Path) -> None:
    ran(path, "CREATE TABLE rota_meta (colour TEXT)")


@pytest.mark.parametrize(
    "make, words",
    [
        (text_file, "it is not a SQLite database"),
        (short_text_file, "it is not a SQLite database"),
        (newer, r"a newer Rota made it \(schema 999; this one knows \d+\)"),
        (another_application, "it belongs to the application “office”, not to “shop”"),
        (truncated, "the file is damaged"),
        (damaged_schema, "the file is damaged"),
        (foreign_tables, "its tables are not as Rota made them"),
        (Path.mkdir, "it is a folder"),
    ],
)
def test_refused_and_left_alone(tmp_path: Path, make: Make, words: str) -> None:
    path = tmp_path / "rota.db"
    make(path)
    before = None if path.is_dir() else path.read_bytes()
    with pytest.raises(StoreRefused, match=words) as caught:
        opened(path)
    assert "\n" not in str(caught.value)
    assert str(path)[-20:] in caught.value.problems[0].text
    assert caught.value.problems[0].hint
    assert before is None or path.read_bytes() == before
    # Beside a damaged file SQLite may leave the two that it works with.
    left = {file.name for file in tmp_path.iterdir()}
    assert left <= {"rota.db", "rota.db-wal", "rota.db-shm"}
    assert left == {"rota.db"} or "damaged" in words


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused, match="its folder does not exist; make the folder"):
        opened(tmp_path / "nowhere" / "rota.db")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions count even where the tests run as root."""

    def access(path: Path, mode: int) -> bool:
        bits = Path(path).stat().st_mode
        return not (mode & os.W_OK and not bits & 0o200)

    monkeypatch.setattr(os, "access", access)


@pytest.mark.usefixtures("nobody")
def test_a_file_that_is_read_only(tmp_path: Path) -> None:
    path = tmp_path / "rota.db"
    made(path)
    path.chmod(0o400)
    with pytest.raises(StoreRefused, match="it is read-only for this user; let this user write"):
        opened(path)


@pytest.mark.usefixtures("nobody")
def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(StoreRefused, match="its folder is not writable"):
        opened(folder / "rota.db")


def test_a_file_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreRefused, match=r"it cannot be made \(Permission denied\)"):
        opened(tmp_path / "rota.db")


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_network_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(place, "filesystem", lambda _: kind)
    with pytest.raises(StoreRefused, match=f"network file system .{kind}.*; use a local disk"):
        opened(tmp_path / "rota.db")
    assert list(tmp_path.iterdir()) == []


def test_the_file_system_is_that_of_the_deepest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    odd = str(tmp_path / "a b").replace(" ", "\\040")
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {odd} nfs4 rw 0 0\nbroken\n")
    assert place.filesystem(tmp_path, mounts) == "ext4"
    assert place.filesystem(tmp_path / "a b" / "c", mounts) == "nfs4"
    assert place.filesystem(tmp_path, tmp_path / "none") == ""


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_a_path_that_is_no_file(path: str) -> None:
    with pytest.raises(BadSetting, match=r"SQLite needs a file here.*memory://"):
        SqliteStore(path, SettableClock())


def test_a_durability_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"synchronous “OFF”.*write FULL, NORMAL or EXTRA"):
        SqliteStore(tmp_path / "rota.db", SettableClock(), synchronous="OFF")


def test_a_sqlite_that_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 8, 0))
    with pytest.raises(StoreRefused, match="is too old"):
        opened(tmp_path / "rota.db")


def test_a_file_that_cannot_have_a_write_ahead_log(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "rota.db", SettableClock())
    memory = sqlite3.connect(":memory:")
    with pytest.raises(StoreRefused, match="stays “memory”"):
        use_wal(store.connections, memory)
    memory.close()


def test_damage_found_later(tmp_path: Path) -> None:
    path = tmp_path / "rota.db"
    store = opened(path)
    ran(path, "DROP TABLE rota_event")
    with pytest.raises(StoreRefused, match="its tables are not as Rota made them"):
        store.prune_events(1, 1)
    store.close()


def test_a_file_that_is_deleted_or_replaced_in_use(tmp_path: Path) -> None:
    path = tmp_path / "rota.db"
    store = opened(path)
    path.unlink()
    with pytest.raises(StoreRefused, match="deleted or replaced while it was in use"):
        store.changes()
    path.touch()
    with pytest.raises(StoreRefused, match="deleted or replaced"):
        store.changes()
    store.close()


def test_a_store_that_is_not_open(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "rota.db", SettableClock())
    with pytest.raises(Unreachable, match="the store is not open"):
        store.tasks()
    store.open("shop")
    store.close()
    with pytest.raises(Unreachable, match="the store is not open"):
        store.tasks()
    store.open("shop")
    assert store.tasks() == []
    store.close()
