"""The main instance of a machine among real processes: taking over, dying, two applications."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

APPLICATION = """
import sys
import threading
from rota import Rota

rota = Rota("sqlite:///rota.db", app=sys.argv[1], main_instance=True)
rota.main.deadline = 60
asked_to, may_go = threading.Event(), threading.Event()

@rota.on_main_instance
def told(main):
    if not main:
        asked_to.set()
    print("main" if main else "told", flush=True)
    if not main:
        may_go.wait(60)  # for what has to end before another may begin

rota.local.register(
    "acme.tidy", lambda run: print("tidied", flush=True), period=None, delay="0s", retry="1d",
    gates=[("main_instance", lambda: rota.is_main_instance)],
)
rota.start()
for line in sys.stdin:
    if asked_to.is_set() and not may_go.is_set():
        may_go.set()
        continue
    asked = rota.local.trigger("acme.tidy")
    print(asked.wait(10), asked.reason, flush=True)
"""


class Process:
    def __init__(self, folder: Path, app: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-c", APPLICATION, app],
            cwd=folder, env={**os.environ, "TMPDIR": str(folder)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def says(self) -> str:
        assert self.popen.stdout is not None
        while (line := self.popen.stdout.readline().strip()) == "tidied":
            pass
        return line

    def hear(self) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write("\n")

    def kill(self) -> None:
        self.popen.kill()
        self.popen.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    found: list[Process] = []

    def start(app: str = "shop", folder: str = "one") -> Process:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        (tmp_path / "tmp").mkdir(exist_ok=True)
        process = Process(place, app)
        found.append(process)
        return process

    yield start
    for process in found:
        process.kill()


@pytest.mark.timeout(120)
def test_the_newest_process_takes_over_when_the_old_one_has_let_go(
    start: Callable[..., Process],
) -> None:
    old = start()
    assert old.says() == "main"
    new = start()
    assert old.says() == "told"
    new.hear()
    assert new.says() == "ignored main_instance"  # the old one has not let go yet
    old.hear()  # and now it has
    assert new.says() == "main"
    old.hear()
    assert old.says() == "ignored main_instance"
    new.hear()
    assert new.says() == "succeeded None"


@pytest.mark.timeout(120)
def test_after_kill_9_the_next_one_is_main_at_once(start: Callable[..., Process]) -> None:
    old = start()
    assert old.says() == "main"
    old.kill()
    new = start()
    assert new.says() == "main"
    waiting = start()
    assert new.says() == "told"
    new.kill()  # while it was to let go
    assert waiting.says() == "main"


@pytest.mark.timeout(120)
def test_two_applications_side_by_side_are_both_main(start: Callable[..., Process]) -> None:
    shop, blog = start("shop", "one"), start("blog", "two")
    assert (shop.says(), blog.says()) == ("main", "main")
