"""`rota show`: one schedule, with all that is known of it."""

from __future__ import annotations

import json

import click

from rota.cli.application import client
from rota.cli.moments import shown
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.style import clean, paint
from rota.engine.client.items import ScheduleItem, plain

__all__ = ("command", "tell")


@make("show")
@click.argument("name")
def command(settings: Settings, name: str) -> None:
    """Show the schedule NAME: when it runs, how it stands, and what is worth knowing about it."""
    with client(settings) as rota:
        item = rota.schedules.get(name)
    if settings.json:
        document(item.json())
    else:
        tell(item)


def tell(item: ScheduleItem) -> None:
    """One fact a line; what does not hold is left out."""
    line(f"{clean(item.name)}  {paint(item.status)}")
    facts = {
        "Title": item.title if item.title != item.name else "",
        "Task": item.task,
        "Runs": f"{item.words} ({item.trigger})" if item.words != item.trigger else item.trigger,
        "Parameters": text(item.parameters),
        "Policies": text(item.policies),
        "Next run": shown(item.next_run) if item.next_run else "",
        "Last run": shown(item.last_run) if item.last_run else "",
        "Last result": item.last_result or "",
        "Edited": ", ".join(item.edited),
        "Code says": text(item.code) if item.edited else "",
        "Problem": item.problem,
    }
    for head, fact in facts.items():
        if fact:
            line(f"{head}: {clean(fact)}")
    for warning in item.warnings:
        line(f"Warning: {warning['text']}")


def text(value: object) -> str:
    """JSON in one line; nothing for what is empty."""
    return json.dumps(plain(value), ensure_ascii=False, default=str) if value else ""
