"""Opening a store never costs other connections of this process their locks."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from rota.stores.sqlite import SqliteStore
from rota.testing.clock import SettableClock

WRITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
else:
    print("got the lock")
"""


def test_a_lock_of_the_host_survives_that_a_store_is_opened_on_its_file(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    first = SqliteStore(path, SettableClock())
    first.open("shop")
    host = sqlite3.connect(path, isolation_level=None)
    host.execute("BEGIN IMMEDIATE")

    second = SqliteStore(path, SettableClock())
    second.open("shop")  # reads only: the schema is there

    command = [sys.executable, "-c", WRITE, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "database is locked"
    host.execute("ROLLBACK")
    host.close()
    first.close()
    second.close()
