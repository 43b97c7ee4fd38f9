"""Offering: who may take a run that a person asked for, and for how long nobody else.

“Run now” happens on the node that served the request; if that one is busy or gone, any other takes
it a little later. Source: the vendor's page “Scheduled tasks”, tasks launched manually.
"""

from __future__ import annotations

__all__ = ("OFFER", "is_offered_to_another")

OFFER = 5_000_000  # microseconds


def is_offered_to_another(kind: str, due: int, to: str | None, node: str, now: int) -> bool:
    """Whether a waiting run is for somebody else yet. `due` of a manual run is when it was asked.

    >>> is_offered_to_another("manual", 0, "a-1", "b-1", OFFER - 1)
    True
    >>> is_offered_to_another("manual", 0, "a-1", "b-1", OFFER)
    False
    """
    return kind == "manual" and to not in (None, node) and now - due < OFFER
