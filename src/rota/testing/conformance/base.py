"""What every topic stands on: a fresh store, a clock that stands still, and the usual moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.ports.records import (
    Decided,
    Decision,
    Finish,
    NewRun,
    NodeRow,
    Progress,
    Room,
    RunRow,
    ScheduleQuery,
    ScheduleRow,
    Skip,
)
from rota.ports.store import Store
from rota.testing.clock import SettableClock

__all__ = ("LEASE", "ONE", "Base")

LEASE = 15 * SECOND
ONE = Room(open=1, running=1)  # overlap "skip"


class Base:
    """A store under test, `self.store`, and its clock, `self.clock`."""

    store: Store
    clock: SettableClock
    folder: Path

    def make_store(self, clock: Clock, folder: Path) -> Store:
        """A new, empty store; `folder` is this test's own."""
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _fresh_store(self, tmp_path: Path) -> Iterator[None]:
        self.folder = tmp_path
        self.clock = SettableClock()
        self.store = self.make_store(self.clock, tmp_path)
        self.store.open("conformance")
        yield
        self.store.close()

    # ----------------------------------------------------------- the usual moves

    @property
    def now(self) -> int:
        """The clock's instant."""
        return self.clock.now()

    def node(self, *tasks: str, lease: int = LEASE) -> str:
        """The name of a node that just joined."""
        row = NodeRow("", "host", 1, "1", tasks=tasks or ("task",), started=self.now, seen=self.now)
        return self.store.join(row, lease).name

    def schedule(self, name: str = "s", **fields: Any) -> ScheduleRow:
        """A schedule that is due now."""
        usual: dict[str, Any] = {"task": "task", "trigger": "every 1s", "next_due": self.now}
        row = ScheduleRow(name, **{**usual, **fields})
        added = self.store.add_schedule(row)
        assert added is not None
        return added

    def stands(self, name: str = "s") -> ScheduleRow:
        """The schedule as it stands."""
        row = self.store.schedule(name)
        assert row is not None
        return row

    def names(self, **query: Any) -> list[str]:
        """The names on a page of schedules."""
        return [row.name for row in self.store.schedules(ScheduleQuery(**query))]

    def decision(
        self,
        *launches: NewRun,
        name: str = "s",
        skips: tuple[Skip, ...] = (),
        due: int | None = None,
        **fields: Any,
    ) -> Decision:
        """A decision on the schedule as it stands now, through its due time."""
        row = self.stands(name)
        through = row.next_due or 0 if due is None else due
        given = {"next_due": through + SECOND, "decided_through": through, **fields}
        return Decision(name, row.version, row.next_due, launches=launches, skips=skips, **given)

    def decide(self, *launches: NewRun, name: str = "s", **fields: Any) -> Decided:
        """Decide at once."""
        (decided,) = self.store.decide([self.decision(*launches, name=name, **fields)], self.now)
        return decided

    def new_run(self, name: str = "s", **fields: Any) -> NewRun:
        """A launch of the slot the schedule stands at."""
        row = self.stands(name)
        assert row.next_due is not None
        return NewRun(row.task, row.next_due, schedule=name, **fields)

    def launch(self, name: str = "s", **fields: Any) -> Decided:
        """Launch the slot the schedule stands at."""
        return self.decide(self.new_run(name, **fields), name=name)

    def asked(self, task: str = "task", **fields: Any) -> NewRun:
        """What a person asks for."""
        return NewRun(task, **{"due": self.now, "kind": "manual", **fields})

    def queue(self, task: str = "task", **fields: Any) -> RunRow:
        """A run that a person asked for."""
        row = self.store.add_run(self.asked(task, **fields), self.now)
        assert row is not None
        return row

    def take(
        self, node: str, limit: int = 100, tasks: tuple[str, ...] = ("task",), ahead: int = 0
    ) -> list[RunRow]:
        """Take what waits."""
        return self.store.take(node, tasks, limit, self.now, ahead)

    def taken(self, node: str, ahead: int = 0) -> RunRow:
        """The one run that waits, taken."""
        (row,) = self.take(node, ahead=ahead)
        return row

    def taken_ahead(self, node: str, wait: int = SECOND, **fields: Any) -> RunRow:
        """A launch of the schedule that this node has taken ahead of its start."""
        self.launch(not_before=self.now + wait, **fields)
        return self.taken(node, ahead=wait)

    def finish(self, row: RunRow, state: str = "succeeded", **fields: Any) -> bool | None:
        """Report the end of an attempt."""
        given = {"finished": self.now, **fields}
        (counted,) = self.store.finish([Finish(row.id, row.fence, state, **given)], self.now)
        return counted

    def progress(self, row: RunRow, fraction: float, message: str = "") -> Progress:
        """Progress under the fence the row bears."""
        return Progress(row.id, row.fence, fraction, message)

    def ran(self, row: RunRow) -> RunRow:
        """The run as it is now."""
        found = self.store.run(row.id)
        assert found is not None
        return found
