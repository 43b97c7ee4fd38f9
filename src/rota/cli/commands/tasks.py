"""`rota tasks`: what can be scheduled."""

from __future__ import annotations

from collections.abc import Mapping

from rota.cli.application import client
from rota.cli.listing import paged, show
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.table import Column
from rota.engine.client.items import TaskItem

__all__ = ("command",)

HEADS = (
    Column("TASK"), Column("TITLE", flexible=True), Column("PARAMETERS", flexible=True),
    Column("SCHEDULES", right=True), Column("SOURCE", flexible=True), Column("KNOWN"),
)  # fmt: skip


@make("tasks")
@paged
def command(settings: Settings, limit: int, cursor: str | None) -> None:
    """List the registered tasks, by identifier."""
    with client(settings) as rota:
        page = rota.tasks.list(limit=limit, cursor=cursor)
    show(settings, page, HEADS, row, empty="There are no tasks.")


def row(item: TaskItem) -> tuple[str, ...]:
    """A task as a row; one that nobody can run any more is said to be missing."""
    return (
        item.identifier, item.title, parameters(item.parameters), str(item.schedules), item.source,
        "missing" if item.missing else "yes",
    )  # fmt: skip


def parameters(schema: object) -> str:
    """The names in a JSON Schema; those that must be given bear a star.

    >>> parameters({"properties": {"site": {}, "depth": {}}, "required": ["site"]})
    'site*, depth'
    """
    if not isinstance(schema, Mapping):
        return ""
    needed = schema.get("required", ())
    names = schema.get("properties", {})
    return ", ".join(f"{name}*" if name in needed else str(name) for name in names)
