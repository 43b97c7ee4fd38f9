"""What the lists share: `--limit`, `--cursor`, and how a page is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.table import Column, table
from rota.engine.client.items import Item, Page

__all__ = ("paged", "show")

MOST = 1_000
T = TypeVar("T", bound=Item)
F = TypeVar("F", bound=Callable[..., Any])


def paged(function: F) -> F:
    """Add `--limit` and `--cursor` to a command."""
    limit = click.option(
        "--limit", type=click.IntRange(1, MOST), default=50, show_default=True, metavar="N",
        help="At most so many items.",
    )  # fmt: skip
    cursor = click.option("--cursor", help="Where to go on: the `next` of the page before.")
    return limit(cursor(function))


def show(
    settings: Settings,
    page: Page[T],
    heads: Sequence[Column],
    row: Callable[[T], Sequence[str]],
    *,
    empty: str,
) -> None:
    """Write a page: as a document, as a table, or, if there is nothing in it, as a sentence."""
    if settings.json:
        document(page.json())
        return
    if not page:
        line(empty)
        return
    table(heads, [row(item) for item in page])
    if page.next is not None:
        line(f"There is more: --cursor {page.next}", err=True)
