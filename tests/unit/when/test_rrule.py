"""The recurrence rules: read, written, and found near any moment as python-dateutil finds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.instants import from_datetime
from rota.when import trigger
from rota.when.rrule import RRule
from rota.when.rrule_periods import END
from rota.when.rrule_rule import WEEKDAYS
from rota.when.rrule_sets import COUNTED, Expansion
from rota.when.rrule_text import FREQUENCIES, read_rule
from rota.when.term import Ground
from rota.when.zone import zone

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
    optional = {
        "BYMONTH": numbers(1, 12),
        "BYHOUR": numbers(0, 23),
        "BYMINUTE": numbers(0, 59),
        "BYSECOND": numbers(0, 59, most=2),
    }
    plain = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True).map(",".join)
    optional["BYDAY"] = plain
    if frequency == "YEARLY":
        optional["BYYEARDAY"] = numbers(1, 366, signed=True)
        optional["BYWEEKNO"] = st.one_of(numbers(1, 53), st.just("-1"), numbers(1, 30, signed=True))
    if frequency in ("YEARLY", "MONTHLY"):
        ordinal = st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1, -2, -5]), st.sampled_from(WEEKDAYS))
        placed = st.lists(ordinal, min_size=1, max_size=2, unique=True).map(
            lambda pairs: ",".join(f"{n}{day}" for n, day in pairs)
        )
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
    lambda moment: moment.replace(microsecond=0)
)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), starts)
def test_finds_what_dateutil_finds(text: str, start: datetime) -> None:
    if text.startswith("FREQ=WEEKLY") and "BYSETPOS" in text:
        # dateutil's first week begins with the start, ours with the week, as in every other period
        first = WEEKDAYS.index(text[-2:]) if "WKST" in text else 0
        start -= timedelta(days=(start.weekday() - first) % 7)
    found = moments(
        list(islice(Expansion(read_rule(text), seconds(start)).after(seconds(start) - 1), 25))
    )
    near = [m for m in found if m < start + timedelta(days=NEAR[text.split(";")[0][5:]])]
    # dateutil walks to the year 9999 for what is not there: ask only for as many as there are.
    try:
        rule = rrulestr(text, dtstart=start)
    except ValueError:  # its way to say that INTERVAL never meets BYHOUR or BYMINUTE
        assert not found
        return
    assert list(islice(rule, len(near))) == near


NEAR = {
    "YEARLY": 40_000,
    "MONTHLY": 20_000,
    "WEEKLY": 10_000,
    "DAILY": 10_000,
    "HOURLY": 1_500,
    "MINUTELY": 40,
}  # days that dateutil may walk


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), starts, st.integers(0, 50))
def test_is_the_same_from_anywhere_and_backwards(text: str, start: datetime, place: int) -> None:
    sets = Expansion(read_rule(text), seconds(start))
    walls = list(islice(sets.after(seconds(start) - 1), 60))
    assert walls == sorted(set(walls))
    if walls:
        middle = walls[place % len(walls)]
        assert (
            list(islice(sets.after(middle), 5)) == [w for w in walls if w > middle][:5]
            or len(walls) == 60
        )
        assert list(sets.before(middle))[::-1] == [w for w in walls if w <= middle]


@given(rules())
def test_is_the_same_rule_when_written_and_read_again(text: str) -> None:
    rule = read_rule(text)
    assert read_rule(str(rule)) == rule
    assert str(read_rule(str(rule))) == str(rule)
    assert RRule(rule).words()


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC))


def after(text: str, now: str, count: int = 1) -> list[str]:
    found = trigger(f"rrule {text}").next(datetime.fromisoformat(now).replace(tzinfo=UTC), count)
    return [f"{slot:%Y-%m-%d %H:%M:%S}".removesuffix(":00") for slot in found]


@pytest.mark.parametrize("text,expected", [
    # RFC 5545 section 3.8.5.3, its examples
    ("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO from 1997-09-22T09:00",
     ["1997-09-22 09:00", "1997-10-20 09:00", "1997-11-17 09:00"]),
    ("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200 from 1997-01-01T09:00",
     ["1997-01-01 09:00", "1997-04-10 09:00", "1997-07-19 09:00", "2000-01-01 09:00"]),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO from 1997-05-12T09:00",
     ["1997-05-12 09:00", "1998-05-11 09:00", "1999-05-17 09:00"]),
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13 from 1997-09-02T09:00",
     ["1998-02-13 09:00", "1998-03-13 09:00", "1998-11-13 09:00"]),
    ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8 from 1996-11-05T09:00",
     ["1996-11-05 09:00", "2000-11-07 09:00", "2004-11-02 09:00"]),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3 from 1997-09-04T09:00",
     ["1997-09-04 09:00", "1997-10-07 09:00", "1997-11-06 09:00"]),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO from 1997-08-05T09:00",
     ["1997-08-05 09:00", "1997-08-10 09:00", "1997-08-19 09:00", "1997-08-24 09:00"]),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU from 1997-08-05T09:00",
     ["1997-08-05 09:00", "1997-08-17 09:00", "1997-08-19 09:00", "1997-08-31 09:00"]),
    ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5 from 2007-01-15T09:00",
     ["2007-01-15 09:00", "2007-01-30 09:00", "2007-02-15 09:00", "2007-03-15 09:00"]),
    ("FREQ=MINUTELY;INTERVAL=90;COUNT=4 from 1997-09-02T09:00",
     ["1997-09-02 09:00", "1997-09-02 10:30", "1997-09-02 12:00", "1997-09-02 13:30"]),
    ("FREQ=YEARLY;BYDAY=20MO from 1997-05-19T09:00",
     ["1997-05-19 09:00", "1998-05-18 09:00", "1999-05-17 09:00"]),
    # where dateutil differs: weekdays with and without a number; the start's weekday in a week
    ("FREQ=MONTHLY;BYDAY=MO,1TU from 2026-03-01T09:00",
     ["2026-03-02 09:00", "2026-03-03 09:00", "2026-03-09 09:00"]),
    ("FREQ=YEARLY;BYWEEKNO=20 from 1997-05-12T09:00", ["1997-05-12 09:00", "1998-05-11 09:00"]),
    # and week -53 that is week 1 of the next year, lying in this one
    ("FREQ=YEARLY;BYWEEKNO=-53;BYDAY=WE from 2025-02-01T09:00", ["2025-12-31 09:00"]),
])  # fmt: skip
def test_finds_the_standards_examples(text: str, expected: list[str]) -> None:
    assert after(text, "1990-01-01", len(expected)) == expected


def test_counts_from_the_start_however_late_it_is_asked() -> None:
    text = "FREQ=DAILY;COUNT=10000 from 2000-01-01"
    assert after(text, "2027-05-17 12:00", 2) == ["2027-05-18 00:00"]
    minutes = "FREQ=MINUTELY;COUNT=3;BYSETPOS=2;BYSECOND=0,30 from 2026-01-01"
    assert after(minutes, "2025-01-01", 9) == [
        "2026-01-01 00:00:30", "2026-01-01 00:01:30", "2026-01-01 00:02:30",
    ]  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), starts, st.integers(1, 300))
def test_the_last_of_a_count_is_the_one_that_counting_finds(
    text: str, start: datetime, count: int
) -> None:
    rule = replace(read_rule(text), count=None)
    walls = list(islice(Expansion(rule, seconds(start)).after(seconds(start) - 1), count))
    counted = Expansion(replace(rule, count=count), seconds(start))
    assume(not walls or walls[-1] < seconds(start) + COUNTED)
    assert list(islice(counted.after(seconds(start) - 1), count + 1)) == walls
    assert counted.known(END) == (walls[-1] if walls else seconds(start) - 1)


def test_until_is_inclusive_and_utc_if_it_says_so() -> None:
    prague = "from 2026-07-01T09:00 in Europe/Prague"
    assert after(f"FREQ=DAILY;UNTIL=20260702T090000 {prague}", "2026-01-01", 5) == [
        "2026-07-01 07:00", "2026-07-02 07:00",
    ]  # fmt: skip
    assert after(f"FREQ=DAILY;UNTIL=20260702T065959Z {prague}", "2026-01-01", 5) == [
        "2026-07-01 07:00"
    ]
    warnings = trigger("rrule FREQ=DAILY;UNTIL=20260702 from 2026-07-01T09:00").warnings()
    assert [warning.code for warning in warnings] == ["until_midnight"]


def test_a_time_in_a_gap_is_moved_and_a_repeated_one_comes_once() -> None:
    daily = "FREQ=DAILY from 2026-03-28T02:30"
    for gap, hours in (("shift", ["01:30", "01:30", "00:30"]),
                       ("after", ["01:30", "01:00", "00:30"]),
                       ("skip", ["01:30", "00:30", "00:30"])):  # fmt: skip
        found = after(f"{daily} in Europe/Prague gap {gap}", "2026-03-27", 3)
        assert [slot[11:] for slot in found] == hours
    minutes = "FREQ=MINUTELY;INTERVAL=30 from 2026-03-29T01:00 in Europe/Prague"
    assert after(minutes, "2026-03-28", 5) == [
        "2026-03-29 00:00", "2026-03-29 00:30", "2026-03-29 01:00", "2026-03-29 01:30",
        "2026-03-29 02:00",
    ]  # fmt: skip
    hourly = "FREQ=HOURLY from 2026-10-25T01:00 in Europe/Prague"
    assert after(hourly, "2026-10-24", 4) == [
        "2026-10-24 23:00", "2026-10-25 00:00", "2026-10-25 02:00", "2026-10-25 03:00",
    ]  # fmt: skip
    both = after(f"{hourly} fold both", "2026-10-24", 4)
    assert [slot[11:] for slot in both] == ["23:00", "00:00", "01:00", "02:00"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), st.sampled_from(["Europe/Prague", "America/New_York", "Pacific/Apia",
                                 "Australia/Lord_Howe"]),
       st.sampled_from(["shift", "after", "skip"]), st.sampled_from(["first", "second", "both"]),
       starts)  # fmt: skip
def test_in_a_zone_is_what_each_wall_time_resolves_to(
    text: str, name: str, gap: str, fold: str, start: datetime
) -> None:
    where = zone(name)
    sets = Expansion(read_rule(text), seconds(start))
    walls = list(islice(sets.after(seconds(start) - 1), 400))
    wall = seconds(start) * 1_000_000
    ground = Ground(where, gap, fold, start=where.instant(wall), wall=wall)
    slow = sorted({i for one in walls for i in where.resolve(one * 1_000_000, gap, fold)})
    slow = [i for i in slow if i > at("1990-01-01")][:200]
    kind = RRule(read_rule(text))
    found = list(islice(kind.slots(at("1990-01-01"), ground), 200))
    assert found == slow
    if slow:
        assert kind.latest(slow[0], slow[-1], 30, ground) == slow[1:][-30:]
        middle = slow[len(slow) // 2]
        assert list(islice(kind.slots(middle, ground), 3)) == [i for i in slow if i > middle][
            :3
        ] or (len(slow) == 200)


@pytest.mark.parametrize("text", [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=HOURLY;INTERVAL=24;BYHOUR=9", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=MINUTELY;BYSECOND=0;BYSETPOS=2", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=-2",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTH=6", "FREQ=YEARLY;BYWEEKNO=30;BYMONTH=1",
])  # fmt: skip
def test_what_never_matches_is_refused(text: str) -> None:
    with pytest.raises(TriggerError) as refused:
        trigger(f"rrule {text} from 2026-03-02")
    assert [problem.code for problem in refused.value.problems] == ["E_NEVER"]
