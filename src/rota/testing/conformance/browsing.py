"""Lists for people: filters, orders, counts, and outcomes to draw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rota.instants import SECOND
from rota.ports.browsing import SORTS, Browse
from rota.ports.records import NewRun, Skip, TaskRow
from rota.testing.conformance.base import Base

__all__ = ("Browsing",)

FAR = 10**15


class Browsing(Base):
    """The verbs for lists and drawings."""

    @pytest.fixture
    def _many(self) -> None:
        """A schedule of every standing."""
        node = self.node("task", "other")
        now = self.now
        self.store.put_tasks([TaskRow("task", "Zebra"), TaskRow("other", "")])
        self.schedule("ran", next_due=now + 5, title="beta", runs=7)
        self.schedule("bad", next_due=now + 9, title="Alpha", runs=2)
        self.schedule("late", next_due=now - 31 * SECOND)
        self.schedule("off", enabled=False, title="off", last_state="failed")
        self.schedule("rest", paused=True, paused_until=now + 7, title="rest", next_due=now + 1)
        self.schedule("over", paused=True, paused_until=now, title="over", next_due=now + 2)
        self.schedule("stop", paused=True, title="stop", last_state="failed")
        self.schedule("done", next_due=None, title="done", origin="code")
        self.schedule("hand", next_due=None, title="hand", trigger="manual")
        self.schedule("gone", task="nowhere", title="gone", next_due=now + 3)
        self.schedule("busy", task="other", title="busy", next_due=now + 4)
        self.schedule("line", task="other", title="line", next_due=now + 6)
        for name, state in (("ran", "succeeded"), ("bad", "failed")):
            self.queue(schedule=name)
            self.finish(self.taken(node), state)
        self.queue("other", schedule="busy")
        self.take(node, tasks=("task", "other"))
        self.queue("other", schedule="line")

    def shown(self, **query: Any) -> list[str]:
        """The names on a page."""
        query = {"known": ("task", "other"), **query}
        return [name for name, _, _ in self.store.browse(Browse(self.now, **query))]

    @pytest.mark.usefixtures("_many")
    @pytest.mark.parametrize(
        "query, names",
        [
            ({"sort": "name"}, "bad ran busy done gone hand line off over rest stop late"),
            ({"sort": "next", "limit": 7}, "late over gone busy ran line rest"),
            ({"sort": "runs", "limit": 2}, "ran bad"),
            ({"sort": "status", "limit": 4}, "gone late bad busy"),
            ({"troubled": True}, "bad gone late"),
            ({"statuses": ("paused",)}, "rest stop"),
            ({"statuses": ("disabled", "finished")}, "done off"),
            ({"statuses": ("waiting",)}, "bad ran hand over"),
            ({"statuses": ("running",)}, "busy"),
            ({"statuses": ("queued",)}, "line"),
            ({"statuses": ("orphaned",)}, "gone"),
            ({"statuses": ("orphaned",), "known": None}, ""),
            ({"outcomes": ("failed",)}, "bad off stop"),
            ({"outcomes": ("succeeded", "failed"), "enabled": True}, "bad ran stop"),
            ({"enabled": False}, "off"),
            ({"origin": "code"}, "done"),
            ({"task": "other"}, "busy line"),
            ({"search": "ALP"}, "bad"),
            ({"search": "other", "statuses": ("queued",)}, "line"),
            ({"search": "%"}, ""),
        ],
    )
    def test_filters_and_orders(self, query: dict[str, Any], names: str) -> None:
        assert self.shown(**query) == names.split()

    @pytest.mark.usefixtures("_many")
    @pytest.mark.parametrize("sort", SORTS)
    def test_pages_follow_each_other(self, sort: str) -> None:
        query = Browse(self.now, sort=sort, limit=5)
        whole = self.store.browse(replace(query, limit=99))
        found = page = self.store.browse(query)
        while page:
            name, place, title = page[-1]
            page = self.store.browse(replace(query, after=(place, title, name)))
            found = found + page
        assert found == whole
        assert len({name for name, _, _ in whole}) == 12

    @pytest.mark.usefixtures("_many")
    def test_counts_are_of_all_that_search_and_task_leave(self) -> None:
        query = Browse(self.now, ("task", "other"), statuses=("running",), limit=1)
        tally, _ = self.store.tally(query)
        assert sum(one.count for one in tally) == 12
        assert sum(one.count for one in tally if one.troubled) == 3
        assert sum(one.count for one in tally if one.status == "waiting") == 4
        assert sum(one.count for one in tally if not one.enabled) == 1
        assert {one.outcome for one in tally} == {"succeeded", "failed", "never"}
        other, _ = self.store.tally(replace(query, task="other"))
        assert sum(one.count for one in other) == 2
        assert self.store.tally(replace(query, search="no such name")) == ([], [])

    @pytest.mark.usefixtures("_many")
    def test_the_tasks_with_the_most_schedules(self) -> None:
        query = Browse(self.now, ("task", "other"), task="other", limit=2)
        assert self.store.tally(query)[1] == [("task", 9), ("other", 2)]
        late = replace(query, statuses=("late", "orphaned"), limit=9)
        assert self.store.tally(late)[1] == [("nowhere", 1), ("task", 1)]
        assert (
            sum(many for _, many in self.store.tally(replace(late, statuses=(), troubled=True))[1])
            == 3
        )
        assert self.store.tally(replace(query, limit=0))[1] == []

    def test_schedules_by_name(self) -> None:
        for name in ("a", "b", "c"):
            self.schedule(name)
        found = self.store.schedules_named(["c", "nowhere", "a"])
        assert [row.name for row in found] == ["c", "a"]
        assert self.store.schedules_named([]) == []

    def test_the_latest_outcomes_of_each(self) -> None:
        node = self.node()
        for name in ("a", "b"):
            self.schedule(name, next_due=10)
            for state in ("succeeded", "failed", "succeeded"):
                self.queue(schedule=name)
                self.finish(self.taken(node), state)
        self.decide(name="a", skips=(Skip(10, 30, 3, "paused"),), due=30)
        found = self.store.latest_outcomes(["b", "a", "nowhere", "b"], 2)
        said = [(one.schedule, one.state, one.skips) for one in found]
        assert said == [("b", "succeeded", 0), ("b", "failed", 0),
                        ("a", "skipped", 3), ("a", "succeeded", 0)]  # fmt: skip
        assert (found[2].due, found[2].due_last, found[2].reason) == (10, 30, "paused")
        assert None not in (found[0].started, found[0].finished)
        assert self.store.latest_outcomes(["a"], 0) == []

    def test_outcomes_between_two_instants(self) -> None:
        begin = self.now
        for _ in range(9):
            self.store.add_run(NewRun("task", self.now, kind="manual"), self.now)
            self.clock.advance(1)
        at = begin + 2 * SECOND
        assert self.between(at, at + 3 * SECOND) == [5, 4, 3]
        assert self.between(at, at + 3 * SECOND, limit=2) == [5, 4]
        assert self.between(0, FAR * 10) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
        assert self.between(begin - 9, begin) == []
        assert self.between(self.now, FAR * 10) == []
        assert self.between(at, at) == []

    def between(self, since: int, until: int, limit: int = 99) -> list[int]:
        """The ids of the outcomes made then."""
        return [one.id for one in self.store.outcomes(since, until, limit)]
