"""The inspector: the next changes of the clocks and what a trigger does at each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from rota.instants import to_datetime
from rota.when.term import Ground, Kind
from rota.when.window import clock_text
from rota.when.zone import DAY, UTC_ZONE, Change, zone

if TYPE_CHECKING:
    from rota.when.combine import Trigger
    from rota.when.joined import Term

__all__ = ("Transition", "transitions")

MOST = 6  # planned times that are told one by one
REAL_TIME = "counts real time and is not touched"


@dataclass(frozen=True, slots=True)
class Transition:
    """The clocks change at `instant`: from local `before` to local `after`, a gap or a fold.

    `slots` says what becomes of each time of the trigger that is left out or comes twice.
    """

    instant: datetime
    before: datetime
    after: datetime
    kind: str
    slots: tuple[str, ...]


def transitions(trigger: Trigger, after: int, count: int) -> list[Transition]:
    """The next `count` changes of the trigger's zone; fewer where the zone has no more."""
    where = zone(trigger.zone)
    found: list[Transition] = []
    while len(found) < count and (change := where.next_change(after)):
        after = change.instant
        lines: list[str] = []
        for term, ground in zip(trigger.terms, trigger.grounds(after, None, ""), strict=True):
            lines += told(term, ground, change)
        found.append(
            Transition(
                to_datetime(after),
                local(after + change.before),
                local(after + change.after),
                change.kind,
                tuple(dict.fromkeys(lines)),
            )
        )
    return found


def local(wall: int) -> datetime:
    """A wall time as a naive datetime."""
    return to_datetime(wall).astimezone(UTC).replace(tzinfo=None)


def told(term: Term, ground: Ground, change: Change) -> list[str]:
    """What becomes of the times that a term plans within a gap or fold."""
    low, high = sorted((change.instant + change.before, change.instant + change.after))
    if not getattr(term.kind, "on_wall", True):
        return [f"{term.kind.body()} {REAL_TIME}"]
    if term.kind.follows or (term.kind.word == "every" and ground.wall is None):
        return []  # nothing is planned before a run has ended or the schedule exists
    # Asked as if the zone had no changes, the kind tells what it plans on the wall.
    until = None if ground.until is None else ground.zone.wall(ground.until)
    flat = ground._replace(zone=UTC_ZONE, start=ground.wall, until=until, anchor=None)
    begin = low - 1 if ground.wall is None else max(low - 1, ground.wall - 1)
    lines = []
    for wall in islice(term.kind.slots(begin, flat), MOST):
        if wall >= high or (until is not None and wall > until):
            break
        lines.append(becomes(wall, term.kind, ground))
    return lines


def becomes(wall: int, kind: Kind, ground: Ground) -> str:
    """What becomes of one planned time that is left out or comes twice."""
    gap, fold = getattr(kind, "policies", ("shift", "first"))
    gap, fold = ground.gap or gap, ground.fold or fold
    first, second = ground.zone.offsets(wall)
    shown = clock_text(wall % DAY)
    if first > second:
        how = {
            "first": "runs the first time",
            "second": "runs the second time",
            "both": "runs both times",
        }[fold]
        return f"{shown} comes twice: {how}"
    found = ground.zone.resolve(wall, gap, fold)
    if not found:
        return f"{shown} does not exist: left out"
    return f"{shown} does not exist: runs at {clock_text(ground.zone.wall(found[0]) % DAY)}"
