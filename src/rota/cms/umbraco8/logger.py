"""The vendor's profiling logger: a standard logger that also tells how long a block takes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

from rota.engine.run import Run

__all__ = ("RUNNING", "ProfilingLogger")

RUNNING: ContextVar[Run | None] = ContextVar("rota_umbraco8_run", default=None)
"""The run whose task this context executes."""


class ProfilingLogger:
    """Asked for by annotation. Inside a run every line is kept with it, whatever its level; outside
    it goes to the standard logger of the class that asked.

    >>> with ProfilingLogger("acme").trace_duration("Emptying the bin", "It is clean"):
    ...     pass
    """

    def __init__(self, name: str = "rota.umbraco8") -> None:
        self.outside = logging.getLogger(name)

    @property
    def target(self) -> logging.Logger:
        run = RUNNING.get()
        return self.outside if run is None else run.log

    def debug(self, text: str, *values: object) -> None:
        """A line for those who look for something."""
        self.target.debug(text, *values)

    def info(self, text: str, *values: object) -> None:
        """A line for everybody."""
        self.target.info(text, *values)

    def warning(self, text: str, *values: object) -> None:
        """A line about something that is not as it should be."""
        self.target.warning(text, *values)

    def error(self, text: str, *values: object) -> None:
        """A line about something that went wrong; within `except`, with its traceback."""
        self.target.error(text, *values, exc_info=sys.exc_info()[0] is not None)

    @contextmanager
    def trace_duration(self, start: str, end: str) -> Iterator[None]:
        """Log a text before and another after a block, the latter with the seconds it took."""
        began = perf_counter()
        self.info("%s", start)
        try:
            yield
        finally:
            self.info("%s (%.3f s)", end, perf_counter() - began)
