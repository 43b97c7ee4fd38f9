"""The recurrence rule of RFC 5545 as text: read with all its problems at once, written in one way.

The start is not in the rule: it is the trigger's `from`. SECONDLY is not offered (MINUTELY with
BYSECOND, or `every 10s`, says the same); what RFC 5545 forbids is refused, not ignored.
"""

from __future__ import annotations

import re
from datetime import datetime
from difflib import get_close_matches

from rota.errors import Problem, TriggerError
from rota.when.rrule_rule import EPOCH, PARTS, WEEKDAYS, Rule, Until

__all__ = ("FREQUENCIES", "read_rule", "read_rule_parts")

# How long an interval may be: 400 years, after which the calendar repeats.
FREQUENCIES = {
    "YEARLY": 400,
    "MONTHLY": 4_800,
    "WEEKLY": 20_871,
    "DAILY": 146_097,
    "HOURLY": 3_506_328,
    "MINUTELY": 210_379_680,
}
MOST = 10_000  # COUNT
MOST_IRREGULAR = 1_000  # the same where the calendar has a say, as these have to be counted
LONGEST = 1_000  # characters
# Part -> lowest and highest number, and whether it may count from the end.
NUMBERS = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
    "BYSETPOS": (1, 366, True),
}
ELSEWHERE = {
    "DTSTART": "leave it out and write the start behind the rule, such as from 2026-03-02T09:00",
    "RDATE": "leave it out and join the date, such as rrule … or at 2026-03-02T09:00",
    "EXDATE": "leave it out and write the date behind the rule, such as except 2026-12-24",
    "EXRULE": "leave it out and write the dates behind the rule, such as except 12-24",
}
FORM = "write a rule such as FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=9"
UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?")


def read_rule(text: str) -> Rule:
    """The rule of a text; a TriggerError with every problem of any other.

    >>> str(read_rule("rrule:byday=fr,mo;freq=weekly;interval=1"))
    'FREQ=WEEKLY;BYDAY=MO,FR'
    >>> read_rule("FREQ=DAILY;BYHOUR=24").problems
    Traceback (most recent call last):
    rota.errors.TriggerError: BYHOUR “24”: it goes from 0 to 23
    """
    problems: list[Problem] = []
    rule = read_rule_parts(text, problems)
    if rule is None:
        raise TriggerError(problems)
    return rule


def read_rule_parts(text: str, problems: list[Problem]) -> Rule | None:
    """As `read_rule`, with the problems appended to a list."""
    if len(text) > LONGEST:
        reason = f"longer than {LONGEST:,} characters"
        problems.append(Problem("E_LENGTH", "rrule", text, reason, "write a shorter rule"))
        return None
    before = len(problems)
    written = split(text, problems)
    reading = Reading(written, problems)
    rule = reading.rule()
    if len(problems) > before:
        return None
    refuse_misfits(rule, problems)
    return rule if len(problems) == before else None


def split(text: str, problems: list[Problem]) -> dict[str, str]:
    """The parts by name, upper-cased, without blanks; what is no part of a rule is a problem."""
    upper = text.upper().strip()
    elsewhere = re.findall(r"\b(DTSTART|RDATE|EXDATE|EXRULE)\b", upper)
    if elsewhere:
        problems += (
            wrong(name, name, "is no part of the rule here", ELSEWHERE[name]) for name in elsewhere
        )
        return {}
    written: dict[str, str] = {}
    for part in upper.removeprefix("RRULE:").strip().strip(";").split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in PARTS:
            near = get_close_matches(name, PARTS, 1, 0.6)
            hint = (
                f"write {near[0]}" if near else f"it knows {', '.join(PARTS)}" if equals else FORM
            )
            problems.append(wrong("rrule", part, "there is no such part of a rule", hint))
        elif name in written:
            problems.append(wrong(name, part, "is there twice", "write it once"))
        elif not value:
            problems.append(wrong(name, part, "has no value", f"write {name}=…"))
        else:
            written[name] = value.replace(" ", "")
    if "FREQ" not in written and "FREQ" not in upper:
        problems.append(wrong("FREQ", "", "the rule does not say how often", FORM))
    return written


