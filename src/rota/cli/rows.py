"""A run as a row, for every command that lists runs."""

from __future__ import annotations

from rota.cli.moments import shown, took
from rota.cli.table import Column
from rota.engine.client.items import RunItem

__all__ = ("RUN_HEADS", "last_line", "run_row")

RUN_HEADS = (
    Column("ID", right=True), Column("SCHEDULE"), Column("TASK"), Column("KIND"), Column("DUE"),
    Column("STATE", word=True), Column("STARTED"), Column("TOOK", right=True),
    Column("RESULT", flexible=True),
)  # fmt: skip


def run_row(item: RunItem) -> tuple[str, ...]:
    """A run, or a skip, as a row."""
    state = f"{item.state} ({item.reason})" if item.reason else item.state
    count = f"{item.skips} slots" if item.skips > 1 else ""
    return (
        str(item.id), item.schedule or "", item.task, item.kind, shown(item.due), state,
        shown(item.started), took(item.started, item.finished),
        item.result or last_line(item.error) or item.message or count,
    )  # fmt: skip


def last_line(error: str | None) -> str:
    r"""The line of a traceback that says what happened.

    >>> last_line("Traceback …\n  File …\nValueError: no such site\n")
    'ValueError: no such site'
    """
    lines = (error or "").strip().splitlines()
    return lines[-1] if lines else ""
