"""The tasks that wait in a runner, in order; pure. Instants are readings of the boot clock.

A latch holds back its own task and nothing else: of those that are open the one that opened first
is next, and of two that opened together the one that was added first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ("Line", "Place")


@dataclass(eq=False, slots=True)
class Place:
    """One task's place. `wait` is how long its latch holds, from `since` on; None for `wait`: until
    it is released; None for `since`: from the node's start on.
    """

    task: object
    number: int
    wait: int | None = 0
    since: int | None = 0
    runs_on_shutdown: bool = False

    @property
    def opens(self) -> int | None:
        """When it opens; None if nobody can say."""
        return None if self.wait is None or self.since is None else self.since + self.wait


class Line:
    """What waits.

    >>> line = Line()
    >>> line.add("in a minute", wait=60, since=0)
    >>> line.add("now", wait=0, since=5)
    >>> line.opens(), line.take(5).task, line.opens(), line.take(5)
    (5, 'now', 60, None)
    """

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.number = 0

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Place]:
        return iter(tuple(self.places))

    def add(
        self, task: object, *, wait: int | None, since: int | None, runs_on_shutdown: bool = False
    ) -> None:
        """One more, behind all others that open when it does."""
        self.number += 1
        self.places.append(Place(task, self.number, wait, since, runs_on_shutdown))

    def start(self, now: int) -> None:
        """The node has started: what waited for that begins to count."""
        for place in self.places:
            if place.since is None:
                place.since = now

    def rest(self) -> None:
        """The node has stopped: what waits begins to count anew with the next one."""
        for place in self.places:
            place.since = None

    def release(self, task: object, now: int | None) -> None:
        """Open the latch of a task."""
        for place in self.places:
            if place.task is task and (place.opens is None or now is None or place.opens > now):
                self.open(place, now)

    def open(self, place: Place, now: int | None) -> None:
        """Behind those that are open already."""
        self.number += 1
        place.wait, place.since, place.number = 0, now, self.number

    def first(self) -> Place | None:
        """The one that opens first; None if none will by itself."""
        known = [place for place in self.places if place.opens is not None]
        return min(known, key=lambda place: (place.opens, place.number), default=None)

    def opens(self) -> int | None:
        """When the next one can be taken; None if nobody can say."""
        first = self.first()
        return None if first is None else first.opens

    def take(self, now: int, *, early: bool = False) -> Place | None:
        """The next one, if it is open. `early`: somebody wants one at once, a latched one if no
        other is there.
        """
        first = self.first()
        if early and first is None and self.places:
            first = self.places[0]
        if first is None or not (early or (first.opens is not None and first.opens <= now)):
            return None
        self.places.remove(first)
        return first

    def close(self, now: int | None, *, forced: bool) -> list[Place]:
        """Nothing more comes. Those that run on shutdown open; of the rest those that are open
        stay, unless it is `forced`. Returns those that will never run.
        """
        kept: list[Place] = []
        dropped: list[Place] = []
        for place in self.places:
            is_open = place.wait == 0 or (
                now is not None and place.opens is not None and place.opens <= now
            )
            if place.runs_on_shutdown and not is_open:
                self.open(place, now)
            stays = place.runs_on_shutdown or (is_open and not forced)
            (kept if stays else dropped).append(place)
        self.places = kept
        return dropped
