"""Backfill: runs for slots of the past, and never two that wait for one slot."""

from __future__ import annotations

from rota.instants import SECOND
from rota.ports.records import NewRun
from rota.testing.conformance.base import ONE, Base

__all__ = ("Backfilling",)


class Backfilling(Base):
    """The verb `backfill`."""

    def news(self, *dues: int, **fields: object) -> list[NewRun]:
        """Runs to be, one for each due time."""
        return [
            NewRun("task", due, kind="backfill", schedule="s", **fields)  # type: ignore[arg-type]
            for due in dues
        ]

    def test_each_run_keeps_its_slot_and_is_counted(self) -> None:
        self.schedule()
        rows = self.store.backfill("s", self.news(1, 2, 3, user="ann"), self.now)
        assert [(row.due, row.kind, row.state, row.user) for row in rows] == [
            (due, "backfill", "queued", "ann") for due in (1, 2, 3)
        ]
        assert [self.ran(row) for row in rows] == rows
        assert (self.stands().runs, self.stands().queued) == (3, 3)

    def test_a_slot_with_an_open_backfill_is_left_out(self) -> None:
        node = self.node()
        self.schedule()
        self.store.backfill("s", self.news(1, 2), self.now)
        running = self.take(node, 1)[0]
        again = self.store.backfill("s", self.news(1, 2, 3), self.now)
        assert [row.due for row in again] == [3]
        assert self.stands().runs == 3
        self.finish(running)
        assert [row.due for row in self.store.backfill("s", self.news(1, 2, 3), self.now)] == [1]
        assert self.store.backfill("s", [], self.now) == []

    def test_another_target_or_kind_is_no_backfill_of_the_slot(self) -> None:
        self.schedule()
        self.launch()
        due = self.now
        self.queue(schedule="s", due=due, kind="again")
        assert len(self.store.backfill("s", self.news(due), due)) == 1
        assert len(self.store.backfill("s", self.news(due, target="other"), due)) == 1

    def test_backfills_wait_for_room_like_all_runs(self) -> None:
        node = self.node()
        self.schedule()
        self.store.backfill("s", self.news(1, 2, room=ONE), self.now)
        (first,) = self.take(node)
        assert first.due == 1
        self.clock.advance(1)
        self.finish(first)
        assert [row.due for row in self.take(node)] == [2]

    def test_backfills_leave_the_slots_of_the_schedule_alone(self) -> None:
        row = self.schedule()
        self.store.backfill("s", self.news(self.now, self.now - SECOND), self.now)
        after = self.stands()
        assert (after.next_due, after.decided_through) == (row.next_due, row.decided_through)
        assert len(self.launch().launched) == 1
