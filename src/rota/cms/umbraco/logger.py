"""The loggers that jobs ask for: of the job's own name, and heard by the run that writes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from rota.engine.attempts.taps import CURRENT, RECORDED

__all__ = ("JobLogger", "ProfilingLogger")


class JobLogger(logging.Logger):
    """Records every level for the run in which it is used, then passes on to the standard logger of
    its name, which the host configures like any other.

    >>> JobLogger("shop.CleanUp").isEnabledFor(logging.DEBUG)  # outside of a run
    False
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, logging.DEBUG)
        self.standard = logging.getLogger(name)

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802  logging's own name
        return CURRENT.get() is not None or self.standard.isEnabledFor(level)

    def handle(self, record: logging.LogRecord) -> None:
        output = CURRENT.get()
        if output is not None:
            output.record(record)
            setattr(record, RECORDED, True)
        if self.standard.isEnabledFor(record.levelno):
            self.standard.handle(record)


class ProfilingLogger:
    """Logs how long a block takes."""

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    @contextmanager
    def trace_duration(self, start: str, end: str = "done") -> Iterator[None]:
        """Log a text before and another after the block, the latter with the seconds it took."""
        began = perf_counter()
        self.logger.info("%s", start)
        try:
            yield
        finally:
            self.logger.info("%s (%.3f s)", end, perf_counter() - began)
