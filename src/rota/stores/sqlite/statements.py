"""Every SQL statement, read once from `sql/` and `migrations/` beside this module."""

from __future__ import annotations

import sqlite3
from functools import cache

from rota.stores.statements import COMMENT, Migration, statement, steps

__all__ = ("migrations", "split", "sql")


@cache
def sql(name: str) -> str:
    """The statement of that name."""
    return statement(__package__, name)


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps, in order; SQLite takes the statements of one one by one (`split`)."""
    return steps(__package__)


def split(text: str) -> list[str]:
    """The statements of a text, one by one.

    >>> split("CREATE TABLE a (b); CREATE TABLE c (d);")
    ['CREATE TABLE a (b);', 'CREATE TABLE c (d);']
    """
    found, part = [], ""
    for piece in COMMENT.sub("\n", text).split(";")[:-1]:
        part += piece + ";"
        if sqlite3.complete_statement(part):
            found.append(part.strip())
            part = ""
    return found
