"""What a trigger will do, for whoever is writing it: words, next times, clock changes, warnings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from rota.errors import Problem, RotaError, TriggerError
from rota.instants import from_datetime
from rota.web.show.horizon import Horizon, horizon
from rota.web.show.mending import mend
from rota.web.show.times import Viewer
from rota.when import Transition, Trigger, trigger

__all__ = ("Advice", "Outlook", "outlook")

FAR = 300  # times looked ahead for the strip
SHOWN = 10
UNTIL_DAY = re.compile(r"\buntil (\d{4}-\d\d-\d\d)(?![T\d])")
BIG_DAY = re.compile(r"\bmonthly on (?:29|30|31)\b")


@dataclass(frozen=True, slots=True)
class Advice:
    """A problem or a warning in words, and the whole text without it where we know one."""

    code: str
    text: str
    mended: str = ""
    word: str = ""  # of the button


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a text means from a given now on; if it cannot be read, only what is wrong."""

    text: str
    words: str = ""
    zone: str = ""
    times: list[datetime] = field(default_factory=list)
    horizon: Horizon | None = None
    changes: list[Transition] = field(default_factory=list)
    warnings: list[Advice] = field(default_factory=list)
    problems: list[Advice] = field(default_factory=list)
    swallowed: bool = False  # the last run would swallow the first one
    manual: bool = False


def outlook(
    text: str, look: Viewer, *, zone: str, seed: str = "", created: datetime | None = None,
    last: datetime | None = None,
) -> Outlook:  # fmt: skip
    """Read the text and look ahead. `last` is the schedule's last run, if it has one.

    >>> from datetime import UTC
    >>> look = Viewer(UTC, datetime(2026, 3, 1, 12, tzinfo=UTC))
    >>> outlook("daily at 9:00", look, zone="UTC").problems[0].mended
    'daily at 09:00'
    """
    try:
        rule = trigger(text)
        if not rule.zone_given and zone != "UTC":
            rule = rule.with_zone(zone)
        now = look.now.replace(microsecond=0)
        times = list(rule.next(look.now, FAR, anchor=created or now, seed=seed))
    except TriggerError as error:
        return Outlook(text, problems=[wrong(text, one) for one in error.problems])
    found = rule.warnings(from_datetime(look.now), None if last is None else from_datetime(last))
    warnings = [advised(str(rule), one.code, one.text) for one in found]
    return Outlook(
        str(rule), rule.words(), rule.zone, times[:SHOWN],
        horizon(times, look, SHOWN), told_changes(rule, look),
        warnings, swallowed=any(one.code == "first_run_swallowed" for one in found),
        manual=rule.is_manual,
    )  # fmt: skip


def told_changes(rule: Trigger, look: Viewer) -> list[Transition]:
    """The next two changes of the clocks, unless nothing of the trigger depends on them."""
    if rule.is_manual:
        return []
    try:
        return rule.transitions(from_datetime(look.now), 2)
    except RotaError:
        return []


def wrong(text: str, problem: Problem) -> Advice:
    """A problem with its mend."""
    mended = mend(text, problem)
    head = f"“{problem.text}”: " if problem.text else ""
    said = "; ".join(one for one in (problem.reason, problem.hint) if one)
    return Advice(problem.code, f"{head}{said}.", mended, f"Write {mended}" if mended else "")


def advised(text: str, code: str, said: str) -> Advice:
    """A warning with its mend."""
    mended, word = "", ""
    if code == "until_midnight":
        mended, word = UNTIL_DAY.sub(r"until \1T23:59", text, count=1), "Include the whole day"
    elif code == "clamped" and BIG_DAY.search(text):
        mended, word = BIG_DAY.sub("monthly on last", text, count=1), "Say “the last day”"
    elif code == "fold":
        mended, word = f"{text} fold first", "Say the first time"
    elif code == "over" and " until " in text:
        mended, word = re.sub(r" until \S+", "", text), "Let it go on without end"
    return Advice(code, said, mended if mended != text else "", word)
