"""A recurrence rule in plain English."""

from __future__ import annotations

from collections.abc import Sequence

from rota.when.names import DAYS, MONTHS
from rota.when.rrule_rule import Rule, Until

__all__ = ("rule_words",)

UNITS = {
    "YEARLY": "year",
    "MONTHLY": "month",
    "WEEKLY": "week",
    "DAILY": "day",
    "HOURLY": "hour",
    "MINUTELY": "minute",
}
NAMED = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
SHOWN = 6  # times of day that are worth writing out


def rule_words(rule: Rule) -> str:
    """What the rule says, for somebody who does not know RFC 5545.

    >>> from rota.when.rrule_text import read_rule
    >>> rule_words(read_rule("FREQ=MONTHLY;BYDAY=1MO,-1FR;BYHOUR=9;BYMINUTE=30"))
    'every month on the first Monday and the last Friday of the month at 09:30'
    """
    unit = UNITS[rule.frequency]
    words = [f"every {unit}" if rule.interval == 1 else f"every {rule.interval:,} {unit}s"]
    words += [*date_words(rule), *clock_words(rule)]
    text = " ".join(words)
    if rule.bysetpos:
        text += f", of these only the {listed([placed(place) for place in rule.bysetpos])}"
        text += f" of each {unit}"
    if rule.count is not None:
        text += ", once" if rule.count == 1 else f", {rule.count:,} times"
    if rule.until is not None:
        text += f", until {until_words(rule.until)}"
    return text


def date_words(rule: Rule) -> list[str]:
    """The parts about days, weeks and months."""
    words = []
    if rule.byday:
        whole = "year" if rule.frequency == "YEARLY" and not rule.bymonth else "month"
        days = [f"the {placed(n)} {DAYS[day]}" if n else DAYS[day] for n, day in rule.byday]
        of = f" of the {whole}" if any(n for n, _ in rule.byday) else ""
        plain = tuple(rule.byday) == tuple((0, day) for day in range(5))
        words.append("on Monday to Friday" if plain else f"on {listed(days)}{of}")
    if rule.bymonthday:
        words.append(f"on {places(rule.bymonthday)} of the month")
    if rule.byyearday:
        words.append(f"on {places(rule.byyearday)} of the year")
    if rule.byweekno:
        weeks = [str(n) if n > 0 else f"{-n} from the end" for n in rule.byweekno]
        words.append(f"in week{'s' if len(weeks) > 1 else ''} {listed(weeks)}")
    if rule.bymonth:
        words.append(f"in {listed([MONTHS[month - 1] for month in rule.bymonth])}")
    return words


def clock_words(rule: Rule) -> list[str]:
    """The parts about the time of day; what the rule leaves open comes from its start."""
    hours, minutes, seconds = rule.byhour, rule.byminute, rule.bysecond
    if hours and minutes and len(hours) * len(minutes) * max(1, len(seconds)) <= SHOWN:
        clocks = [f"{h:02}:{m:02}" for h in hours for m in minutes]
        if seconds not in ((), (0,)):
            clocks = [f"{clock}:{second:02}" for clock in clocks for second in seconds]
        return [f"at {listed(clocks)}"]
    words = []
    if hours:
        words.append(
            "in the hour"
            + ("s" if len(hours) > 1 else "")
            + " from "
            + listed([f"{hour:02}:00" for hour in hours])
        )
    for name, numbers in (("minute", minutes), ("second", seconds)):
        if numbers:
            plural = "s" if len(numbers) > 1 else ""
            words.append(f"at {name}{plural} {listed([str(n) for n in numbers])}")
    return words


def until_words(until: Until) -> str:
    """The last moment of a rule."""
    text = str(until)
    clock = f"{text[9:11]}:{text[11:13]}" + (f":{text[13:15]}" if text[13:15] != "00" else "")
    utc = " UTC" if until.utc else ""
    return f"{int(text[6:8])} {MONTHS[int(text[4:6]) - 1]} {int(text[:4])} at {clock}{utc}"


def placed(number: int) -> str:
    """Which one: first, last, second to last, 12th."""
    if number == -1:
        return "last"
    if number < 0:
        return f"{placed(-number)} to last"
    if number in NAMED:
        return NAMED[number]
    return ordinal(number)


def places(numbers: Sequence[int]) -> str:
    """Which days: the 1st and the last day."""
    forward = [f"the {ordinal(number)}" for number in numbers if number > 0]
    back = [f"the {placed(number)} day" for number in numbers if number < 0]
    return listed(forward + back[::-1])


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def listed(words: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
