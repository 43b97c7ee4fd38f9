"""Kentico's encoded interval, `period;start;every;…`: read strictly, read for an import, written.

    once;START | week;START;N | year;START;N | day;START;N;DAYS | month;START;N;DAY
    month;START;N;first|second|third|fourth|last;WEEKDAY        (ours: the vendor has no text for it)
    timesecond|second|minute|hour;START;N;FROM;TO;DAYS

START is `M/d/yyyy h:mm:ss AM|PM` or ISO 8601, wall time. `second` is read and written `timesecond`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from rota.errors import Problem, TriggerError
from rota.when.term import Warning

__all__ = (
    "DAYS",
    "PLACES",
    "SHORT_PERIODS",
    "Encoded",
    "ImportedInterval",
    "import_encoded",
    "read_encoded",
    "read_fields",
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALL_DAYS = 127
LONGEST = 1_000  # characters, as in the vendor's table
DAY = 86_400_000_000
# How long a step may be: 400 years, after which the calendar repeats.
PERIODS = {
    "timesecond": 12_622_780_800,
    "minute": 210_379_680,
    "hour": 3_506_328,
    "day": 146_097,
    "week": 20_871,
    "month": 4_800,
    "year": 400,
    "once": 1,
}
SHORT_PERIODS = frozenset(("timesecond", "minute", "hour"))
FIELDS = {"day": ("DAYS",), "month": ("DAY",), "week": (), "year": ()}
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
START_FORM = "write for example 3/2/2026 2:00:00 AM or 2026-03-02T02:00:00"
US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) ?([AP])M", re.A | re.I)
US_LOOSE = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))? ?(?:([AP])M)?)?", re.A | re.I
)
ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?(Z|[+-]\d{2}:?\d{2})?",
    re.A | re.I,
)
CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})", re.A)
EPOCH = datetime(1970, 1, 1)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What an encoded interval says; `str()` is its canonical text.

    >>> str(read_encoded("day; 2026-03-02T02:00:00; 1; friday,monday"))
    'day;3/2/2026 2:00:00 AM;1;Monday,Friday'
    """

    period: str
    start: int  # microseconds since 1970-01-01T00:00 on the wall
    every: int = 1
    days: int = ALL_DAYS  # Monday 1, Tuesday 2 … Sunday 64
    opens: int = 0  # seconds of the day; equal to `closes`: all day
    closes: int = 0
    day: int = 0  # of the month, -1 the last; with a place: the weekday, Monday 0
    place: int = 0  # which such weekday of the month, -1 the last

    def __str__(self) -> str:
        fields = [self.period, us_text(self.start)]
        if self.period != "once":
            fields.append(str(self.every))
        if self.period in SHORT_PERIODS:
            fields += [clock_text(self.opens), clock_text(self.closes)]
        if self.period in SHORT_PERIODS or self.period == "day":
            fields.append(",".join(day for n, day in enumerate(DAYS) if self.days >> n & 1))
        if self.place:
            names = {place: name for name, place in PLACES.items()}
            fields += [names[self.place], DAYS[self.day]]
        elif self.period == "month":
            fields.append(str(self.day))
        return ";".join(fields)

    @property
    def manual(self) -> bool:
        """Whether it never runs by the clock: once, in the year 1."""
        return self.period == "once" and self.moment.year == 1

    @property
    def moment(self) -> datetime:
        """The start as a naive datetime."""
        return EPOCH + timedelta(microseconds=self.start)


@dataclass(frozen=True, slots=True)
class ImportedInterval:
    """What became of a text that was imported: an interval, or None and why it stays disabled."""

    encoded: Encoded | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Warning, ...] = ()


