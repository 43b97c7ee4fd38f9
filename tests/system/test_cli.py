"""The command line as people use it: real processes, a real store, a node that gets killed."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import rota
from commands import Answer
from waiting import eventually

SOURCE = str(Path(rota.__path__[0]).parent)

SHOP = '''
import threading
from pathlib import Path

from rota import Failed, Rota, Run, every, manual

rota = Rota("sqlite:///shop.db", app="shop", lease="{lease}")
print("the module prints")


@rota.task("shop.greet", schedule=manual())
def greet(name: str = "world", times: int = 1) -> str:
    """Say hello."""
    print("the task prints")
    return " ".join(["hello", name] * times)


@rota.task("shop.links")
def links() -> Failed:
    return Failed("3 broken links")


@rota.task("shop.wait", schedule=manual())
def wait(run: Run) -> None:
    Path("waiting").write_text(str(run.id))
    run.progress(0.5, "halfway")
    while True:
        run.checkpoint()
        threading.Event().wait(0.01)


@rota.task("shop.beat", schedule=every("{beat}"), enabled={beating})
def beat(run: Run) -> None:
    with Path("beats").open("a") as book:
        book.write(f"{{run.id}} {{run.due.isoformat()}}\\n")
    if not Path("free").exists():
        threading.Event().wait(60)
'''


class Shop:
    """A folder with an application in it, and the commands one types there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ROTA_")},
            "PYTHONPATH": SOURCE, "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        self.write()

    def write(self, *, lease: str = "15s", beat: str = "1h", beating: bool = False) -> None:
        text = SHOP.format(lease=lease, beat=beat, beating=beating)
        (self.folder / "shop.py").write_text(text, encoding="utf-8")

    def rota(self, *words: str, app: str | None = "shop") -> Answer:
        named = ["--app", app] if app else []
        done = subprocess.run(
            [sys.executable, "-m", "rota", *named, *words], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    def json(self, *words: str, app: str | None = "shop") -> Any:
        done = self.rota(*words, "--json", app=app)
        assert done.code == 0, done
        return done.json

    @contextmanager
    def node(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        with (self.folder / "node.err").open("a") as err, subprocess.Popen(
            [sys.executable, "-m", "rota", "--app", "shop", *(words or ("node",))],
            cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True, stderr=err,
        ) as process:  # fmt: skip
            try:
                assert process.stdout is not None
                assert "ready" in process.stdout.readline(), self.said()
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def said(self) -> str:
        return (self.folder / "node.err").read_text(encoding="utf-8")

    def run(self, id: int) -> dict[str, Any]:
        return next(run for run in self.json("runs")["items"] if run["id"] == id)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


# ------------------------------------------------------------------------------------ round trips


def test_a_client_makes_the_store_and_is_no_node(shop: Shop) -> None:
    assert [item["name"] for item in shop.json("list")["items"]] == [
        "shop.beat", "shop.greet", "shop.wait",
    ]  # fmt: skip
    assert (shop.folder / "shop.db").exists()
    tasks = {item["identifier"]: item for item in shop.json("tasks")["items"]}
    assert set(tasks) == {"shop.beat", "shop.greet", "shop.links", "shop.wait"}
    assert set(tasks["shop.greet"]["parameters"]["properties"]) == {"name", "times"}
    assert shop.json("nodes")["items"] == []
    assert shop.json("runs") == {"items": [], "next": None}


def test_a_run_without_a_node_stays_queued_until_one_comes(shop: Shop) -> None:
    queued = shop.rota("run", "shop.greet", "--json")
    assert (queued.code, queued.json["state"]) == (0, "queued")
    assert "no node is alive" in queued.err
    with shop.node():
        eventually(lambda: shop.run(queued.json["id"])["state"] == "succeeded", 30)


@pytest.mark.timeout(240)  # some twenty processes, one after another
def test_the_round_of_a_day(shop: Shop) -> None:
    with shop.node() as process:
        greeted = shop.json("run", "shop.greet", "--parameters", '{"name": "you"}', "--wait", "20s")
        assert (greeted["state"], greeted["result"]) == ("succeeded", "hello you")
        told = shop.rota("run", "shop.links", "--wait")
        assert (told.code, "3 broken links" in told.out) == (1, True)

        paused = shop.json("pause", "shop.greet", "--until", "2126-01-01", "--reason", "holiday")
        assert (paused["paused"], paused["status"]) == (True, "paused")
        assert shop.json("resume", "shop.greet")["paused"] is False

        waiting = shop.json("run", "shop.wait")
        eventually((shop.folder / "waiting").exists, 30)
        assert [node["state"] for node in shop.json("nodes")["items"]] == ["alive"]
        shop.json("cancel", str(waiting["id"]))
        ended = eventually(lambda: (run := shop.run(waiting["id"]))["finished"] and run, 30)
        assert (ended["state"], ended["reason"]) == ("cancelled", "user")

        newest = [run["id"] for run in shop.json("runs")["items"]]
        assert newest == sorted(newest, reverse=True)
        page = shop.json("runs", "--limit", "1")
        rest = shop.json("runs", "--cursor", page["next"])
        assert [run["id"] for run in page["items"] + rest["items"]] == newest
        assert [run["task"] for run in shop.json("runs", "shop.greet")["items"]] == ["shop.greet"]
        assert shop.json("events")["items"]
        assert shop.json("doctor")["ok"] is True

        process.terminate()
        assert process.wait(30) == 0
    assert [node["state"] for node in shop.json("nodes")["items"]] in (["stopped"], [])
    assert "Traceback" not in shop.said()


def test_why(shop: Shop) -> None:
    shop.write(beat="1h", beating=True)
    due = shop.json("list")["items"][0]["next_run"]
    planned = shop.json("why", "shop.beat", "--at", due)
    assert (planned["due"], planned["decision"]) == (due, "planned")
    beside = shop.json("why", "shop.beat", "--at", due.replace("Z", ".000001Z"))
    assert (beside["decision"], beside["reason"], beside["due"]) == ("none", "no_slot", due)


def test_serve_is_a_node_with_the_web_application(shop: Shop) -> None:
    with shop.node("serve", "--port", "0") as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{address}api/v1/health", timeout=10) as answer:
            assert json.load(answer) == {"status": "ok"}
        assert shop.json("run", "shop.greet", "--wait", "20s")["state"] == "succeeded"
        process.terminate()
        assert process.wait(10) == 0
    assert "Traceback" not in shop.said()


def test_with_rota_start_0_no_command_pretends_to_be_a_node(shop: Shop) -> None:
    shop.environment["ROTA_START"] = "0"
    refused = shop.rota("node", "--json")
    assert (refused.code, refused.error["part"]) == (1, "ROTA_START")
    command = [sys.executable, "-m", "rota", "--app", "shop", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=shop.folder, env=shop.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("The page alone, no node")
        process.terminate()


def test_a_server_that_was_told_to_stop_before_it_could_listen_to_that_ends(tmp_path: Path) -> None:
    """Between the words that it is ready and the server's own handlers there is a moment."""
    code = """
import os, signal
from rota.cli.signals import Signals
from rota.web.serve import listen, serve
async def app(scope, receive, send): ...
with Signals() as signals:
    os.kill(os.getpid(), signal.SIGTERM)
    assert signals.came() and signals.came()
    serve(app, listen("127.0.0.1", 0), signals.came)
    signals.drain()
    assert not signals.came()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, timeout=30, check=False)
    assert done.returncode == 0


def test_here_and_tick_need_no_node(shop: Shop) -> None:
    here = shop.json("run", "shop.greet", "--here")
    assert (here["state"], here["result"]) == ("succeeded", "hello world")
    assert shop.rota("run", "shop.links", "--here").code == 1
    shop.rota("run", "shop.greet")
    ticked = shop.json("tick", "--limit", "20s")
    assert set(ticked) == {"launched", "skipped", "recovered", "runs"}
    assert [run["state"] for run in ticked["runs"]] == ["succeeded"]
    assert all(node["state"] != "alive" for node in shop.json("nodes")["items"])


def test_only_a_database_is_enough_to_look_and_to_edit(shop: Shop) -> None:
    shop.json("list")
    (shop.folder / "shop.py").unlink()
    words = ("--database", "sqlite:///shop.db")
    assert len(shop.json("list", *words, app=None)["items"]) == 3
    assert shop.json(*words, "pause", "shop.greet", app=None)["paused"] is True
    refused = shop.rota("node", *words, "--json", app=None)
    assert (refused.code, refused.error["part"]) == (2, "--app")


def test_the_application_may_be_named_by_the_environment(shop: Shop) -> None:
    shop.environment["ROTA_APP"] = "shop:rota"
    assert len(shop.json("tasks", app=None)["items"]) == 4


def test_the_store_is_the_lines_else_the_applications_else_the_environments(shop: Shop) -> None:
    shop.environment["ROTA_DATABASE"] = "sqlite:///environment.db"
    shop.json("list")
    assert (shop.folder / "shop.db").exists()
    shop.json("list", "--database", "sqlite:///line.db")
    assert (shop.folder / "line.db").exists()
    assert not (shop.folder / "environment.db").exists()


# --------------------------------------------------------------------------------------- stopping


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_a_node_cleanly(shop: Shop, number: signal.Signals) -> None:
    with shop.node() as process:
        running = shop.json("run", "shop.wait")
        eventually((shop.folder / "waiting").exists, 30)
        process.send_signal(number)
        assert process.wait(11) == 0
    run = shop.run(running["id"])
    assert (run["state"], run["reason"]) == ("cancelled", "shutdown")
    assert "Traceback" not in shop.said()


def test_a_second_signal_shortens_the_grace(shop: Shop) -> None:
    shop.write(beat="1s", beating=True)  # it holds on to its thread and hears nothing
    with shop.node() as process:
        eventually((shop.folder / "beats").exists, 30)
        began = time.monotonic()
        process.terminate()
        eventually(lambda: "stopping" in shop.said(), 5)
        process.terminate()
        assert process.wait(8) == 0
        assert time.monotonic() - began < 6


@pytest.mark.parametrize("lease, within", [("3s", 5.0), ("15s", 16.0)])
def test_after_kill_9_the_run_is_lost_and_the_next_slot_runs_once(
    shop: Shop, lease: str, within: float
) -> None:
    shop.write(lease=lease, beat="2s", beating=True)
    beats = shop.folder / "beats"
    with shop.node() as process:
        eventually(lambda: beats.exists() and beats.read_text(encoding="utf-8"), 30)
        process.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        process.wait()
    lost = int(beats.read_text(encoding="utf-8").split()[0])
    (shop.folder / "free").touch()
    with shop.node() as process:
        left = within - (time.monotonic() - killed)
        eventually(lambda: state_of(shop, lost) == "lost", left)
        took = time.monotonic() - killed
        eventually(lambda: len(beats.read_text(encoding="utf-8").splitlines()) >= 3, 8)
        process.terminate()
        process.wait(10)
    slots = [line.split()[1] for line in beats.read_text(encoding="utf-8").splitlines()]
    assert len(slots) == len(set(slots))
    assert slots == sorted(slots)
    assert took <= within
    assert quick_check(shop) == "ok"


def quick_check(shop: Shop) -> str:
    """SQLite's own word on whether the file has come through."""
    store = sqlite3.connect(shop.folder / "shop.db")
    (word,) = store.execute("PRAGMA quick_check").fetchone()
    store.close()
    return str(word)


def state_of(shop: Shop, run: int) -> str:
    """Read from the file itself: starting a command would take longer than the difference."""
    with sqlite3.connect(shop.folder / "shop.db", timeout=5) as store:
        (state,) = store.execute("SELECT state FROM rota_run WHERE id = ?", (run,)).fetchone()
    store.close()
    return str(state)


# -------------------------------------------------------------------------------------- bad input


def corrupt(shop: Shop) -> None:
    (shop.folder / "shop.db").write_bytes(b"this is no database, " * 500)


def unwritable(shop: Shop) -> None:
    (shop.folder / "shop.db").mkdir()


def of_another_application(shop: Shop) -> None:
    shop.json("list")
    text = (shop.folder / "shop.py").read_text(encoding="utf-8")
    (shop.folder / "shop.py").write_text(text.replace('app="shop"', 'app="bakery"'))


def newer(shop: Shop) -> None:
    shop.json("list")
    store = sqlite3.connect(shop.folder / "shop.db")
    store.execute("UPDATE rota_meta SET value = '999' WHERE name = 'schema'")
    store.commit()
    store.close()


def duplicate(shop: Shop) -> None:
    with (shop.folder / "shop.py").open("a") as file:
        file.write("\n\n@rota.task('shop.greet')\ndef again() -> None: ...\n")


def bad_trigger(shop: Shop) -> None:
    with (shop.folder / "shop.py").open("a") as file:
        file.write("\n\n@rota.task('shop.x', schedule='every 5 parsecs')\ndef x() -> None: ...\n")


def broken_import(shop: Shop) -> None:
    with (shop.folder / "shop.py").open("a") as file:
        file.write("\n\n1 / 0\n")


def exiting(shop: Shop) -> None:
    (shop.folder / "shop.py").write_text("raise SystemExit(0)\n")


def misspelt(shop: Shop) -> None:
    (shop.folder / "shop.py").write_text("import rota\n\ndef broken(:\n")


def nothing(shop: Shop) -> None:
    """No store is there yet, and none is made."""


def made(shop: Shop) -> None:
    shop.json("list")


BAD = [
    # what happened before, the line, exit code, error code, what the line must say
    (nothing, "--database oracle://x list", 2, "bad_setting", "oracle"),
    (nothing, "--database rota.db list", 2, "bad_setting", "sqlite:///"),
    (nothing, "--database sqlite:///no/such/folder/x.db list", 1, None, "no/such/folder"),
    (unwritable, "list", 1, "refused", "shop.db"),
    (corrupt, "list", 1, "refused", "shop.db"),
    (newer, "list", 1, "refused", "newer Rota"),
    (newer, "--database sqlite:///shop.db node", 1, "refused", "newer Rota"),
    (of_another_application, "list", 1, "refused", "bakery"),
    (duplicate, "list", 2, "already_exists", "shop.greet"),
    (bad_trigger, "list", 2, None, "shop.py:"),
    (broken_import, "list", 2, "bad_setting", r"ZeroDivisionError.*shop\.py:\d+"),
    (exiting, "list", 2, "bad_setting", r"SystemExit.*shop\.py:1"),
    (misspelt, "list", 2, "bad_setting", r"SyntaxError.*shop\.py:3"),
    (nothing, "--app shop:nobody list", 2, "bad_setting", "write --app shop:rota"),
    (nothing, "--app shp list", 2, "bad_setting", "no module shp"),
    (nothing, "--app ../shop.py list", 2, "bad_setting", "module"),
    (nothing, "next every-5-minutes", 2, None, "every"),
    (nothing, "next", 2, "usage", "TRIGGER"),
    (made, "run shop.gret", 2, "unknown_schedule", "shop.greet"),
    (made, "pause shop.gret", 2, "unknown_schedule", "shop.greet"),
    (made, "cancel 4711", 2, "unknown_run", "4711"),
    (made, "why shop.greet --at yesterday", 2, "E_TIME", "yesterday"),
    (made, "run shop.greet --parameters {", 2, "bad_parameters", "JSON"),
    (made, "run shop.greet --parameters {\"nme\":1}", 2, "bad_parameters", "nme"),
    (made, "run shop.greet --parameters {\"times\":\"two\"}", 2, "bad_parameters", "times"),
    (nothing, "tick --limit soon", 2, "E_DURATION", "soon"),
    (nothing, "lst", 2, "usage", "list"),
]  # fmt: skip


@pytest.mark.parametrize("before, line, code, name, said", BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_one_line_and_changes_nothing(
    shop: Shop, before: Any, line: str, code: int, name: str | None, said: str
) -> None:
    before(shop)
    rows = stored(shop)
    words = line.split()
    plain = shop.rota(*words)
    assert (plain.code, plain.out) == (code, ""), plain
    errors = [text for text in plain.err.splitlines() if text != "the module prints"]
    assert len(errors) == 1, plain
    assert errors[0].startswith("rota: ")
    assert re.search(said, errors[0]), plain
    as_json = shop.rota(*words, "--json")
    assert as_json.code == code
    assert name in (None, as_json.error["code"])
    assert as_json.error["reason"]
    assert stored(shop) == rows


def stored(shop: Shop) -> object:
    """What a mistake must leave as it is: the bytes of a file that is no store of ours, else its
    runs, schedules and events."""
    file = shop.folder / "shop.db"
    if not file.is_file():
        return file.is_dir()
    store = sqlite3.connect(file)
    try:
        tables = ("rota_run", "rota_schedule", "rota_event")
        return [store.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    except sqlite3.DatabaseError:
        return file.read_bytes()
    finally:
        store.close()


def test_no_store_is_named(shop: Shop) -> None:
    refused = shop.rota("list", "--json", app=None)
    assert (refused.code, refused.error["part"]) == (2, "--database")


def test_a_port_in_use_is_named_and_a_free_one_too(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = shop.rota("serve", "--port", str(port))
    assert refused.code == 1
    assert refused.err.count("\n") == 1
    free = re.search(rf"127\.0\.0\.1:{port}; port (\d+) is free", refused.err)
    assert free, refused
    assert int(free[1]) != port


# ------------------------------------------------------------------------------- on a terminal


def test_a_terminal_gets_colours_and_a_pipe_does_not(shop: Shop) -> None:
    import pty

    shop.rota("run", "shop.links", "--here")
    ours, theirs = pty.openpty()
    environment = {**shop.environment, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        [sys.executable, "-m", "rota", "--app", "shop", "runs"], cwd=shop.folder,
        env=environment, stdout=theirs, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        os.close(theirs)
        text = drained(ours)
        assert process.wait(10) == 0
    assert "\x1b[31mfailed" in text
    assert re.search("ago|now", text)
    assert "\x1b" not in shop.rota("runs").out


def drained(reading: int) -> str:
    """All that is written to a terminal until its other end is closed."""
    parts: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(reading, 4096):
                parts.append(part)
        except OSError:  # how Linux says that nobody holds the other end
            pass

    reader = threading.Thread(target=read)
    reader.start()
    reader.join(20)
    os.close(reading)
    return b"".join(parts).decode()


# ------------------------------------------------------------------------------------- how quickly


def spent() -> float:
    """Processor time of the children that have ended: what else the machine does is not in it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("words", [("next", "cron */5 * * * *"), ("--help",)])
def test_next_and_help_answer_quickly_and_load_no_engine(
    shop: Shop, words: tuple[str, ...]
) -> None:
    took = []
    for _ in range(7):
        before = spent()
        assert shop.rota(*words, app=None).code == 0
        took.append(spent() - before)
    assert min(took) <= 0.150, took
    shop.environment["PYTHONPROFILEIMPORTTIME"] = "1"
    loaded = shop.rota(*words, app=None).err
    for name in ("rota.app", "rota.engine.node", "asyncio", "sqlite3", "starlette", "difflib"):
        assert not re.search(rf"\| +{re.escape(name)}$", loaded, re.MULTILINE), name
