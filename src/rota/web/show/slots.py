"""A history by slots: what a slot became on each node it was for stands together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from rota.engine.client.items import RunItem
from rota.web.show.marks import Mark, run_mark
from rota.web.show.strip import lasted, rank

__all__ = ("SHOWN", "Slot", "key", "said", "slots")

SHOWN = 12  # runs of one slot that a history shows; the page of the slot has all


@dataclass(frozen=True, slots=True)
class Slot:
    """A line of a history: a run, or a slot with its runs, those first that need somebody."""

    runs: list[RunItem]
    due: datetime
    mark: Mark  # of the worst
    words: str
    took: float | None  # the longest

    @property
    def several(self) -> bool:
        return len(self.runs) > 1


def key(run: RunItem) -> tuple[object, ...]:
    """What the runs of one slot have in common; one that is for no node in particular is alone."""
    if run.kind == "slot" and run.target:
        return run.schedule, run.due
    return (run.id,)


def slots(runs: Sequence[RunItem], now: datetime) -> list[Slot]:
    """The lines of these runs, in their order."""
    return [slot(list(together), now) for _, together in groupby(runs, key)]


def slot(runs: list[RunItem], now: datetime) -> Slot:
    runs = sorted(runs, key=lambda run: (rank(run.state), run.target))
    times = [lasted(run, now) for run in runs if run.started]
    return Slot(runs, runs[0].due, run_mark(runs[0]), said(runs), max(times, default=None))


def said(runs: Sequence[RunItem]) -> str:
    """How many became what.

    >>> from types import SimpleNamespace as N
    >>> said([N(state="succeeded"), N(state="failed"), N(state="succeeded")])
    '2 ran, 1 failed'
    """
    counts = Counter(run_mark(run).word for run in runs)
    return ", ".join(f"{count:,} {word}" for word, count in counts.most_common())
