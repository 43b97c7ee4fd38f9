"""A pause that has returned, from another process, before the due time: nothing starts.

One process is the node; its task writes down each start. This process pauses hundreds of schedules
that are due at the same instants, each at another moment of the last half second, and resumes them
after it. A few are left alone in every round, to see that the others would have started.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from postgres import server, with_schema
from rota import Rota
from rota.errors import Unreachable
from waiting import eventually

APPLICATION = """
import os
from rota import Rota, Run

rota = Rota(concurrency=200)
book = os.open("starts.txt", os.O_APPEND | os.O_CREAT | os.O_WRONLY)

@rota.task("start")
def start(run: Run) -> None:
    os.write(book, f"{run.schedule} {run.row.due}\\n".encode())
"""
SECOND = 1_000_000
GROUPS = 4  # seconds from one start of a schedule to the next
EACH = 60  # schedules of a group: due at the same instant
ALONE = 6  # of these nobody pauses
HANDS = 8  # threads that pause
BEFORE = (0.600, 0.101)  # seconds before the due time: the first and the last call
IN_TIME = SECOND // 10  # before the due time: a pause that returned by then is a try


@dataclass
class Book:
    """What was done and seen, by (schedule, due)."""

    returned: dict[tuple[str, int], int] = field(default_factory=dict)
    left_alone: set[tuple[str, int]] = field(default_factory=set)

    def tries(self) -> set[tuple[str, int]]:
        return {key for key, at in list(self.returned.items()) if at <= key[1] - IN_TIME}

    def in_time(self) -> set[tuple[str, int]]:
        return {key for key, at in list(self.returned.items()) if at < key[1]}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rota.db"
    return with_schema(server())


@pytest.fixture
def rota(url: str, tmp_path: Path) -> Iterator[Rota]:
    """A client here; a node with the same application in another process."""
    (tmp_path / "app.py").write_text(APPLICATION, encoding="utf-8")
    command = [sys.executable, "-m", "rota", "--app", "app", "--database", url, "node"]
    with (tmp_path / "node.txt").open("wb") as out:
        node = subprocess.Popen(command, cwd=tmp_path, stdout=out, stderr=out)
    rota = Rota(url)
    rota.task("start")(lambda: None)
    rota.open()
    for group in range(GROUPS):
        for number in range(EACH):
            rule = f"every {GROUPS}s from 2026-01-01T00:00:{group:02}"
            rota.schedules.add(name_of(group, number), "start", rule)
    eventually(lambda: any(one.state == "alive" for one in rota.nodes.list()), within=30)
    yield rota
    rota.close()
    node.kill()
    node.wait()


def name_of(group: int, number: int) -> str:
    return f"g{group}-{number}"


def now() -> int:
    return time.time_ns() // 1_000


def wait_until(instant: int) -> None:
    threading.Event().wait(max(0, instant - now()) / SECOND)


class Hand:
    """Pauses and resumes what is due at one instant."""

    def __init__(self, rota: Rota, book: Book, chance: random.Random) -> None:
        self.rota = rota
        self.book = book
        self.chance = chance

    def round(self, due: int, pool: ThreadPoolExecutor) -> None:
        """Pause a group before it is due, and resume it after."""
        names = [name_of(due // SECOND % GROUPS, number) for number in range(EACH)]
        self.chance.shuffle(names)
        alone, names = names[:ALONE], names[ALONE:]
        self.book.left_alone |= {(name, due) for name in alone}
        first, last = BEFORE
        step = (first - last) / len(names)
        calls = [
            pool.submit(self.pause, name, due, due - round((first - step * place) * SECOND))
            for place, name in enumerate(names)
        ]
        for call in calls:
            call.result()
        wait_until(due + SECOND // 2)
        for name in names:
            self.resume(name)

    def resume(self, name: str) -> None:
        for _ in range(5):
            with suppress(Unreachable):
                self.rota.schedules.resume(name)
                return

    def pause(self, name: str, due: int, at: int) -> None:
        wait_until(at)
        with suppress(Unreachable):  # so many at once may lock each other out of a file
            if now() > due:
                return
            self.rota.schedules.pause(name)
            self.book.returned[name, due] = now()


def play(rota: Rota, tries: int, limit: float) -> Book:
    """Rounds until there were so many tries, or the time is over."""
    book, chance = Book(), random.Random(11)
    end = now() + round(limit * SECOND)
    with ThreadPoolExecutor(HANDS) as pool, ThreadPoolExecutor(GROUPS) as rounds:
        due = (now() // SECOND + 3) * SECOND
        under_way: dict[int, Future[None]] = {}
        while len(book.tries()) < tries and now() < end:
            wait_until(due - SECOND)
            group = due // SECOND % GROUPS
            if group not in under_way or under_way[group].done():  # else it is still resuming
                hand = Hand(rota, book, random.Random(chance.random()))
                under_way[group] = rounds.submit(hand.round, due, pool)
            due += SECOND
        for one in under_way.values():
            one.result()
    return book


def judge(book: Book, folder: Path) -> str:
    lines = (folder / "starts.txt").read_text("utf-8").splitlines()
    started = {(name, int(due)) for name, due in map(str.split, lines)}
    wrong = started & book.in_time()
    early = sorted((key[1] - book.returned[key], *key) for key in wrong)
    assert early == [], f"{len(wrong)} started although their pause had returned"
    seen = len(started & book.left_alone)
    assert seen > len(book.left_alone) // 2, "those left alone did not start either"
    return f"{len(book.tries())} tries, {len(book.in_time())} in time, {seen} left alone started"


@pytest.mark.timeout(120)
def test_after_a_pause_returned_nothing_starts(rota: Rota, tmp_path: Path) -> None:
    book = play(rota, 300, limit=40)
    said = judge(book, tmp_path)
    assert len(book.tries()) >= 100, said


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_no_start_in_ten_thousand_tries(rota: Rota, tmp_path: Path) -> None:
    book = play(rota, 10_000, limit=1_700)
    said = judge(book, tmp_path)
    print(said)
    assert len(book.tries()) >= 10_000, said
