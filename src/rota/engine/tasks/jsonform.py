"""JSON values in words, and Python values in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite

from rota.engine.tasks.bounded import NotJson, clip, weigh
from rota.errors import Problem

__all__ = ("SHOWN", "Problems", "check_size", "enum_json", "kind", "misfit", "quoted", "to_json")

LARGEST = 64 * 1024  # bytes of the parameters of a run
SHOWN = 80  # characters of a value that an error repeats

Problems = list[Problem]


def misfit(part: str, value: object, reason: str, hint: str = "") -> Problem:
    """The problem that a value does not fit, with as much of the value as a line can bear."""
    return Problem("bad_parameters", part, quoted(value), reason, hint)


def check_size(value: object, problems: Problems, part: str = "") -> None:
    """Append what keeps a value from being JSON of at most 64 KiB."""
    try:
        weigh(value, LARGEST)
    except ValueError as error:
        problems.append(misfit(part, value, str(error)))


def quoted(value: object) -> str:
    """The value as somebody would have typed it in JSON, shortened."""
    if isinstance(value, str):
        return f'"{clip(value, SHOWN)}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float) or (isinstance(value, int) and value.bit_length() < 200):
        return repr(value)
    return ""


def kind(value: object) -> str:
    """What a value is, in words."""
    known: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (type(None), "null"),
        (bool, "true or false"),
        (str, "text"),
        (int, "a whole number"),
        (float, "a number with a fraction"),
        ((list, tuple), "a list"),
        (Mapping, "an object"),
    )
    for types, words in known:
        if isinstance(value, types):
            return words
    return f"a Python {type(value).__name__}"


def to_json(value: object) -> object:
    """The JSON form of a Python value that some shape reads back; NotJson if there is none.

    >>> to_json([date(2026, 3, 2), timedelta(minutes=90), Decimal("1.50")])
    ['2026-03-02', 'PT90M', '1.50']
    """
    if isinstance(value, Enum):
        return enum_json(value)
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise NotJson("a time without zone has no RFC 3339 form")
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_json(value)
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_json(getattr(value, field.name)) for field in fields(value) if field.init
        }
    raise NotJson(f"a {type(value).__name__} has no JSON form")


def enum_json(member: Enum) -> object:
    """Its value, unless some member of the Enum has one that is not plain: then names for all."""
    plain = all(
        one.value is None or isinstance(one.value, str | int | float) for one in type(member)
    )
    return member.value if plain else member.name


def duration_json(value: timedelta) -> str:
    if value < timedelta():
        raise NotJson("a negative duration has no form here")
    seconds, rest = divmod(value // timedelta(microseconds=1), 1_000_000)
    if rest:
        return f"PT{seconds}.{rest:06}".rstrip("0") + "S"
    for size, letter in ((86_400, "D"), (3_600, "H"), (60, "M")):
        if seconds and seconds % size == 0:
            return f"P{'' if letter == 'D' else 'T'}{seconds // size}{letter}"
    return f"PT{seconds}S"
