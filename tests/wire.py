"""A wire between a node and its database that a test can damage: cut, silent, slow, truncated."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

__all__ = ("Wire",)

PIECE = 65_536


class Wire:
    """A TCP proxy before a server's Unix socket. One thread a direction of each connection.

    `state` is what it does just now: `fine`; `silent` (everything vanishes, nothing is closed);
    `cut` (connections are reset, and new ones as soon as they come); `slow` (every piece waits
    `delay` seconds); `torn` (of the next answer a half arrives, then the connection is reset).
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.state = "fine"
        self.delay = 0.3
        self.healed = threading.Event()  # set while it is not silent
        self.healed.set()
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        threading.Thread(target=self.accept, name="wire", daemon=True).start()

    def become(self, state: str) -> None:
        """From now on it is like this."""
        self.state = state
        if state == "silent":
            self.healed.clear()
            return
        if not self.healed.is_set():  # what vanished is gone: TCP would never notice by itself
            self.drop()
        self.healed.set()
        if state == "cut":
            self.drop()

    def close(self) -> None:
        """The end of it."""
        self.over.set()
        self.become("cut")
        self.door.close()

    def accept(self) -> None:
        """The thread at the door."""
        while not self.over.is_set():
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.join, args=(near,), name="wire", daemon=True).start()

    def join(self, near: socket.socket) -> None:
        """Connect one caller through, for as long as both sides last."""
        self.healed.wait()
        if self.state == "cut":
            reset(near)
            return
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(str(self.target))
        except OSError:  # the server itself is away
            far.close()
            reset(near)
            return
        with self.lock:
            self.pairs.append((near, far))
        back = threading.Thread(target=self.pump, args=(far, near, True), daemon=True)
        back.start()
        self.pump(near, far, False)
        back.join()
        with self.lock, suppress(ValueError):
            self.pairs.remove((near, far))
        near.close()
        far.close()

    def pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        """One direction."""
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if self.state == "slow":
                    self.over.wait(self.delay)
                if not self.healed.is_set():
                    self.healed.wait()
                    break  # it vanished
                if self.state == "torn" and answers and len(piece) > 1:
                    self.state = "fine"
                    sink.sendall(piece[: len(piece) // 2])
                    break
                sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for near, far in pairs:
            for end in (near, far):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


def reset(end: socket.socket) -> None:
    """Close it the rude way."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    end.close()
