"""The vendors' kinds and rrule as triggers: at the calendar's ends, and for any text at all."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.when import Trigger, trigger
from rota.when.zone import FIRST, LAST

ALL = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"
ZONES = ("UTC", "Pacific/Kiritimati", "Pacific/Niue", "Europe/Prague")
TEXTS = (
    "rrule FREQ=DAILY", "rrule FREQ=WEEKLY;WKST=SU from 0001-01-01", "rrule FREQ=MONTHLY;COUNT=3",
    "rrule FREQ=YEARLY;BYWEEKNO=1,53,-1;BYDAY=MO from 0001-01-01",
    "rrule FREQ=MINUTELY;BYSETPOS=1;BYSECOND=1",
    "rrule FREQ=HOURLY;INTERVAL=7 from 9999-12-31T20:00",
    "rrule FREQ=YEARLY from 9999-12-31T23:59:59", "sitecore |||00:15:00",
    "sitecore 00010101|99991231T235959|62|01:00", "sitecore |||1.00:00 anchored",
    "sitecore 99991231||64|1.00:00:00 anchored", "sitecore 00010101T000000Z||127|05:00 anchored",
    "sitecore ||2|10675199.00:00:00", "kentico once;1/1/0001 12:00:00 AM",
    "kentico once;12/31/9999 11:59:59 PM", f"kentico day;1/1/0001 12:00:00 AM;1;{ALL}",
    "kentico week;12/31/9999 12:00:00 PM;1", "kentico month;12/31/9999 11:00:00 PM;1;-1",
    "kentico year;2/29/0004 12:00:00 AM;1",
    f"kentico hour;1/1/0001 12:00:00 AM;7;08:00:00;17:00:00;{ALL}",
    f"kentico timesecond;12/31/9999 11:59:00 PM;1;00:00:00;23:59:00;{ALL}",
)  # fmt: skip


def exercise(found: Trigger) -> None:
    """Asks everything a trigger promises to answer for any instant."""
    assert trigger(str(found)) == found
    assert found.words()
    for instant in (FIRST - 1, FIRST, -1, 1_772_000_000_000_000, LAST - 1, LAST):
        slots = list(islice(found.instants(instant), 3))
        assert slots == sorted(set(slots))
        assert all(instant < slot <= LAST for slot in slots)
        assert len(found.latest(instant, LAST, 2)) <= 2
        assert len(found.latest(FIRST - 1, instant, 2)) <= 2
        assert found.count(instant, LAST, 5) <= 5
        found.warnings(instant)
    found.due(datetime(2026, 3, 2, tzinfo=UTC))
    found.due(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", ZONES)
def test_answers_up_to_the_calendars_ends(text: str, name: str) -> None:
    exercise(trigger(f"{text} in {name}"))


PIECES = (
    "rrule ", "sitecore ", "kentico ", "FREQ=DAILY", "FREQ=MONTHLY", ";BYDAY=MO", ";BYHOUR=9",
    ";COUNT=3", ";INTERVAL=7", ";", "|", "20260302", "T060000", "Z", "127", "62", "01:00",
    "7.00:00:00", " anchored", "hour", "day", "month", "once", "3/2/2026 2:00:00 AM", "1",
    "08:00:00", "17:00:00", "Monday,Friday", " from 2026-03-02", " until 2027-01-01", " or ",
    " in Europe/Prague", " except 12-24", "-1", " ",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_text_is_a_trigger_or_the_declared_error(pieces: list[str]) -> None:
    try:
        found = trigger("".join(pieces))
    except TriggerError as refused:
        assert all(problem.code.startswith("E_") for problem in refused.problems)
    else:
        exercise(found)
