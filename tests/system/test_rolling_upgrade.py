"""Two releases on one store under load: each runs what it knows, and touches nothing else.

The releases are the last tagged one, or else the commit before this one, and the code as it is
here; where there is no history, this code with two sets of tasks.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import node_processes
from postgres import server, with_schema
from rota import Rota
from waiting import eventually
from witness import TESTIFY, history, judge, starts

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = f"""{TESTIFY}
from rota import Rota, Run, every

rota = Rota(lease="3s")

def add(name):
    @rota.task(name, schedule=every("1s"))
    def trace(run: Run) -> str:
        return testify(run, "start")

for name in TASKS:
    add(name)

@rota.task("load")
def load(number: int) -> str:
    return str(number)
"""
BEFORE = ("kept", "removed", "renamed-from")
AFTER = ("kept", "added", "renamed-to")
LOAD = 60
Up = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rota.db"
    return with_schema(server(durable=True))


@pytest.fixture(params=["the release before", "this code"])
def old_code(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder from which the old release is imported."""
    if request.param == "this code":
        return ROOT / "src"
    folder = tmp_path / "before"
    folder.mkdir()
    try:
        tag = git("describe", "--tags", "--abbrev=0", "--match", "v*")
    except (OSError, subprocess.CalledProcessError):
        tag = b"HEAD~1"
    try:
        packed = git("archive", tag.decode().strip(), "src")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no clone with history: there is no release before")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)
    return folder / "src"


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


@pytest.fixture
def up(url: str, old_code: Path, tmp_path: Path) -> Iterator[Up]:
    """Starts a node of a release; all of them are killed in the end."""
    for name, tasks in (("old", BEFORE), ("new", AFTER)):
        code = f"TASKS = {tasks!r}\n{APPLICATION}"
        (tmp_path / f"{name}_app.py").write_text(code, encoding="utf-8")

    codes = {"old": old_code, "new": ROOT / "src"}
    with node_processes() as nodes:
        yield lambda release: nodes.start(
            url, tmp_path, app=f"{release}_app",
            environment={**os.environ, "PYTHONPATH": str(codes[release])},
        )  # fmt: skip


def seen(folder: Path, pids: set[int]) -> set[str]:
    return {line.schedule for line in starts(folder) if line.pid in pids}


def last(folder: Path, name: str) -> int:
    return max((line.due for line in starts(folder) if line.schedule == name), default=0)


@pytest.mark.timeout(240)
def test_a_release_runs_what_it_knows_and_touches_nothing_else(
    up: Up, url: str, tmp_path: Path
) -> None:
    old = [up("old"), up("old")]
    eventually(lambda: {line.schedule for line in starts(tmp_path)} == set(BEFORE), 60)
    new = [up("new"), up("new")]
    olds, news = ({process.pid for process in some} for some in (old, new))
    rota = Rota(url, app=None)
    try:
        asked = [rota.schedules.run("load", {"number": number}).id for number in range(LOAD)]
        eventually(lambda: seen(tmp_path, news) >= {"added", "renamed-to"}, 60)
        side_by_side = {name: last(tmp_path, name) for name in BEFORE}
        eventually(  # the old release's own schedules go on beside the new one
            lambda: all(last(tmp_path, name) > due for name, due in side_by_side.items()), 60
        )
        eventually(lambda: all(rota.runs.get(run).state == "succeeded" for run in asked), 60)
        assert [rota.runs.get(run).result for run in asked] == [str(n) for n in range(LOAD)]

        for process in old:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        rolled = last(tmp_path, "kept")
        eventually(lambda: last(tmp_path, "kept") > rolled + 2_000_000, 60)
        kept = {item.name: item for item in rota.schedules.list()}
        assert set(kept) == {*BEFORE, *AFTER}  # nothing was deleted, or switched off
        assert all(item.enabled for item in kept.values())
    finally:
        rota.close()
    for process in new:
        process.send_signal(signal.SIGTERM)
        process.wait(60)

    assert seen(tmp_path, olds) == set(BEFORE)
    assert seen(tmp_path, news) <= set(AFTER)
    assert judge(tmp_path, history(url)) == []
