"""An instant is whole microseconds since 1970-01-01 UTC, an int: how it is read and written.

Inside, Rota compares, stores and adds integers; `datetime` appears only where people and tasks see
times. This module turns one into the other and never asks what time it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = (
    "MICROSECOND", "MILLISECOND", "SECOND", "from_datetime", "from_iso", "no_leap_second",
    "rfc3339", "to_datetime",
)  # fmt: skip

MICROSECOND = 1
MILLISECOND = 1_000
SECOND = 1_000_000

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE = timedelta(microseconds=1)
HOUR_24 = re.compile(r"\d[^\d.:+-]24(:?00)*([.,]0*)?($|[Zz+-])")


def from_datetime(moment: datetime) -> int:
    """The instant of an aware datetime; a naive one raises ValueError.

    >>> from_datetime(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no time zone; write datetime(…, tzinfo=UTC)")
    return (moment - EPOCH) // ONE


def to_datetime(instant: int) -> datetime:
    """The aware UTC datetime of an instant.

    >>> to_datetime(1_000_000)
    datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)
    """
    return EPOCH + timedelta(microseconds=instant)


def from_iso(text: str) -> datetime:
    """The datetime that ISO 8601 text says, naive or aware; ValueError if it says none.

    Of `24:00` no Python makes the next day here: those before 3.14 do not know it.

    >>> from_iso("2026-03-02T09:00Z")
    datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone.utc)
    """
    if HOUR_24.search(text):
        raise ValueError("hour must be in 0..23")
    return datetime.fromisoformat(no_leap_second(text))


def no_leap_second(text: str) -> str:
    """A time as RFC 3339 writes it, its leap second read as the second before it: no clock of ours
    has one.

    >>> no_leap_second("2016-12-31T23:59:60Z")
    '2016-12-31T23:59:59Z'
    """
    return f"{text[:16]}:59{text[19:]}" if text[16:19] == ":60" else text


def rfc3339(instant: int) -> str:
    """RFC 3339 in UTC with `Z`; no fraction when it is zero, else microseconds.

    >>> rfc3339(0), rfc3339(1_500_000)
    ('1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500000Z')
    """
    moment = to_datetime(instant).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds") + "Z"
