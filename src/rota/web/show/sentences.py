"""Policies and verdicts as sentences: what will happen, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from rota.durations import duration
from rota.engine.client.items import ScheduleItem, TallyItem
from rota.instants import SECOND
from rota.web.show.times import relative, took

__all__ = ("LATE", "late", "placed", "policies", "verdict")

LATE = timedelta(seconds=30)  # a start that is overdue by more is worth a word


def late(item: ScheduleItem, now: datetime) -> bool:
    """Whether its next start has passed and nothing came of it."""
    due = item.next_run
    return (
        item.status == "waiting" and item.enabled and not item.paused
        and due is not None and now - due > LATE
    )  # fmt: skip


def verdict(
    tally: Sequence[TallyItem], worst: ScheduleItem | None, coming: ScheduleItem | None,
    now: datetime, *, alive: bool = True,
) -> str:  # fmt: skip
    """The answer to "is everything all right?" as one sentence.

    `worst` is named where it is the only one that needs somebody, `coming` where nothing has run.

    >>> verdict([], None, None, datetime(2026, 3, 1))
    'Nothing is scheduled yet'
    """
    whole = sum(one.count for one in tally)
    if not whole:
        return "Nothing is scheduled yet"
    if not alive:
        return "No node is alive, so nothing will start"
    troubled = sum(one.count for one in tally if one.troubled)
    if troubled == 1 and worst is not None:
        return f"“{clip(worst.title)}” needs you"
    if troubled:
        return f"{troubled:,} task{'s need' if troubled > 1 else ' needs'} you"
    ran = sum(one.count for one in tally if one.outcome != "never")
    if ran:
        if any(one.outcome not in ("succeeded", "never") for one in tally):
            return "Nothing needs you"
        if ran < whole:
            return "Every task that has run went well"
        return "The task went well" if ran == 1 else f"All {ran:,} tasks went well"
    if coming is not None and coming.next_run is not None:
        return f"Next: {clip(coming.title)}, {relative(coming.next_run, now)}"
    return "Nothing is planned"


def clip(title: str) -> str:
    """A title that fits into a heading."""
    return title if len(title) <= 60 else title[:59] + "…"


def policies(given: object, *, by_node: bool = False) -> list[str]:
    """What the policies of a schedule mean, one sentence each; what is default goes without saying.
    `by_node`: each node keeps it for itself, and makes up for nothing.

    >>> policies({"overlap": "queue"})[1]
    'If it is still running when the next start comes, the next one waits for it.'
    >>> policies({}, by_node=True)
    ['Each node keeps it for itself, counted from its own start.']
    """
    known: Mapping[str, object] = given if isinstance(given, Mapping) else {}
    said = [_catch_up(known.get("catch_up", "latest")), _overlap(known.get("overlap", "skip"))]
    if by_node:
        said = ["Each node keeps it for itself, counted from its own start."]
    for name, sentence in SENTENCES.items():
        value = known.get(name)
        if value not in (None, False, 0, "", "0", "auto", "one"):
            said.append(sentence.format(value=spoken(name, value)))
    return said


PLACES = {"every": "on every node", "machine": "once a machine", "role": "on nodes with role {}",
          "label": "on nodes labelled {}", "node": "on node {}"}  # fmt: skip


def placed(policies: object) -> str:
    """Where a schedule runs, in words; "" for what goes without saying: on one node, any.

    >>> placed({"placement": "role:web"}), placed({})
    ('on nodes with role web', '')
    """
    given = policies.get("placement", "one") if isinstance(policies, Mapping) else "one"
    kind, _, which = str(given).partition(":")
    return PLACES[kind].format(which) if kind in PLACES else "" if kind == "one" else str(given)


def spoken(name: str, value: object) -> str:
    """A policy's value as it is said: durations in words, the rest as it is written.

    >>> spoken("timeout", "90m"), spoken("retries", 3)
    ('1 h 30 min', '3')
    """
    if name == "placement":
        return placed({name: value})
    if name in LENGTHS:
        with suppress(ValueError):
            return took(duration(value) / SECOND)
    return str(value)


def _catch_up(value: object) -> str:
    if value == "none":
        return "Starts missed while nothing was running are not made up for."
    if value == "latest":
        return "If starts were missed while nothing was running, it runs once to make up for them."
    return f"Of the starts missed while nothing was running the latest {value} are made up for."


def _overlap(value: object) -> str:
    known = {
        "skip": "If it is still running when the next start comes, the next start is skipped.",
        "queue": "If it is still running when the next start comes, the next one waits for it.",
        "cancel": "If it is still running when the next start comes, the running one is cancelled.",
    }
    return known.get(str(value), f"Up to {value} of its runs may be running at once.")


LENGTHS = ("grace", "timeout", "jitter", "start_delay", "poll")
SENTENCES = {
    "grace": "A start that would be later than {value} is skipped.",
    "timeout": "It is stopped when it takes longer than {value}.",
    "retries": "When it fails it is tried again, {value} times at most.",
    "priority": "Its priority is {value}; higher goes first.",
    "max_running": "At most {value} runs of its task go on at a time, over all nodes.",
    "unique": "A second waiting run with the same parameters is refused.",
    "jitter": "Its start is delayed at random by up to {value}.",
    "start_delay": "After a node starts it waits {value} before its first run.",
    "poll": "It is looked for every {value}, and starts then.",
    "idempotent": "If its node is lost it is run again, because it may be run twice.",
    "executor": "It runs on the {value} executor.",
    "placement": "It runs {value}.",
    "retention": "Its history is kept for {value}.",
    "delete_after_last_run": "After its last run it is removed.",
    "run_as": "It runs as {value}.",
}
