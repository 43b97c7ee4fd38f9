"""Durations: elapsed time (`s m h`, `PT…`) or steps on the wall calendar (`d w mo y`, `P…`).

The two are different things where clocks change, so they never mix in one duration.
"""

from __future__ import annotations

from dataclasses import dataclass

from rota.errors import Problem

__all__ = ("LONGEST", "Duration", "read_duration")

LONGEST = 100 * 366 * 86_400  # a hundred years; elapsed seconds
LONGEST_MONTHS = 100 * 12
LONGEST_DAYS = 100 * 366
DIGITS = 12  # of one number; more cannot be in bounds
ELAPSED = {"h": 3_600, "m": 60, "s": 1}
WALL = {"y": (12, 0), "mo": (1, 0), "w": (0, 7), "d": (0, 1)}
LONG_WORDS = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m",
    "minute": "m", "minutes": "m", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "week": "w", "weeks": "w", "month": "mo", "months": "mo",
    "year": "y", "years": "y",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duration:
    """So many elapsed seconds, or so many wall months and days; never both."""

    seconds: int = 0
    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        parts = []
        rest = self.seconds
        for unit, size in ELAPSED.items():
            number, rest = divmod(rest, size)
            parts.append((number, unit))
        years, months = divmod(self.months, 12)
        weeks, days = divmod(self.days, 7)
        if days:  # 10d stays 10d, as nobody says 1w3d
            weeks, days = 0, self.days
        parts += [(years, "y"), (months, "mo"), (weeks, "w"), (days, "d")]
        return "".join(f"{number}{unit}" for number, unit in parts if number)

    def words(self) -> str:
        """`5 minutes`, `hour`, `2 weeks`: what follows the word every."""
        names = {
            "h": "hour",
            "m": "minute",
            "s": "second",
            "y": "year",
            "mo": "month",
            "w": "week",
            "d": "day",
        }
        parts = [(number, names[unit]) for number, unit in split(str(self))]
        if parts == [(1, parts[0][1])]:
            return parts[0][1]
        return " and ".join(f"{number} {name}{'s' * (number != 1)}" for number, name in parts)


def read_duration(text: str, problems: list[Problem], part: str = "every") -> Duration | None:
    """The duration a text means; what is wrong with it goes to `problems`.

    >>> read_duration("PT90M", []), str(read_duration("1h30m", []))
    (Duration(seconds=5400, months=0, days=0), '1h30m')
    """
    found = understand(text, part)
    if isinstance(found, Problem):
        problems.append(found)
        return None
    return found


def understand(text: str, part: str) -> Duration | Problem:
    """The duration, or what is wrong with it."""

    def refuse(reason: str, hint: str, code: str = "E_DURATION") -> Problem:
        return Problem(code, part, text, reason, hint)

    low = "".join(text.lower().split())
    pairs = split(iso(low) if low.startswith("p") else low)
    if not pairs:
        from rota.when.meant import meant

        if part == "every" and (plain := meant(text)):
            return refuse("this is not a duration", f"write {plain}")
        return refuse("this is not a duration", "write for example 90s, 5m, 2h, 1d, 2w, 3mo or 1y")
    units = [LONG_WORDS.get(unit, unit) for _, unit in pairs]
    if unknown := [unit for unit in units if unit not in ELAPSED and unit not in WALL]:
        from rota.when.typos import slip

        near = [name for name in LONG_WORDS if len(name) > 3 and slip(unknown[0], name)]
        hint = f"write {near[0]}" if near else "the units are s m h d w mo y"
        return refuse(f"“{unknown[0]}” is no unit of time", hint)
    if len(set(units)) < len(units):
        return refuse("a unit comes twice", "write each unit once")
    numbers = dict(zip(units, (number for number, _ in pairs), strict=True))
    seconds = sum(number * ELAPSED[unit] for unit, number in numbers.items() if unit in ELAPSED)
    walls = [(n * WALL[u][0], n * WALL[u][1]) for u, n in numbers.items() if u in WALL]
    months, days = sum(m for m, _ in walls), sum(d for _, d in walls)
    if walls and len(walls) < len(units):
        hint = "write days as hours (24h) or leave the hours out"
        if not months:
            hint = f"write {Duration(seconds + days * 86_400)}"
        reason = "s, m and h are elapsed time, d, w, mo and y wall time; they do not mix"
        return refuse(reason, hint)
    if not seconds and not months and not days:
        return refuse("it is zero", "the shortest is 1s", "E_ZERO")
    if seconds > LONGEST or months * 30 + days > LONGEST_DAYS or months > LONGEST_MONTHS:
        return refuse("it is longer than 100 years", "the longest is 100y")
    return Duration(seconds, months, days)


def split(text: str) -> list[tuple[int, str]]:
    """`1h30m` as [(1, "h"), (30, "m")]; empty if it is not of that form."""
    pairs: list[tuple[int, str]] = []
    number = unit = ""
    for letter in text + "0":
        if "0" <= letter <= "9":
            if unit:
                if not number or len(number) > DIGITS:
                    return []
                pairs.append((int(number), unit))
                number = unit = ""
            number += letter
        elif "a" <= letter <= "z" and number:
            unit += letter
        else:
            return []
    return pairs if number == "0" and not unit else []


def iso(text: str) -> str:
    """An ISO 8601 duration in lower case in the short form: `p1y2mt3h` becomes `1y2mo3h`."""
    date, sign, time = text[1:].partition("t")
    if sign and not time:
        return ""
    if set(date) - set("0123456789ymwd") or set(time) - set("0123456789hms"):
        return ""
    return date.replace("m", "mo") + time
