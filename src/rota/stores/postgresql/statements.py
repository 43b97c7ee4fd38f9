"""Every SQL statement, read once from `sql/` and `migrations/` beside this module."""

from __future__ import annotations

from functools import cache

from rota.stores.statements import Migration, statement, steps

__all__ = ("migrations", "sql")


@cache
def sql(name: str) -> bytes:
    """The statement of that name."""
    return statement(__package__, name).encode()


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps, in order; PostgreSQL takes the statements of one as one text."""
    return steps(__package__)
