"""SQL as files: a store's statements in `sql/` of its package, its steps in `migrations/`."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import NamedTuple

__all__ = ("COMMENT", "Migration", "statement", "steps")

COMMENT = re.compile(r"--[^\n]*\n")


class Migration(NamedTuple):
    """One numbered step from a schema to the next."""

    number: int
    name: str
    text: str


def statement(package: str, name: str) -> str:
    """The statement of that name, without its comments.

    >>> statement("rota.stores.sqlite", "leave").split()[0]
    'UPDATE'
    """
    text = files(package).joinpath("sql", f"{name}.sql").read_text("utf-8")
    return COMMENT.sub("", text).strip()


def steps(package: str) -> tuple[Migration, ...]:
    """All steps, in order; the number of the last is the schema's version."""
    found = []
    for file in files(package).joinpath("migrations").iterdir():
        number, _, name = file.name.removesuffix(".sql").partition("_")
        if file.name.endswith(".sql"):
            found.append(Migration(int(number), name, file.read_text("utf-8")))
    return tuple(sorted(found))
