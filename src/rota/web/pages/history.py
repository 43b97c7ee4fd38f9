"""The history on a schedule's page: its runs, those of one slot together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rota.engine.client.items import RunItem
from rota.web.inside import Inside
from rota.web.show.slots import Slot, key, slots
from rota.web.show.strip import lasted
from rota.web.show.times import Viewer

__all__ = ("History", "history")

ROWS, LARGEST = 25, 500  # runs on a page; of the slot that a page ends in, at most so many more


@dataclass(frozen=True, slots=True)
class History:
    """What the table shows, and where it goes on."""

    lines: list[Slot]
    took: dict[int, float]
    next: str | None


def history(
    rota: Inside, name: str, states: Sequence[str], cursor: str | None, look: Viewer
) -> History:
    """A page of a schedule's runs; a slot that was for several nodes is never cut in two."""
    page = rota.runs.list(name, states=states, limit=ROWS, cursor=cursor)
    runs, following = list(page), page.next
    if following and len(key(runs[-1])) > 1:
        more = rota.runs.list(name, states=states, limit=LARGEST, cursor=following)
        rest: list[RunItem] = list(takewhile(lambda run: key(run) == key(runs[-1]), more))
        if rest:
            runs += rest
            following = rota.runs.list(
                name, states=states, limit=len(rest), cursor=following
            ).next  # fmt: skip
    took = {run.id: lasted(run, look.now) for run in runs if run.started}
    return History(slots(runs, look.now), took, following)
