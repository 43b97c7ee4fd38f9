"""The main instance of a machine, several of them in this process."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from rota import Rota
from rota.engine.roles import lockfile
from rota.engine.roles.lockfile import LockFile
from rota.engine.roles.main_instance import MainInstance
from rota.errors import Refused
from rota.testing import ManualNode
from waiting import eventually

NAME = "an application"


class Instance:
    """One that takes part, and what it heard."""

    def __init__(self, name: str = NAME) -> None:
        self.heard: Queue[bool] = Queue()
        self.main = MainInstance()
        self.main.listeners.append(self.heard.put)
        self.main.start(name)

    def hears(self, *, main: bool) -> None:
        assert self.heard.get(timeout=10) is main


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "locks"
    path.mkdir(mode=0o700)
    monkeypatch.setattr(lockfile, "folder", lambda: path)
    return path


@pytest.fixture
def made() -> Iterator[list[Instance]]:
    found: list[Instance] = []
    yield found
    for one in found:
        one.main.stop()


def test_the_newest_takes_over_and_the_old_one_is_told_first(made: list[Instance]) -> None:
    old = Instance()
    made.append(old)
    old.hears(main=True)
    new = Instance()
    made.append(new)
    old.hears(main=False)
    new.hears(main=True)
    assert (old.main.is_main, new.main.is_main) == (False, True)


def test_the_new_one_waits_until_the_old_one_has_let_go(made: list[Instance]) -> None:
    may_go, told = threading.Event(), threading.Event()

    def letting_go(main: bool) -> None:
        if not main:
            told.set()
            may_go.wait(10)

    old = Instance()
    made.append(old)
    old.main.listeners.append(letting_go)
    old.hears(main=True)
    new = Instance()
    made.append(new)
    assert told.wait(10)
    assert (old.main.is_main, new.main.is_main) == (False, False)
    may_go.set()
    new.hears(main=True)


def test_one_that_does_not_let_go_loses_it_at_the_deadline(made: list[Instance]) -> None:
    never = threading.Event()
    old = Instance()
    made.append(old)
    old.hears(main=True)
    old.main.deadline = 0.05
    old.main.listeners.append(lambda main: never.wait(10) if not main else None)
    new = Instance()
    made.append(new)
    new.hears(main=True)
    never.set()


def test_of_three_the_newest_is_main_and_the_second_never(made: list[Instance]) -> None:
    may_go, told = threading.Event(), threading.Event()
    first = Instance()
    made.append(first)
    first.hears(main=True)
    first.main.listeners.append(lambda main: (told.set(), may_go.wait(10)))
    second = Instance()
    made.append(second)
    assert told.wait(10)
    third = Instance()
    made.append(third)
    may_go.set()
    third.hears(main=True)
    assert second.main.thread is not None
    second.main.thread.join(10)
    assert second.heard.empty()


def test_two_applications_do_not_meet(made: list[Instance]) -> None:
    one, two = Instance("one"), Instance("two")
    made.extend((one, two))
    one.hears(main=True)
    two.hears(main=True)
    assert one.main.is_main
    assert two.main.is_main


def test_who_stops_lets_go_and_the_next_comes_at_once(made: list[Instance]) -> None:
    one = Instance()
    one.hears(main=True)
    one.main.stop()
    one.hears(main=False)
    two = Instance()
    made.append(two)
    two.hears(main=True)
    one.main.stop()
    one.main.start(NAME)  # a process that starts anew is the newest
    two.hears(main=False)
    one.hears(main=True)
    one.main.stop()


def test_a_listener_that_fails_stops_nobody(made: list[Instance]) -> None:
    def failing(main: bool) -> None:
        raise ValueError("no")

    one = Instance()
    made.append(one)
    one.main.listeners.insert(0, failing)
    one.hears(main=True)
    two = Instance()
    made.append(two)
    one.hears(main=False)
    two.hears(main=True)


def test_a_child_of_a_fork_does_not_keep_the_lock(made: list[Instance]) -> None:
    """The child lives on; the parent lets go; the lock is free."""
    one = Instance()
    made.append(one)
    one.hears(main=True)
    hold, free = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover
        os.close(free)
        one.main.forget()
        assert not one.main.is_main
        os.read(hold, 1)
        os._exit(0)
    try:
        two = Instance()
        made.append(two)
        two.hears(main=True)
    finally:
        os.write(free, b"!")
        os.waitpid(child, 0)


def test_a_number_that_was_damaged_begins_anew(place: Path) -> None:
    first = LockFile(NAME)
    first.draw()
    first.number.write_bytes(b"nonsense")
    second = LockFile(NAME)
    second.draw()
    assert second.mine == 1


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    (tmp_path / f"rota-{os.getuid()}").symlink_to(tmp_path)
    with pytest.raises(Refused, match="not this user"):
        lockfile.folder()


def test_an_application_asks_for_it_by_a_setting(tmp_path: Path) -> None:
    rota = Rota(f"sqlite:///{tmp_path}/rota.db", main_instance=True)
    heard: Queue[bool] = Queue()
    rota.on_main_instance(heard.put)
    assert not rota.is_main_instance
    rota.start()
    try:
        assert heard.get(timeout=10) is True
        assert rota.is_main_instance
        eventually(lambda: rota.events.list(kind="node.main_instance"))
    finally:
        rota.stop()
    assert heard.get(timeout=10) is False
    assert not rota.is_main_instance
    rota.close()


def test_nobody_is_main_who_did_not_ask(tmp_path: Path, place: Path) -> None:
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    rota.start()
    assert not rota.is_main_instance
    rota.stop()
    rota.close()
    assert list(place.iterdir()) == []


def test_a_node_driven_by_hand_is_main() -> None:
    rota = Rota("memory://")
    with ManualNode(rota):
        assert rota.is_main_instance
        assert rota.server_role == "single"
    assert not rota.is_main_instance
