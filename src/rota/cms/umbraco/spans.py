"""Spans: the durations of the model, with a real infinity."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from rota.durations import duration
from rota.errors import BadSetting

__all__ = ("INFINITE", "Span", "read_span")

Span = timedelta | str | float | None
"""A timedelta, text such as `"5m"`, seconds; None is never."""

INFINITE: Final = None
"""Never: no repeats, no first run, no way out of being ignored."""


def read_span(value: object, part: str) -> timedelta | None:
    """A duration, or None for never. BadSetting for a negative one and for what is none.

    >>> read_span("90d", "period"), read_span(INFINITE, "period")
    (datetime.timedelta(days=90), None)
    """
    if value is None:
        return None
    try:
        return timedelta(microseconds=duration(value))
    except ValueError as error:
        raise BadSetting(str(error), part=part, text=str(value),
                         hint="INFINITE (None) stands for never") from None  # fmt: skip
