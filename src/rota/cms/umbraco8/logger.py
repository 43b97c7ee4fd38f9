"""The vendor's profiling logger: a standard logger that also tells how long a block takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from rota.cms.umbraco.logger import JobLogger

__all__ = ("ProfilingLogger",)


class ProfilingLogger(JobLogger):
    """Asked for by annotation. Inside a run every line is kept with it, whatever its level; then it
    goes on to the standard logger of the class that asked.

    >>> with ProfilingLogger("acme").trace_duration("Emptying the bin", "It is clean"):
    ...     pass
    """

    @contextmanager
    def trace_duration(self, start: str, end: str) -> Iterator[None]:
        """Log a text before and another after a block, the latter with the seconds it took."""
        began = perf_counter()
        self.info("%s", start)
        try:
            yield
        finally:
            self.info("%s (%.3f s)", end, perf_counter() - began)
