"""The sparkline: the last outcomes in the width of a word, few elements however many runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rota.engine.client.items import Beat
from rota.web.show.marks import state_mark

__all__ = ("Spark", "sparkline")

STEP, BASE = 5, 17
HOLLOW = ("skipped", "ignored", "queued", "cancelled")


@dataclass(frozen=True, slots=True)
class Spark:
    """A drawn sparkline: one path for each look, and the same in words."""

    paths: list[tuple[str, str]]  # class, path data
    words: str


def sparkline(beats: Sequence[Beat], most: int = 20) -> Spark:
    """The last runs (given newest first), oldest at the left; the longest is the tallest."""
    shown = beats[:most][::-1]
    longest = max((seconds for _, seconds in shown), default=0.0)
    looks: dict[str, list[str]] = {}
    bad = 0
    for place, (state, seconds) in enumerate(shown, most - len(shown)):
        share = math.sqrt(seconds / longest) if longest else 0.0
        tall = 4.0 if state in ("skipped", "ignored", "queued") else 5 + 11 * share
        tone = state_mark(state).tone
        bad += tone == "bad"
        look = tone + (" hollow" if state in HOLLOW else "")
        looks.setdefault(look, []).append(drawn(place * STEP, round(tall, 1), tone))
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
