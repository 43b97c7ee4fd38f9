"""`rota run`: a start that somebody asks for."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

import click

from rota.cli.application import aside, client, node
from rota.cli.failures import COULD_NOT, DONE
from rota.cli.liveness import heard
from rota.cli.moments import now, took
from rota.cli.output import document, line, remark
from rota.cli.rows import last_line
from rota.cli.settings import Command, Settings, seconds
from rota.cli.style import clean, paint
from rota.cli.waiting import wait_for
from rota.engine.client.items import RunItem
from rota.errors import BadParameters

__all__ = ("command",)

DURATION: Final = re.compile(r"(\d+(ms|[smhdw]))+", re.IGNORECASE)


class Waiting(Command):
    """A command whose `--wait` takes a duration or nothing, and never swallows the NAME."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write a bare `--wait` as `--wait=`, and one with a duration in one word."""
        words = list(args)
        for place, word in enumerate(words):
            if word == "--":
                break
            if word == "--wait":
                follows = words[place + 1] if place + 1 < len(words) else ""
                amount = words.pop(place + 1) if DURATION.fullmatch(follows) else ""
                words[place] = f"--wait={amount}"
        return super().parse_args(ctx, words)


@click.command("run", cls=Waiting)
@click.argument("name")
@click.option("--parameters", metavar="JSON", help="An object with the run's parameters.")
@click.option(
    "--wait",
    metavar="[DURATION]",
    help="Wait for the end, at most so long; exit 1 if it did not succeed.",
)
@click.option("--here", is_flag=True, help="Run it in this process, as a short-lived node.")
@click.pass_obj
def command(
    settings: Settings, name: str, parameters: str | None, wait: str | None, here: bool
) -> int:
    """Run NAME now: a schedule, else a task. Its planned next run stays where it is.

    \b
    rota run acme.clean-room --wait 30s
    rota run acme.report --parameters '{"month": "2026-02"}'
    """
    values = read(parameters)
    longest = seconds(wait, "--wait") if wait else None
    if here:
        with node(settings) as rota, aside():
            item = rota.run_here(name, values, longest)
        return ended(item, settings)
    with client(settings) as rota:
        item = rota.schedules.run(name, values)
        alive = bool(heard(rota.nodes.list(), now(), overdue=rota.context.store.overdue()))
        if not alive:
            remark(f"no node is alive; run {item.id} stays queued until one starts "
                   "(rota node, rota serve)")  # fmt: skip
        if wait is None:
            return queued(item, settings)
        # Without a node an unlimited wait would never end; a limited one gives it time to come.
        limit = longest if alive or longest is not None else 0.0
        items = [wait_for(rota, one, limit) for one in (item, *map(rota.runs.get, item.others))]
    bad = next((one for one in items if one.state != "succeeded"), items[0])
    return ended(bad, settings)


def read(text: str | None) -> dict[str, Any] | None:
    """The parameters of `--parameters`: one JSON object, or BadParameters."""
    if text is None:
        return None
    hint = """write an object such as '{"month": "2026-02"}'"""
    try:
        value = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadParameters(f"this is no JSON: {error}", part="--parameters", text=text,
                            hint=hint) from None  # fmt: skip
    if not isinstance(value, dict):
        raise BadParameters("this is no JSON object", part="--parameters", text=text, hint=hint)
    return value


def refuse(word: str) -> NoReturn:
    """NaN and Infinity are no JSON, whatever the standard library thinks."""
    raise ValueError(f"{word} is no JSON value")


def queued(item: RunItem, settings: Settings) -> int:
    """Say that the run is on its way."""
    if settings.json:
        document(item.json())
    else:
        many = f", and one on each of {len(item.others)} other nodes" if item.others else ""
        name = clean(item.schedule or item.task)
        line(f"Run {item.id} of {name} is {paint(item.state)}{many}.")
    return DONE


def ended(item: RunItem, settings: Settings) -> int:
    """Say how the run ended; the exit code tells whether it succeeded."""
    if settings.json:
        document(item.json())
    else:
        state = paint(item.state, f"{item.state} ({item.reason})" if item.reason else item.state)
        time = took(item.started, item.finished) if item.finished else ""
        said = clean(item.result or last_line(item.error))
        head = f"Run {item.id} of {clean(item.schedule or item.task)}: {state}"
        line(head + (f" in {time}" if time else "") + (f": {said}" if said else ""))
    return DONE if item.state == "succeeded" else COULD_NOT
