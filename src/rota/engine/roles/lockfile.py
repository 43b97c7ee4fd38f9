"""A lock among the processes of one machine that is handed to the newest who wants it.

Three small files: the *lock* itself, which the system frees when its holder ends, however it does;
a *number* that every newcomer takes, so that all agree who is the newest; and a *bell*, a named
pipe that wakes the holder. Nobody polls: who waits sleeps on the lock, who holds it on the bell.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from rota.errors import Refused

if sys.platform != "win32":
    import fcntl

__all__ = ("LockFile", "folder")

DIGITS = 20


class LockFile:
    """One process's hand on the lock of that name; `draw`, then `take`, then `wait` until `ousted`.

    >>> lock = LockFile("an application and its store")
    >>> lock.draw()
    >>> lock.take()
    >>> lock.is_newest()
    True
    >>> lock.release()
    """

    def __init__(self, name: str) -> None:
        key = sha256(name.encode()).hexdigest()[:32]
        self.lock, self.number, self.bell = (
            folder() / f"{key}.{what}" for what in ("lock", "number", "bell")
        )
        self.mine = 0
        self.held: list[int] = []  # descriptors: the lock, its folder, the bell

    def draw(self) -> None:
        """Become the newest, and tell whoever holds the lock."""
        with suppress(FileExistsError):
            os.mkfifo(self.bell, 0o600)
        file = os.open(self.number, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.mine = read_number(file) + 1
            os.pwrite(file, f"{self.mine:0{DIGITS}}".encode(), 0)
        finally:
            os.close(file)
        self.ring()

    def take(self) -> None:
        """Sleep until the lock is free, and hold it."""
        # The folder is locked too, which keeps those who tidy temporary files away from it.
        place = os.open(self.lock.parent, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(place, fcntl.LOCK_SH)
        lock = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.held = [lock, place]
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Only then is the number read: who draws after it finds this end of the bell open.
        self.held.append(os.open(self.bell, os.O_RDWR | os.O_CLOEXEC))

    def is_newest(self) -> bool:
        """Whether nobody has drawn a number since."""
        file = os.open(self.number, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return read_number(file) == self.mine
        finally:
            os.close(file)

    def wait(self) -> None:
        """Sleep until somebody rings."""
        os.read(self.held[2], 4_096)

    def ring(self) -> None:
        """Wake whoever holds the lock, if anybody does."""
        with suppress(OSError):  # nobody listens, or so many rang that it is awake anyway
            bell = os.open(self.bell, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                os.write(bell, b"!")
            finally:
                os.close(bell)

    def release(self) -> None:
        """Let go. In the child of a fork too: the parent's hand stays on the lock."""
        held, self.held = self.held, []
        for file in held:
            os.close(file)


def read_number(file: int) -> int:
    digits = os.pread(file, DIGITS, 0)
    return int(digits) if digits.isdigit() else 0


def folder() -> Path:
    """Where this user's locks are: of the whole machine, and nobody else's to write to."""
    if sys.platform == "win32":
        raise Refused("a main instance needs flock and named pipes, which Windows has not",
                      part="main_instance", hint="leave main_instance out")  # fmt: skip
    path = Path(tempfile.gettempdir()) / f"rota-{os.getuid()}"
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise Refused(f"{path} is not this user’s own", part="main_instance",
                      hint="remove it, or set TMPDIR")  # fmt: skip
    return path
