"""One field of a cron expression: lists, ranges, steps, names and the letters H, L, W, # and ?."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rota.errors import Problem

__all__ = ("DOW", "FIELDS", "NO_SEED", "Cell", "Field", "read_field")

NO_SEED = ""
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The name and the bounds of a field, and its names for values."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


DOM = Field("day of month", 1, 31)
DOW = Field("day of week", 0, 7, DAYS)
FIELDS = (
    Field("second", 0, 59), Field("minute", 0, 59), Field("hour", 0, 23),
    DOM, Field("month", 1, 12, MONTHS), DOW,
)  # fmt: skip
HASH_TOP = {"day of month": 28, "day of week": 6}  # so that every month has the day


class Cell(NamedTuple):
    """What a field matches."""

    values: tuple[int, ...] = ()
    last: bool = False
    last_weekday: bool = False
    nearest: tuple[int, ...] = ()
    last_of: tuple[int, ...] = ()
    nth: tuple[tuple[int, int], ...] = ()


STARS = {field: Cell(tuple(range(field.low, field.high + 1))) for field in FIELDS}

SINGLES = [Cell((number,)) for number in range(60)]
PLAIN = frozenset("0123456789*-/")  # what single numbers and spans are written with
DIGITS = frozenset([str(number) for number in range(60)])


class Bad(Exception):
    """Why an item cannot be read, and what to write; never leaves this module."""


@lru_cache(maxsize=2048)
def read_field(field: Field, text: str, seed: str) -> Cell | Problem:
    """What a field in capitals matches, or what is wrong with it.

    >>> read_field(FIELDS[2], "9-17/4", "").values
    (9, 13, 17)
    """
    if text == "*":
        return STARS[field]
    if text in DIGITS and field.low <= (number := int(text)) <= field.high:
        return SINGLES[number]
    try:
        if PLAIN.issuperset(text):
            return Cell(tuple(spread(field, text, seed)))
        return several(field, text, seed)
    except Bad as bad:
        reason, hint = bad.args
        return Problem("E_CRON", field.name, text, reason, hint)


def several(field: Field, text: str, seed: str) -> Cell:
    """What the items of a list match together."""
    values: set[int] = set()
    nearest_to: list[int] = []
    last_of: list[int] = []
    places: list[tuple[int, int]] = []
    last = last_weekday = False
    for item in text.split(","):
        if field is DOM and item == "L":
            last = True
        elif field is DOM and item in ("LW", "WL"):
            last_weekday = True
        elif field is DOM and item.endswith("W") and len(item) > 1:
            nearest_to.append(value(field, item[:-1]))
        elif field is DOW and item.endswith("L") and len(item) > 1:
            last_of.append(value(field, item[:-1]) % 7)
        elif field is DOW and "#" in item:
            places.append(nth(field, item))
        elif item == "?" and field in (DOM, DOW) and text == "?":
            values.update(range(field.low, field.high + 1))
        else:
            values.update(spread(field, item, seed))
    return Cell(
        tuple(sorted(values)), last, last_weekday, tuple(nearest_to), tuple(last_of), tuple(places)
    )


def nth(field: Field, item: str) -> tuple[int, int]:
    """`MON#2` as the day and its place in the month."""
    day, _, place = item.partition("#")
    if place not in ("1", "2", "3", "4", "5"):
        raise Bad("the number after # is 1 to 5", "write for example MON#2")
    return value(field, day) % 7, int(place)


def spread(field: Field, item: str, seed: str) -> range:
    """The values of `*`, `5`, `1-5`, `H` or `H(0-29)`, each perhaps with a `/step`."""
    body, slash, tail = item.partition("/")
    step = 1
    if slash:
        if not (tail.isascii() and tail.isdigit() and len(tail) < 4 and int(tail) > 0):
            raise Bad("the step is no number from 1 on", "write for example */5")
        step = int(tail)
    if body[:1] == "H":
        return hashed(field, body, step if slash else 0, seed)
    top = 6 if field is DOW else field.high  # 7 is another name of Sunday, not one more day
    if body == "*":
        return range(field.low, top + 1, step)
    first, dash, last = body.partition("-")
    low = value(field, first)
    if not dash:
        return range(low, top + 1, step) if slash else range(low, low + 1)
    high = value(field, last)
    if field is DOW and high == 0 and low:
        high = 7  # Sunday as the end of a week
    if low > high:
        raise Bad(
            "the range runs backwards",
            f"write {low}-{field.high},{field.low}-{high} to go round the end",
        )
    return range(low, high + 1, step)


def hashed(field: Field, body: str, step: int, seed: str) -> range:
    """`H`: a value that the seed picks, the same every time; with a step, one each step."""
    low, high = field.low, HASH_TOP.get(field.name, field.high)
    if body != "H":
        first, dash, last = body[2:-1].partition("-")
        if body[1:2] != "(" or body[-1:] != ")" or not dash:
            raise Bad("H stands alone or with a range", "write H, H/15 or H(0-29)")
        low, high = value(field, first), value(field, last)
        if low > high:
            raise Bad("the range runs backwards", "write H(0-29)")
    from hashlib import blake2b

    digest = blake2b(f"{seed}\0{field.name}".encode("utf-8", "replace"), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    if not step:
        found = low + number % (high - low + 1)
        return range(found, found + 1)
    return range(low + number % min(step, high - low + 1), high + 1, step)


def value(field: Field, text: str) -> int:
    """A number within the field's bounds, or a name of the field."""
    if text in field.names:
        return field.names.index(text) + field.low
    if not (text.isascii() and text.isdigit()):
        raise Bad(f"“{text[:20]}” is no value", nearest(field, text))
    if len(text) > 2 or not field.low <= int(text) <= field.high:
        raise Bad(f"{text[:20]} is not from {field.low} to {field.high}", nearest(field, ""))
    return int(text)


def nearest(field: Field, text: str) -> str:
    """What to write instead of a value."""
    if text in ("L", "W", "?", "LW"):
        fits = {
            "L": "for the last Friday write 5L" if field is DOW else "",
            "?": "write *",
            "LW": "",
            "W": "",
        }[text]
        return fits or f"{text} belongs to the day of month"
    if field.names and text:
        from difflib import get_close_matches

        if close := get_close_matches(text[:10], field.names, 1, 0.5):
            return f"write {close[0]}"
    hint = f"write {field.low} to {field.high}"
    return hint + (f" or {field.names[0]} to {field.names[-1]}" if field.names else "")
