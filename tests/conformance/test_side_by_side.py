"""Memory and SQLite, driven side by side by Hypothesis: the same answers, the same rows.

The machine draws a move, makes it on both stores, compares what they say, and then compares all
that they hold. Clocks are settable and several nodes join, renew, leave, are lost and come late.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rota.instants import SECOND
from rota.ports.records import (
    Decision,
    EventQuery,
    EventRow,
    Finish,
    LogLine,
    NewRun,
    NodeRow,
    Progress,
    Room,
    RunQuery,
    RunRow,
    ScheduleQuery,
    ScheduleRow,
    Skip,
    TaskRow,
)
from rota.ports.store import Store
from rota.stores.memory import MemoryStore
from rota.stores.sqlite import SqliteStore
from rota.testing.clock import SettableClock

LEASE = 15 * SECOND
NAMES = st.sampled_from(["a", "b", "c"])
TASKS = st.sampled_from(["t", "u"])
ROOMS = st.sampled_from(
    [None, Room(1, 1), Room(2, 1), Room(9, 2), Room(1, 1, cancel=True), Room(0, 0)]
)
REASONS = st.sampled_from(["overlap", "paused", "window"])
ENDS = st.sampled_from(
    ["succeeded", "failed", "cancelled", "ignored", "retrying", "queued", "skipped"]
)
AHEAD = st.sampled_from([0, 0, SECOND // 5, 2 * SECOND])
PARAMETERS = st.sampled_from([{}, {"a": 1}, {"a": [1, {"b": None}], "z": "ď"}])
TEXTS = st.sampled_from([None, "", "done", "two\nlines\n", "odd\0\ud800"])
SHORT = st.integers(0, 3)
TARGETS = st.sampled_from(["", "", "x", "node:host-1", "machine:m"])
PLACEMENTS = st.sampled_from(["one", "one", "every", "machine", "role:r", "node:host-1"])
SLOTS = st.tuples(SHORT, TARGETS)


class SideBySide(RuleBasedStateMachine):
    """Two stores, one history."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = SettableClock()
        self.folder = tempfile.TemporaryDirectory()
        memory = MemoryStore(self.clock)
        sqlite = SqliteStore(Path(self.folder.name) / "rota.db", self.clock, synchronous="NORMAL")
        self.stores: tuple[Store, Store] = (memory, sqlite)
        self.both(lambda store: store.open("side by side"))
        self.nodes = ["nobody"]
        self.known: dict[int, RunRow] = {}  # attempts as they were taken, for late finishes
        self.decided: list[Decision] = []

    def teardown(self) -> None:
        self.both(lambda store: store.close())
        self.folder.cleanup()

    def both(self, move: Callable[[Store], Any]) -> Any:
        """Make the move on both stores; the answers are the same."""
        expected, found = (move(store) for store in self.stores)
        assert found == expected
        return expected

    @property
    def now(self) -> int:
        return self.clock.now()

    # -------------------------------------------------------------------- time

    @rule(seconds=st.sampled_from([0.5, 1, 6, 20]))
    def time_goes_by(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seconds=st.sampled_from([-30, 30]))
    def the_wall_clock_steps(self, seconds: int) -> None:
        self.clock.step_wall(seconds)

    @rule(name=st.sampled_from(["boot-1", "boot-2"]))
    @precondition(lambda self: len(self.nodes) > 2)
    def the_machine_restarts(self, name: str) -> None:
        self.clock.reboot(name, 10)

    # --------------------------------------------------------------- schedules

    @rule(identifier=TASKS, title=st.sampled_from(["", "T"]), schema=PARAMETERS)
    def put_task(self, identifier: str, title: str, schema: dict[str, object]) -> None:
        row = TaskRow(identifier, title, schema=schema, seen=self.now)
        self.both(lambda store: store.put_tasks([row]))

    @rule(name=NAMES, task=TASKS, parameters=PARAMETERS, paused=st.booleans(), until=SHORT)
    def add_schedule(
        self, name: str, task: str, parameters: dict[str, object], paused: bool, until: int
    ) -> None:
        row = ScheduleRow(
            name, task, "every 1s", f"The {name}_", parameters, paused=paused,
            paused_until=self.now + until * SECOND if until else None, next_due=self.now,
        )  # fmt: skip
        self.both(lambda store: store.add_schedule(row))

    @rule(
        name=NAMES,
        version=st.sampled_from([None, 1, 2]),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "enabled": st.booleans(),
                "paused": st.booleans(),
                "next_due": st.sampled_from([None, 1_772_323_200 * SECOND]),
                "decided_through": SHORT,
                "parameters": PARAMETERS,
                "edited": st.just(("title",)),
                "title": st.just("Changed"),
            },
        ),
    )
    def change_schedule(self, name: str, version: int | None, changes: dict[str, object]) -> None:
        self.both(lambda store: store.change_schedule(name, version, changes))

    @rule(name=NAMES)
    def remove_schedule(self, name: str) -> None:
        self.both(lambda store: store.remove_schedule(name))

    # ---------------------------------------------------------------- deciding

    @rule(data=st.data(), name=NAMES)
    def decide(self, data: st.DataObject, name: str) -> None:
        row = self.stores[0].schedule(name)
        if row is None:
            return
        draw = data.draw
        due = self.now if row.next_due is None else row.next_due
        room, unique = draw(ROOMS), draw(st.booleans())
        launches = tuple(
            NewRun(
                row.task, due + n * SECOND, schedule=name, target=target, room=room,
                unique=unique, parameters=row.parameters, priority=draw(SHORT),
                task_room=draw(st.sampled_from([None, 2])), idempotent=draw(st.booleans()),
                not_before=self.now + draw(SHORT) * SECOND,
                placement=draw(PLACEMENTS),
            )
            for n, target in draw(st.lists(SLOTS, max_size=3))
        )  # fmt: skip
        skips = tuple(
            Skip(due + n * SECOND, due + (n + long) * SECOND, long + 1, reason)
            for n, long, reason in draw(st.lists(st.tuples(SHORT, SHORT, REASONS), max_size=2))
        )
        later = due + draw(st.integers(1, 4)) * SECOND
        decision = Decision(
            name, row.version + draw(st.sampled_from([0, 0, 0, 1])), row.next_due,
            draw(st.sampled_from([later, later, None])), due + draw(SHORT) * SECOND,
            launches, skips, draw(st.booleans()), draw(st.booleans()),
            next_if_unplaced=draw(st.sampled_from([None, later])),
        )  # fmt: skip
        if draw(st.booleans()):
            decision = replace(decision, ahead=True, launches=launches[:1], skips=())
        again = draw(st.sampled_from(self.decided)) if self.decided else decision
        self.decided.append(decision)
        node, ahead = draw(st.sampled_from(["", *self.nodes])), draw(AHEAD)
        decided = self.both(lambda store: store.decide([decision, again], self.now, node, ahead))
        self.known.update({row.fence: row for one in decided for row in one.taken})

    @rule(
        task=TASKS,
        schedule=st.one_of(st.none(), NAMES),
        where=TARGETS,
        kind=st.sampled_from(["manual", "again", "slot"]),
        room=ROOMS,
        unique=st.booleans(),
        parameters=PARAMETERS,
        idempotent=st.booleans(),
    )
    def add_run(self, where: str, **fields: Any) -> None:
        new = NewRun(due=self.now, target=where, **fields)
        self.both(lambda store: store.add_run(new, self.now))

    # -------------------------------------------------------------------- runs

    @rule(data=st.data(), tasks=st.sets(TASKS), limit=SHORT, ahead=AHEAD)
    def take(self, data: st.DataObject, tasks: set[str], limit: int, ahead: int) -> None:
        node = data.draw(st.sampled_from(self.nodes))
        taken = self.both(lambda store: store.take(node, sorted(tasks), limit, self.now, ahead))
        self.known.update({row.fence: row for row in taken})

    @rule(data=st.data(), state=ENDS, result=TEXTS, error=TEXTS, flags=st.integers(0, 7))
    @precondition(lambda self: self.known)
    def finish(
        self, data: st.DataObject, state: str, result: str | None, error: str | None, flags: int
    ) -> None:
        rows = data.draw(st.lists(st.sampled_from(list(self.known.values())), max_size=3))
        started = st.sampled_from([None, self.now - 1, self.now])
        starts = data.draw(st.lists(started, min_size=len(rows), max_size=len(rows)))
        ends = [
            Finish(
                row.id, row.fence, state, self.now, started, "error", result, error, self.now,
                bool(flags & 1), bool(flags & 2), bool(flags & 4),
            )
            for row, started in zip(rows, starts, strict=True)
        ]  # fmt: skip
        self.both(lambda store: store.finish(ends, self.now))

    @rule(data=st.data(), fraction=st.sampled_from([0.0, 0.5, 1.0]), text=st.sampled_from("ab"))
    @precondition(lambda self: self.known)
    def report(self, data: st.DataObject, fraction: float, text: str) -> None:
        row = data.draw(st.sampled_from(list(self.known.values())))
        progress = [Progress(row.id, row.fence, fraction, text)]
        lines = [LogLine(row.id, data.draw(SHORT), self.now, "info", "log", text)]
        self.both(lambda store: store.report(progress, lines))

    @rule(run=st.integers(0, 12), reason=st.sampled_from(["user", "shutdown"]))
    def cancel_run(self, run: int, reason: str) -> None:
        self.both(lambda store: store.cancel_run(run, reason, None, self.now))

    @rule(
        data=st.data(),
        name=NAMES,
        state=st.sampled_from(["skipped", "cancelled"]),
        reason=st.sampled_from(["paused", "user"]),
    )
    def withdraw(self, data: st.DataObject, name: str, state: str, reason: str) -> None:
        here = data.draw(st.sampled_from([None, *self.nodes]))
        self.both(lambda store: store.withdraw(name, state, reason, here, self.now))

    # ------------------------------------------------------------------- nodes

    @rule(tasks=st.sets(TASKS), roles=st.sampled_from([(), ("r",)]))
    @precondition(lambda self: len(self.nodes) < 5)
    def join(self, tasks: set[str], roles: tuple[str, ...]) -> None:
        row = NodeRow(
            "", "host", 1, "1", roles=roles, tasks=tuple(sorted(tasks)), started=self.now,
            seen=self.now, machine="m",
        )  # fmt: skip
        self.nodes.append(self.both(lambda store: store.join(row, LEASE)).name)

    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        node = data.draw(st.sampled_from(self.nodes))
        self.both(lambda store: store.renew(node, LEASE, self.now))

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        node = data.draw(st.sampled_from(self.nodes))
        self.both(lambda store: store.leave(node, self.now))

    @rule(data=st.data(), role=st.sampled_from(["p", "q"]), length=st.sampled_from([1, 12]))
    def elect(self, data: st.DataObject, role: str, length: int) -> None:
        node = data.draw(st.sampled_from(self.nodes))
        found = self.both(lambda store: store.elect(role, node, length * SECOND, self.now))
        self.both(lambda store: store.terms())
        if found is not None:
            self.both(lambda store: store.in_term(role, node, found.term))

    @rule()
    def expire(self) -> None:
        self.both(lambda store: store.overdue())
        nodes = [store.expire(self.now) for store in self.stores]
        assert nodes[0] == nodes[1]
        assert nodes[0].nodes == nodes[1].nodes

    # ----------------------------------------------------- retention and events

    @rule(name=st.one_of(st.none(), NAMES), age=SHORT, keep=SHORT, limit=SHORT)
    def prune(self, name: str | None, age: int, keep: int, limit: int) -> None:
        self.both(lambda store: store.prune(name, self.now - age * SECOND, keep, limit))

    @rule(level=st.sampled_from(["info", "error"]), schedule=st.one_of(st.none(), NAMES))
    def add_event(self, level: str, schedule: str | None) -> None:
        row = EventRow(self.now, level, "run.failed", "It failed", schedule, 1)
        self.both(lambda store: store.add_events([row]))

    @rule(limit=SHORT)
    def prune_events(self, limit: int) -> None:
        self.both(lambda store: store.prune_events(self.now - SECOND, limit))

    @rule(name=NAMES)
    def a_transaction_fails(self, name: str) -> None:
        def move(store: Store) -> None:
            with suppress(KeyError), store.transaction():
                store.remove_schedule(name)
                store.add_run(NewRun("t", 0, kind="manual"), self.now)
                store.take(self.nodes[-1], ["t", "u"], 9, self.now)
                store.expire(self.now + 99 * SECOND)
                raise KeyError

        self.both(move)

    # ---------------------------------------------------------------- questions

    @rule(
        states=st.sets(st.sampled_from(["queued", "running", "succeeded", "skipped", "lost"])),
        schedule=st.one_of(st.none(), NAMES),
        task=st.one_of(st.none(), TASKS),
        before=st.one_of(st.none(), st.integers(0, 9)),
        limit=SHORT,
    )
    def runs(self, states: set[str], **query: Any) -> None:
        self.both(lambda store: store.runs(RunQuery(states=tuple(states), **query)))

    @rule(name=NAMES, past=st.integers(-3, 9), run=st.integers(0, 9), task=TASKS)
    def questions(self, name: str, past: int, run: int, task: str) -> None:
        due = self.now - past * SECOND
        self.both(lambda store: store.decisions_at(name, due, 5))
        self.both(lambda store: store.previous(name, run))
        self.both(lambda store: store.upcoming(due, 2))
        self.both(lambda store: store.awaiting(2))
        self.both(lambda store: store.next_start([task]))
        self.both(lambda store: [store.next_start([task], node) for node in self.nodes])
        self.both(lambda store: [store.targets(where, task) for where in ("every", "machine")])
        self.both(lambda store: store.pinned([task], 2))

    @invariant()
    def they_hold_the_same(self) -> None:
        self.both(lambda store: store.tasks())
        self.both(lambda store: store.schedules(ScheduleQuery()))
        runs = self.both(lambda store: store.runs(RunQuery(limit=1_000)))
        self.both(lambda store: store.nodes())
        self.both(lambda store: store.events(EventQuery()))
        self.both(lambda store: [store.log(run.id, 0, 9) for run in runs[:3]])
        self.both(lambda store: [store.held(node) for node in self.nodes])
        fences = [run.fence for run in runs if run.fence]
        assert len(fences) == len(set(fences))


TestSideBySide = SideBySide.TestCase
TestSideBySide.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
