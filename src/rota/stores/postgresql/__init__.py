"""The PostgreSQL store: a cluster's one truth, psycopg 3, SQL in files of its own."""

from __future__ import annotations

from rota.errors import StoreRefused

try:
    import psycopg  # noqa: F401  whether it can be used at all: it needs a libpq as well
except ImportError as error:
    raise StoreRefused(
        "PostgreSQL's driver is not installed here",
        part="database",
        text="postgresql://…",
        hint='pip install "rota[postgres]"',
    ) from error

from rota.stores.postgresql.store import PostgresqlStore

__all__ = ("PostgresqlStore",)
