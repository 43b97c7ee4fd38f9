"""Runs whose task nobody knows: found, and brought to an end."""

from __future__ import annotations

from rota.ports.records import TaskRow
from rota.testing.conformance.base import Base

__all__ = ("Missing",)


class Missing(Base):
    """The verbs `unclaimed` and `fail_waiting`."""

    def test_unclaimed_are_waiting_runs_of_registered_tasks_that_are_not_named(self) -> None:
        self.store.put_tasks([TaskRow("task"), TaskRow("other"), TaskRow("third")])
        node = self.node("other")
        for task in ("other", "task", "third", "other", "never"):
            self.queue(task)
        self.take(node, 1, ("other",))  # it runs: nobody needs to claim it

        def found(*tasks: str, limit: int = 10) -> list[tuple[int, str]]:
            return [(row.id, row.task) for row in self.store.unclaimed(tasks, limit)]

        assert found("task") == [(3, "third"), (4, "other")]
        assert found() == [(2, "task"), (3, "third"), (4, "other")]
        assert found(limit=1) == [(2, "task")]
        assert found("task", "third", "other", "x") == []

    def test_a_waiting_run_fails_with_its_text_which_its_schedule_shows(self) -> None:
        self.schedule()
        self.launch()
        row = self.store.run(1)
        assert row is not None
        self.clock.advance(1)
        (failed,) = self.store.fail_waiting([(row.id, "first\nnobody\0")], "task_missing", self.now)
        assert (failed.state, failed.reason, failed.error, failed.finished) == (
            "failed", "task_missing", "first\nnobody\ufffd", self.now,
        )  # fmt: skip
        assert (failed.started, failed.attempt, failed.result) == (None, 0, None)
        assert self.ran(row) == failed
        stands = self.stands()
        assert (stands.last_state, stands.last_result) == ("failed", "nobody\ufffd")
        assert (stands.last_finished, stands.last_run, stands.queued) == (self.now, None, 0)
        assert self.take(self.node()) == []

    def test_what_does_not_wait_any_more_is_left_alone(self) -> None:
        node = self.node()
        running, waiting = self.queue(), self.queue("other")
        self.take(node)
        ends = [(running.id, "x"), (waiting.id, "y"), (99, "z")]
        assert [row.id for row in self.store.fail_waiting(ends, "task_missing", self.now)] == [
            waiting.id
        ]
        assert self.store.fail_waiting(ends, "task_missing", self.now) == []
        assert self.store.fail_waiting([], "task_missing", self.now) == []
        assert self.ran(running).state == "running"
