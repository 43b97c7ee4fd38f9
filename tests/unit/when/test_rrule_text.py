"""The recurrence rules as text: what is refused and how, and the words for what is not."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.when.rrule import RRule
from rota.when.rrule_sets import Expansion
from rota.when.rrule_text import read_rule


@pytest.mark.parametrize("text,part,hint", [
    ("", "rrule", "FREQ=WEEKLY"),
    ("FREQ=SECONDLY", "FREQ", "every 10s"),
    ("FREQ=WEEKLI", "FREQ", "WEEKLY"),
    ("FREQ=DAILY;BYHUOR=9", "rrule", "BYHOUR"),
    ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "COUNT", ""),
    ("FREQ=DAILY;FREQ=DAILY", "FREQ", "once"),
    ("FREQ=DAILY;COUNT=10001", "COUNT", ""),
    ("FREQ=DAILY;BYMONTH=1;COUNT=1001", "COUNT", "UNTIL"),
    ("FREQ=MONTHLY;COUNT=1001", "COUNT", "UNTIL"),
    ("FREQ=YEARLY;INTERVAL=401", "INTERVAL", ""),
    ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY", "MONTHLY"),
    ("FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO", "YEARLY"),
    ("FREQ=DAILY;BYYEARDAY=1", "BYYEARDAY", "YEARLY"),
    ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY", "MONTHLY"),
    ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "BYDAY", ""),
    ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS", "BY"),
    ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY", ""),
    ("FREQ=MONTHLY;BYDAY=MON", "BYDAY", "MO"),
    ("FREQ=DAILY;UNTIL=20260230", "UNTIL", ""),
    ("DTSTART:20260302T090000 RRULE:FREQ=DAILY", "DTSTART", "from 2026-03-02T09:00"),
    ("FREQ=DAILY;EXDATE=20261224", "EXDATE", "except 2026-12-24"),
    ("FREQ=DAILY;RDATE=20261224", "RDATE", "or at"),
])  # fmt: skip
def test_refuses(text: str, part: str, hint: str) -> None:
    with pytest.raises(TriggerError) as refused:
        read_rule(text)
    problem = refused.value.problems[0]
    assert (problem.code, problem.part) == ("E_RRULE", part)
    assert hint in problem.hint


def test_lists_all_problems_at_once() -> None:
    with pytest.raises(TriggerError) as refused:
        read_rule("FREQ=DALY;INTERVAL=0;BYHOUR=24,x;BYDAY=XX")
    parts = [problem.part for problem in refused.value.problems]
    assert sorted(parts) == ["BYDAY", "BYHOUR", "BYHOUR", "FREQ", "INTERVAL"]


def test_second_60_is_second_59() -> None:
    assert str(read_rule("FREQ=MINUTELY;BYSECOND=60")) == "FREQ=MINUTELY;BYSECOND=59"


@pytest.mark.parametrize("text,words", [
    ("FREQ=DAILY", "every day"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0",
     "every 2 weeks on Monday to Friday at 09:00"),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
     "every month on Monday to Friday, of these only the last of each month"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,-1;COUNT=3",
     "every month on the 1st and the last day of the month, 3 times"),
    ("FREQ=YEARLY;BYDAY=20MO", "every year on the 20th Monday of the year"),
    ("FREQ=HOURLY;BYMINUTE=0,30;UNTIL=20261231T170000Z",
     "every hour at minutes 0 and 30, until 31 December 2026 at 17:00 UTC"),
])  # fmt: skip
def test_says_it_in_words(text: str, words: str) -> None:
    assert RRule(read_rule(text)).words() == words


@given(st.lists(st.sampled_from([
    "FREQ=", "DAILY", "YEARLY", "MINUTELY", ";", "=", ",", "BYDAY", "1MO", "-1FR", "BYSETPOS",
    "INTERVAL",
    "COUNT", "UNTIL", "20260101", "T000000Z", "99999999999999", "-", "٣", "BYHOUR", "9", "0",
]), max_size=14))  # fmt: skip
def test_only_the_declared_error_escapes(pieces: list[str]) -> None:
    try:
        rule = read_rule("".join(pieces))
    except TriggerError as refused:
        assert all(problem.reason for problem in refused.problems)
    else:
        assert list(islice(Expansion(rule, 0).after(0), 2)) is not None
