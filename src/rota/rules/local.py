"""A schedule that one node keeps for itself: when its next attempt is due, from its start on.

There is one absolute `due` on a clock that never steps. The end of a run, a trigger, a change of
the period and a refusal are assignments to it, so no two of them can work against each other.
None is "never": an infinite period, delay or wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rota.instants import SECOND

__all__ = ("LEAST", "STRATEGIES", "After", "Local", "Strategy", "plus")

Strategy = Literal["none", "reset", "replace"]
STRATEGIES: tuple[Strategy, ...] = ("none", "reset", "replace")

LEAST = 1 * SECOND
"""Between two refused attempts at the least, so that a shut gate is no busy loop."""


@dataclass(frozen=True, slots=True)
class After:
    """In the place of a strategy: the next attempt comes so long after the start of this one."""

    delay: int | None


def plus(instant: int | None, wait: int | None) -> int | None:
    """Later by a wait; never, if either is never.

    >>> plus(3, 4), plus(3, None)
    (7, None)
    """
    return None if instant is None or wait is None else instant + wait


@dataclass(slots=True)
class Local:
    """Where such a schedule stands. `retry` is how long after a refusal the gates are asked again.

    >>> local = Local(period=60, delay=0)
    >>> local.start(0)
    >>> for instant in (0, 20):  # a run at once, and one that is asked for at 20
    ...     if instant:
    ...         local.trigger("none")
    ...     assert local.is_due(instant)
    ...     local.begin(instant)
    ...     local.ended(instant)
    >>> local.due
    60
    """

    period: int | None
    delay: int | None = 0
    retry: int | None = 60 * SECOND
    due: int | None = None
    counted: int | None = None  # what the period counts from: the tick of the latest run
    running: bool = False
    asked: Strategy | After | None = None  # a trigger that no run has answered yet
    keeps: bool = False  # the latest run was extra; if it lasts past the tick, that one is skipped
    refused_at: int | None = None  # it waits for its gates to open
    owed: bool = False  # `due` was planned by the application, and no attempt has begun since

    def start(self, now: int) -> None:
        """The node has started."""
        self.due = plus(now, self.delay)

    def is_due(self, now: int) -> bool:
        """Whether an attempt is owed."""
        if self.running:
            return False
        return self.asked is not None or (self.due is not None and self.due <= now)

    def trigger(self, how: Strategy | After) -> None:
        """Run as soon as possible; of several that wait the last one counts."""
        self.asked = how

    def plan(self, due: int | None) -> None:
        """The next attempt is due then, whatever was planned; None: none is."""
        self.due, self.owed = due, due is not None
        self.refused_at, self.keeps = None, False

    def begin(self, now: int, *, planned: bool = False) -> None:
        """An attempt begins, because it was asked for or because its tick has come. A `planned` one
        was on its way before anybody asked: what was asked for comes after it.
        """
        how, tick = (None if planned else self.asked), self.due
        fresh = self.counted is None or self.refused_at is not None
        self.refused_at, self.running, self.keeps, self.owed = None, True, False, False
        self.asked = self.asked if planned else None
        if how is None and tick is not None and not fresh:
            # A wake-up that is late by a little moves no later tick.
            on_time = self.period is None or now < tick + self.period
            self.counted = tick if on_time else now
        else:
            self.counted = now
        if isinstance(how, After):
            self.due = plus(now, how.delay)
        elif how in (None, "reset") or fresh:
            self.due = plus(self.counted, self.period)
        elif tick is not None and tick <= now:  # this run stands for the tick that was missed
            self.due, self.keeps = self.rolled(tick, now), True
        else:
            self.due = tick if how == "none" else plus(tick, self.period)
            self.keeps = how == "none"

    def rolled(self, tick: int, now: int) -> int | None:
        """The first tick of the same grid that is later than now."""
        if not self.period:
            return plus(now, self.period)
        return tick + ((now - tick) // self.period + 1) * self.period

    def ended(self, now: int) -> None:
        """The attempt is over. Ticks that it lasted past are one start, now; the grid moves."""
        self.running = False
        if self.keeps and self.due is not None and self.due <= now:
            self.due = plus(self.due, self.period)
        self.keeps = False
        if self.due is not None and self.asked is None:  # a trigger answers a missed tick too
            self.due = max(self.due, now)

    def forgone(self, now: int) -> None:
        """Somebody ended its run before it began: its tick is used up. What the application planned
        is still owed, for nobody would plan it again.
        """
        if self.owed:
            self.due = now + LEAST
            return
        self.begin(now)
        self.ended(now)

    def refused(self, now: int) -> None:
        """The attempt found a gate shut: its tick is still owed, and tried again after `retry`."""
        self.running = self.keeps = False
        self.refused_at = now
        self.due = self.tried_again(now)

    def tried_again(self, now: int) -> int | None:
        """When the gates are asked again; at the next tick if there is no wait."""
        assert self.refused_at is not None
        if self.retry is None:
            return None
        wait = self.retry or (LEAST if self.period is None else max(self.period, LEAST))
        return max(now, self.refused_at + wait)

    def passed(self, now: int) -> None:
        """Let the ticks go by until now: the schedule is paused."""
        if self.due is not None and self.due <= now:
            self.due = self.rolled(self.due, now) if self.period else plus(now, LEAST)

    def set_period(self, period: int | None, now: int) -> None:
        """Another period, counted from the latest start; a delay that still runs stays as it is."""
        if period == self.period:
            return
        self.period = period
        if self.counted is None or self.refused_at is not None:
            return
        self.keeps = False
        due = plus(self.counted, period)
        self.due = due if due is None or self.running else max(due, now)

    def set_retry(self, retry: int | None, now: int) -> None:
        """Another wait after a refusal; one that runs ends or lasts accordingly."""
        self.retry = retry
        if self.refused_at is not None:
            self.due = self.tried_again(now)
