"""Finding runs: one, pages, the decision on a due time, the run before."""

from __future__ import annotations

from typing import Any

import pytest

from rota.ports.records import NewRun, RunQuery, Skip
from rota.testing.conformance.base import Base

__all__ = ("Reading",)


class Reading(Base):
    """The verbs that only read the history."""

    def test_an_unknown_run_is_none(self) -> None:
        for number in (1, 0, -1, 2**63, 10**30):
            assert self.store.run(number) is None

    def test_pages_are_newest_first(self) -> None:
        for _ in range(5):
            self.queue()
        assert self.page(limit=2) == [5, 4]
        assert self.page(limit=2, before=4) == [3, 2]
        assert self.page(limit=9, before=1) == []
        assert self.page(limit=0) == []

    @pytest.fixture
    def _mixed(self) -> None:
        """Runs of every sort: ids 1 to 8."""
        node = self.node("task", "other")
        self.schedule("a", next_due=10)
        self.schedule("b", next_due=10)
        ends = ("succeeded", "failed", "retrying", "cancelled")
        for number, end in enumerate(ends, 1):
            name = "ab"[number % 2]
            self.queue(schedule=name)
            self.finish(self.taken(node), end, not_before=self.now + 9)
        self.decide(NewRun("task", 10), name="a", due=10)
        self.decide(name="b", skips=(Skip(10, 10, 1, "window"),), due=10)
        self.take(node)
        self.queue("other")
        self.queue(schedule="a")

    @pytest.mark.usefixtures("_mixed")
    @pytest.mark.parametrize(
        "query, ids",
        [
            ({}, [8, 7, 6, 5, 4, 3, 2, 1]),
            ({"schedule": "a"}, [8, 5, 4, 2]),
            ({"schedule": "a", "states": ("failed", "cancelled")}, [4, 2]),
            ({"schedule": "b", "kinds": ("slot",)}, [6]),
            ({"schedule": "nowhere"}, []),
            ({"task": "other"}, [7]),
            ({"task": "task", "states": ("succeeded",)}, [1]),
            ({"task": "task", "states": ("failed", "skipped")}, [6, 2]),
            ({"states": ("skipped", "failed", "cancelled"), "limit": 2}, [6, 4]),
            ({"states": ("skipped", "failed"), "before": 6}, [2]),
            ({"states": ("queued", "running", "retrying")}, [8, 7, 5, 3]),
            ({"states": ("retrying",)}, [3]),
            ({"states": ("running", "succeeded")}, [5, 1]),
            ({"states": ("no such state",)}, []),
            ({"kinds": ("slot",)}, [6, 5]),
            ({"kinds": ("slot", "manual"), "task": "other"}, [7]),
            ({"task": "task", "schedule": "b"}, [6, 3, 1]),
        ],
    )
    def test_filters(self, query: dict[str, Any], ids: list[int]) -> None:
        assert self.page(**query) == ids

    def page(self, **query: Any) -> list[int]:
        """The ids on a page."""
        return [row.id for row in self.store.runs(RunQuery(**query))]

    def test_the_decision_on_a_due_time(self) -> None:
        self.schedule(next_due=10)
        self.decide(skips=(Skip(10, 30, 3, "paused"),), due=30)
        self.decide(NewRun("task", 40), due=40)
        self.queue(schedule="s", due=50)
        found = {due: self.decided(due) for due in (5, 10, 20, 30, 31, 40, 50)}
        assert found == {5: None, 10: 1, 20: 1, 30: 1, 31: None, 40: 2, 50: None}
        assert self.store.decisions_at("nowhere", 10, 9) == []

    def test_a_run_comes_before_a_skip_of_another_target(self) -> None:
        self.schedule(next_due=10)
        self.decide(skips=(Skip(10, 20, 2, "no_node"),), due=20)
        self.schedule("t", next_due=10)
        self.store.add_run(NewRun("task", 15, schedule="s", target="a"), self.now)
        assert self.decided(15) == 2

    def decided(self, due: int) -> int | None:
        """The id of the row that decides a due time."""
        rows = self.store.decisions_at("s", due, 1)
        return rows[0].id if rows else None

    def test_the_run_before(self) -> None:
        node = self.node()
        self.schedule()
        assert self.store.previous("s", 9) is None
        for state in ("succeeded", "failed"):
            self.queue(schedule="s")
            self.finish(self.taken(node), state)
        never_started = self.queue(schedule="s")
        self.store.cancel_run(never_started.id, "user", None, self.now)
        self.queue(schedule="s")
        still_running = self.taken(node)
        before = {n: self.store.previous("s", n) for n in (1, 2, 3, still_running.id, 99)}
        assert [row and row.id for row in before.values()] == [None, 1, 2, 2, 2]

    def test_what_is_read_is_nobody_elses(self) -> None:
        parameters: dict[str, Any] = {"list": [1]}
        row = self.queue(parameters=parameters)
        parameters["list"].append(2)
        row.parameters["list"].append(3)  # type: ignore[attr-defined]
        assert self.ran(row).parameters == {"list": [1]}
