"""The main instance: of the processes of one application on one machine, the one that started last.

A newcomer rings, the old one is told, lets go within a deadline, and then the newcomer is main. One
that was told never comes back. If the old one is killed the system frees its lock at once.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from threading import Lock, Thread

from rota.engine.roles.lockfile import LockFile

__all__ = ("Listener", "MainInstance")

Listener = Callable[[bool], object]
"""Told True when this process becomes main, False when it is to let go."""

DEADLINE = 10.0  # seconds that the listeners may take to let go

logger = logging.getLogger("rota")


class MainInstance:
    """This process's part in it. `say` writes a line of the event log."""

    def __init__(self, say: Callable[[str], None] = logger.info) -> None:
        self.listeners: list[Listener] = []
        self.deadline = DEADLINE
        self.say = say
        self.is_main = False
        self.lock = Lock()
        self.file: LockFile | None = None
        self.stopping = False
        self.thread: Thread | None = None

    def start(self, name: str) -> None:
        """Take part from here on, as the newest, under the name that all instances share."""
        with self.lock:
            if self.thread is not None:
                return
            self.stopping = False
            file = self.file = LockFile(name)
            file.draw()
            self.thread = Thread(target=self.run, args=(file,), name="rota-main-instance",
                                 daemon=True)  # fmt: skip
            self.thread.start()

    def stop(self) -> None:
        """Let go, if it is main, and take part no longer."""
        with self.lock:
            thread, self.thread, file, self.file = self.thread, None, self.file, None
            self.stopping = True
        if thread is None or file is None:
            return
        if len(file.held) == 3:
            file.ring()
            thread.join(self.deadline + 1)
        # Else it sleeps on the lock; when it wakes it finds that it is not wanted.

    def forget(self) -> None:
        """In the child of a fork: the parent is what it was, this process is not."""
        self.lock = Lock()
        self.is_main, self.thread = False, None
        file, self.file = self.file, None
        if file is not None:
            file.release()

    def run(self, file: LockFile) -> None:
        """The thread's life."""
        try:
            file.take()
            while self.file is file and file.is_newest():
                if not self.is_main:
                    self.become()
                file.wait()
        except OSError:
            logger.exception("this process cannot be the main instance of its machine")
        finally:
            if self.is_main:
                self.let_go()
            file.release()

    def become(self) -> None:
        """Be main, and tell."""
        self.is_main = True
        self.say(f"Process {os.getpid()} is the main instance of its machine.")
        self.tell(main=True)

    def let_go(self) -> None:
        """Be main no longer, at once; give the listeners until the deadline to finish."""
        self.is_main = False
        self.say(f"Process {os.getpid()} is no longer the main instance of its machine.")
        told = Thread(target=self.tell, kwargs={"main": False}, name="rota-letting-go", daemon=True)
        told.start()
        told.join(self.deadline)
        if told.is_alive():
            logger.warning("listeners did not let go within %s s; the newer instance is main",
                           self.deadline)  # fmt: skip

    def tell(self, *, main: bool) -> None:
        for listener in tuple(self.listeners):
            try:
                listener(main)
            except Exception:
                logger.exception("a listener for the main instance failed: %r", listener)
