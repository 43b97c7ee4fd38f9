"""Every SQL statement, read once from `sql/` and `migrations/` beside this module."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

__all__ = ("Migration", "migrations", "sql")

COMMENT = re.compile(r"--[^\n]*\n")


class Migration(NamedTuple):
    """One numbered step from a schema to the next; PostgreSQL takes its statements as one text."""

    number: int
    name: str
    text: str


@cache
def sql(name: str) -> bytes:
    """The statement of that name."""
    text = files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8")
    return COMMENT.sub("", text).strip().encode()


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps, in order; the number of the last is the schema's version."""
    steps = []
    for file in files(__package__).joinpath("migrations").iterdir():
        number, _, name = file.name.removesuffix(".sql").partition("_")
        if file.name.endswith(".sql"):
            steps.append(Migration(int(number), name, file.read_text("utf-8")))
    return tuple(sorted(steps))
