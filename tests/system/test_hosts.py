"""Servers that start, fork and reload an application in their own ways: each slot still runs once.

Each host is started for real with `every 1s`. The cheapest three run a few seconds in every
`make test`, all of them a minute in `make test-long`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from postgres import server, with_schema
from rota import Rota
from waiting import eventually
from witness import TESTIFY, history, judge, starts

TASK = f"""{TESTIFY}
from rota import Rota, Run, every

rota = Rota("sqlite:///rota.db", lease="3s")

@rota.task("beat", schedule=every("1s"))
def beat(run: Run) -> str:
    return testify(run, "start")
"""
ASGI = f"""{TASK}
from starlette.applications import Starlette

app = Starlette(lifespan=rota.lifespan)
"""
WSGI = f"""{TASK}
rota.start()

def app(environ, start_response):
    start_response("200 OK", [])
    return [b"here"]
"""
FLASK = f"""{TASK}
from flask import Flask

app = Flask(__name__)
rota.start()

if __name__ == "__main__":
    app.run(port=0, debug=True)
"""
DJANGO = f"""{TASK}
import sys
from django.apps import AppConfig
from django.conf import settings

class Site(AppConfig):
    name = "app"
    label = "site"
    path = "."

    def ready(self):
        rota.start()

urlpatterns = []

if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    settings.configure(
        DEBUG=True, ROOT_URLCONF="app", INSTALLED_APPS=["app.Site"], SECRET_KEY="x",
        ALLOWED_HOSTS=["*"],
    )
    execute_from_command_line(sys.argv)
"""
FORKS = f"""{TASK}
import signal
import sys

rota.start()
if os.fork() and os.fork():
    signal.pause()
elif sys.argv[1:] == ["again"]:
    rota.start()  # a node of its own
signal.pause()
"""
PYTHON = (sys.executable,)
UVICORN = (*PYTHON, "-m", "uvicorn", "app:app", "--port", "0")
GUNICORN = (*PYTHON, "-m", "gunicorn", "app:app", "--bind", "127.0.0.1:0", "--workers", "3")


@dataclass(frozen=True)
class Host:
    """One way to run an application, and how many nodes come of it."""

    code: str
    command: tuple[str, ...]
    nodes: int
    reloads: bool = False


HOSTS = {
    "uvicorn with several workers": Host(ASGI, (*UVICORN, "--workers", "3"), 3),
    "uvicorn that reloads": Host(ASGI, (*UVICORN, "--reload"), 1, reloads=True),
    "gunicorn with several workers": Host(WSGI, GUNICORN, 3),
    "gunicorn that imports before it forks": Host(WSGI, (*GUNICORN, "--preload"), 1),
    "a fork after the start": Host(FORKS, (*PYTHON, "app.py"), 1),
    "forks that start again": Host(FORKS, (*PYTHON, "app.py", "again"), 3),
    "Django's runserver": Host(DJANGO, (*PYTHON, "app.py", "runserver", "0"), 1, reloads=True),
    "flask run --debug": Host(
        FLASK, (*PYTHON, "-m", "flask", "--app", "app", "run", "--debug", "--port", "0"),
        1, reloads=True,
    ),
    "Flask's debug server in a script": Host(FLASK, (*PYTHON, "app.py"), 2, reloads=True),
}  # fmt: skip
CHEAP = ("a fork after the start", "gunicorn with several workers", "flask run --debug")


@contextmanager
def running(host: Host, folder: Path) -> Iterator[None]:
    """The host in a process group of its own, which is ended in order, and then for good."""
    (folder / "app.py").write_text(host.code, encoding="utf-8")
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            host.command, cwd=folder, stdout=said, stderr=said, start_new_session=True,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    try:
        yield
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def slots(folder: Path) -> int:
    return len({line.due for line in starts(folder)})


def change(folder: Path, reloaded: Callable[[], bool]) -> None:
    """Change the code until that is noticed: a reloader that has not looked yet takes what it finds
    at first for what was there all along.
    """
    for _ in range(6):
        with (folder / "app.py").open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        with suppress(AssertionError):
            eventually(reloaded, 20)
            return
    raise AssertionError("the change of the code was never noticed")


def watch(host: Host, folder: Path, seconds: int) -> None:
    """Let it run for that many slots, with a change of its code in the middle if it reloads."""
    eventually(lambda: slots(folder) >= seconds / 2, 60 + seconds, because="slots at the beginning")
    if host.reloads:
        before = {line.pid for line in starts(folder)}
        change(folder, lambda: bool({line.pid for line in starts(folder)} - before))
    so_far = slots(folder)
    eventually(
        lambda: slots(folder) >= so_far + seconds / 2, 60 + seconds, because="slots at the end"
    )
    looker = Rota(f"sqlite:///{folder}/rota.db", app=None)
    try:

        def settled() -> bool:  # what was reloaded may have left a lease that runs out
            alive = [node for node in looker.nodes.list() if node.state == "alive"]
            return len(alive) == host.nodes and sum(node.leader for node in alive) == 1

        eventually(settled, 20, because=f"{host.nodes} nodes, one of them the leader")
    finally:
        looker.close()


def serve(name: str, folder: Path, seconds: int) -> None:
    host = HOSTS[name]
    try:
        with running(host, folder):
            watch(host, folder, seconds)
    except AssertionError as error:
        error.add_note((folder / "said.txt").read_text(errors="replace")[-3_000:])
        raise
    rows = history(f"sqlite:///{folder}/rota.db")
    assert judge(folder, rows) == []
    ran = [row for row in rows if row.state == "succeeded"]
    print(f"{name}: {len(starts(folder))} starts of {len(ran)} slots that ran")
    assert len(starts(folder)) >= seconds


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", CHEAP)
def test_each_slot_runs_once_whatever_starts_the_application(name: str, tmp_path: Path) -> None:
    serve(name, tmp_path, 6)


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", HOSTS)
def test_each_slot_runs_once_for_a_minute(name: str, tmp_path: Path) -> None:
    serve(name, tmp_path, 60)


def said_by(folder: Path, code: str, *words: str) -> str:
    """What a program of that code says on its standard error; it must end well."""
    (folder / "app.py").write_text(code, encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "app.py", *words], cwd=folder, timeout=60, check=True, text=True,
        capture_output=True,
    )  # fmt: skip
    return found.stderr


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_script_that_just_ends_gives_its_lease_back(kind: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rota.db"
    if kind == "postgresql":  # which answers in the end on the slowest machine
        url = f"{with_schema(server())}&connect_timeout=50"
    code = f"from rota import Rota\nrota = Rota({url!r})\nrota.start()\n"
    for _ in range(3):
        assert said_by(tmp_path, code) == ""
    looker = Rota(url, app=None)
    try:
        assert [node.state for node in looker.nodes.list()] == ["stopped"] * 3
    finally:
        looker.close()


def test_djangos_own_commands_are_clients(tmp_path: Path) -> None:
    said_by(tmp_path, DJANGO, "check")
    assert not (tmp_path / "rota.db").exists()
