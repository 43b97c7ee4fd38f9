"""`python -m rota.demo` as a visitor meets it: two addresses, work within five seconds, an end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import rota
from waiting import eventually

SOURCE = str(Path(rota.__path__[0]).parent)
PATIENCE = 20.0  # seconds for a start or an end: slow when everything else is tested beside it


@dataclass(frozen=True, slots=True)
class Demo:
    """A demonstration that has said where it is."""

    process: subprocess.Popen[str]
    site: str
    rota: str

    def runs(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.rota}/api/v1/runs?limit=100", timeout=5) as answer:
            items: list[dict[str, Any]] = json.load(answer)["items"]
        return items

    def finished(self, *states: str) -> list[dict[str, Any]]:
        return [run for run in self.runs() if run["state"] in states]


def start(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "rota.demo", "--folder", str(folder), *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env=os.environ | {"PYTHONPATH": SOURCE},
    )  # fmt: skip


@contextmanager
def running(folder: Path) -> Iterator[Demo]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start(folder, "--port", str(port))
    assert process.stdout is not None
    try:
        yield Demo(process, process.stdout.readline().strip(), process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_shows_work_at_once_and_ends_at_once(tmp_path: Path, ending: signal.Signals) -> None:
    with running(tmp_path) as demo:
        assert demo.site.startswith("http://127.0.0.1:")
        assert demo.rota == f"{demo.site}rota"
        eventually(lambda: demo.finished("succeeded"), PATIENCE, because="a finished run")
        with urllib.request.urlopen(demo.site, timeout=5) as answer:
            assert "Notes from a river lock" in answer.read().decode()
        with urllib.request.urlopen(f"{demo.rota}/api/v1/stream", timeout=5) as stream:
            stream.readline()  # somebody is looking when it is told to stop
            demo.process.send_signal(ending)
            output, errors = demo.process.communicate(timeout=PATIENCE)
        # Had the stream held it up, the server would have said so when it lost its patience.
        assert (demo.process.returncode, output, errors) == (0, "", "")


@pytest.mark.timeout(60)
def test_its_work_is_real(tmp_path: Path) -> None:
    with running(tmp_path) as demo:

        def results() -> dict[str, str]:
            done = demo.finished("succeeded", "failed")
            return {run["task"]: run["result"] or run["error"] or "" for run in done}

        models = {
            "LockNine.ImportLogbook", "sitecore.Master_Database_Agent.sync", "CleanUpYourRoom",
            "site.pictures",
        }  # fmt: skip
        wanted = {"site.publish-due", "site.sitemap", "gauge.read", "site.check-links", *models}
        eventually(lambda: wanted <= results().keys(), 30.0, because="one finished run of each")
        # the one link that leads nowhere until its page has come out
        assert (
            "/pages/the-ferry-in-winter (on /pages/getting-here)" in results()["site.check-links"]
        )
        with urllib.request.urlopen(f"{demo.site}pages/the-poplars-are-counted", timeout=5) as page:
            assert page.status == 200
        with urllib.request.urlopen(f"{demo.site}sitemap.xml", timeout=5) as sitemap:
            assert b"the-ferry" in sitemap.read()
        button = urllib.request.Request(f"{demo.site}desk/bin/empty", method="POST")
        with urllib.request.urlopen(button, timeout=10) as bin_:
            assert "The bin is empty" in bin_.read().decode()
        emptied = eventually(lambda: results().get("EmptyBinNow"), because="its end is recorded")
        assert emptied.endswith("removed at once")
        long = [run for run in demo.runs() if run["state"] == "running" and run["progress"]]
        assert "site.index-search" in {run["task"] for run in long}


@pytest.mark.timeout(60)
def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(tmp_path, "--port", str(port))
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert output == ""
    assert errors.startswith(f"rota demo: port {port} is in use")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["rota.db", "site.db"])
def test_a_folder_that_holds_something_else_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("no database at all, only a text of some length" * 40)
    process = start(tmp_path)
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert output == ""
    assert errors.startswith("rota demo: ")
    assert "Traceback" not in errors
