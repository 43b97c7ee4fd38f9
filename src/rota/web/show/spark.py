"""The sparkline: the last outcomes in the width of a word, few elements however many runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rota.engine.items import OutcomeItem, RunItem
from rota.web.show.marks import run_mark
from rota.web.show.strip import lasted

__all__ = ("Spark", "sparkline")

STEP, BASE = 5, 17
HOLLOW = ("skipped", "ignored", "queued", "cancelled")


@dataclass(frozen=True, slots=True)
class Spark:
    """A drawn sparkline: one path for each look, and the same in words."""

    paths: list[tuple[str, str]]  # class, path data
    words: str


def sparkline(runs: Sequence[OutcomeItem | RunItem], now: datetime, most: int = 20) -> Spark:
    """The last runs (given newest first), oldest at the left; the longest is the tallest."""
    shown = list(runs)[:most][::-1]
    longest = max((lasted(run, now) for run in shown), default=0.0)
    looks: dict[str, list[str]] = {}
    for index, run in enumerate(shown):
        share = math.sqrt(lasted(run, now) / longest) if longest else 0.0
        tall = 4.0 if run.state in ("skipped", "ignored", "queued") else 5 + 11 * share
        x = (most - len(shown) + index) * STEP
        mark = run_mark(run)
        look = mark.tone + (" hollow" if run.state in HOLLOW else "")
        looks.setdefault(look, []).append(drawn(x, round(tall, 1), mark.tone))
    bad = sum(run_mark(run).tone == "bad" for run in shown)
    words = f"last {len(shown)} outcomes, {bad} bad" if shown else ""
    return Spark([(look, "".join(pieces)) for look, pieces in looks.items()], words)


def drawn(x: int, tall: float, tone: str) -> str:
    """A bar, or for what went wrong a cross with a line over it: shape, not only colour.

    >>> drawn(0, 6.0, "ok")
    'M0.5 17v-6.0h3v6.0z'
    """
    if tone == "bad":
        return f"M{x} 12l4 4m0-4l-4 4M{x + 2} 10V{max(BASE - tall, 2):g}"
    return f"M{x + 0.5} {BASE}v-{tall}h3v{tall}z"
