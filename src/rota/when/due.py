"""Is a start owed now? The answer with its reason, for poll-minded callers and `rota due`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rota.instants import from_datetime, to_datetime
from rota.when.term import Ground

if TYPE_CHECKING:
    from rota.when.combine import Trigger
    from rota.when.joined import Term

__all__ = ("Due", "Polled", "due", "first_owed")


@dataclass(frozen=True, slots=True)
class Due:
    """Whether a start is owed; if not, why; and the first instant from now on at which one is."""

    due: bool
    reason: str | None
    next: datetime | None


@runtime_checkable
class Polled(Protocol):
    """A kind with reasons of its own for what is not due: `sitecore`."""

    def start(self, ground: Ground) -> int | None:
        """The start that is part of its text."""

    def reason(self, now: int, last: int | None, ground: Ground) -> str | None:
        """Why no start is owed; None if one is, as far as the last run decides."""

    def eligible(self, now: int, last: int | None, ground: Ground) -> int | None:
        """The first instant from `now` on at which a start is owed if nothing runs meanwhile."""


def due(
    trigger: Trigger,
    now: datetime,
    last_start: datetime | None,
    last_end: datetime | None,
    anchor: datetime | None,
    seed: str,
) -> Due:
    """What `Trigger.due` promises; one of the two last times stands for both."""
    at = from_datetime(now)
    start = None if last_start is None else from_datetime(last_start)
    end = None if last_end is None else from_datetime(last_end)
    start, end = (end if start is None else start), (start if end is None else end)
    begun = None if anchor is None else from_datetime(anchor)
    if trigger.is_manual:
        return Due(False, "manual", None)
    grounds = trigger.grounds(at if start is None else start, begun, seed)
    owed: list[int] = []
    reasons: list[str] = []
    for term, ground in zip(trigger.terms, grounds, strict=True):
        when = first_owed(trigger, term, ground, at, start, end)
        if when == at:
            return Due(True, None, to_datetime(at))
        reason = why_not(trigger, term, ground, at, start, end)
        if when is not None:
            owed.append(when)
        elif reason == "not_yet":
            reason = "expired"
        if reason and term.kind.often != "never":
            reasons.append(reason)
    return Due(False, gravest(reasons), to_datetime(min(owed)) if owed else None)


ORDER = ("excluded", "not_yet", "interval_not_elapsed", "wrong_day", "not_started", "expired")


def gravest(reasons: list[str]) -> str | None:
    """The reason that says most: what keeps the term that is nearest to running."""
    return min(reasons, key=lambda one: ORDER.index(one) if one in ORDER else 0, default=None)


def first_owed(
    trigger: Trigger, term: Term, ground: Ground, now: int, start: int | None, end: int | None
) -> int | None:
    """The first instant from `now` on at which this term owes a start."""
    kind = term.kind
    if kind.follows and isinstance(kind, Polled):
        last = end if kind.follows == "end" else start
        found = kind.eligible(now, last, ground)
        while found is not None and trigger.excepted:
            day = ground.zone.day(found)
            free = trigger.excepted.free_from(day)
            if free is None or free == day:
                return found if free == day else None
            found = kind.eligible(ground.zone.start_of(free), last, ground)
        return found
    if kind.follows:
        return follower(trigger, term, ground, now, end if kind.follows == "end" else start)
    begin = kind.start(ground) if isinstance(kind, Polled) else ground.start
    low = start if start is not None else now - 1 if begin is None else begin - 1
    slot = next(trigger.slots_of(term, low, ground), None)
    if slot is None or slot >= now:
        return slot
    return now  # one lies in (last start, now]


def follower(
    trigger: Trigger, term: Term, ground: Ground, now: int, last: int | None
) -> int | None:
    """The same for a rule that hangs on the last run: its slot, or now if that is over."""
    if last is None:
        low = ground.anchor or now
        low = ground.start - 1 if ground.start is not None else low
    else:
        low = last
    slot = next(trigger.slots_of(term, low, ground), None)
    if slot is None or slot >= now:
        return slot
    # It waits for a run since then: allowed now, or when the filters next allow it.
    return next(trigger.slots_of(term, now - 1, ground._replace(start=now)), None)


def why_not(
    trigger: Trigger, term: Term, ground: Ground, now: int, start: int | None, end: int | None
) -> str:
    """Why this term owes nothing now."""
    kind = term.kind
    if ground.start is not None and now < ground.start:
        return "not_started"
    if trigger.excepted and trigger.excepted.has(ground.zone.day(now)):
        bare = replace(trigger, excepted=None)
        if first_owed(bare, term, ground, now, start, end) == now:
            return "excluded"
    if isinstance(kind, Polled):
        last = {"end": end, "start": start, None: None}[kind.follows]
        return kind.reason(now, last, ground) or "interval_not_elapsed"
    return "not_yet"
