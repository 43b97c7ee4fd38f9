"""The audit, which only grows, and the revisions of schedules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rota.ports.changes import AuditQuery, AuditRow, RevisionRow
from rota.testing.conformance.base import Base

__all__ = ("Changes",)

ROWS = [
    AuditRow(1, "ada", "page", "schedule.changed", "a", {"trigger": "x"}, {"trigger": "y"}, "why"),
    AuditRow(2, None, "code", "schedule.added", "b", None, {"task": "t"}),
    AuditRow(3, "ida", "api", "run.asked", "a", None, {"run": 7}),
    AuditRow(4, "ada", "cli", "account.removed", "ida", {"role": "view"}),
]
ONE = RevisionRow("s", 1, "ada", "page", "added", 1, {"trigger": "every 1s"})


class Changes(Base):
    """The verbs for the audit and for revisions."""

    def test_the_audit_comes_back_newest_first_with_numbers(self) -> None:
        self.store.add_audit(ROWS[:1])
        self.store.add_audit([])
        self.store.add_audit(ROWS[1:])
        expected = [replace(row, id=number) for number, row in enumerate(ROWS, 1)]
        assert self.store.audit(AuditQuery()) == expected[::-1]

    @pytest.mark.parametrize(
        "query, ids",
        [
            ({"limit": 2}, [4, 3]),
            ({"before": 3}, [2, 1]),
            ({"before": 2**80}, [4, 3, 2, 1]),
            ({"action": "schedule."}, [2, 1]),
            ({"action": "%"}, []),
            ({"subject": "a"}, [3, 1]),
            ({"user": "ada"}, [4, 1]),
            ({"user": "ada", "subject": "a"}, [1]),
            ({"limit": 0}, []),
        ],
    )
    def test_audit_filters(self, query: dict[str, Any], ids: list[int]) -> None:
        self.store.add_audit(ROWS)
        assert [row.id for row in self.store.audit(AuditQuery(**query))] == ids

    def test_a_change_that_is_taken_back_leaves_no_audit(self) -> None:
        def fail() -> None:
            with self.store.transaction():
                self.store.add_audit(ROWS)
                self.store.add_revision(ONE, 100)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert self.store.audit(AuditQuery()) == []
        assert self.store.revisions("s", None, 10) == []

    def test_revisions_are_numbered_for_each_schedule(self) -> None:
        first = self.store.add_revision(ONE, 100)
        second = self.store.add_revision(replace(ONE, time=2, action="changed", user=None), 100)
        other = self.store.add_revision(replace(ONE, schedule="t"), 100)
        assert [first.number, second.number, other.number] == [1, 2, 1]
        assert self.store.revisions("s", None, 10) == [second, first]
        assert self.store.revisions("s", 2, 10) == [first]
        assert self.store.revisions("s", None, 1) == [second]
        assert self.store.revision("s", 1) == first
        assert self.store.revision("s", 3) is None
        assert self.store.revision("nobody", 1) is None

    def test_only_the_newest_revisions_stay_and_numbers_are_not_given_twice(self) -> None:
        for _ in range(5):
            self.store.add_revision(ONE, 3)
        self.store.add_revision(replace(ONE, schedule="t"), 3)
        assert [row.number for row in self.store.revisions("s", None, 10)] == [5, 4, 3]
        assert self.store.add_revision(ONE, 1).number == 6
        assert [row.number for row in self.store.revisions("s", None, 10)] == [6]
        assert len(self.store.revisions("t", None, 10)) == 1

    def test_revisions_outlive_their_schedule(self) -> None:
        self.schedule()
        self.store.add_revision(ONE, 3)
        self.store.remove_schedule("s")
        assert [row.number for row in self.store.revisions("s", None, 10)] == [1]
