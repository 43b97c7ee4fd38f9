"""`rota.system`: what Rota does by itself, and what became of it. Nobody can change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rota.engine.context import Context
from rota.engine.housekeeping import CHORES, NOTHING, Chore
from rota.engine.itemize import event_item
from rota.engine.items import EventItem, Page, SystemItem
from rota.engine.paging import bounded
from rota.ports.records import EventQuery

__all__ = ("System", "described")

LOOKED_AT = 100  # lines of a chore's diary: it writes one an hour if there is nothing to do


class System:
    """The system tasks, read-only. Their history is in `rota.events`, each under its identifier.

    >>> from rota import Rota
    >>> [one.identifier for one in Rota("memory://").system.list(limit=2)]
    ['rota.housekeeping.prune', 'rota.housekeeping.recover']
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    def list(self, limit: int = 50, cursor: str | None = None) -> Page[SystemItem]:
        """A page of system tasks by identifier."""
        self.context.ready()
        return described(self.diary, bounded(limit), cursor)

    def diary(self, chore: str) -> Sequence[EventItem]:
        """What a chore wrote, newest first."""
        rows = self.context.store.events(EventQuery(limit=LOOKED_AT, kind=chore))
        return [event_item(row) for row in rows]


def described(
    diary: Callable[[str], Sequence[EventItem]], limit: int, cursor: str | None
) -> Page[SystemItem]:
    """A page of the chores, each with what its diary says."""
    chores = sorted(CHORES, key=lambda chore: chore.identifier)
    chores = [chore for chore in chores if chore.identifier > (cursor or "")]
    items = [item_of(chore, diary(chore.identifier)) for chore in chores[:limit]]
    return Page(items, chores[limit - 1].identifier if len(chores) > limit else None)


def item_of(chore: Chore, diary: Sequence[EventItem]) -> SystemItem:
    """A chore with the newest of its lines, and the newest that tells of something done."""
    last = next(iter(diary), None)
    acted = next((event for event in diary if event.text != NOTHING), None)
    return SystemItem(
        chore.identifier, chore.title, chore.words, chore.often,
        last.time if last else None, last.text if last else None, last.node if last else None,
        acted.time if acted else None, acted.text if acted else None,
    )  # fmt: skip
