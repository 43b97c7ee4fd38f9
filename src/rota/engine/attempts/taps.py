"""Where output is heard: one handler on the root logger, one tee around each standard stream.

The run that is meant is known by a context variable, which asyncio tasks inherit and threads are
given (`threads.py`). Handler and tees are there once for the whole process, however many
applications use them. They change no level, no format and no destination of the host's, and pass
everything on.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any, Final, Protocol, TextIO

from rota.engine.attempts.threads import Followers

__all__ = ("CURRENT", "RECORDED", "TAPS", "Listener", "busy")


class Listener(Protocol):
    """Who hears what the current context logs and prints."""

    def record(self, record: logging.LogRecord) -> None:
        """Hear a log record."""
        ...

    def printed(self, stream: str, text: str) -> None:
        """Hear what was written to `stdout` or `stderr`."""
        ...


RECORDED: Final = "rota_recorded"  # an attribute of records that their run has already
# A host's handler that writes to a stream of ours: its record has been recorded already.
EMIT: Final = logging.StreamHandler.emit.__code__

CURRENT: ContextVar[Listener | None] = ContextVar("rota_output", default=None)


class Busy(threading.local):
    """Whether this thread is inside of the machinery: what is logged there is nobody's output."""

    now = False


busy = Busy()


class Handler(logging.Handler):
    """Gives each record to the output of the context that logged it."""

    def createLock(self) -> None:  # noqa: N802  logging's own name
        self.lock = None  # each output has its own; a process-wide one would make runs wait

    def handle(self, record: logging.LogRecord) -> bool:
        output = CURRENT.get()
        if output is not None and not hasattr(record, RECORDED):
            output.record(record)
        self.last_resort(record)
        return True

    def last_resort(self, record: logging.LogRecord) -> None:
        """What logging does for a host that has configured nothing, if ours is the only handler."""
        last = logging.lastResort
        if last is None or record.levelno < last.level:
            return
        logger: logging.Logger | None = logging.getLogger(record.name)
        while logger is not None:
            if any(handler is not self for handler in logger.handlers):
                return
            logger = logger.parent if logger.propagate else None
        last.handle(record)


class Tee:
    """A standard stream that passes everything on, and shows it to the current output first.

    Whatever else is asked of it, the stream itself answers.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self.stream = stream
        self.rota_name = name

    def write(self, text: str) -> int:
        output = CURRENT.get()
        if output is None or busy.now or sys._getframe(1).f_code is EMIT:
            return self.target().write(text)
        # Streams may be nested: somebody's, which writes into an older tee of ours.
        token = CURRENT.set(None)
        try:
            written = self.target().write(text)
        finally:
            CURRENT.reset(token)
        output.printed(self.rota_name, text)
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def target(self) -> TextIO:
        """The stream; the process's own if that one was closed behind our back."""
        if getattr(self.stream, "closed", False):
            return getattr(sys, f"__{self.rota_name}__") or self.stream
        return self.stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.stream)

    def __enter__(self) -> Tee:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()


class Taps:
    """The handler and the two tees, there while somebody uses them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.handler = Handler(logging.NOTSET)
        self.tees: dict[str, Tee] = {}
        self.followers = Followers(CURRENT)

    def add_user(self) -> None:
        with self.lock:
            self.users += 1
            self.followers.install()
        self.mend()

    def remove_user(self) -> None:
        with self.lock:
            self.users -= 1
            if self.users > 0:
                return
            self.followers.uninstall()
            logging.getLogger().removeHandler(self.handler)
            for name, tee in self.tees.items():
                # Somebody else's stream may stand there now, with ours inside: then it stays, and
                # passes on.
                if getattr(sys, name) is tee:
                    setattr(sys, name, tee.stream)
            self.tees.clear()

    def mend(self) -> None:
        """Put back what somebody has replaced since: a logging configuration, a test's streams."""
        if self.users and not self.whole():
            with self.lock:
                if self.handler not in logging.getLogger().handlers:
                    logging.getLogger().addHandler(self.handler)
                for name in ("stdout", "stderr"):
                    stream = getattr(sys, name)
                    if stream is not None and not isinstance(stream, Tee):
                        self.tees[name] = Tee(stream, name)
                        setattr(sys, name, self.tees[name])

    def whole(self) -> bool:
        return (
            isinstance(sys.stdout, Tee)
            and isinstance(sys.stderr, Tee)
            and self.handler in logging.getLogger().handlers
        )

    def forget(self) -> None:
        """In a forked child: the runs are the parent's, and so is the lock."""
        self.lock = threading.Lock()
        CURRENT.set(None)


TAPS = Taps()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=TAPS.forget)
