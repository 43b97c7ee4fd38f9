"""`rota due`: whether a trigger owes a start at a moment, and why not."""

from __future__ import annotations

from typing import Final

import click

from rota.cli.moments import instant
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.style import terminal
from rota.instants import from_datetime, rfc3339

__all__ = ("command",)

REASONS: Final = {
    "not_started": "its window has not begun",
    "expired": "its window is over",
    "wrong_day": "it does not run on this day",
    "interval_not_elapsed": "too little time has passed since the last run",
    "not_yet": "no slot has come since the last start",
    "excluded": "the day is excepted",
    "manual": "it runs only when somebody asks",
}


@make("due")
@click.argument("trigger")
@click.option("--now", required=True, metavar="T", help="The moment to judge.")
@click.option("--last-start", metavar="T", help="When it last started.")
@click.option("--last-end", metavar="T", help="When it last ended; one of the two stands for both.")
def command(
    settings: Settings, trigger: str, now: str, last_start: str | None, last_end: str | None
) -> None:
    r"""Tell whether TRIGGER owes a start at a moment, the reason if not, and when it does.

    \b
    rota due 'every 5m from 2026-03-01' --now 2026-03-01T10:02 --last-start 2026-03-01T10:00
    """
    from rota.when import trigger as read

    rule = read(trigger)
    moment = instant(now, rule.zone, "--now")
    start = instant(last_start, rule.zone, "--last-start") if last_start else None
    end = instant(last_end, rule.zone, "--last-end") if last_end else None
    found = rule.due(moment, start, end)
    owed = rfc3339(from_datetime(found.next)) if found.next else None
    if settings.json:
        document({"due": found.due, "reason": found.reason, "next": owed})
        return
    said = REASONS.get(found.reason or "", "")
    head = "Due." if found.due else f"Not due: {found.reason}" + (f", {said}." if said else ".")
    line(head)
    line(f"Next: {owed or ('never' if terminal() else '')}".rstrip())