def read_encoded(text: str) -> Encoded:
    """The interval of a strict text; a TriggerError with every problem of any other.

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


def read_start(text: str, problems: list[Problem], form: str) -> int | None:
    """The start as wall time; `form` is what a text with the wrong fields ought to look like."""
    hint = f"expected {form}" if form else START_FORM
    reason = f"“{text}” is not a date" if text else "the start is empty"
    us, iso, loose = US.fullmatch(text), ISO.fullmatch(text), US_LOOSE.fullmatch(text)
    try:
        if us:
            month, day, year, hour, minute, second = map(int, us.groups()[:6])
            if not 1 <= hour <= 12:
                reason, hint = f"the hour goes from 1 to 12, not {hour}", START_FORM
                raise ValueError
            moment = datetime(year, month, day, hour % 12 + 12 * (us[7] in "pP"), minute, second)
            return (moment - EPOCH) // TICK
        if iso:
            if iso[7]:
                reason, hint = "the start is wall time in the zone", "leave the offset out"
                raise ValueError
            moment = datetime(*(int(digits or 0) for digits in iso.groups()[:6]))  # type: ignore[arg-type]
            return (moment - EPOCH) // TICK
        if loose:
            month, day, year, hour, minute, second = (int(one or 0) for one in loose.groups()[:6])
            if loose[7]:
                hour = hour % 12 + 12 * (loose[7] in "pP")
            meant = (datetime(year, month, day, hour, minute, second) - EPOCH) // TICK
            reason, hint = "the time is incomplete", f"write {us_text(meant)}"
    except ValueError:
        if "is not a date" in reason:
            reason, hint = "there is no such date or time", START_FORM
    problems.append(Problem("E_START", "start", text, reason, hint))
    return None


def read_every(text: str, period: str, problems: list[Problem]) -> int:
    """N, a whole number from 1."""
    most = PERIODS[period]
    if re.fullmatch("[0-9]{1,11}", text) and 1 <= int(text) <= most:
        return int(text)
    problems.append(
        Problem(
            "E_EVERY",
            "every",
            text,
            f"a whole number from 1 to {most:,} is expected",
            "write 1 or more",
        )
    )
    return 1


def read_clock(text: str, part: str, problems: list[Problem]) -> int:
    """HH:MM:SS as seconds of the day."""
    match = CLOCK.fullmatch(text)
    reason = "this is no time of day"
    if match:
        hour, minute, second = map(int, match.groups())
        if hour < 24 and minute < 60 and second < 60:
            return hour * 3600 + minute * 60 + second
        reason = (
            "the hour goes from 0 to 23" if hour > 23 else "minutes and seconds go from 0 to 59"
        )
    problems.append(Problem("E_BETWEEN", part, text, reason, "write HH:MM:SS, such as 08:00:00"))
    return 0


def read_days(text: str, problems: list[Problem]) -> int:
    """Full English names as a mask."""
    mask = 0
    names = [name.strip() for name in text.split(",") if name.strip()]
    lower = [day.lower() for day in DAYS]
    for name in names:
        if name.lower() in lower:
            mask |= 1 << lower.index(name.lower())
            continue
        near = [day for day in DAYS if len(name) > 1 and day.lower().startswith(name.lower()[:3])]
        near = near or get_close_matches(name.capitalize()[:20], DAYS, 1, 0.6)
        hint = f"write {near[0]}" if near else "write Monday to Sunday in full"
        problems.append(Problem("E_DAYS", "days", name, "there is no such day", hint))
    if not names:
        problems.append(
            Problem(
                "E_DAYS",
                "days",
                text,
                "no day is selected",
                "select at least one day, such as Monday",
            )
        )
    return mask


def read_day(text: str, problems: list[Problem]) -> int:
    """The day of the month; -1 is the last."""
    if re.fullmatch("-1|[0-9]{1,2}", text) and (text == "-1" or 1 <= int(text) <= 31):
        return int(text)
    hint = (
        "write -1 for the last day"
        if text.lower() == "last"
        else "write 1 to 31, or -1 for the last"
    )
    problems.append(Problem("E_DOM", "day", text, "there is no such day of the month", hint))
    return 1


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


def us_text(wall: int) -> str:
    """A start as the vendor writes it: `3/2/2026 2:00:00 AM`, the year with four digits."""
    at = EPOCH + timedelta(microseconds=wall)
    clock = f"{at.hour % 12 or 12}:{at.minute:02}:{at.second:02} {'AM' if at.hour < 12 else 'PM'}"
    return f"{at.month}/{at.day}/{at.year:04} {clock}"


def clock_text(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
