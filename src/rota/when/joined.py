"""A term, a kind with its window, and the ground it stands on in a given zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rota.when.term import Ground, Kind
from rota.when.window import Moment
from rota.when.zone import Zone

__all__ = ("Term", "ground_of", "span", "upto")


class Term(NamedTuple):
    """One kind with its window."""

    kind: Kind
    start: Moment | None = None
    until: Moment | None = None

    def __str__(self) -> str:
        text = self.kind.body()
        if self.start:
            text += f" from {self.start}"
        return text + (f" until {self.until}" if self.until else "")


def ground_of(
    term: Term, where: Zone, gap: str | None, fold: str | None, begun: int | None, seed: str
) -> Ground:
    """What a term stands on; a `from` or `until` in a gap is where the policy moves it."""
    start = until = wall = None
    if term.start or term.until:
        moved = "after" if gap == "after" else "shift"
        if term.start:
            start = term.start.instant(where, moved, fold or "first")
            assert start is not None
            wall = term.start.wall if term.start.offset is None else where.wall(start)
        if term.until:
            until = term.until.instant(where, moved, fold or "first")
    return Ground(where, gap, fold, start, wall, until, begun, seed)


def span(after: int, until: int, ground: Ground) -> tuple[int, int]:
    """(after, until] within a term's window."""
    low = after if ground.start is None else max(after, ground.start - 1)
    return low, until if ground.until is None else min(until, ground.until)


def upto(slots: Iterator[int], until: int) -> Iterator[int]:
    """The slots that are not later than `until`."""
    for slot in slots:
        if slot > until:
            return
        yield slot
