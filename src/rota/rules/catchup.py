"""Catching up: which due slots run now, and which are skipped, at a cost that does not grow with
how many were missed.

A scheduler that was down for a year and one that woke a millisecond late ask the same question:
of the slots from the first undecided one until now, which are launched? The gap is never walked;
the trigger is asked for its latest slots, and for a count with a limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rota.instants import SECOND

__all__ = ("PROMPT", "Plan", "Skip", "plan", "skip_all")

PROMPT = 5 * SECOND
"""A start within this of its slot is on time for the policy `catch_up="none"`."""

Latest = Callable[[int, int, int], list[int]]
"""(after, until, count) -> the last `count` slots in (after, until], ascending."""
Count = Callable[[int, int], int]
"""(after, until) -> how many slots lie in (after, until], up to some limit."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Slots that are decided not to run: the first, the last, how many, and why."""

    first: int
    last: int
    count: int
    reason: str
    target: str = ""  # of a slot that is for several nodes: which of them


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the due slots; `through` is the last one that is decided."""

    launches: tuple[int, ...]
    skips: tuple[Skip, ...]
    through: int


def plan(
    first: int,
    now: int,
    *,
    catch_up: str | int,
    grace: int | None,
    latest: Latest,
    count: Count,
) -> Plan:
    """Decide the slots from `first` (a slot, not later than `now`) until now.

    `catch_up`: "none" launches only a slot that is on time (within `PROMPT`, or within `grace`);
    "latest" launches the last one; N launches the last N. A slot later than `grace` is skipped as
    `too_late`, an older one that is left out as `no_node`: no node was there in time.

    >>> hourly = dict(
    ...     latest=lambda a, b, n: list(range(a // 10 * 10 + 10, b + 1, 10))[-n:],
    ...     count=lambda a, b: b // 10 - a // 10,
    ... )
    >>> plan(10, 55, catch_up="latest", grace=None, **hourly)
    Plan(launches=(50,), skips=(Skip(first=10, last=40, count=4, reason='no_node', target=''),), through=50)
    """  # noqa: E501
    wanted = [first]
    if now > first:
        wanted = latest(first - 1, now, catch_up if isinstance(catch_up, int) else 1) or wanted
    skips: list[Skip] = []
    if wanted[0] > first:
        older = latest(first - 1, wanted[0] - 1, 1)
        end = older[0] if older else first
        skips.append(Skip(first, end, max(1, count(first - 1, end)), "no_node"))
    launches = []
    for due in wanted:
        reason = refusal(now - due, catch_up, grace)
        if reason is None:
            launches.append(due)
        else:
            extend(skips, Skip(due, due, 1, reason))
    return Plan(tuple(launches), tuple(skips), wanted[-1])


def refusal(late: int, catch_up: str | int, grace: int | None) -> str | None:
    if grace is not None:
        return "too_late" if late > grace else None
    return "no_node" if catch_up == "none" and late > PROMPT else None


def extend(skips: list[Skip], skip: Skip) -> None:
    """Append a skip, or lengthen the last one if it has the same reason."""
    if skips and skips[-1].reason == skip.reason:
        last = skips.pop()
        skip = Skip(last.first, skip.last, last.count + skip.count, skip.reason)
    skips.append(skip)


def skip_all(first: int, now: int, reason: str, *, latest: Latest, count: Count) -> Plan:
    """Skip every slot from `first` until now for one reason, such as a pause that has ended."""
    last = latest(first - 1, now, 1)
    if not last:
        return Plan((), (), min(first - 1, now))  # a finer rule may yet have slots before `first`
    return Plan((), (Skip(first, last[0], max(1, count(first - 1, last[0])), reason),), last[0])
