"""A child process of a node: imports the application as a client and runs attempts, one at a time.

Started as `python -c … rota.child`, with orders on standard input and what it says on standard
output; both are moved away at once, so that tasks find neither. When the node is gone the input
ends, and the child ends with it, whatever its task is doing.
"""

from __future__ import annotations

import atexit
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from queue import SimpleQueue
from types import FrameType
from typing import Any, cast

from rota.app import Rota
from rota.engine.attempts.attempt import TaskAttempt
from rota.engine.attempts.away import line_said, outcome_said, previous_from, row_from
from rota.engine.attempts.capture import Capture
from rota.engine.hosting.process import clients_only
from rota.engine.tasks.errortext import describe
from rota.engine.tasks.registry import Task
from rota.engine.tasks.run import Run
from rota.errors import BadSetting, Cancelled, RotaError, Unreachable
from rota.executors.loop import LoopExecutor
from rota.executors.process.wire import Wire
from rota.ports.records import LogLine, Progress, RunRow
from rota.rules.endings import Outcome
from rota.version import __version__

__all__ = ("main",)

EXIT = 3.0  # seconds that the interpreter has to end by itself when the node lets go of it
PACE = 0.05  # seconds between two reports of progress


def main() -> None:
    """The life of a child process."""
    wire = take_over()
    faulthandler.enable(file=wire.writes, all_threads=False)
    hello = wire.receive()
    if hello is None:
        return
    clients_only()
    child = Child(wire, hello)
    signal.signal(signal.SIGTERM, child.interrupt)
    atexit.register(child.leave)  # the first to be registered is the last to be called
    threading.Thread(target=child.listen, name="rota-listener", daemon=True).start()
    threading.Thread(target=child.report, name="rota-progress", daemon=True).start()
    while (orders := child.orders.get()) is not None:
        fit = child.perform(orders)
        if os.getpid() != child.pid:  # the task forked, and this is the copy
            os._exit(0)
        if not fit:
            return  # a fresh process may find the application mended


