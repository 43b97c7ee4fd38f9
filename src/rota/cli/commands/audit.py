"""`rota audit`: who changed what, newest first."""

from __future__ import annotations

import json

import click

from rota.cli.application import client
from rota.cli.listing import paged, show
from rota.cli.moments import shown
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.table import Column
from rota.engine.client.items import AuditItem

__all__ = ("command",)

HEADS = (
    Column("TIME"), Column("USER"), Column("FROM", word=True), Column("ACTION"), Column("WHAT"),
    Column("CHANGED", flexible=True),
)  # fmt: skip


@make("audit")
@click.option("--action", default="", metavar="PREFIX", help="Only actions that begin so: account.")
@click.option("--subject", metavar="NAME", help="Only changes of what bears this name.")
@click.option("--user", metavar="NAME", help="Only changes by this user.")
@paged
def command(
    settings: Settings,
    action: str,
    subject: str | None,
    user: str | None,
    limit: int,
    cursor: str | None,
) -> None:
    """Show who changed what, newest first. The audit only grows."""
    with client(settings) as rota:
        page = rota.audit.list(limit, cursor, action=action, subject=subject, user=user)
    show(settings, page, HEADS, row, empty="Nobody has changed anything.")


def row(item: AuditItem) -> tuple[str, ...]:
    """A change as a row."""
    told = "" if item.after is None else json.dumps(item.after, ensure_ascii=False)
    said = f"{told} ({item.reason})" if item.reason else told
    return (shown(item.time), item.user or "", item.origin, item.action, item.subject, said)
