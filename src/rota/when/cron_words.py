"""A cron expression in plain English."""

from __future__ import annotations

from itertools import pairwise

from rota.when.cron_field import DOM, DOW, FIELDS, Cell, Field, read_field
from rota.when.names import DAYS, MONTHS
from rota.when.window import days_words, joined

__all__ = ("cron_words",)

SECOND, MINUTE, HOUR, _, MONTH, _ = FIELDS
PLACES = ("", "first", "second", "third", "fourth", "fifth")
MOST_TIMES = 6  # times of day that are listed one by one
ANY = ("*", "?")
PICKED = "picked by the schedule's name"


def cron_words(fields: list[str]) -> str:
    """The six fields in English, lower case first: `Monday to Friday at 09:00`."""
    second, minute, hour, dom, month, dow = fields
    time = time_words(second, minute, hour)
    days = day_words(dom, month, dow)
    if not days:
        return f"every day {time}" if time.startswith("at ") and hour != "*" else time
    if not time.startswith("at ") or (dom not in ANY and dow not in ANY):
        return f"{time}, {days}"
    return f"{'every ' if days in DAYS else ''}{days} {time}"


def values(field: Field, text: str) -> tuple[int, ...] | None:
    """The values of a field; None if the schedule's name picks them."""
    cell = read_field(field, text, "")
    return None if "H" in text[:1] or not isinstance(cell, Cell) else cell.values


def time_words(second: str, minute: str, hour: str) -> str:
    """The time of day: `at 09:00 and 17:00`, `every 5 minutes from 09:00 to 17:59`."""
    seconds, minutes, hours = values(SECOND, second), values(MINUTE, minute), values(HOUR, hour)
    if seconds is None or minutes is None or hours is None:
        return hashed_words(minutes, hours)
    times = len(seconds) * len(minutes) * len(hours)
    if times == 1 or (times <= MOST_TIMES and "/" not in minute + hour):
        return "at " + joined(
            [
                f"{h:02}:{m:02}" + (f":{s:02}" if seconds != (0,) else "")
                for h in hours
                for m in minutes
                for s in seconds
            ]
        )
    if seconds != (0,):
        inner = pace("second", seconds, 60)
        if len(minutes) == 60:
            each = "" if even(seconds, 60) else " of every minute"
            return inner + each + hour_span(hours, last=True)
        return f"{inner}, {pace('minute', minutes, 60)} of every hour{hour_span(hours, last=True)}"
    if len(minutes) > 1:
        if even(minutes, 60):
            return pace("minute", minutes, 60) + hour_span(hours, last=True)
        return f"{pace('minute', minutes, 60)} of every hour{hour_span(hours, last=True)}"
    tail = f" at minute {minutes[0]}" if minutes[0] else ""
    step = hours[1] - hours[0]
    if len(hours) == 24:
        return f"every hour{tail}"
    if all(b - a == step for a, b in pairwise(hours)):
        name = "every hour" if step == 1 else f"every {step} hours"
        if hours[0] == 0 and hours[-1] + step >= 24:
            return name + tail
        return f"{name} from {hours[0]:02}:{minutes[0]:02} to {hours[-1]:02}:{minutes[0]:02}"
    return "at " + joined([f"{one:02}:{minutes[0]:02}" for one in hours])


def even(numbers: tuple[int, ...], size: int) -> bool:
    """Whether numbers from 0 on are equally far apart, round the end too."""
    if len(numbers) < 2:
        return False
    step = numbers[1] - numbers[0]
    return numbers == tuple(range(0, size, step)) and size % step == 0


