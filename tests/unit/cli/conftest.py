"""A command line that runs in this process, and a Rota that only remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from commands import Answer
from rota.cli.entry import carry_out
from rota.engine.client.items import (
    EventItem,
    NodeItem,
    Page,
    RunItem,
    ScheduleItem,
    TaskItem,
    Why,
)
from rota.errors import BadParameters, UnknownRun, UnknownSchedule

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


Call = Callable[..., Answer]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Carry out a command line in this process."""

    def carried_out(*arguments: str) -> Answer:
        code = carry_out(arguments)
        written = capsys.readouterr()
        return Answer(code, written.out, written.err)

    return carried_out


SCHEDULE = ScheduleItem(
    name="acme.clean", title="Clean", task="acme.clean-room",
    trigger="daily at 09:00 in Europe/Prague",
    words="Every day at 09:00 (Europe/Prague).", zone="Europe/Prague", enabled=True, paused=False,
    status="waiting", last_run=NINE - timedelta(days=1), last_result="12 items removed",
    next_run=NINE, runs=7,
)  # fmt: skip
RUN = RunItem(
    id=12, schedule="acme.clean", task="acme.clean-room", kind="manual", due=NINE, state="queued",
    attempt=0, fence=0, node=None, started=None, finished=None, result=None, error=None,
    reason=None,
)  # fmt: skip
DONE = replace(RUN, state="succeeded", attempt=1, fence=3, node="here-1", started=NINE,
               finished=NINE + timedelta(seconds=2), result="12 items removed")  # fmt: skip
NODE = NodeItem(
    name="here-1", host="here", pid=77, version="0.1.0", roles=(), labels=(), state="alive",
    started=NINE, seen=NINE, leader=False, clock_offset_ms=0.0, running=0,
)  # fmt: skip
TASK = TaskItem(
    identifier="acme.clean-room", title="Empty the recycle bin", schedules=1, source="shop:3",
    parameters={"properties": {"site": {}, "depth": {}}, "required": ["site"]}, missing=False,
)  # fmt: skip
EVENT = EventItem(
    id=3, time=NINE, level="error", kind="run.failed", schedule="acme.clean", run=12, node="here-1",
    user=None, text="it failed\x1b[2J",
)  # fmt: skip


class FakeRota:
    """Answers from a handful of items, and keeps a list of what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.url = "memory://"
        self.node_items = [NODE]
        self.run_items = [RUN]
        self.later: list[RunItem] = []  # what runs.get answers, one after the other
        self.why = Why(NINE, "ran", None, DONE)
        self.schedules = Schedules(self)
        self.runs = Runs(self)
        self.tasks = Whole(self, [TASK])
        self.nodes = Whole(self, self.node_items)
        self.overdue = True  # a node's lease is over, and nobody has declared it dead
        store = SimpleNamespace(overdue=lambda: self.overdue)
        self.context = SimpleNamespace(store=store)
        self.events = Events(self)

    def note(self, verb: str, *values: Any, **options: Any) -> None:
        self.asked.append((verb, values, options))

    def changes(self) -> int:
        return len(self.later)

    def tick(self, limit: float) -> dict[str, object]:
        self.note("tick", limit)
        print("a task prints")
        return {"launched": 1, "skipped": 0, "recovered": 0, "runs": [DONE]}

    def run_here(self, name: str, parameters: Any, wait: float | None) -> RunItem:
        self.note("run_here", name, parameters, wait)
        print("a task prints")
        return DONE


class Schedules:
    def __init__(self, rota: FakeRota) -> None:
        self.rota = rota

    def list(self, **options: Any) -> Page[ScheduleItem]:
        self.rota.note("schedules.list", **options)
        return Page([SCHEDULE], "acme.clean" if options["limit"] == 1 else None)

    def get(self, name: str) -> ScheduleItem:
        if name != SCHEDULE.name:
            raise UnknownSchedule("there is no such schedule", part="schedule", text=name,
                                  hint="did you mean acme.clean?")  # fmt: skip
        return SCHEDULE

    def run(self, name: str, parameters: Any = None) -> RunItem:
        self.get(name)
        if parameters == {"depth": "deep"}:
            raise BadParameters("“deep” is no number", part="depth", text="deep")
        self.rota.note("run", name, parameters)
        return RUN

    def pause(self, name: str, *, until: datetime | None, reason: str) -> ScheduleItem:
        self.rota.note("pause", name, until=until, reason=reason)
        return replace(SCHEDULE, paused=True, status="paused", paused_until=until)

    def resume(self, name: str) -> ScheduleItem:
        return self.get(name)

    def why(self, name: str, at: datetime) -> Why:
        self.rota.note("why", name, at)
        return self.rota.why


class Runs:
    def __init__(self, rota: FakeRota) -> None:
        self.rota = rota

    def list(self, schedule: str | None = None, **options: Any) -> Page[RunItem]:
        self.rota.note("runs.list", schedule, **options)
        return Page([run for run in self.rota.run_items if schedule in (None, run.schedule)])

    def get(self, id: int) -> RunItem:
        return self.rota.later.pop(0) if self.rota.later else RUN

    def cancel(self, id: int) -> RunItem:
        if id != RUN.id:
            raise UnknownRun("there is no such run", part="run", text=str(id))
        return replace(RUN, state="cancelled", reason="user")


class Whole:
    def __init__(self, rota: FakeRota, items: list[Any]) -> None:
        self.items = items

    def list(self, limit: int = 50, cursor: str | None = None) -> Page[Any]:
        return Page(self.items)


class Events:
    def __init__(self, rota: FakeRota) -> None:
        self.rota = rota

    def list(self, **options: Any) -> Page[EventItem]:
        self.rota.note("events.list", **options)
        return Page([EVENT])


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeRota:
    """Every command works on this Rota, whatever the line names."""
    rota = FakeRota()
    monkeypatch.setattr("rota.cli.commands.run.now", lambda: NINE)

    @contextmanager
    def opened(settings: object) -> Iterator[FakeRota]:
        yield rota

    for name in (
        "list",
        "runs",
        "tasks",
        "nodes",
        "events",
        "run",
        "pause",
        "resume",
        "cancel",
        "why",
    ):
        monkeypatch.setattr(f"rota.cli.commands.{name}.client", opened)
    for name in ("run", "tick"):
        monkeypatch.setattr(f"rota.cli.commands.{name}.node", opened)
    return rota
