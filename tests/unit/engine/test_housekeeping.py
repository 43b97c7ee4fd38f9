"""The diary of Rota's own housekeeping."""

from __future__ import annotations

from rota.engine.upkeep.housekeeping import CHORES, PREFIX, SILENT, Diary
from rota.ports.records import EventQuery
from rota.stores.memory import MemoryStore
from rota.testing.clock import SettableClock

PRUNE = f"{PREFIX}prune"


def test_every_chore_bears_its_name_and_says_what_it_does() -> None:
    assert all(chore.identifier.startswith(PREFIX) for chore in CHORES)
    assert all(chore.words.endswith(".") and chore.often for chore in CHORES)


def test_what_was_done_is_written_and_nothing_at_most_once_an_hour() -> None:
    store = MemoryStore(SettableClock())
    diary = Diary(store, boot=0)
    minute = SILENT // 60
    told = [
        diary.note(PRUNE, "web-1", 0, "rows deleted", now=boot, boot=boot)
        for boot in range(0, 3 * SILENT, minute)
    ]
    assert told.count(True) == 2
    assert diary.note(PRUNE, "web-1", 1_200, "rows deleted", now=9, boot=3 * SILENT)
    (latest, *_) = store.events(EventQuery(kind=PREFIX))
    assert (latest.kind, latest.text, latest.node) == (PRUNE, "1,200 rows deleted", "web-1")
