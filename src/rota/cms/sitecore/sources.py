"""Item sources: what the field Items asks for, resolved each time a schedule runs.

A query begins with the name of its source: `files:uploads/**/*.jpg`, `sql:SELECT …`,
`django:shop.Product?status=draft`. A source is any callable that takes the rest of the text and
returns items; one that is registered under no name takes queries without a name.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rota.errors import BadSetting, Problem, Refused

__all__ = ("DjangoItems", "FileItems", "ItemSource", "Missing", "Sources", "SqlItems")

ItemSource = Callable[[str], Iterable[object]]

NAMED = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):(?!//)(.*)", re.DOTALL)
MOST = 10_000  # items of one run
SIGNS = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Missing:
    """What a source returns in the place of an item that is named and not there."""

    name: str


class Sources:
    """The item sources of one application, by name.

    >>> sources = Sources()
    >>> sources.add("numbers", lambda query: range(int(query)))
    >>> sources.resolve("numbers: 3", logging.getLogger())
    [0, 1, 2]
    """

    def __init__(self) -> None:
        self.known: dict[str, ItemSource] = {}

    def add(self, name: str, source: ItemSource) -> None:
        """Register a source; a second one of the same name is refused."""
        if name in self.known:
            raise BadSetting("two item sources have this name", part="source", text=name,
                             hint="give one of them another name")  # fmt: skip
        self.known[name] = source

    def problem(self, query: str) -> Problem | None:
        """Why nobody can resolve a query, as far as its beginning tells."""
        if not query.strip() or self.split(query) is not None:
            return None
        names = ", ".join(f"{name}:…" if name else "without a name" for name in self.known)
        return Problem("refused", "Items", query, "no item source takes this query",
                       f"there are {names}" if names else "register an item source")  # fmt: skip

    def split(self, query: str) -> tuple[ItemSource, str] | None:
        """The source of a query, and what it is asked."""
        match = NAMED.fullmatch(query.strip())
        if match and match[1] in self.known:
            return self.known[match[1]], match[2].strip()
        plain = self.known.get("")
        return None if plain is None else (plain, query.strip())

    def resolve(self, query: str, log: logging.Logger) -> list[object]:
        """The items of a query; what is missing is warned of and left out. `Refused` names the
        field Items if the query fails or asks for too many.
        """
        if not query.strip():
            return []
        if problem := self.problem(query):
            raise Refused(problem)
        found = self.split(query)
        assert found is not None
        source, rest = found
        try:
            items = list(islice(source(rest), MOST + 1))
        except Exception as error:
            reason = f"the query failed: {type(error).__name__}: {error}"
            raise Refused(reason, part="Items", text=query) from error
        if len(items) > MOST:
            raise Refused(f"the query finds more than {MOST:,} items", part="Items", text=query,
                          hint="ask for fewer, or let the command ask for itself")  # fmt: skip
        for item in items:
            if isinstance(item, Missing):
                log.warning("Items: %s is not there and is left out", item.name)
        kept = [item for item in items if not isinstance(item, Missing)]
        log.info("Items: %s", f"{len(kept):,}")
        return kept


class FileItems:
    """Paths below a folder: names and patterns with `|` between them, such as `a.txt | in/*.csv`.
    A name without a file is missing; nothing outside the folder is ever found.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def __call__(self, query: str) -> Iterator[Path | Missing]:
        """The files, in order of the query, then by name."""
        root = self.folder.resolve()
        for part in filter(None, (part.strip() for part in query.split("|"))):
            if Path(part).is_absolute() or ".." in Path(part).parts:
                raise ValueError(f"{part} is not below the folder of this source")
            if SIGNS.search(part):
                yield from sorted(file for file in self.folder.glob(part) if inside(file, root))
            elif inside(file := self.folder / part, root):
                yield file
            else:
                yield Missing(part)


def inside(file: Path, root: Path) -> bool:
    return file.is_file() and file.resolve().is_relative_to(root)


class SqlItems:
    """Rows of a query on a DB-API connection, each as a dict by column.

    `connect` returns a new connection, which is closed after the query; give it an account that
    may only read. Only a single SELECT (or WITH) is taken, and whatever it did is rolled back.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self.connect = connect

    def __call__(self, query: str) -> list[Mapping[str, object]]:
        """The rows of the query."""
        sql = query.strip().rstrip(";").strip()
        if ";" in sql or not re.match(r"(?i)(select|with)\b", sql):
            raise ValueError("only a single SELECT is allowed here")
        with closing(self.connect()) as connection, closing(connection.cursor()) as cursor:
            try:
                cursor.execute(sql)
                names = [str(column[0]) for column in cursor.description or ()]
                rows = cursor.fetchmany(MOST + 1)
                return [dict(zip(names, row, strict=True)) for row in rows]
            finally:
                connection.rollback()


class DjangoItems:
    """Objects of a Django model: `shop.Product`, or with equalities `shop.Product?status=draft`.

    Lookups are Django's (`price__lt=5`), with `&` between them; `order_by=-created` sorts.
    """

    def __call__(self, query: str) -> Iterator[object]:
        """The objects of the query."""
        from urllib.parse import parse_qsl

        from django.apps import apps

        label, _, asked = query.partition("?")
        wanted = dict(parse_qsl(asked, keep_blank_values=True, strict_parsing=bool(asked)))
        order = wanted.pop("order_by", "")
        found = apps.get_model(label.strip())._default_manager.filter(**wanted)
        if order:
            found = found.order_by(*order.split(","))
        yield from found.iterator(chunk_size=500)
