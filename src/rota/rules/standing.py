"""How a schedule stands, in one word: the one rule behind lists, filters and counts."""

from __future__ import annotations

from rota.instants import SECOND

__all__ = ("LATE", "RANKS", "place_of", "standing", "troubled")

LATE = 30 * SECOND  # a start that is overdue by more is worth a word

RANKS = ("orphaned", "late", "running", "queued", "waiting", "paused", "disabled", "finished")
"""The words in the order of their weight, as a list sorted by status shows them."""

FAR = 2**62  # later than every instant: what has no next start comes last


def standing(
    *, known: bool, running: bool, queued: bool, enabled: bool, paused: bool, next_due: int | None,
    planned: bool, now: int,
) -> str:  # fmt: skip
    """One of `RANKS`. `planned` says whether it may start again without a next slot: by hand, or
    after the end of a run.

    >>> standing(
    ...     known=True,
    ...     running=False,
    ...     queued=False,
    ...     enabled=True,
    ...     paused=False,
    ...     next_due=None,
    ...     planned=False,
    ...     now=0,
    ... )
    'finished'
    """
    if not known:
        return "orphaned"
    if running:
        return "running"
    if queued:
        return "queued"
    if not enabled:
        return "disabled"
    if paused:
        return "paused"
    if next_due is not None and next_due < now - LATE:
        return "late"
    return "waiting" if next_due is not None or planned else "finished"


def troubled(status: str, outcome: str) -> bool:
    """Whether a person should look at it. Who switched it off or paused it has looked.

    >>> troubled("waiting", "failed"), troubled("paused", "failed"), troubled("late", "never")
    (True, False, True)
    """
    if status in ("orphaned", "late"):
        return True
    return outcome in ("failed", "lost") and status not in ("disabled", "paused")


def place_of(
    sort: str, *, status: str, outcome: str, enabled: bool, paused: bool, paused_until: int | None,
    next_due: int | None, last_run: int | None, runs: int,
) -> int:  # fmt: skip
    """Where a schedule stands in a list so sorted, the smallest first; by name all are equal.

    >>> place_of(
    ...     "runs",
    ...     status="waiting",
    ...     outcome="never",
    ...     enabled=True,
    ...     paused=False,
    ...     paused_until=None,
    ...     next_due=None,
    ...     last_run=None,
    ...     runs=3,
    ... )
    -3
    """
    if sort == "next":
        if not enabled or next_due is None or (paused and paused_until is None):
            return FAR
        return max(next_due, paused_until or 0) if paused else next_due
    if sort == "last":
        return 0 if last_run is None else -last_run
    if sort == "runs":
        return -runs
    if sort == "status":
        return 2 * RANKS.index(status) - 5 * troubled(status, outcome)
    return 0
