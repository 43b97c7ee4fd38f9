"""Retention: what is forgotten, and what never is."""

from __future__ import annotations

from rota.ports.records import LogLine, NewRun, RunQuery, Skip
from rota.testing.conformance.base import Base

__all__ = ("Retention",)


class Retention(Base):
    """The verb `prune`."""

    def ended_runs(self, count: int = 5) -> None:
        """So many succeeded runs of the schedule, a second apart."""
        node = self.node()
        self.schedule()
        for _ in range(count):
            self.queue(schedule="s")
            self.finish(self.taken(node))
            self.clock.advance(1)

    def left(self) -> list[int]:
        """The ids that are left, newest first."""
        return [row.id for row in self.store.runs(RunQuery(schedule="s"))]

    def test_beyond_the_newest(self) -> None:
        self.ended_runs()
        assert self.store.prune("s", 0, 2, 10) == 3
        assert self.left() == [5, 4]
        assert self.store.prune("s", 0, 2, 10) == 0

    def test_by_age(self) -> None:
        self.ended_runs()
        assert self.store.prune("s", self.now - 2_000_000, 100, 10) == 3
        assert self.left() == [5, 4]

    def test_in_pieces_oldest_first(self) -> None:
        self.ended_runs()
        assert self.store.prune("s", 0, 1, 2) == 2
        assert self.left() == [5, 4, 3]
        assert self.store.prune("s", 0, 1, 0) == 0

    def test_the_latest_row_stays_whatever_is_asked(self) -> None:
        self.ended_runs()
        assert self.store.prune("s", self.now, 0, 10) == 4
        assert self.left() == [5]

    def test_open_runs_stay(self) -> None:
        self.ended_runs(2)
        waiting = self.queue(schedule="s", not_before=self.now + 9)
        self.queue(schedule="s")
        assert self.store.prune("s", self.now + 99, 0, 10) == 2
        assert self.left() == [waiting.id + 1, waiting.id]

    def test_a_run_takes_its_log_along(self) -> None:
        self.ended_runs(2)
        lines = [LogLine(run, 1, 0, "info", "", "x") for run in (1, 2)]
        self.store.report([], lines)
        self.store.prune("s", 0, 1, 10)
        assert self.store.log(1, 0, 10) == []
        assert self.store.log(2, 0, 10) == lines[1:]

    def test_a_skip_ages_with_its_last_slot(self) -> None:
        self.schedule(next_due=10)
        self.decide(skips=(Skip(10, 30, 3, "paused"),), due=30)
        self.decide(NewRun("task", 40), due=40)
        assert self.store.prune("s", 30, 9, 10) == 0
        assert self.store.prune("s", 31, 9, 10) == 1

    def test_runs_of_no_schedule_are_pruned_among_themselves(self) -> None:
        self.ended_runs(3)
        node = self.node()
        for _ in range(3):
            self.queue()
            self.finish(self.taken(node))
        assert self.store.prune(None, 0, 1, 10) == 2
        assert len(self.left()) == 3

    def test_of_nothing_nothing_goes(self) -> None:
        assert self.store.prune("nowhere", self.now, 0, 10) == 0
        assert self.store.prune(None, self.now, 0, 10) == 0

    def test_a_forgotten_slot_is_not_launched_again(self) -> None:
        node = self.node()
        self.schedule()
        due = self.now
        self.launch()
        self.finish(self.taken(node))
        self.launch()
        self.finish(self.taken(node))
        assert self.store.prune("s", self.now + 99, 0, 10) == 1
        self.store.change_schedule("s", None, {"next_due": due})
        assert self.launch().launched == ()
