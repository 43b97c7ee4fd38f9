"""`rota nodes`: the processes that run tasks."""

from __future__ import annotations

from rota.cli.application import client
from rota.cli.listing import paged, show
from rota.cli.moments import shown
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.table import Column
from rota.engine.client.items import NodeItem

__all__ = ("command",)

HEADS = (
    Column("NAME"), Column("HOST"), Column("PID", right=True), Column("STATE", word=True),
    Column("RUNNING", right=True), Column("STARTED"), Column("SEEN"), Column("CLOCK", right=True),
    Column("VERSION"),
    Column("ROLES AND LABELS"),
)  # fmt: skip


@make("nodes")
@paged
def command(settings: Settings, limit: int, cursor: str | None) -> None:
    """List the processes that run tasks, by name: those alive and those of the last day."""
    with client(settings) as rota:
        page = rota.nodes.list(limit=limit, cursor=cursor)
    show(settings, page, HEADS, row, empty="No node has run here in the last day.")


def row(item: NodeItem) -> tuple[str, ...]:
    """A node as a row."""
    return (
        item.name, item.host, str(item.pid), item.state, str(item.running), shown(item.started),
        shown(item.seen), f"{item.clock_offset_ms:+.0f} ms", item.version,
        ", ".join((*item.roles, *item.labels)),
    )  # fmt: skip
