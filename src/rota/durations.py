"""Amounts of elapsed time in settings and policies: `"90s"`, `"1h30m"`, `"30d"`, `timedelta`.

Triggers have durations of their own (`rota.when`), where a day may be a day of the wall clock. Here
a day is 24 hours, always.
"""

from __future__ import annotations

from datetime import timedelta

from rota.instants import MILLISECOND, SECOND

__all__ = ("duration", "duration_text")

UNITS = {"w": 604_800 * SECOND, "d": 86_400 * SECOND, "h": 3_600 * SECOND, "m": 60 * SECOND,
         "s": SECOND, "ms": MILLISECOND}  # fmt: skip
LONGEST = 36_525 * UNITS["d"]  # a hundred years


def duration(value: object) -> int:
    """Microseconds of a duration given as text, timedelta or seconds.

    ValueError says what to write instead. Zero is a duration; a negative one is not.

    >>> duration("1h30m"), duration(timedelta(seconds=2)), duration(0.5)
    (5400000000, 2000000, 500000)
    """
    if isinstance(value, timedelta):
        amount = value // timedelta(microseconds=1)
    elif isinstance(value, str):
        amount = read(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        amount = round(value * SECOND)
    else:
        raise ValueError("this is no duration; write one such as 90s, 15m, 1h30m or 30d")
    if not 0 <= amount <= LONGEST:
        raise ValueError("a duration lies between 0s and 100 years")
    return amount


def read(text: str) -> int:
    total, rest = 0, text.strip().lower().replace(" ", "")
    if not rest:
        raise ValueError("this is empty; write a duration such as 90s, 15m, 1h30m or 30d")
    while rest:
        digits = len(rest) - len(rest.lstrip("0123456789"))
        letters = len(rest[digits:]) - len(rest[digits:].lstrip("abcdefghijklmnopqrstuvwxyz"))
        unit = UNITS.get(rest[digits : digits + letters])
        if not 0 < digits <= 12 or unit is None:
            raise ValueError(
                "this is no duration; write numbers with w, d, h, m, s or ms, such as 90s or 1h30m"
            )
        total += int(rest[:digits]) * unit
        rest = rest[digits + letters :]
    return total


def duration_text(amount: int) -> str:
    """The shortest text that `duration` reads back as the same amount.

    >>> duration_text(5_400_000_000), duration_text(0), duration_text(1_500_000)
    ('1h30m', '0s', '1s500ms')
    """
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, amount = divmod(amount, UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
