"""Crowding: slots that were decided late while a run of their schedule was open all the time.

Where a store is slower than a schedule is dense, each decision finds some slots gone by and one to
launch. If that one is refused for overlap, so were they: they are told as one, and a night of it
is one row of the history and not two for every decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rota.instants import SECOND
from rota.ports.records import Decision, NewRun

__all__ = ("crowded",)

SHORT = 60 * SECOND
"""A longer gap is no slow store: nobody was there."""


def crowded(decision: Decision, in_the_way: Callable[[NewRun], bool]) -> Decision:
    """The decision, with its missed slots as overlap if a run is in the way of its launches."""
    if len(decision.skips) != 1 or not decision.launches:
        return decision
    (missed,) = decision.skips
    if missed.reason != "no_node" or missed.last - missed.first > SHORT:
        return decision
    if all(is_refused(new, in_the_way) for new in decision.launches):
        return replace(decision, skips=(replace(missed, reason="overlap"),))
    return decision


def is_refused(new: NewRun, in_the_way: Callable[[NewRun], bool]) -> bool:
    """Whether a launch for any node will be skipped; one that cancels others will not."""
    cancels = new.room is not None and new.room.cancel
    return new.target == "" and not cancels and in_the_way(new)
