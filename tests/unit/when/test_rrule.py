"""The recurrence rules: read, written, and found near any moment as python-dateutil finds them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from time import perf_counter

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.when.rrule_sets import Expansion
from rota.when.rrule_text import FREQUENCIES, WEEKDAYS, read_rule

EPOCH = datetime(1970, 1, 1)


def seconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(seconds=1)


def moments(walls: list[int]) -> list[datetime]:
    return [EPOCH + timedelta(seconds=wall) for wall in walls]


def numbers(low: int, high: int, *, signed: bool = False, most: int = 3) -> st.SearchStrategy[str]:
    one = st.integers(low, high)
    if signed:
        one = st.one_of(one, st.integers(-high, -low))
    return st.lists(one, min_size=1, max_size=most, unique=True).map(
        lambda found: ",".join(map(str, found))
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules on which dateutil and RFC 5545 agree (see the known differences below)."""
    frequency = draw(st.sampled_from(list(FREQUENCIES)))
    parts = {"FREQ": frequency}
    parts["INTERVAL"] = str(draw(st.integers(1, 10)))
    optional = {"BYMONTH": numbers(1, 12), "BYHOUR": numbers(0, 23), "BYMINUTE": numbers(0, 59),
                "BYSECOND": numbers(0, 59, most=2)}
    plain = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True).map(",".join)
    optional["BYDAY"] = plain
    if frequency == "YEARLY":
        optional["BYYEARDAY"] = numbers(1, 366, signed=True)
        optional["BYWEEKNO"] = st.one_of(numbers(1, 53), st.just("-1"), numbers(1, 30, signed=True))
    if frequency in ("YEARLY", "MONTHLY"):
        ordinal = st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1, -2, -5]), st.sampled_from(WEEKDAYS))
        placed = st.lists(ordinal, min_size=1, max_size=2, unique=True).map(
            lambda pairs: ",".join(f"{n}{day}" for n, day in pairs))
        optional["BYDAY"] = st.one_of(plain, placed)
    if frequency != "WEEKLY":
        optional["BYMONTHDAY"] = numbers(1, 31, signed=True)
    if frequency in ("HOURLY", "MINUTELY"):
        optional["BYYEARDAY"] = numbers(1, 366, signed=True, most=20)
    for name in draw(st.lists(st.sampled_from(sorted(optional)), max_size=4, unique=True)):
        parts[name] = draw(optional[name])
    if "BYWEEKNO" in parts:
        if not {"BYDAY", "BYMONTHDAY", "BYYEARDAY"} & parts.keys():
            parts["BYDAY"] = draw(plain)
        if any(digit in parts.get("BYDAY", "") for digit in "123456789"):
            parts["BYDAY"] = draw(plain)
    if any(name.startswith("BY") for name in parts) and draw(st.booleans()):
        parts["BYSETPOS"] = draw(numbers(1, 6, signed=True))
    if draw(st.integers(0, 3)) == 0:
        parts["COUNT"] = str(draw(st.integers(1, 40)))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(WEEKDAYS))
    return ";".join(f"{name}={value}" for name, value in parts.items())


starts = st.datetimes(datetime(1995, 1, 1), datetime(2030, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), starts)
def test_finds_what_dateutil_finds(text: str, start: datetime) -> None:
    found = moments(list(islice(Expansion(read_rule(text), seconds(start)).after(seconds(start) - 1), 25)))
    near = [m for m in found if m < start + timedelta(days=NEAR[text.split(";")[0][5:]])]
    # dateutil walks to the year 9999 for what is not there: ask only for as many as there are.
    try:
        rule = rrulestr(text, dtstart=start)
    except ValueError:  # its way to say that INTERVAL never meets BYHOUR or BYMINUTE
        assert not found
        return
    assert list(islice(rule, len(near))) == near


NEAR = {"YEARLY": 40_000, "MONTHLY": 20_000, "WEEKLY": 10_000, "DAILY": 10_000, "HOURLY": 1_500,
        "MINUTELY": 40}  # days that dateutil may walk


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), starts, st.integers(0, 50))
def test_is_the_same_from_anywhere_and_backwards(text: str, start: datetime, place: int) -> None:
    sets = Expansion(read_rule(text), seconds(start))
    walls = list(islice(sets.after(seconds(start) - 1), 60))
    assert walls == sorted(set(walls))
    if walls:
        middle = walls[place % len(walls)]
        assert list(islice(sets.after(middle), 5)) == [w for w in walls if w > middle][:5] or len(walls) == 60
        assert list(sets.before(middle))[::-1] == [w for w in walls if w <= middle]


@given(rules())
def test_is_the_same_rule_when_written_and_read_again(text: str) -> None:
    rule = read_rule(text)
    assert read_rule(str(rule)) == rule
    assert str(read_rule(str(rule))) == str(rule)
