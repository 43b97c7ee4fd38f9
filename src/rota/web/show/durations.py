"""How long runs take: the last ones as bars, with the band between the usual and the long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rota.engine.client.items import OutcomeItem
from rota.web.show.marks import run_mark
from rota.web.show.strip import lasted
from rota.web.show.times import Viewer, took

__all__ = ("Bar", "Durations", "durations", "quantile")

SHOWN, ENOUGH, TALL = 100, 5, 72.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One run."""

    x: float  # percent
    height: float
    tone: str
    label: str
    run: int


@dataclass(frozen=True, slots=True)
class Durations:
    """The chart, and what it says in words."""

    bars: list[Bar]
    half: float | None  # how high the median stands
    most: float | None  # how high the 95th percentile stands
    words: str


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which that share of them lies; of those that are there, none between.

    >>> quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.95)
    (2, 4)
    """
    return ordered[max(0, min(len(ordered) - 1, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def durations(runs: Sequence[OutcomeItem], look: Viewer) -> Durations:
    """The chart of the runs that took some time, given newest first."""
    ran = [run for run in runs if run.started is not None][:SHOWN][::-1]
    took_all = [lasted(run, look.now) for run in ran]
    good = sorted(
        seconds for run, seconds in zip(ran, took_all, strict=True) if run.state == "succeeded"
    )
    half = quantile(good, 0.5) if len(good) >= ENOUGH else None
    most = quantile(good, 0.95) if len(good) >= ENOUGH else None
    top = max(took_all, default=0.0)
    if most and top > most * 4:
        top = most * 4  # one run that took a day must not flatten all others

    def tall(seconds: float) -> float:
        return round(min(1.0, seconds / top) * TALL, 1) if top else 0.0

    bars = [
        Bar(round((index + 0.5) * 100 / SHOWN, 2), max(2.0, tall(seconds)), run_mark(run).tone,
            label(run, seconds, look), run.id)
        for index, (run, seconds) in enumerate(zip(ran, took_all, strict=True), SHOWN - len(ran))
    ]  # fmt: skip
    if half is None or most is None:
        return Durations(bars, None, None, "")
    words = f"Half of them take up to {took(half)}, 95 of 100 up to {took(most)}."
    return Durations(bars, tall(half), tall(most), words)


def label(run: OutcomeItem, seconds: float, look: Viewer) -> str:
    at: datetime = run.started or run.due
    return f"{look.exact(at)}: {run_mark(run).word}, {took(seconds)}"
