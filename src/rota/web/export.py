"""Lists as files: CSV for tables, JSON lines for programs; streamed a page at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from rota.engine.client.items import Item, Page, plain
from rota.web.offload import call

__all__ = ("FORMATS", "MOST", "cell", "exported")

FORMATS = ("csv", "jsonl")
PAGE, MOST = 500, 100_000  # rows at a time, and in one file
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
FORMULA = tuple("=+-@\t\r\n")

Fetch = Callable[[int, "str | None"], Page[Any]]


def exported(
    request: Request, fetch: Fetch, kind: str, name: str, columns: Sequence[str]
) -> StreamingResponse:
    """The list as a file of that kind; `fetch` takes a limit and a cursor."""
    return StreamingResponse(
        rows(request, fetch, kind, columns), media_type=TYPES[kind],
        headers={"content-disposition": f'attachment; filename="{name}.{kind}"'},
    )  # fmt: skip


async def rows(
    request: Request, fetch: Fetch, kind: str, columns: Sequence[str]
) -> AsyncIterator[bytes]:
    """The file, a page of the list at a time: nobody holds all of it."""
    if kind == "csv":
        yield line(columns).encode()
    cursor: str | None = None
    for _ in range(MOST // PAGE):
        start = cursor
        page = await call(request, lambda: fetch(PAGE, start))  # noqa: B023  awaited at once
        yield "".join(written(item, kind, columns) for item in page).encode("utf-8", "replace")
        cursor = page.next
        if cursor is None:
            return


def written(item: Item, kind: str, columns: Sequence[str]) -> str:
    """One item as a line of the file."""
    values = item.json()
    if kind == "jsonl":
        return json.dumps(values, ensure_ascii=False, default=str) + "\n"
    return line([cell(values.get(column)) for column in columns])


def line(values: Sequence[str]) -> str:
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerow(values)
    return held.getvalue()


def cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula.

    >>> cell("=1+1"), cell(None), cell(-3), cell("a-b")
    ("'=1+1", '', '-3', 'a-b')
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    said = value if isinstance(value, str) else json.dumps(plain(value), default=str)
    return f"'{said}" if said.startswith(FORMULA) else said
