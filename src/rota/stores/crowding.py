"""Crowding: what is told of slots that a schedule does not launch, although somebody was there.

Where a store is slower than a schedule is dense, each decision finds some slots gone by, some too
late, and one to launch. If nothing comes of it they all stand for one thing, and are told as one
skip with the reason of the newest slot: so a night of it is one row of the history, and not two or
three for every decision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rota.instants import SECOND
from rota.ports.records import Decision, NewRun, Skip

__all__ = ("told",)

SHORT = 60 * SECOND
"""A longer gap is no slow store: nobody was there."""


Told = tuple[NewRun | Skip, int]
"""A launch or a skip, and where its schedule stood before that slot."""


def told(decision: Decision, through: int, in_the_way: Callable[[NewRun], bool]) -> Sequence[Told]:
    """What a decision says of its slots, by due time, of a schedule that stands at `through`.

    Where nothing comes of any slot they are one skip for each target. A run in the way of the
    newest one is a reason before that slot's being late: else the two would take turns with the
    pace of the store.
    """
    launches, skips = decision.launches, decision.skips
    if not skips and len(launches) == 1:
        return ((launches[0], through),)  # nearly always
    crowd = bool(skips) and not decision.lift_pause and skips[0].reason != "gap"
    if crowd and skips[-1].last - skips[0].first <= SHORT:
        newest = launches or decision.late
        if newest and all(is_refused(new, in_the_way) for new in newest):
            targets = dict.fromkeys(new.target for new in newest)
            return [(refused(decision, target), through) for target in targets]
        if not launches:
            return [(as_one(skips, skips[-1].reason), through)]
    return in_order(decision, through)


def in_order(decision: Decision, through: int) -> list[Told]:
    """Launches and skips by due time. The targets of one slot stand where its first one did."""
    found: list[Told] = []
    stood = newest = through
    every: list[NewRun | Skip] = [*decision.skips, *decision.launches]
    for one in sorted(every, key=first):
        if first(one) > newest:
            stood = newest
        newest = max(newest, one.last if isinstance(one, Skip) else one.due)
        found.append((one, stood))
    return found


def first(one: NewRun | Skip) -> int:
    return one.first if isinstance(one, Skip) else one.due


def as_one(skips: Sequence[Skip], reason: str, target: str = "") -> Skip:
    count = sum(skip.count for skip in skips)
    return Skip(skips[0].first, skips[-1].last, count, reason, target)


def refused(decision: Decision, target: str) -> Skip:
    """All slots of a decision as one that a run of this target was in the way of."""
    dues = [new.due for new in decision.launches if new.target == target]
    skips = (*decision.skips, *(Skip(due, due, 1, "") for due in dues))
    return as_one(sorted(skips, key=first), "overlap", target)


def is_refused(new: NewRun, in_the_way: Callable[[NewRun], bool]) -> bool:
    """Whether a launch will be skipped for overlap; one that cancels others will not."""
    cancels = new.room is not None and new.room.cancel
    return not cancels and in_the_way(new)