def take_over() -> Wire:
    """The wire, off the standard streams: reading finds nothing there, output goes to the error."""
    wire = Wire(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return wire


class Child:
    """The application in this process, and the attempt that runs here."""

    def __init__(self, wire: Wire, hello: Mapping[str, object]) -> None:
        self.wire = wire
        self.hello = cast(dict[str, Any], hello)
        self.pid = os.getpid()
        self.orders: SimpleQueue[Mapping[str, object] | None] = SimpleQueue()
        self.answers: SimpleQueue[Mapping[str, object]] = SimpleQueue()
        self.asking = threading.Lock()
        self.alone = False  # the node has let go, or is gone
        self.rota: Rota | None = None
        self.run: Run | None = None
        self.on_main_thread = False  # it runs there
        self.ended = threading.Event()  # it has said its outcome
        self.loop: LoopExecutor | None = None  # where coroutines run, made when there is one
        self.progress: Progress | None = None  # the latest, not yet said
        self.news = threading.Event()
        self.saying = threading.Lock()
        self.capture: Capture | None = None

    # ------------------------------------------------------------------ what the node says

    def listen(self) -> None:
        """The thread that hears the node. Its end is the end of this process."""
        while (said := self.wire.receive()) is not None:
            if "orders" in said:
                self.orders.put(cast(Mapping[str, object], said["orders"]))
            elif "cancel" in said:
                self.cancel(str(said["cancel"]))
            else:
                self.answers.put(said)
        self.alone = True
        if self.run is None:
            self.orders.put(None)
            threading.Event().wait(EXIT)  # for handlers at the exit, and for threads of tasks
        end_group()

    def leave(self) -> None:
        """The last act: what tasks have started ends too, for there may be no node to see to it."""
        if self.alone and os.getpid() == self.pid:
            for stream in (sys.stdout, sys.stderr):
                with suppress(Exception):
                    stream.flush()
            end_group()

    def cancel(self, reason: str) -> None:
        run = self.run
        if run is not None:
            run.asked = run.asked or reason
            if self.loop is not None:
                self.loop.cancel(run.id)

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """SIGTERM: end a task that was asked to stop and goes on, wherever its code stands.

        Without having been asked it goes on: a service manager may signal every process of the
        host, and it is for the node to say what becomes of its runs.
        """
        run = self.run
        if run is not None and run.asked is not None and self.on_main_thread:
            raise Cancelled(run.asked)

    # ------------------------------------------------------------------ one attempt

    def perform(self, orders: Mapping[str, object]) -> bool:
        """Run what is ordered, to its end; whatever becomes of it, the node hears an outcome.

        False if this process cannot even begin it.
        """
        try:
            attempt = self.prepare(row_from(orders))
        except BaseException as error:  # noqa: BLE001  code of the application, as it is imported
            self.wire.send(outcome_said(unfit(error)))
            return False
        self.run = attempt.run
        self.ended.clear()
        self.wire.send({"begun": attempt.key})
        self.on_main_thread = not attempt.task.is_async
        if attempt.task.is_async:
            self.loop = self.loop or LoopExecutor()
            self.loop.start(attempt)
            self.ended.wait()
        else:
            attempt.call()
        return True

    def prepare(self, row: RunRow) -> TaskAttempt:
        """The attempt, of the application that is imported now if it was not before."""
        rota = self.rota = self.rota or load(self.hello)
        task = self.find(rota, row.task)
        if self.capture is None:
            self.capture = Capture(self.log, now=rota.clock.now)
            self.capture.install()
        run = Run(row, self.keep, self.previous)
        return TaskAttempt(run, task, rota.services, self.capture, self.end)

    def find(self, rota: Rota, identifier: str) -> Task:
        """The task, also if a module registers it that the application itself does not import."""
        for module in self.hello["modules"]:
            if rota.registry.get(identifier) is not None:
                break
            import_module(module)
        return rota.registry.need(identifier)

    def end(self, _row: RunRow, outcome: Outcome, _took: int | None) -> None:
        """Say the outcome, after the latest progress."""
        self.run = None
        self.say_progress()
        self.wire.send(outcome_said(outcome))
        self.ended.set()

    # ------------------------------------------------------------------ what the task says

    def log(self, line: LogLine) -> None:
        """Say a log line at once: the process may be gone with the next instruction."""
        self.wire.send(line_said(line))

    def keep(self, progress: Progress) -> None:
        """Keep the latest progress, for the thread that says it."""
        self.progress = progress
        self.news.set()

    def report(self) -> None:
        """The thread that says how far it is, not more often than anybody can look."""
        pause = threading.Event()
        while self.news.wait():
            self.news.clear()
            self.say_progress()
            pause.wait(PACE)

    def say_progress(self) -> None:
        with self.saying:
            progress, self.progress = self.progress, None
            if progress is not None:
                self.wire.send({"progress": [progress.fraction, progress.message]})

    def previous(self) -> object | None:
        """The run before, which only the node can look up."""
        with self.asking:
            self.wire.send({"previous": True})
            answer = self.answers.get()
        if "unreachable" in answer:
            raise Unreachable(str(answer["unreachable"]))
        return previous_from(answer["previous"])


def load(hello: Mapping[str, Any]) -> Rota:
    """The application, on the node's store and with the node's path."""
    if hello["version"] != __version__:
        raise BadSetting(
            f"Rota is {__version__} now and was {hello['version']} when the node started",
            part="executor", text="process", hint="start the node again",
        )  # fmt: skip
    sys.path[:] = hello["path"]
    name = str(hello["application"])
    sys.argv[:] = [name]
    module, _, attribute = name.partition(":")
    found: object = import_module(module)
    for part in attribute.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, Rota):
        raise BadSetting("this is no Rota", part="executor", text=name,
                         hint="assign it when the module is imported")  # fmt: skip
    if found.store is None:
        found.use(hello["database"])
    return found


def unfit(error: BaseException) -> Outcome:
    """The outcome of an attempt whose code this process cannot get at."""
    if isinstance(error, RotaError):
        return Outcome("raised", error=f"in the child process: {error}")
    return Outcome("raised", error=describe(error))


def end_group() -> None:
    """End this process and what it has started, at once."""
    if hasattr(os, "killpg"):
        os.killpg(os.getpgid(0), signal.SIGKILL)
    os._exit(1)