def pace(unit: str, numbers: tuple[int, ...], size: int) -> str:
    """`every minute`, `every 5 minutes`, `at minutes 1 to 10`."""
    if len(numbers) == size:
        return f"every {unit}"
    if even(numbers, size):
        return f"every {numbers[1]} {unit}s"
    if len(numbers) == 1:
        return f"at {unit} {numbers[0]}"
    step = numbers[1] - numbers[0]
    if len(numbers) > 3 and all(b - a == step for a, b in pairwise(numbers)):
        if step == 1:
            return f"at {unit}s {numbers[0]} to {numbers[-1]}"
        return f"every {step} {unit}s from {unit} {numbers[0]}"
    return f"at {unit}s {joined([str(one) for one in numbers])}"


def hour_span(hours: tuple[int, ...], *, last: bool) -> str:
    """` from 09:00 to 17:59`, ` in the hours 9, 12 and 15`, or nothing for all hours."""
    if len(hours) == 24:
        return ""
    if hours == tuple(range(hours[0], hours[-1] + 1)) and (last or len(hours) > 1):
        return f" from {hours[0]:02}:00 to {hours[-1]:02}:59"
    return f" in the hour{'s' * (len(hours) > 1)} {joined([str(one) for one in hours])}"


def hashed_words(minutes: tuple[int, ...] | None, hours: tuple[int, ...] | None) -> str:
    """The time of day when the schedule's name picks a part of it."""
    if hours is None:
        return f"at a time {PICKED}"
    if minutes is None:
        if len(hours) == 24:
            return f"every hour at a minute {PICKED}"
        return f"at a minute {PICKED}" + hour_span(hours, last=True)
    return f"at a second {PICKED}"


def day_words(dom: str, month: str, dow: str) -> str:
    """The days: `Monday to Friday`, `on day 1 of every month`; nothing for every day."""
    months = values(MONTH, month)
    every_month = months is not None and len(months) == 12
    if months is None:
        of = f"a month {PICKED}"
    else:
        of = "every month" if every_month else joined([MONTHS[one - 1] for one in months])
    of_month = "" if dom in ANY else f"on {dom_words(dom)} of {of}"
    if of_month and dow not in ANY:
        if dom[0] != "*" and dow[0] != "*":
            return f"{of_month}, or on {dow_words(dow, of)}"
        return f"{of_month}, if it is {dow_words(dow, of)}"
    if dow not in ANY:
        of_week = dow_words(dow, of)
        return of_week if every_month or of in of_week else f"{of_week} in {of}"
    return of_month or ("" if every_month else f"every day in {of}")


def dom_words(text: str) -> str:
    """Days of the month."""
    if text[0] == "H":
        return f"a day {PICKED}"
    numbers = values(DOM, text) or ()
    if text.startswith("*/"):
        return f"every {ordinal(int(text[2:]))} day from day 1"
    cell = read_field(DOM, text, "")
    assert isinstance(cell, Cell)
    parts = []
    if len(numbers) > 2 and numbers == tuple(range(numbers[0], numbers[-1] + 1)):
        parts.append(f"days {numbers[0]} to {numbers[-1]}")
    else:
        parts += [f"day {one}" for one in numbers]
    parts += [f"the weekday nearest day {one}" for one in cell.nearest]
    parts += ["the last day"] * cell.last + ["the last weekday"] * cell.last_weekday
    return joined(parts)


def dow_words(text: str, of: str) -> str:
    """Days of the week; `of` names the months."""
    if text[0] == "H":
        return f"a day of the week {PICKED}"
    cell = read_field(DOW, text, "")
    assert isinstance(cell, Cell)
    mask = 0
    for one in cell.values:
        mask |= 1 << (one - 1) % 7
    parts = [days_words(mask)] if mask else []
    parts += [f"the {PLACES[place]} {long(day)} of {of}" for day, place in cell.nth]
    parts += [f"the last {long(day)} of {of}" for day in cell.last_of]
    return joined(parts)


def long(day: int) -> str:
    """The English name of a cron weekday, Sunday being 0."""
    return DAYS[day - 1]  # cron counts from Sunday


def ordinal(number: int) -> str:
    """`2nd`, `3rd`, `10th`."""
    tail = "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"
