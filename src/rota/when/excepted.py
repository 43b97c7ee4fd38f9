"""`except`: local dates on which a trigger does not fire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, date
from functools import lru_cache

from rota.errors import Problem
from rota.when.days import LENGTHS
from rota.when.window import joined, number, read_date
from rota.when.zone import EPOCH_ORDINAL, FIRST_DAY, LAST_DAY

__all__ = ("Except", "read_except")

HINT = "write 2026-12-24, 2026-12-24..2026-12-26, 12-24 (each year) or holidays:CZ"
LONGEST_SPAN = 400 * 366  # days looked at for one that is not excepted
MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True, slots=True)
class Except:
    """Dates, spans of dates, days of each year, and public holidays by country."""

    spans: tuple[tuple[int, int], ...] = ()  # days counted from 1970-01-01, both included
    yearly: tuple[tuple[int, int], ...] = ()  # (month, day)
    holidays: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [iso(low) + (f"..{iso(high)}" if high > low else "") for low, high in self.spans]
        parts += [f"{month:02}-{day:02}" for month, day in self.yearly]
        return ",".join(parts + [f"holidays:{country}" for country in self.holidays])

    def words(self) -> str:
        """`except on 24 December 2026, 1 January of each year and public holidays (CZ)`."""
        names = MONTHS.split()
        parts = [
            f"{spoken(low)} to {spoken(high)}" if high > low else spoken(low)
            for low, high in self.spans
        ]
        parts += [f"{day} {names[month - 1]} of each year" for month, day in self.yearly]
        parts += [f"public holidays ({country})" for country in self.holidays]
        return f"except on {joined(parts)}"

    def has(self, day: int) -> bool:
        """Whether a day is excepted."""
        if any(low <= day <= high for low, high in self.spans):
            return True
        if not self.yearly and not self.holidays:
            return False
        when = date.fromordinal(min(max(day, FIRST_DAY), LAST_DAY) + EPOCH_ORDINAL)
        return (when.month, when.day) in self.yearly or any(
            day in holidays(country, when.year) for country in self.holidays
        )

    def free_from(self, day: int) -> int | None:
        """The first day from `day` on that is not excepted."""
        for _ in range(LONGEST_SPAN):
            over = max((high for low, high in self.spans if low <= day <= high), default=None)
            if over is not None:
                day = over + 1
            elif self.has(day):
                day += 1
            else:
                return day if day <= LAST_DAY else None
            if day > LAST_DAY:
                return None
        return None

    def free_until(self, day: int) -> int | None:
        """The last day up to `day` that is not excepted."""
        for _ in range(LONGEST_SPAN):
            over = min((low for low, high in self.spans if low <= day <= high), default=None)
            if over is not None:
                day = over - 1
            elif self.has(day):
                day -= 1
            else:
                return day if day >= FIRST_DAY else None
            if day < FIRST_DAY:
                return None
        return None


def iso(day: int) -> str:
    """A day as YYYY-MM-DD."""
    return date.fromordinal(day + EPOCH_ORDINAL).isoformat()


def spoken(day: int) -> str:
    """A day as `24 December 2026`."""
    when = date.fromordinal(day + EPOCH_ORDINAL)
    return f"{when.day} {MONTHS.split()[when.month - 1]} {when.year}"


@lru_cache(maxsize=512)
def holidays(country: str, year: int) -> frozenset[int]:
    """The public holidays of a country, or of a part of it (`US-CA`), in a year."""
    import holidays as package

    code, _, part = country.partition("-")
    if not 1 <= year <= MAXYEAR:
        return frozenset()
    found = package.country_holidays(code, subdiv=part or None, years=year, expand=False)
    return frozenset(day.toordinal() - EPOCH_ORDINAL for day in found)


def known_country(country: str) -> str | Problem:
    """The country's code as it is written, or what is wrong with it."""
    text = f"holidays:{country}"
    try:
        import holidays as package
    except ModuleNotFoundError:
        return Problem(
            "E_WORD",
            "except",
            text,
            "public holidays need the extra “holidays”",
            "install it with pip install 'rota[holidays]'",
        )
    countries = package.list_supported_countries()
    code, dash, part = country.upper().partition("-")
    if code not in countries:
        return Problem(
            "E_WORD",
            "except",
            text,
            "there are no holidays for this country",
            "write the two letters of ISO 3166, for example holidays:CZ",
        )
    if dash and part not in countries[code]:
        return Problem(
            "E_WORD",
            "except",
            text,
            "there are no holidays for this part of it",
            f"write {', '.join(countries[code][:8]) or code} after the dash",
        )
    return code + dash + part


def read_except(text: str, problems: list[Problem]) -> Except | None:
    """The dates after `except`.

    >>> str(read_except("12-24, 2026-12-31..2027-01-02", []))
    '2026-12-31..2027-01-02,12-24'
    """
    spans: set[tuple[int, int]] = set()
    yearly: set[tuple[int, int]] = set()
    countries: set[str] = set()
    before = len(problems)
    for item in text.split(","):
        item = "".join(item.split())
        first, dots, last = item.partition("..")
        if item.lower().startswith("holidays:"):
            country = known_country(item[9:])
            if isinstance(country, Problem):
                problems.append(country)
            else:
                countries.add(country)
        elif len(item) == 5 and item[2] == "-":
            month, day = number(item[:2], 2), number(item[3:], 2)
            if month and day and month <= 12 and day <= LENGTHS[month] + (month == 2):
                yearly.add((month, day))
            else:
                problems.append(Problem("E_TIME", "except", item, "there is no such day", HINT))
        else:
            low = read_date(first)
            high = read_date(last) if dots else low
            if low is None or high is None:
                problems.append(Problem("E_TIME", "except", item, "this is no date", HINT))
            elif low > high:
                problems.append(
                    Problem(
                        "E_TIME",
                        "except",
                        item,
                        "the span ends before it begins",
                        f"write {last}..{first}",
                    )
                )
            else:
                spans.add((low, high))
    if len(problems) > before:
        return None
    return Except(tuple(sorted(spans)), tuple(sorted(yearly)), tuple(sorted(countries)))
