"""A history: runs of a schedule or of all, those of one slot together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from rota.engine.client.items import Page, RunItem
from rota.web.show.slots import Slot, key, slots
from rota.web.show.strip import lasted
from rota.web.show.times import Viewer

__all__ = ("History", "Read", "history")

LARGEST = 500  # of the slot that a page ends in, at most so many more runs are read


class Read(Protocol):
    """Lists runs, newest first; which ones was settled before."""

    def __call__(self, *, limit: int, cursor: str | None) -> Page[RunItem]: ...


@dataclass(frozen=True, slots=True)
class History:
    """What the table shows, and where it goes on."""

    lines: list[Slot]
    took: dict[int, float]
    next: str | None


def history(read: Read, rows: int, cursor: str | None, look: Viewer) -> History:
    """A page of the runs that `read` lists; a slot for several nodes is never cut in two."""
    page = read(limit=rows, cursor=cursor)
    runs, following = list(page), page.next
    if following and len(key(runs[-1])) > 1:
        more = read(limit=LARGEST, cursor=following)
        rest: list[RunItem] = list(takewhile(lambda run: key(run) == key(runs[-1]), more))
        if rest:
            runs += rest
            following = read(limit=len(rest), cursor=following).next
    took = {run.id: lasted(run, look.now) for run in runs if run.started}
    return History(slots(runs, look.now), took, following)
