"""Two processes on one SQLite file: one launches a slot, fences grow, both see each other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rota.instants import SECOND
from rota.ports.records import Decision, Finish, NewRun, NodeRow, RunQuery, ScheduleRow
from rota.stores.sqlite import SqliteStore
from rota.testing.clock import SettableClock

DUE = 1_772_323_200 * SECOND
CHILD = """
import json, sys
from rota.ports.records import Decision, NewRun, NodeRow
from rota.stores.sqlite import SqliteStore
from rota.testing.clock import SettableClock

clock = SettableClock()
store = SqliteStore(sys.argv[1], clock)
node = None
for line in sys.stdin:
    verb, given = json.loads(line)
    answer = None
    if verb == "open":
        store.open("two")
    elif verb == "join":
        node = store.join(NodeRow("", "host", 2, "1"), 15_000_000).name
        answer = node
    elif verb == "decide":
        launches = (NewRun("task", given["due"]),)
        decision = Decision(
            given["name"], 1, given["due"], given["due"] + 1, given["due"], launches
        )
        answer = [list(one.launched) for one in store.decide([decision], clock.now())]
    elif verb == "take":
        answer = [row.fence for row in store.take(node, ["task"], given, clock.now())]
    elif verb == "race":
        fences = []
        while taken := store.take(node, ["task"], 1, clock.now()):
            fences += [row.fence for row in taken]
        answer = fences
    elif verb == "expire":
        clock.advance(given)
        answer = [row.id for row in store.expire(clock.now())]
    elif verb == "changes":
        answer = store.changes()
    print(json.dumps(answer), flush=True)
store.close()
"""
Ask = Callable[..., Any]


class Child:
    """A second process with the same file open."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, verb: str, given: object = None) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([verb, given]) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def ask(self, verb: str, given: object = None) -> Any:
        self.tell(verb, given)
        return self.answer()

    def end(self) -> None:
        self.process.communicate(timeout=10)
        assert self.process.returncode == 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rota.db"


@pytest.fixture
def child(path: Path) -> Iterator[Child]:
    child = Child(path)
    yield child
    child.end()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def store(path: Path, clock: SettableClock) -> Iterator[SqliteStore]:
    store = SqliteStore(path, clock)
    yield store
    store.close()


@pytest.fixture
def both(store: SqliteStore, child: Child) -> Child:
    store.open("two")
    child.ask("open")
    return child


def test_both_make_the_tables_at_once(store: SqliteStore, child: Child) -> None:
    child.tell("open")
    store.open("two")
    assert child.answer() is None
    assert store.join(NodeRow("", "host", 1, "1"), 1).name == "host-1"
    assert child.ask("join") == "host-2"


def test_a_slot_is_launched_by_one_of_them(store: SqliteStore, both: Child) -> None:
    names = [f"s{number}" for number in range(20)]
    for name in names:
        store.add_schedule(ScheduleRow(name, "task", "every 1s", next_due=DUE))
    launched = []
    for name in names:
        both.tell("decide", {"name": name, "due": DUE})
        decision = Decision(name, 1, DUE, DUE + 1, DUE, (NewRun("task", DUE),))
        (mine,) = store.decide([decision], DUE)
        launched.append(len(mine.launched) + len(both.answer()[0]))
    assert launched == [1] * len(names)
    assert len(store.runs(RunQuery())) == len(names)


def test_runs_are_taken_once_under_growing_fences(store: SqliteStore, both: Child) -> None:
    node = store.join(NodeRow("", "host", 1, "1"), 15 * SECOND).name
    both.ask("join")
    for _ in range(40):
        store.add_run(NewRun("task", DUE, kind="manual"), DUE)
    both.tell("race")
    mine: list[int] = []
    while taken := store.take(node, ["task"], 1, DUE):
        mine += [row.fence for row in taken]
    theirs = both.answer()
    assert sorted(mine + theirs) == list(range(1, 41))
    assert mine == sorted(mine)
    assert theirs == sorted(theirs)


def test_each_sees_that_the_other_changed_something(store: SqliteStore, both: Child) -> None:
    mine, theirs = store.changes(), both.ask("changes")
    assert (store.changes(), both.ask("changes")) == (mine, theirs)
    both.ask("join")
    assert store.changes() != mine
    store.add_run(NewRun("task", DUE, kind="manual"), DUE)
    assert both.ask("changes") != theirs


def test_one_recovers_and_the_late_result_is_refused(
    store: SqliteStore, both: Child, clock: SettableClock
) -> None:
    node = store.join(NodeRow("", "host", 1, "1"), 15 * SECOND).name
    store.add_run(NewRun("task", DUE, kind="manual"), DUE)
    (run,) = store.take(node, ["task"], 1, DUE)
    clock.advance(20)
    both.tell("expire", 20)
    mine = [row.id for row in store.expire(clock.now())]
    assert sorted(mine + both.answer()) == [run.id]
    assert store.finish([Finish(run.id, run.fence, "succeeded", DUE)], DUE) == [False]
    assert store.renew(node, SECOND, DUE) is False


def test_a_killed_writer_leaves_nothing_half_done(store: SqliteStore, both: Child) -> None:
    both.ask("join")
    both.process.kill()
    both.process.wait(timeout=10)
    both.process.returncode = 0  # it was meant
    assert [row.name for row in store.nodes()] == ["host-1"]
    assert store.join(NodeRow("", "host", 1, "1"), 1).name == "host-2"
