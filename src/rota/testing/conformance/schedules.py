"""Tasks and schedules: adding, changing, removing, and finding those that are due."""

from __future__ import annotations

import pytest

from rota.instants import SECOND
from rota.ports.records import ScheduleQuery, TaskRow
from rota.testing.conformance.base import Base

__all__ = ("Schedules",)

HOUR = 3_600 * SECOND


class Schedules(Base):
    """The verbs for tasks and schedules."""

    # ------------------------------------------------------------------- tasks

    def test_tasks_come_back_by_identifier(self) -> None:
        rows = [
            TaskRow(name, "Title", "shop.tasks:3", {"type": "object"}, {"retries": 2}, 5)
            for name in ("b", "a")
        ]
        self.store.put_tasks(rows)
        assert self.store.tasks() == sorted(rows, key=lambda row: row.identifier)

    def test_seen_alone_is_written_once_an_hour(self) -> None:
        self.store.put_tasks([TaskRow("a", seen=0)])
        self.store.put_tasks([TaskRow("a", seen=HOUR - 1)])
        assert [row.seen for row in self.store.tasks()] == [0]
        self.store.put_tasks([TaskRow("a", seen=HOUR)])
        assert [row.seen for row in self.store.tasks()] == [HOUR]

    def test_any_other_change_is_written_at_once(self) -> None:
        for row in (
            TaskRow("a", seen=0),
            TaskRow("a", "New title", seen=1),
            TaskRow("a", "New title", "x:1", seen=2),
            TaskRow("a", "New title", "x:1", {"a": 1}, seen=3),
            TaskRow("a", "New title", "x:1", {"a": 1}, {"b": 1}, seen=4),
        ):
            self.store.put_tasks([row])
            assert self.store.tasks() == [row]

    # --------------------------------------------------------- add, change, remove

    def test_a_schedule_comes_back_as_it_was_added(self) -> None:
        row = self.schedule(
            title="Émile’s",
            parameters={"list": [1, None, {"deep": True}], "text": "ď"},
            policies={"retries": 3},
            edited=("title", "policies"),
            paused=True,
            paused_at=1,
            paused_until=2,
            pause_reason="why",
            origin="code",
            code={"trigger": "every 1h", "policies": {"retries": 2}},
            created=SECOND,
            awaits_end=True,
        )
        assert self.store.schedule("s") == row
        assert row.parameters == {"list": [1, None, {"deep": True}], "text": "ď"}
        assert row.edited == ("title", "policies")
        assert row.paused is True
        assert row.awaits_end is True

    def test_a_taken_name_is_none_and_changes_nothing(self) -> None:
        row = self.schedule()
        assert self.store.add_schedule(row) is None
        assert self.stands() == row

    def test_an_unknown_name_is_none(self) -> None:
        assert self.store.schedule("nowhere") is None

    def test_a_change_sets_fields_and_counts_the_version(self) -> None:
        self.schedule()
        row = self.store.change_schedule("s", 1, {"title": "New", "parameters": {"a": [1]}})
        assert row is not None
        assert (row.title, row.parameters, row.version) == ("New", {"a": [1]}, 2)
        assert self.stands() == row

    def test_a_change_against_an_old_version_is_none(self) -> None:
        self.schedule()
        assert self.store.change_schedule("s", None, {"title": "first"}) is not None
        before = self.stands()
        assert self.store.change_schedule("s", 1, {"title": "late"}) is None
        assert self.stands() == before

    def test_a_change_of_nothing_there_is_none(self) -> None:
        assert self.store.change_schedule("nowhere", None, {"title": "x"}) is None

    def test_a_field_that_is_none_or_not_to_be_set_is_refused(self) -> None:
        self.schedule()
        for field in ("name", "version", "running", "queued", "colour"):
            with pytest.raises(ValueError, match=field):
                self.store.change_schedule("s", None, {field: 1})
        assert self.stands().version == 1

    def test_decided_through_never_goes_back(self) -> None:
        self.schedule(decided_through=100)
        row = self.store.change_schedule("s", None, {"decided_through": 50})
        assert row is not None
        assert row.decided_through == 100

    def test_removing_ends_the_queued_and_asks_the_running_to_stop(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        running = self.taken(node)
        queued = self.queue(schedule="s")
        assert self.store.remove_schedule("s") is True
        assert self.store.schedule("s") is None
        gone = self.ran(queued)
        assert (gone.state, gone.reason, gone.finished) == ("cancelled", "user", self.now)
        assert self.store.held(node) == [(running.id, running.fence, "user")]

    def test_removing_twice_is_false(self) -> None:
        self.schedule()
        assert self.store.remove_schedule("s") is True
        assert self.store.remove_schedule("s") is False

    def test_history_survives_its_schedule(self) -> None:
        self.schedule()
        self.launch()
        run = self.taken(self.node())
        self.store.remove_schedule("s")
        assert self.finish(run) is True
        assert self.ran(run).schedule == "s"

    # -------------------------------------------------------------------- pages

    def test_pages_go_by_name(self) -> None:
        for name in ("b", "a", "B", "c"):
            self.schedule(name)
        assert self.names(limit=2) == ["B", "a"]
        assert self.names(after="a", limit=2) == ["b", "c"]
        assert self.names(limit=0) == []

    def test_search_looks_in_name_title_and_task_in_any_case(self) -> None:
        self.schedule("clean-room")
        self.schedule("x", title="The CLEANing")
        self.schedule("y", title="50%_off \\ more")
        assert self.names(search="Clean") == ["clean-room", "x"]
        assert self.names(search="TASK") == ["clean-room", "x", "y"]

    @pytest.mark.parametrize("search", ["%", "_", "\\", "50%_OFF"])
    def test_search_takes_every_character_as_itself(self, search: str) -> None:
        self.schedule("clean-room")
        self.schedule("y", title="50%_off \\ more")
        assert self.names(search=search) == ["y"]

    def test_odd_search_texts_find_nothing(self) -> None:
        self.schedule()
        assert self.names(search="\ud800") == []
        assert self.names(search="x" * 100_000) == []

    def test_schedules_of_one_task(self) -> None:
        self.schedule("a")
        self.schedule("b")
        self.store.change_schedule("b", None, {"task": "other"})
        assert self.names(task="other") == ["b"]

    def test_open_runs_are_counted(self) -> None:
        node = self.node()
        self.schedule()
        self.launch()
        self.taken(node)
        self.queue(schedule="s")
        assert (self.stands().running, self.stands().queued) == (1, 1)
        (row,) = self.store.schedules(ScheduleQuery())
        assert (row.running, row.queued) == (1, 1)

    # ---------------------------------------------------------------------- due

    def test_upcoming_is_earliest_first_and_no_later_than_asked(self) -> None:
        for name, due in (("c", 3), ("a", 2), ("b", 2), ("later", 4), ("none", None)):
            self.schedule(name, next_due=due)
        assert self.due(3) == ["a", "b", "c"]
        assert self.due(3, limit=1) == ["a"]

    def test_upcoming_is_of_the_tasks_asked_for(self) -> None:
        for name, task in (("a", "other"), ("b", "t"), ("c", "another"), ("d", "t")):
            self.schedule(name, task=task, next_due=1, paused=name == "d", paused_until=1)
        for tasks, wanted in ((["t"], ["b", "d"]), (["another", "other"], ["a", "c"]), ([], [])):
            assert [row.name for row in self.store.upcoming(1, 2, tasks)] == wanted

    def test_upcoming_leaves_out_the_disabled_and_the_paused(self) -> None:
        self.schedule("off", next_due=1, enabled=False)
        self.schedule("paused", next_due=1, paused=True)
        self.schedule("until-9", next_due=2, paused=True, paused_until=9)
        self.schedule("on", next_due=3)
        assert self.due(8) == ["on"]
        assert self.due(9) == ["until-9", "on"]

    def test_awaiting_is_enabled_and_has_no_open_run(self) -> None:
        node = self.node()
        self.schedule("off", next_due=None, awaits_end=True, enabled=False)
        self.schedule("plain", next_due=None)
        self.schedule()
        self.decide(self.new_run(), next_due=None, awaits_end=True)
        assert self.store.awaiting(10) == []
        run = self.taken(node)
        assert self.store.awaiting(10) == []
        self.finish(run)
        assert [row.name for row in self.store.awaiting(10)] == ["s"]

    def due(self, until: int, limit: int = 10) -> list[str]:
        """The names of those upcoming."""
        return [row.name for row in self.store.upcoming(until, limit)]
