"""What every list takes, how many items and where to go on, and the page it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rota.engine.client.items import Page
from rota.errors import BadParameters

__all__ = ("LARGEST_PAGE", "bounded", "page_of", "read_cursor")

LARGEST_PAGE = 1_000

Row = TypeVar("Row")
Shown = TypeVar("Shown")


def page_of(
    rows: Sequence[Row], limit: int, item: Callable[[Row], Shown], key: Callable[[Row], object]
) -> Page[Shown]:
    """The first `limit` rows as items; if there are more, `next` is the key of the last of them.

    >>> page = page_of([11, 12, 13], 2, str, lambda row: row)
    >>> page, page.next
    (['11', '12'], '12')
    """
    items = [item(row) for row in rows[:limit]]
    return Page(items, str(key(rows[limit - 1])) if len(rows) > limit else None)


def bounded(limit: int) -> int:
    """The limit, if it is one.

    >>> bounded(50)
    50
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= LARGEST_PAGE:
        raise BadParameters(
            f"a limit is a whole number from 1 to {LARGEST_PAGE}", part="limit", text=str(limit)
        )
    return limit


def read_cursor(cursor: str | int | None) -> int | None:
    """The number in a cursor of a list that goes by numbers.

    >>> read_cursor("17"), read_cursor(None)
    (17, None)
    """
    if cursor is None or cursor == "":
        return None
    text = str(cursor)
    if not text.isdecimal() or not text.isascii() or len(text) > 18:
        raise BadParameters("this is no cursor of this list", part="cursor", text=text,
                            hint="take it from next of the page before")  # fmt: skip
    return int(text)
