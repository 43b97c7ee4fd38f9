"""A child process as its parent sees it: started, given one attempt at a time, ended or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rota.executors.process.program import Program
from rota.executors.process.wire import TooLong, Wire
from rota.ports.executor import Attempt

__all__ = ("Child",)

EXIT = 5.0  # seconds that an idle child has to end by itself
LAST = 1.0  # seconds between the wire's end and the process's own, or between SIGTERM and SIGKILL
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from rota.child import main; main()"
SOURCE = str(Path(__file__).resolve().parents[3])  # the folder that holds the package
GROUPS = hasattr(os, "killpg")


class Child:
    """One process. A single thread starts it and gives it attempts; any may ask or kill."""

    def __init__(self, program: Program) -> None:
        """Start it; OSError if the system gives no process or no descriptors."""
        ours = os.pipe()
        try:
            theirs = os.pipe()
        except OSError:
            close(*ours)
            raise
        try:
            self.process = subprocess.Popen(
                [sys.executable or "python3", "-c", START, SOURCE, program.application],
                stdin=theirs[0], stdout=ours[1], start_new_session=GROUPS,
            )  # fmt: skip
        except BaseException:
            close(ours[0], theirs[1])
            raise
        finally:
            close(ours[1], theirs[0])
        self.wire = Wire(ours[0], theirs[1])
        self.attempt: Attempt | None = None
        self.begun = False  # the code of the attempt may be running
        self.told = False  # it knows that it is asked to stop
        self.done = 0  # attempts that ended here
        self.condemned = False  # it gets no further attempt
        self.fault = ""  # why it is killed, if for a fault of its own
        self.wire.send(program.hello())

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self.process.poll() is None

    def perform(self, attempt: Attempt) -> bool:
        """Have an attempt run to its end. False if there is no end: the process is gone, or of no
        use, and has to be let go of with `bury`.
        """
        self.attempt, self.begun, self.told = attempt, False, False
        try:
            self.wire.send({"orders": attempt.orders()})
            while (said := self.wire.receive()) is not None:
                if self.hear(attempt, said):
                    self.done += 1
                    return True
        except (TooLong, KeyError, TypeError, ValueError) as error:
            self.fault = f"what it said could not be understood: {error!r}"[:1_000]
            self.signal("SIGKILL")
        finally:
            self.attempt = None
        return False

    def hear(self, attempt: Attempt, said: Mapping[str, object]) -> bool:
        """Take in one message; whether the attempt has ended."""
        if "begun" in said:
            self.begun = True
        else:
            answer = attempt.hear(said)
            if answer is not None:
                self.wire.send(answer)
        self.pass_on()
        return "outcome" in said

    def pass_on(self) -> None:
        """Tell the child that it is asked to stop, if it is. Never blocks: while something else is
        on its way, the thread that sends it passes this on.
        """
        attempt = self.attempt
        if attempt is not None and self.begun and not self.told and attempt.asked is not None:
            self.told = self.wire.send({"cancel": attempt.asked}, wait=False)

    # ------------------------------------------------------------------ its end

    def end(self) -> None:
        """Let an idle process end, by force if it takes too long, and wait for that."""
        self.wire.hang_up()
        try:
            self.process.wait(EXIT)
        except subprocess.TimeoutExpired:
            self.signal("SIGKILL")
        self.bury()

    def terminate(self) -> None:
        """End it and all that it started: politely, a second later by force. Returns at once.

        SIGTERM makes the task raise where it stands, so that it can put things away.
        """
        self.condemned = True
        self.signal("SIGTERM")
        later = threading.Timer(LAST, self.signal, ("SIGKILL",))
        later.daemon = True
        with suppress(RuntimeError):  # no more threads: the process's own end has to do
            later.start()

    def kill(self) -> None:
        """End it and all that it started, at once."""
        self.signal("SIGKILL")

    def signal(self, name: str) -> None:
        """Send a signal to the process and to all that it started and that stayed in its group."""
        if not GROUPS:
            if name == "SIGKILL":
                self.process.kill()
            return
        if self.alive:
            with suppress(OSError):
                os.killpg(self.process.pid, signal.Signals[name])

    def bury(self) -> str:
        """After the wire's end: wait for the process, end what it left behind, and say how it
        ended.
        """
        try:
            code = self.process.wait(LAST)
        except subprocess.TimeoutExpired:
            self.fault = self.fault or "it closed its line to the node"
            self.signal("SIGKILL")
            code = self.process.wait()
        if GROUPS:
            with suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.wire.close()
        words = f"the child process {ended(code)}"
        if self.fault:
            words += f": {self.fault}"
        return f"{self.wire.strays}{words}"


def ended(code: int) -> str:
    """How a process ended, in words.

    >>> ended(0), ended(-11)
    ('ended with exit code 0 and without a result', 'was ended by signal 11 (SIGSEGV)')
    """
    if code >= 0:
        return f"ended with exit code {code} and without a result"
    try:
        name = f" ({signal.Signals(-code).name})"
    except ValueError:
        name = ""
    return f"was ended by signal {-code}{name}"


def close(*descriptors: int) -> None:
    for one in descriptors:
        os.close(one)
