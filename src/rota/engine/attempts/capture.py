"""What runs log and print, line by line, each line with its run, and all of it bounded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextvars import Token
from types import TracebackType
from typing import Final

from rota.engine.attempts.taps import CURRENT, RECORDED, TAPS, Listener, busy
from rota.engine.tasks.bounded import clip
from rota.engine.tasks.errortext import describe
from rota.ports.records import LogLine

__all__ = ("Capture", "Output")

LINE: Final = 4_000  # bytes
LINES: Final = 10_000  # of one attempt
TOTAL: Final = 1024 * 1024  # bytes of one attempt
FEW: Final = 8  # threads of one attempt whose place in a line is kept although it is its beginning
LEVELS: Final = ((50, "critical"), (40, "error"), (30, "warning"), (20, "info"))


class Capture:
    """The output of one application's runs, handed line by line to `sink`.

    >>> lines = []
    >>> capture = Capture(lines.append, now=lambda: 0)
    >>> with capture.of(7, fence=1) as output:
    ...     output.log.info("12 items")
    >>> lines[0].text, lines[0].run, lines[0].number
    ('12 items', 7, 1)
    """

    def __init__(self, sink: Callable[[LogLine], None], now: Callable[[], int]) -> None:
        self.sink = sink
        self.now = now
        self.installed = False

    def install(self) -> None:
        """Begin to listen to the root logger and the standard streams. Twice is once."""
        if not self.installed:
            self.installed = True
            TAPS.add_user()

    def uninstall(self) -> None:
        """Stop listening, if no other application in this process does. Twice is once."""
        if self.installed:
            self.installed = False
            TAPS.remove_user()

    def of(self, run: int, fence: int, *, after: int = 0) -> Output:
        """The output of one attempt, its lines numbered from `after` + 1; enter it to bind it."""
        return Output(self, run, fence, after)


class Output:
    """The lines of one attempt. Within `with`, what this context logs and prints is its own."""

    def __init__(self, capture: Capture, run: int, fence: int, after: int) -> None:
        self.capture = capture
        self.run = run
        self.fence = fence
        self.number = after
        self.lines = LINES
        self.bytes = TOTAL
        self.dropped = 0
        self.open = True
        self.lock = threading.Lock()
        self.partial: dict[tuple[str, int], Partial] = {}  # by stream and thread
        self.token: Token[Listener | None] | None = None

    @property
    def log(self) -> logging.Logger:
        """A logger whose every line is kept; made when asked for, as most runs never do."""
        return RunLogger(self)

    def __enter__(self) -> Output:
        TAPS.mend()
        self.token = CURRENT.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.token is not None:
            CURRENT.reset(self.token)
            self.token = None
        self.close()

    def close(self) -> None:
        """Hand over what was printed without an end of line, and say how much was dropped."""
        for (name, _), partial in list(self.partial.items()):
            self.keep("output", name, [partial.rest()])
        with self.lock:
            if not self.open:
                return
            self.open = False
            if self.dropped:
                text = (
                    f"{self.dropped:,} more lines were not kept: a run keeps {LINES:,} lines "
                    f"and {TOTAL // 1024:,} KiB"
                )
                self.hand_over("warning", "rota", text)

    # ------------------------------------------------------------------ lines

    @property
    def full(self) -> bool:
        """Whether nothing more is kept; read without the lock, for a quick way out."""
        return self.lines <= 0 or self.bytes <= 0 or not self.open

    def record(self, record: logging.LogRecord) -> None:
        """Keep a log record."""
        if self.full:
            self.dropped += 1  # a lost update among threads makes the count a little low
        elif not busy.now:
            self.keep(level_of(record.levelno), clip(record.name, 200), [message_of(record)])

    def printed(self, stream: str, text: str) -> None:
        """Keep what was written to a standard stream, by lines."""
        if self.full:
            self.dropped += text.count("\n")
        elif not busy.now:
            busy.now = True
            try:
                place = (stream, threading.get_ident())  # threads do not share a line
                with self.lock:
                    partial = self.partial.setdefault(place, Partial())
                    found, dropped = partial.split(text, self.lines)
                    if partial.is_blank and len(self.partial) > FEW:
                        del self.partial[place]
            finally:
                busy.now = False
            self.keep("output", stream, found)
            self.dropped += dropped

    def keep(self, level: str, logger: str, texts: list[str | None]) -> None:
        if busy.now:
            return
        busy.now = True  # before the lock: a signal handler may print on this very thread
        try:
            with self.lock:
                for text in texts:
                    if text is None:
                        continue
                    if self.full:
                        self.dropped += 1
                        continue
                    self.lines -= 1
                    self.bytes -= len(text)
                    self.hand_over(level, logger, text)
        finally:
            busy.now = False

    def hand_over(self, level: str, logger: str, text: str) -> None:
        self.number += 1
        line = LogLine(self.run, self.number, self.capture.now(), level, logger, text)
        try:
            self.capture.sink(line)
        except Exception:  # noqa: BLE001  output never breaks a print
            self.dropped += 1


class Partial:
    """What was printed without an end of line so far."""

    __slots__ = ("overlong", "text")

    def __init__(self) -> None:
        self.text = ""
        self.overlong = False  # the line's beginning has been handed over, its rest is dropped

    @property
    def is_blank(self) -> bool:
        """Whether nothing is known but that a line begins."""
        return not self.text and not self.overlong

    def split(self, text: str, most: int) -> tuple[list[str | None], int]:
        """The lines that `text` completes, at most so many, and how many more there were."""
        found: list[str | None] = []
        start = 0
        while (end := text.find("\n", start)) >= 0:
            if len(found) >= most:
                break
            self.append(text, start, end, found)
            found.append(self.rest(complete=True))
            start = end + 1
        dropped = text.count("\n", start)
        self.append(text, start if not dropped else text.rfind("\n") + 1, len(text), found)
        return found, dropped

    def append(self, text: str, start: int, end: int, found: list[str | None]) -> None:
        """Add a piece without an end of line; a line that grows too long is handed over."""
        back = text.rfind("\r", start, end - 1)
        if back >= start:  # a progress bar goes back to the line's start and writes over it
            self.text, self.overlong, start = "", False, back + 1
        if self.overlong:
            return
        if self.text.endswith("\r") and start < end:
            self.text = ""
        self.text += text[start : min(end, start + LINE + 1)]
        if len(self.text) > LINE:
            found.append(clip(self.text, LINE))
            self.text, self.overlong = "", True

    def rest(self, *, complete: bool = False) -> str | None:
        """What has come together, and begin anew; None if there is nothing to hand over."""
        text, overlong = self.text.removesuffix("\r"), self.overlong
        self.text, self.overlong = "", False
        return None if overlong or not (text or complete) else clip(text, LINE)


# ------------------------------------------------------------------------------ log records


class RunLogger(logging.Logger):
    """`run.log`: records every level for its run, then passes on to the logger `rota.run`.

    The host configures that one like any other, and sees of it what it asked for.
    """

    def __init__(self, output: Output) -> None:
        super().__init__("rota.run", logging.DEBUG)
        self.output = output

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802  logging's own name
        return level >= self.level

    def handle(self, record: logging.LogRecord) -> None:
        self.output.record(record)
        public = logging.getLogger("rota.run")
        if public.isEnabledFor(record.levelno):
            setattr(record, RECORDED, True)
            public.handle(record)


def level_of(number: int) -> str:
    return next((name for least, name in LEVELS if number >= least), "debug")


def message_of(record: logging.LogRecord) -> str:
    """The record's message and traceback, whatever its arguments do when they are formatted."""
    try:
        text = clip(record.getMessage(), LINE)
    except (Exception, SystemExit):  # noqa: BLE001  the host's own handlers complain of it
        text = f"{clip(str(record.msg), 500)} (its arguments do not fit)"
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, BaseException):
        text = clip(text, LINE // 4)
        text += "\n" + describe(error, LINE - len(text.encode()) - 1)
    return text
