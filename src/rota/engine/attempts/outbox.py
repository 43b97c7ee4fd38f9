"""The outbox: log lines and progress of running attempts, on their way to the store."""

from __future__ import annotations

from collections import deque
from threading import Lock

from rota.ports.records import LogLine, Progress

__all__ = ("Outbox",)

HELD = 50_000  # lines kept while the store does not answer; older ones go first
AT_ONCE = 2_000  # lines in one transaction


class Outbox:
    """Filled by the threads that run tasks, emptied by the writer. Never blocks for long."""

    def __init__(self) -> None:
        self.lines: deque[LogLine] = deque(maxlen=HELD)
        self.latest: dict[int, Progress] = {}
        self.lock = Lock()

    def __bool__(self) -> bool:
        return bool(self.lines or self.latest)

    def log(self, line: LogLine) -> None:
        """Add a line."""
        self.lines.append(line)

    def progress(self, progress: Progress) -> None:
        """Set how far a run has come; the latest wins."""
        with self.lock:
            self.latest[progress.run] = progress

    def drain(self) -> tuple[list[Progress], list[LogLine]]:
        """Take out what there is, up to a bound."""
        with self.lock:
            progress, self.latest = list(self.latest.values()), {}
        lines: list[LogLine] = []
        while self.lines and len(lines) < AT_ONCE:
            lines.append(self.lines.popleft())
        return progress, lines

    def put_back(self, progress: list[Progress], lines: list[LogLine]) -> None:
        """Return what could not be written; what came since is newer and stays."""
        room = HELD - len(self.lines)  # a full deque would lose its newest lines instead
        self.lines.extendleft(reversed(lines[max(0, len(lines) - room) :]))
        with self.lock:
            for one in progress:
                self.latest.setdefault(one.run, one)
