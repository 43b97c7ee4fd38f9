"""Single blanks: times of day, days of the week and moments, from loosely typed to written."""

from __future__ import annotations

import re

__all__ = ("WEEKDAYS", "clocks", "comma", "day_list", "local_time", "moment_of")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORT = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(:\d{2})?", re.ASCII)


def comma(text: str) -> str:
    """A list with commas and nothing around them; blanks within an item stay, collapsed.

    >>> comma(" 1, 15 ,first  mon")
    '1,15,first mon'
    """
    return ",".join(" ".join(one.split()) for one in text.split(",") if one.strip())


def clocks(text: str) -> str:
    """Times of day in full: what people shorten is written out, the rest stays as it was typed.

    >>> clocks("9, 17.30, 25:00"), clocks("9:00 and 12:00")
    ('09:00,17:30,25:00', '09:00,12:00')
    """
    words = re.split(r"\s*(?:[,;]|\band\b|\s)\s*", text.strip()) if text.strip() else []
    found = []
    for word in words:
        short = SHORT.fullmatch(word)
        found.append(
            f"{short[1]:0>2}:{short[2] or '00'}{short[3] or ''}" if short else word
        )  # fmt: skip
    return ",".join(one for one in found if one)


def day_list(text: str) -> str:
    """Days of the week one by one, as boxes are ticked: a range is taken apart.

    >>> day_list("mon-wed,sun")
    'mon,tue,wed,sun'
    """
    found: list[str] = []
    for part in text.split(","):
        low, dash, high = part.partition("-")
        if dash and low in WEEKDAYS and high in WEEKDAYS:
            first, last = WEEKDAYS.index(low), WEEKDAYS.index(high)
            found += [WEEKDAYS[(first + n) % 7] for n in range((last - first) % 7 + 1)]
        elif part:
            found.append(part)
    known = [day for day in WEEKDAYS if day in found]
    return ",".join(known + [day for day in found if day not in WEEKDAYS])


def local_time(moment: str) -> str:
    """A written moment as a date-and-time field holds it.

    >>> local_time("2026-03-02"), local_time("2026-03-02T10:00")
    ('2026-03-02T00:00', '2026-03-02T10:00')
    """
    return f"{moment}T00:00" if len(moment) == 10 else moment


def moment_of(typed: str) -> str:
    """What stands in a date-and-time field as a written moment; blanks become the T they stand for.

    >>> moment_of("2026-03-02 10:00")
    '2026-03-02T10:00'
    """
    return "T".join(typed.split())
