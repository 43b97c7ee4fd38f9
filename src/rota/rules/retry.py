"""Retry: how long to wait before the next attempt. Doubling with full jitter, so that ten thousand
failures at one instant do not come back at one instant.
"""

from __future__ import annotations

__all__ = ("delay",)


def delay(attempt: int, backoff: tuple[int, int], fraction: float) -> int:
    """Microseconds to wait after this attempt (from 1), between 0 and the doubled base or its cap.

    `backoff` is (base, cap) in microseconds; `fraction`, from 0.0 to 1.0, is the random part.

    >>> [delay(attempt, (10, 60), 1.0) for attempt in (1, 2, 3, 4)]
    [10, 20, 40, 60]
    """
    base, cap = backoff
    doublings = min(attempt - 1, 64)  # beyond that the cap has been reached, whatever the base
    return round(min(cap, base << doublings) * fraction)
