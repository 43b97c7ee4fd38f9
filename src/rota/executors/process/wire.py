"""The wire between a node and a child process: JSON, one line a message, bounded in length.

What comes along and is no message is kept, bounded, as `strays`: the last words of an interpreter
that crashes are written there by the standard fault handler.
"""

from __future__ import annotations

import json
import os
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress

__all__ = ("LONGEST", "TooLong", "Wire")

LONGEST = 2 * 1024 * 1024  # bytes of one message
STRAYS = 4_000  # characters of what is no message
AT_ONCE = 65_536


class TooLong(ValueError):
    """A message, or a line that could have become one, is longer than the wire takes."""


class Wire:
    """One end of it: a descriptor to read from and one to write to, both its own from now on.

    >>> left, right = os.pipe()
    >>> wire = Wire(left, right)
    >>> wire.send({"cancel": "timeout"})
    True
    >>> wire.receive()
    {'cancel': 'timeout'}
    >>> wire.close()
    """

    def __init__(self, reads: int, writes: int) -> None:
        self.reads = reads
        self.writes = writes
        self.lock = threading.Lock()  # one message at a time
        self.buffer = bytearray()
        self.strays = ""
        WIRES.add(self)

    def send(self, message: Mapping[str, object], *, wait: bool = True) -> bool:
        """Write a message. False if nobody is there any more, or, without `wait`, if another one is
        being written.
        """
        line = json.dumps(message).encode() + b"\n"
        if len(line) > LONGEST:
            raise TooLong(f"a message of {len(line):,} bytes; {LONGEST:,} are allowed")
        if self.writes < 0 or not self.lock.acquire(blocking=wait):
            return False
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self.writes, rest) :]
        except OSError:  # the other end is gone; whoever reads learns it too
            return False
        finally:
            self.lock.release()
        return True

    def receive(self) -> dict[str, object] | None:
        """The next message, waited for; None when the other end is gone. TooLong if it never ends.

        One thread reads.
        """
        searched = 0
        while True:
            end = self.buffer.find(b"\n", searched)
            if end >= 0:
                line = bytes(self.buffer[:end])
                del self.buffer[: end + 1]
                searched = 0
                message = parsed(line)
                if message is not None:
                    return message
                self.keep(line)
                continue
            searched = len(self.buffer)
            if searched > LONGEST:
                raise TooLong(f"a line of more than {LONGEST:,} bytes")
            part = self.read()
            if not part:
                self.keep(bytes(self.buffer))
                self.buffer.clear()
                return None
            self.buffer += part

    def read(self) -> bytes:
        try:
            return os.read(self.reads, AT_ONCE) if self.reads >= 0 else b""
        except OSError:
            return b""

    def keep(self, line: bytes) -> None:
        """Keep what is no message."""
        room = STRAYS - len(self.strays)
        if room > 0 and line:
            self.strays += line[:room].decode("utf-8", "replace") + "\n"

    def hang_up(self) -> None:
        """Say no more: the other end reads to the end of the wire."""
        with self.lock:
            self.writes = shut(self.writes)

    def close(self) -> None:
        """Let go of both descriptors."""
        self.hang_up()
        self.reads = shut(self.reads)

    def cut(self) -> None:
        """In a process that was forked off: the wire is the original's, and so is the lock."""
        self.reads, self.writes = shut(self.reads), shut(self.writes)


def shut(descriptor: int) -> int:
    """Close a descriptor if there is one; the number that says that there is none."""
    if descriptor >= 0:
        with suppress(OSError):
            os.close(descriptor)
    return -1


def parsed(line: bytes) -> dict[str, object] | None:
    """The message that a line is; None if it is none.

    >>> parsed(b'{"begun": 1}'), parsed(b"Fatal Python error")
    ({'begun': 1}, None)
    """
    if not line.startswith(b"{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


WIRES: weakref.WeakSet[Wire] = weakref.WeakSet()


def cut_all() -> None:
    for wire in list(WIRES):
        wire.cut()


if hasattr(os, "register_at_fork"):
    # Else the end of the wire would stay open in whatever was forked, and nobody would notice that
    # the process at the other end is gone.
    os.register_at_fork(after_in_child=cut_all)
