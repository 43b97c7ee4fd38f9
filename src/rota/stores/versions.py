"""Which releases may work with a schema: two of them run side by side while one is rolled out.

A step that only *expands* (the line `-- expands` in its file) leaves everything in place that the
release before it reads and writes, so that release goes on, and may also be started again. Any
other step leaves out those that do not know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from rota.errors import StoreRefused

__all__ = ("ABSENT", "Found", "expands", "may_use", "oldest", "stamp", "usable")

ABSENT = "name a store that is there, or the application that makes it"

MARK = "-- expands"


class Found(NamedTuple):
    """What a store says of itself; one without Rota's tables has schema 0 and no name."""

    app: str | None = None
    schema: int = 0
    oldest: int = 0  # whose release may use it


def expands(step: str) -> bool:
    """Whether the text of a step says that the release before it can go on.

    >>> expands("-- expands\\nALTER TABLE a ADD COLUMN b;"), expands("DROP TABLE a;")
    (True, False)
    """
    return MARK in step.splitlines()


def oldest(meta: Mapping[str, str], schema: int) -> int:
    """The oldest schema whose release may use a store of this schema, as the store says it."""
    of, _, found = meta.get("oldest", "").partition(" ")
    return int(found) if of == str(schema) and found.isdecimal() else schema


def stamp(schema: int, since: int) -> str:
    """What the store says of that; it counts only together with the schema it was written for.

    >>> oldest({"oldest": stamp(6, 5)}, 6), oldest({"oldest": stamp(6, 5)}, 7)
    (5, 7)
    """
    return f"{schema} {since}"


def may_use(meta: Mapping[str, str], schema: int, known: int) -> bool:
    """Whether a release that knows schemas up to `known` may use this one.

    >>> may_use({}, 6, 5), may_use({"oldest": "6 5"}, 6, 5), may_use({}, 4, 5)
    (False, True, True)
    """
    return oldest(meta, schema) <= known


def usable(
    meta: Mapping[str, str],
    known: int,
    app: str | None,
    refused: Callable[[str, str], StoreRefused],
    own: str,
) -> Found:
    """What a store says of itself, if this release, which knows schemas up to `known`, may use it
    for this application; `own` tells others how to get one.

    >>> usable({"app": "shop", "schema": "4"}, 5, "shop", StoreRefused, "give it a file")
    Found(app='shop', schema=4, oldest=4)
    """
    schema = int(meta.get("schema", "0"))
    if not may_use(meta, schema, known):
        reason = f"a newer Rota made it (schema {schema}; this one knows {known})"
        raise refused(reason, "upgrade Rota, or restore the backup from before")
    if app is not None and meta.get("app", app) != app:
        raise refused(f"it belongs to the application “{meta['app']}”, not to “{app}”", own)
    return Found(meta.get("app"), schema, oldest(meta, schema))
