"""SIGTERM, SIGINT and SIGHUP as something to wait for, in our own commands only."""

from __future__ import annotations

import select
import signal
import socket
from types import FrameType
from typing import Final, Self

__all__ = ("Signals",)

STOPS: Final = ("SIGTERM", "SIGINT", "SIGHUP")


class Signals:
    """While it is entered, signals to stop arrive here one by one instead of ending the process.
    A terminal that is closed (SIGHUP) counts as SIGTERM.

    Through a socket, not an Event: a handler runs between any two steps of the main thread, also
    while that thread holds the Event's lock.
    """

    def __init__(self) -> None:
        self.reader, self.writer = socket.socketpair()
        self.before: dict[int, object] = {}
        self.fd = -1

    def __enter__(self) -> Self:
        self.writer.setblocking(False)
        self.fd = signal.set_wakeup_fd(self.writer.fileno(), warn_on_full_buffer=False)
        for name in STOPS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # nohup
                handler = hung_up if name == "SIGHUP" else nothing
                self.before[number] = signal.signal(number, handler)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self.fd)
        for number, handler in self.before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self.reader.close()
        self.writer.close()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the next signal to stop; False if none came in so many seconds."""
        if not select.select([self.reader], [], [], timeout)[0]:
            return False
        came = self.reader.recv(1)[0]
        return came in (signal.SIGTERM, signal.SIGINT) or self.wait(timeout)

    def came(self) -> bool:
        """Whether a signal to stop has come that nobody has waited for."""
        if not select.select([self.reader], [], [], 0)[0]:
            return False
        found = self.reader.recv(64, socket.MSG_PEEK)
        return signal.SIGTERM in found or signal.SIGINT in found

    def drain(self) -> None:
        """Forget what came so far."""
        while select.select([self.reader], [], [], 0)[0]:
            self.reader.recv(64)


def nothing(_number: int, _frame: FrameType | None) -> None:
    """A handler of Python's must stand there for the wake-up to be written."""


def hung_up(_number: int, _frame: FrameType | None) -> None:
    """Pass it on as the signal that every server understands."""
    signal.raise_signal(signal.SIGTERM)