class Reading:
    """The values of the parts, each problem noted."""

    def __init__(self, written: dict[str, str], problems: list[Problem]) -> None:
        self.written = written
        self.problems = problems

    def rule(self) -> Rule:
        frequency = self.frequency()
        interval = self.number("INTERVAL", FREQUENCIES.get(frequency, 1_000))
        numbers = {name.lower(): self.numbers(name) for name in NUMBERS}
        return Rule(
            frequency,
            interval or 1,
            self.number("COUNT", MOST),
            self.until(),
            self.wkst(),
            byday=self.byday(),
            **numbers,
        )

    def note(self, part: str, reason: str, hint: str = "") -> None:
        self.problems.append(wrong(part, self.written[part], reason, hint))

    def frequency(self) -> str:
        value = self.written.get("FREQ", "")
        if value == "SECONDLY":
            hint = "write FREQ=MINUTELY with BYSECOND, or a trigger such as every 10s"
            self.note("FREQ", "seconds are not a frequency here", hint)
        elif value and value not in FREQUENCIES:
            near = get_close_matches(value, FREQUENCIES, 1, 0.5)
            hint = f"write {near[0]}" if near else f"write one of {', '.join(FREQUENCIES)}"
            self.note("FREQ", "there is no such frequency", hint)
        return value

    def number(self, part: str, most: int) -> int | None:
        value = self.written.get(part)
        if value is None:
            return None
        if not re.fullmatch("[0-9]{1,12}", value) or not 1 <= int(value) <= most:
            self.note(part, f"a whole number from 1 to {most:,} is expected")
            return None
        return int(value)

    def numbers(self, part: str) -> tuple[int, ...]:
        low, high, signed = NUMBERS[part]
        found = set()
        for item in self.items(part):
            if not re.fullmatch("[+-]?[0-9]{1,4}", item):
                self.problems.append(wrong(part, item, "a whole number is expected"))
                continue
            number = int(item)
            if not (low <= number <= high or (signed and -high <= number <= -low)):
                span = f"{low} to {high}" + (f" or -{high} to -{low}" if signed else "")
                self.problems.append(wrong(part, item, f"it goes from {span}"))
                continue
            found.add(59 if part == "BYSECOND" and number == 60 else number)
        return tuple(sorted(found))

    def items(self, part: str) -> list[str]:
        return self.written[part].split(",") if part in self.written else []

    def byday(self) -> tuple[tuple[int, int], ...]:
        found = set()
        for item in self.items("BYDAY"):
            match = re.fullmatch("([+-]?[0-9]{1,2})?([A-Z]+)", item)
            if match is None or match[2] not in WEEKDAYS:
                near = [day for day in WEEKDAYS if match and match[2].startswith(day)]
                hint = f"write {match[1] or ''}{near[0]}" if match and near else "write MO to SU"
                self.problems.append(wrong("BYDAY", item, "there is no such day", hint))
                continue
            place = int(match[1] or 0)
            if match[1] and not 1 <= abs(place) <= 53:
                self.problems.append(
                    wrong("BYDAY", item, "the number goes from 1 to 53 or -53 to -1")
                )
                continue
            found.add((place, WEEKDAYS.index(match[2])))
        return tuple(sorted(found, key=lambda pair: (pair[1], pair[0])))

    def wkst(self) -> int:
        value = self.written.get("WKST", "MO")
        if value in WEEKDAYS:
            return WEEKDAYS.index(value)
        self.note("WKST", "there is no such day", "write MO to SU")
        return 0

    def until(self) -> Until | None:
        value = self.written.get("UNTIL")
        if value is None:
            return None
        match = UNTIL.fullmatch(re.sub("[-:]", "", value))
        try:
            fields = [int(digits or 0) for digits in match.groups()[:6]] if match else []
            moment = datetime(*fields)  # type: ignore[arg-type]
        except (ValueError, TypeError):
            self.note("UNTIL", "this is no date", "write 20261231 or 20261231T170000, Z for UTC")
            return None
        assert match is not None
        seconds = (moment - EPOCH).days * 86_400 + (moment - EPOCH).seconds
        return Until(seconds, bool(match[7]))


def refuse_misfits(rule: Rule, problems: list[Problem]) -> None:
    """What each part allows, but RFC 5545 forbids together."""
    frequency = rule.frequency
    if rule.count is not None and rule.until is not None:
        problems.append(
            wrong(
                "COUNT",
                str(rule.count),
                "COUNT and UNTIL exclude each other",
                "leave one of them out",
            )
        )
    dated = rule.bymonth or rule.bymonthday or rule.byyearday
    irregular = dated or frequency in ("YEARLY", "MONTHLY")
    if irregular and rule.count is not None and rule.count > MOST_IRREGULAR:
        reason = f"with months or days of a month at most {MOST_IRREGULAR:,} can be counted"
        problems.append(wrong("COUNT", str(rule.count), reason, "write UNTIL instead"))
    if rule.byweekno and frequency != "YEARLY":
        problems.append(misfit("BYWEEKNO", rule, "write FREQ=YEARLY"))
    if rule.byyearday and frequency in ("MONTHLY", "WEEKLY", "DAILY"):
        problems.append(misfit("BYYEARDAY", rule, "write FREQ=YEARLY"))
    if rule.bymonthday and frequency == "WEEKLY":
        problems.append(misfit("BYMONTHDAY", rule, "write FREQ=MONTHLY or FREQ=DAILY"))
    if any(place for place, _ in rule.byday):
        if frequency not in ("MONTHLY", "YEARLY"):
            problems.append(misfit("BYDAY with numbers", rule, "write FREQ=MONTHLY or FREQ=YEARLY"))
        elif rule.byweekno:
            reason = "numbers before the day do not go with BYWEEKNO"
            problems.append(wrong("BYDAY", str(rule), reason, "leave the numbers out"))
    others = (
        rule.bymonth,
        rule.byweekno,
        rule.byyearday,
        rule.bymonthday,
        rule.byday,
        rule.byhour,
        rule.byminute,
        rule.bysecond,
    )
    if rule.bysetpos and not any(others):
        problems.append(
            wrong(
                "BYSETPOS",
                str(rule),
                "there is nothing to choose from",
                "add another BY… part, such as BYDAY=MO,TU,WE,TH,FR",
            )
        )


def misfit(part: str, rule: Rule, hint: str) -> Problem:
    return wrong(
        part.partition(" ")[0], str(rule), f"{part} does not go with FREQ={rule.frequency}", hint
    )


def wrong(part: str, text: str, reason: str, hint: str = "") -> Problem:
    return Problem("E_RRULE", part, text, reason, hint)
