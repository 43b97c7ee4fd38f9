"""The smallest shapes: one JSON text, number, truth value or null, and what it becomes.

A shape reads a JSON value into the Python value that an annotation promises, or says everything
that is wrong with it. Nothing is coerced: `true` is no number, `"1"` is not 1. The one widening is
that of Python itself: a whole number fits where a `float` is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from rota.durations import duration
from rota.engine.tasks.jsonform import Problems, check_size, kind, misfit
from rota.instants import from_iso

__all__ = ("ANYTHING", "SCALARS", "Shape")


class Shape:
    """One parameter's JSON form."""

    words: str  # what fits, such as "a whole number"

    def schema(self) -> dict[str, object]:
        """Its JSON Schema."""
        raise NotImplementedError

    def read(self, value: object, part: str, problems: Problems) -> object:
        """The Python value; or anything, with what is wrong appended to `problems`."""
        raise NotImplementedError


class Anything(Shape):
    """Any JSON value, as it is."""

    words = "any JSON value"

    def schema(self) -> dict[str, object]:
        return {}

    def read(self, value: object, part: str, problems: Problems) -> object:
        check_size(value, problems, part)
        return value


@dataclass(frozen=True, slots=True)
class Scalar(Shape):
    """A text, number, truth value or null, and what is made of it."""

    words: str
    example: str
    takes: tuple[type, ...]
    json: Mapping[str, object]
    convert: Callable[[Any], object] | None = None

    def schema(self) -> dict[str, object]:
        return dict(self.json)

    def read(self, value: object, part: str, problems: Problems) -> object:
        if not isinstance(value, self.takes) or (type(value) is bool and bool not in self.takes):
            reason = f"this is {kind(value)}; {self.words} fits here"
            problems.append(misfit(part, value, reason, f"write {self.example}"))
            return None
        if self.convert is None:
            return value
        try:
            return self.convert(value)
        except (ValueError, OverflowError, ArithmeticError) as error:
            reason = str(error) if type(error) is Misfit else f"this is not {self.words}"
            problems.append(misfit(part, value, reason, f"write {self.example}"))
            return None


class Misfit(ValueError):
    """A value of the right JSON type that does not fit, with the reason in our words."""


DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DATETIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})?"
)
DURATION = re.compile(
    r"P(?!$)(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
NUMBER = re.compile(r"[+-]?\d{1,1000}(\.\d{0,1000})?([eE][+-]?\d{1,4})?")


def read_float(value: int | float) -> float:
    if not isfinite(number := float(value)):
        raise Misfit("JSON has no such number")
    return number


def read_date(text: str) -> date:
    if not DATE.fullmatch(text):
        raise Misfit("this is not a date")
    return date.fromisoformat(text)


def read_datetime(text: str) -> datetime:
    match = DATETIME.fullmatch(text)
    if match is None:
        raise Misfit("this is not a time by RFC 3339")
    day, minute, second, fraction, offset = match.groups()
    if offset is None:
        raise Misfit("this time does not say its offset from UTC")
    second = "59" if second == "60" else second  # a leap second, as 23:59:59
    # Python keeps microseconds; further digits are left out.
    return from_iso(f"{day}T{minute}:{second}{(fraction or '')[:7]}{offset.upper()}")


def read_timedelta(text: str) -> timedelta:
    match = DURATION.fullmatch(text)
    if match is None:
        return timedelta(microseconds=duration(text))
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:4])
    seconds = Decimal(match[5] or 0)
    return timedelta(
        weeks=weeks,
        days=days,
        hours=hours,
        minutes=minutes,
        microseconds=int(seconds * 1_000_000),
    )


def read_decimal(text: str) -> Decimal:
    if not NUMBER.fullmatch(text):
        raise Misfit("this is not a decimal number")
    return Decimal(text)


def string(form: str) -> dict[str, object]:
    return {"type": "string", "format": form}


ANYTHING = Anything()
SCALARS: Mapping[object, Shape] = {
    str: Scalar("text", '"text"', (str,), {"type": "string"}),
    bool: Scalar("true or false", "true or false", (bool,), {"type": "boolean"}),
    int: Scalar("a whole number", "5", (int,), {"type": "integer"}),
    float: Scalar("a number", "2.5", (int, float), {"type": "number"}, read_float),
    type(None): Scalar("null", "null", (type(None),), {"type": "null"}),
    date: Scalar("a date", '"2026-03-02"', (str,), string("date"), read_date),
    datetime: Scalar(
        "a time", '"2026-03-02T14:00:00Z"', (str,), string("date-time"), read_datetime
    ),
    timedelta: Scalar(
        "a duration", '"90s", "1h30m" or "PT90S"', (str,), string("duration"), read_timedelta
    ),
    Decimal: Scalar("a decimal as text", '"12.50"', (str,), string("decimal"), read_decimal),
}
