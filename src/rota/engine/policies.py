"""Policies: how a schedule behaves when things are late, busy, slow or broken.

A task gives defaults, a schedule overrides; both are kept as JSON objects in one canonical form,
and `Policies` is what follows from the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

from rota.durations import duration, duration_text
from rota.errors import BadPolicy, Problem
from rota.instants import SECOND
from rota.ports.records import Json
from rota.rules.placement import placement

__all__ = ("NAMES", "Policies", "check", "resolve")


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy with its value; durations in microseconds."""

    catch_up: str | int = "latest"  # none, latest, or the last N
    grace: int | None = None  # a start later than this is a skip
    overlap: str | int = "skip"  # skip, queue, cancel, or N at once
    timeout: int | None = None
    retries: int = 0
    backoff: tuple[int, int] = (10 * SECOND, 3_600 * SECOND)
    priority: int = 0
    max_running: int | None = None  # of the task, across nodes
    unique: bool = False
    jitter: int = 0
    start_delay: int = 0
    poll: int = 0
    idempotent: bool = False
    executor: str = "auto"
    placement: str = "one"  # one, every, machine, role:x, label:x, node:x
    retention: tuple[int | None, int | None] = (30 * 86_400 * SECOND, 1_000)  # age, count
    delete_after_last_run: bool = False
    enabled: bool = True
    run_as: str | None = None

    def place(self, *, asynchronous: bool) -> str:
        """The executor of a run whose task is a coroutine function, or is not."""
        if self.executor != "auto":
            return self.executor
        return "loop" if asynchronous else "thread"


NAMES = tuple(field.name for field in fields(Policies))


def whole(low: int, high: int) -> Callable[[object], object]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"write a whole number from {low} to {high}")
        return value

    return read


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("write true or false")
    return value


def time(value: object) -> str:
    return duration_text(duration(value))


def optional(read: Callable[[object], object]) -> Callable[[object], object]:
    return lambda value: None if value is None else read(value)


def word_or_number(words: tuple[str, ...], high: int) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, str) and value in words:
            return value
        try:
            return whole(1, high)(value)
        except ValueError:
            choices = ", ".join(words)
            raise ValueError(f"write {choices}, or a whole number from 1 to {high}") from None

    return read


def backoff(value: object) -> str:
    if isinstance(value, str):
        low, _, high = value.partition("..")
        base, cap = duration(low), duration(high or low)
        if 0 < base <= cap:
            return f"{duration_text(base)}..{duration_text(cap)}"
    raise ValueError("write the first wait and the longest one, such as 10s..1h")


def executor(value: object) -> str:
    if value in ("auto", "loop", "thread", "process"):
        return str(value)
    raise ValueError("write auto, loop, thread or process")


def retention(value: object) -> str:
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else []
    ages = [part for part in parts if not part.isdecimal()]
    counts = [part for part in parts if part.isdecimal()]
    if not parts or len(ages) > 1 or len(counts) > 1 or any(len(part) > 9 for part in counts):
        raise ValueError("write an age, a count or both, such as 30d, 1000")
    return ", ".join([time(age) for age in ages] + [str(max(1, int(part))) for part in counts])


def name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise ValueError("write a user's name of at most 200 characters")
    return value


READERS: dict[str, Callable[[object], object]] = {
    "catch_up": word_or_number(("none", "latest"), 100),
    "grace": optional(time),
    "overlap": word_or_number(("skip", "queue", "cancel"), 1_000),
    "timeout": optional(time),
    "retries": whole(0, 1_000),
    "backoff": backoff,
    "priority": whole(-1_000_000, 1_000_000),
    "max_running": optional(whole(1, 1_000_000)),
    "unique": flag,
    "jitter": time,
    "start_delay": time,
    "poll": time,
    "idempotent": flag,
    "executor": executor,
    "placement": placement,
    "retention": retention,
    "delete_after_last_run": flag,
    "enabled": flag,
    "run_as": optional(name),
}


def check(given: Mapping[str, object]) -> dict[str, object]:
    """The policies in their canonical JSON form; BadPolicy lists everything that is wrong.

    >>> check({"timeout": "90s", "backoff": "10s..1h"})
    {'timeout': '1m30s', 'backoff': '10s..1h'}
    """
    good, problems = {}, []
    for key, value in given.items():
        read = READERS.get(key)
        if read is None:
            hint = nearest(key)
            problems.append(Problem("bad_policy", "policy", key, "there is no such policy", hint))
            continue
        try:
            good[key] = read(value)
        except ValueError as error:
            problems.append(Problem("bad_policy", key, str(value), str(error)))
    if problems:
        raise BadPolicy(problems)
    return good


def nearest(word: str) -> str:
    from difflib import get_close_matches

    found = get_close_matches(word, NAMES, 1)
    return f"did you mean {found[0]}?" if found else f"the policies are {', '.join(NAMES)}"


def resolve(defaults: Json, overrides: Json) -> Policies:
    """What follows from a task's defaults and a schedule's overrides, both canonical.

    >>> resolve({"retries": 3}, {"timeout": "1m"}).timeout
    60000000
    """
    if not defaults and not overrides:
        return PLAIN
    return read_all(json.dumps({**defaults, **overrides}, sort_keys=True))


PLAIN = Policies()


@lru_cache(maxsize=1024)
def read_all(text: str) -> Policies:
    values = json.loads(text)
    for key in ("grace", "timeout", "jitter", "start_delay", "poll"):
        if values.get(key) is not None:
            values[key] = duration(values[key])
    if "backoff" in values:
        low, _, high = values["backoff"].partition("..")
        values["backoff"] = (duration(low), duration(high))
    if "retention" in values:
        parts = values["retention"].split(", ")
        age = next((duration(part) for part in parts if not part.isdecimal()), None)
        count = next((int(part) for part in parts if part.isdecimal()), None)
        values["retention"] = (age, count)
    return Policies(**{key: value for key, value in values.items() if key in NAMES})
