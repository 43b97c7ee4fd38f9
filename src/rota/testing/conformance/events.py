"""The event log: appending and finding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rota.ports.records import EventQuery, EventRow
from rota.testing.conformance.base import Base

__all__ = ("Events",)

ROWS = [
    EventRow(1, "info", "node.started", "It started", node="host-1"),
    EventRow(2, "error", "run.failed", "100% of IT failed", schedule="a", run=7),
    EventRow(3, "warning", "run.lost", "gone", schedule="b", run=8),
    EventRow(4, "info", "schedule.paused", "paused by ada", schedule="a", user="ada"),
    EventRow(5, "info", "runtime", "other", schedule="a"),
]


class Events(Base):
    """The verbs for events."""

    def test_events_come_back_newest_first_with_numbers(self) -> None:
        self.store.add_events(ROWS[:2])
        self.store.add_events([])
        self.store.add_events(ROWS[2:])
        expected = [replace(row, id=number) for number, row in enumerate(ROWS, 1)]
        assert self.store.events(EventQuery()) == expected[::-1]

    @pytest.mark.parametrize(
        "query, ids",
        [
            ({"limit": 2}, [5, 4]),
            ({"before": 3}, [2, 1]),
            ({"levels": ("error", "warning")}, [3, 2]),
            ({"kind": "run."}, [3, 2]),
            ({"kind": "run"}, [5, 3, 2]),
            ({"kind": "%"}, []),
            ({"schedule": "a"}, [5, 4, 2]),
            ({"schedule": "a", "levels": ("error",)}, [2]),
            ({"schedule": "a", "before": 5, "limit": 1}, [4]),
            ({"run": 8}, [3]),
            ({"search": "it"}, [2, 1]),
            ({"search": "100%"}, [2]),
            ({"search": "_"}, []),
            ({"limit": 0}, []),
        ],
    )
    def test_event_filters(self, query: dict[str, Any], ids: list[int]) -> None:
        self.store.add_events(ROWS)
        assert [row.id for row in self.store.events(EventQuery(**query))] == ids

    def test_old_events_are_pruned_in_pieces(self) -> None:
        self.store.add_events(ROWS)
        assert self.store.prune_events(4, 2) == 2
        assert self.store.prune_events(4, 2) == 1
        assert self.store.prune_events(4, 2) == 0
        assert [row.id for row in self.store.events(EventQuery())] == [5, 4]

    def test_event_numbers_are_not_given_twice(self) -> None:
        self.store.add_events(ROWS)
        self.store.prune_events(10, 10)
        self.store.add_events(ROWS[:1])
        assert [row.id for row in self.store.events(EventQuery())] == [6]
