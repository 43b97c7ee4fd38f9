"""`rota system`: what Rota does by itself."""

from __future__ import annotations

from rota.cli.application import client
from rota.cli.listing import paged, show
from rota.cli.moments import shown
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.table import Column
from rota.engine.client.items import SystemItem

__all__ = ("command",)

HEADS = (
    Column("SYSTEM TASK"), Column("LAST RUN"), Column("NODE"), Column("LAST DID"),
    Column("WHEN"), Column("HOW OFTEN"),
)  # fmt: skip


@make("system")
@paged
def command(settings: Settings, limit: int, cursor: str | None) -> None:
    """List what Rota does by itself, which nobody can change; rota events has the history."""
    with client(settings) as rota:
        page = rota.system.list(limit=limit, cursor=cursor)
    show(settings, page, HEADS, row, empty="There is nothing.")


def row(item: SystemItem) -> tuple[str, ...]:
    """A system task as a row."""
    return (
        item.identifier, shown(item.last_run), item.node or "", item.acted_result or "",
        shown(item.acted), item.often,
    )  # fmt: skip
