"""Overlap: what happens when a slot comes while a run of the same schedule is open.

The policy becomes two numbers that a store can compare inside the launching transaction, so that
the answer holds over all nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ("Room", "room")


@dataclass(frozen=True, slots=True)
class Room:
    """How many open runs a schedule may have when a slot comes: the overlap policy in numbers."""

    open: int  # at most so many open runs, the new one included; else the slot is skipped.
    # Slots that one decision makes up for do not count each other: they wait for their turn.
    running: int  # at most so many of them running at once; the rest wait
    cancel: bool = False  # ask the open ones to stop, and launch in any case


def room(policy: str | int) -> Room:
    """The room that an overlap policy leaves: skip, queue (one), cancel (the other), or N at once.

    >>> room("skip"), room("queue"), room(3)
    (Room(open=1, running=1, cancel=False), Room(open=2, running=1, cancel=False), Room(open=3, running=3, cancel=False))
    """  # noqa: E501
    if isinstance(policy, int):
        return Room(policy, policy)
    return ROOMS[policy]


ROOMS = {"skip": Room(1, 1), "queue": Room(2, 1), "cancel": Room(1, 1, cancel=True)}
