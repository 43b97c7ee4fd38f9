"""Zone rules that change in the middle of a history: nodes come back with a newer release of them.

One process has one set of zone rules. Here the rules of one zone are those of another for as long
as a node with the older release acts, so that two nodes beside each other may differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rota.instants import SECOND
from rota.when.zone import zone

__all__ = ("APART", "PLACE", "RELEASES", "ZONES", "rules", "text_by")

PLACE = "Asia/Kathmandu"  # what the schedules name
ZONES = ("Asia/Kolkata", "Asia/Kathmandu")  # a quarter of an hour apart, and neither ever changes
APART = 900 * SECOND
RELEASES = ("2026a", "2026b")


@contextmanager
def rules(by: str) -> Iterator[None]:
    """Within, `PLACE` has the rules of the zone `by`."""
    here, other = zone(PLACE), zone(by)
    kept = here.info, here.epoch
    here.info, here.epoch = other.info, other.epoch
    try:
        yield
    finally:
        here.info, here.epoch = kept


def text_by(trigger: str, by: str) -> str:
    """The trigger that says the same under the rules of every process.

    >>> text_by("daily at 09:00 in Asia/Kathmandu", "Asia/Kolkata")
    'daily at 09:00 in Asia/Kolkata'
    """
    return trigger.replace(PLACE, by)
