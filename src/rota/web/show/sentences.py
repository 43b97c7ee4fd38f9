"""Policies and verdicts as sentences: what will happen, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from rota.durations import duration
from rota.engine.items import ScheduleItem
from rota.instants import SECOND
from rota.web.show.times import relative, took

__all__ = ("LATE", "late", "needs_someone", "policies", "verdict")

LATE = timedelta(seconds=30)  # a start that is overdue by more is worth a word


def late(item: ScheduleItem, now: datetime) -> bool:
    """Whether its next start has passed and nothing came of it."""
    due = item.next_run
    return (
        item.status == "waiting" and item.enabled and not item.paused
        and due is not None and now - due > LATE
    )  # fmt: skip


def needs_someone(item: ScheduleItem, now: datetime) -> bool:
    """Whether a person should look at it: it failed, was lost, cannot run, or is late."""
    if item.status in ("orphaned", "invalid"):
        return True
    return item.last_state in ("failed", "lost") or late(item, now)


def verdict(items: Sequence[ScheduleItem], now: datetime) -> str:
    """The answer to "is everything all right?" as one sentence.

    >>> verdict([], datetime(2026, 3, 1))
    'Nothing is scheduled yet'
    """
    if not items:
        return "Nothing is scheduled yet"
    troubled = [item for item in items if needs_someone(item, now)]
    if len(troubled) == 1:
        return f"{clip(troubled[0].title)} needs you"
    if troubled:
        return f"{len(troubled)} tasks need you"
    if any(item.last_run for item in items):
        ran = sum(item.last_run is not None for item in items)
        if ran < len(items):
            return "Every task that was due ran on time"
        return "The task ran on time" if ran == 1 else f"All {ran} tasks ran on time"
    coming = [item for item in items if item.next_run]
    if coming:
        first = min(coming, key=lambda item: item.next_run or now)
        assert first.next_run is not None
        return f"Next: {clip(first.title)}, {relative(first.next_run, now)}"
    return "Nothing is planned"


def clip(title: str) -> str:
    """A title that fits into a heading."""
    return title if len(title) <= 60 else title[:59] + "…"


def policies(given: object) -> list[str]:
    """What the policies of a schedule mean, one sentence each; what is default goes without saying.

    >>> policies({"overlap": "queue"})[1]
    'If it is still running when the next start comes, the next one waits for it.'
    """
    known: Mapping[str, object] = given if isinstance(given, Mapping) else {}
    said = [_catch_up(known.get("catch_up", "latest")), _overlap(known.get("overlap", "skip"))]
    for name, sentence in SENTENCES.items():
        value = known.get(name)
        if value not in (None, False, 0, "", "0", "auto", "one"):
            said.append(sentence.format(value=spoken(name, value)))
    return said


def spoken(name: str, value: object) -> str:
    """A policy's value as it is said: durations in words, the rest as it is written.

    >>> spoken("timeout", "90m"), spoken("retries", 3)
    ('1 h 30 min', '3')
    """
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


LENGTHS = ("grace", "timeout", "jitter", "start_delay")
SENTENCES = {
    "grace": "A start that would be later than {value} is skipped.",
    "timeout": "It is stopped when it takes longer than {value}.",
    "retries": "When it fails it is tried again, {value} times at most.",
    "priority": "Its priority is {value}; higher goes first.",
    "max_running": "At most {value} runs of its task go on at a time, over all nodes.",
    "unique": "A second waiting run with the same parameters is refused.",
    "jitter": "Its start is delayed at random by up to {value}.",
    "start_delay": "After a node starts it waits {value} before its first run.",
    "idempotent": "If its node is lost it is run again, because it may be run twice.",
    "executor": "It runs on the {value} executor.",
    "placement": "Where it runs: {value}.",
    "retention": "Its history is kept for {value}.",
    "delete_after_last_run": "After its last run it is removed.",
    "run_as": "It runs as {value}.",
}
