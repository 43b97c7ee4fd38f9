"""Kentico's encoded interval, `period;start;every;…`: read strictly, read for an import, written.

    once;START | week;START;N | year;START;N | day;START;N;DAYS | month;START;N;DAY
    month;START;N;first|second|third|fourth|last;WEEKDAY    (ours: the vendor has no text for it)
    timesecond|second|minute|hour;START;N;FROM;TO;DAYS

START is `M/d/yyyy h:mm:ss AM|PM` or ISO 8601, wall time. `second` is read and written `timesecond`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from rota.errors import Problem, TriggerError
from rota.when.kentico_fields import (
    PERIODS,
    read_clock,
    read_day,
    read_days,
    read_every,
    read_start,
)
from rota.when.kentico_value import DAYS, PLACES, SHORT_PERIODS, Encoded
from rota.when.term import Warning

__all__ = ("ImportedInterval", "import_encoded", "read_encoded", "read_fields")

LONGEST = 1_000  # characters, as in the vendor's table
FIELDS = {"day": ("DAYS",), "month": ("DAY",), "week": (), "year": ()}


@dataclass(frozen=True, slots=True)
class ImportedInterval:
    """What became of a text that was imported: an interval, or None and why it stays disabled."""

    encoded: Encoded | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Warning, ...] = ()


def read_encoded(text: str) -> Encoded:
    """The interval of a strict text; a TriggerError with every problem of any other.

    >>> str(read_encoded("day; 2026-03-02T02:00:00; 1; friday,monday"))
    'day;3/2/2026 2:00:00 AM;1;Monday,Friday'
    >>> read_encoded("day;3/2/2026 2:00:00 AM;1;Mon")
    Traceback (most recent call last):
    rota.errors.TriggerError: days “Mon”: there is no such day; write Monday
    """
    problems: list[Problem] = []
    encoded = read_fields(text, problems)
    if encoded is None:
        raise TriggerError(problems)
    return encoded


def import_encoded(text: str) -> ImportedInterval:
    """A text as an import takes it: empty fields at its end are dropped with a warning.

    >>> import_encoded("week;3/2/2026 2:00:00 AM;1;;").warnings[0].text
    'empty fields at the end were dropped'
    >>> import_encoded("fortnight;3/2/2026 2:00:00 AM;1").encoded is None
    True
    """
    problems: list[Problem] = []
    encoded = read_fields(text, problems)
    if encoded is not None:
        return ImportedInterval(encoded)
    shorter = re.sub(r"[;\s]+$", "", text)
    if shorter != text and (encoded := read_fields(shorter, [])) is not None:
        warning = Warning("fields", "empty fields at the end were dropped")
        return ImportedInterval(encoded, (), (warning,))
    return ImportedInterval(None, tuple(problems))


def read_fields(text: str, problems: list[Problem]) -> Encoded | None:
    """Reads all fields, so that all problems are found and appended."""
    before = len(problems)
    if len(text) > LONGEST:
        hint = "write period;start;every;…"
        reason = f"longer than {LONGEST:,} characters"
        problems.append(Problem("E_LENGTH", "text", text, reason, hint))
        return None
    fields = [" ".join(one.split()) for one in text.split(";")]
    period = fields[0].lower()
    period = "timesecond" if period == "second" else period
    if period not in PERIODS:
        problems.append(unknown_period(fields[0]))
        return None
    form = shape(period, fields)
    wanted = form.split(";")
    if len(fields) < 2:
        problems.append(Problem("E_PARTS", "start", text, "the start is missing", f"write {form}"))
        return None
    start = read_start(fields[1], problems, form if len(fields) != len(wanted) else "")
    if len(fields) != len(wanted):
        if start is not None:  # else it is quite another text, and one problem says so
            if len(fields) > 2 and period != "once":
                read_every(fields[2], period, problems)
            problems.append(miscounted(text, fields, wanted))
        return None
    values = read_rest(period, fields, problems)
    if start is None or len(problems) > before:
        return None
    encoded = Encoded(period, start, **values)
    if never := misses_its_days(encoded):
        problems.append(never)
        return None
    return encoded


def shape(period: str, fields: list[str]) -> str:
    """The fields a period has."""
    if period == "once":
        return "once;START"
    if period in SHORT_PERIODS:
        return f"{period};START;N;FROM;TO;DAYS"
    if period == "month" and len(fields) > 3 and fields[3].lower() in PLACES:
        return "month;START;N;PLACE;WEEKDAY"
    return ";".join((period, "START", "N", *FIELDS[period]))


def miscounted(text: str, fields: list[str], wanted: list[str]) -> Problem:
    """Too few fields or too many."""
    names = {"N": "every", "FROM": "from", "TO": "to", "DAYS": "days", "DAY": "day of the month"}
    if len(fields) > len(wanted):
        reason = f"too many fields for {wanted[0]}: {len(fields)}, {len(wanted)} expected"
    else:
        absent = [name for name in wanted[2:] if name in names][len(fields) - 2 :]
        if wanted[-1] == "DAYS" and re.match("[A-Za-z]", fields[-1]) and len(fields) < len(wanted):
            absent = [name for name in ("FROM", "TO") if name in wanted]
        words = " and ".join(names.get(name, name.lower()) for name in absent)
        reason = f"{words} missing: {len(fields)} fields, {len(wanted)} expected"
    return Problem("E_PARTS", "text", text, reason, f"write {';'.join(wanted)}")


def unknown_period(text: str) -> Problem:
    """A period that is none."""
    allowed = f"write one of {', '.join(PERIODS)}"
    if not text:
        return Problem("E_PERIOD", "period", text, "the period is empty", allowed)
    close = get_close_matches(text.lower()[:20].rstrip("s"), PERIODS, 1, 0.7)
    hint = f"write {close[0]}, or {allowed[6:]}" if close else allowed
    return Problem("E_PERIOD", "period", text, "there is no such period", hint)


def read_rest(period: str, fields: list[str], problems: list[Problem]) -> dict[str, int]:
    """The fields behind the start; what was refused is left out."""
    values: dict[str, int] = {}
    if period == "once":
        return values
    values["every"] = read_every(fields[2], period, problems)
    if period in SHORT_PERIODS:
        values["opens"] = read_clock(fields[3], "from", problems)
        values["closes"] = read_clock(fields[4], "to", problems)
        values["days"] = read_days(fields[5], problems)
    elif period == "day":
        values["days"] = read_days(fields[3], problems)
    elif period == "month" and len(fields) == 5:
        values["place"] = PLACES[fields[3].lower()]
        mask = read_days(fields[4], problems)
        if mask & (mask - 1):
            problems.append(
                Problem(
                    "E_DAYS",
                    "days",
                    fields[4],
                    "one day is expected",
                    "write one weekday, such as Monday",
                )
            )
        values["day"] = mask.bit_length() - 1
    elif period == "month":
        values["day"] = read_day(fields[3], problems)
    return values


def misses_its_days(encoded: Encoded) -> Problem | None:
    """E_NEVER for a grid of whole weeks whose weekday is not selected."""
    weekday = encoded.moment.weekday()
    if encoded.period != "day" or encoded.every % 7 or encoded.days >> weekday & 1:
        return None
    return Problem(
        "E_NEVER",
        "days",
        str(encoded),
        f"the grid is {DAYS[weekday]}s only",
        f"select {DAYS[weekday]} or another step",
    )
