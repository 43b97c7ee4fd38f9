"""What Rota does by itself, as lists show it: each chore with what its diary says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rota.engine.client.items import EventItem, Page, SystemItem
from rota.engine.client.paging import page_of
from rota.engine.upkeep.housekeeping import CHORES, NOTHING, Chore

__all__ = ("LOOKED_AT", "described")

LOOKED_AT = 100  # lines of a chore's diary: it writes one an hour if there is nothing to do


def described(
    diary: Callable[[str], Sequence[EventItem]], limit: int, cursor: str | None
) -> Page[SystemItem]:
    """A page of the chores, each with what its diary says."""
    chores = sorted(CHORES, key=lambda chore: chore.identifier)
    chores = [chore for chore in chores if chore.identifier > (cursor or "")]
    return page_of(
        chores, limit, lambda chore: item_of(chore, diary(chore.identifier)),
        lambda chore: chore.identifier,
    )  # fmt: skip


def item_of(chore: Chore, diary: Sequence[EventItem]) -> SystemItem:
    """A chore with the newest of its lines, and the newest that tells of something done."""
    last = next(iter(diary), None)
    acted = next((event for event in diary if event.text != NOTHING), None)
    return SystemItem(
        chore.identifier, chore.title, chore.words, chore.often,
        last.time if last else None, last.text if last else None, last.node if last else None,
        acted.time if acted else None, acted.text if acted else None,
    )  # fmt: skip
