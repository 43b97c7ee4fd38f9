"""The vendors' kinds and rrule as triggers: at the calendar's ends, and for any text at all."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.when import Trigger, trigger
from rota.when.kentico import Kentico
from rota.when.kentico_value import Encoded
from rota.when.sitecore import Sitecore
from rota.when.sitecore_text import Recurrence, Stamp
from rota.when.term import Ground
from rota.when.zone import DAY, FIRST, LAST, zone

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


@st.composite
def short_intervals(draw: st.DrawFn) -> tuple[Encoded, str]:
    """Kentico's elapsed grids, fine enough to have slots and coarse enough to be walked."""
    period, low = draw(st.sampled_from((("minute", 5), ("hour", 1))))
    opens, closes = (draw(st.integers(0, 287)) * 300 for _ in range(2))
    start = draw(st.integers(1_772_000_000, 1_793_000_000)) * 1_000_000
    every, days = draw(st.integers(low, 60)), draw(st.integers(1, 127))
    return Encoded(period, start, every, days, opens, closes), draw(st.sampled_from(ZONES))


@settings(max_examples=150, deadline=None)
@given(short_intervals())
def test_kentico_finds_what_walking_the_grid_finds(case: tuple[Encoded, str]) -> None:
    encoded, name = case
    where = zone(name)
    start, unit = where.instant(encoded.start), {"minute": 60, "hour": 3_600}[encoded.period]
    end, expected = start + 30 * DAY, []
    for slot in range(start, end, encoded.every * unit * 1_000_000):
        day, rest = divmod(where.wall(slot), DAY)
        clock = rest // 1_000_000
        low, high = encoded.opens, encoded.closes + 59  # on full minutes, which are included
        inside = (
            low <= clock <= high
            if encoded.opens < encoded.closes
            else (clock >= low or clock <= high)
        )
        if encoded.days >> (day + 3) % 7 & 1 and (inside or encoded.opens == encoded.closes):
            expected.append(slot)
    kind, ground = Kentico(encoded), Ground(where)
    assert list(takewhile(lambda slot: slot < end, kind.slots(start - 1, ground))) == expected
    assert kind.latest(start - 1, end - 1, 50, ground) == expected[-50:]


@settings(max_examples=150, deadline=None)
@given(st.integers(1_772_000_000, 1_793_000_000), st.integers(600, 3 * 86_400),
       st.integers(1, 127), st.sampled_from(ZONES))  # fmt: skip
def test_sitecore_anchored_finds_what_walking_the_grid_finds(
    second: int, seconds: int, days: int, name: str
) -> None:
    where = zone(name)
    kind = Sitecore(Recurrence(Stamp(second * 1_000_000), None, days, seconds), True)
    start = where.instant(second * 1_000_000)
    end = start + 40 * DAY
    if seconds % 86_400:
        grid = list(range(start, end, seconds * 1_000_000))
    else:  # whole days keep the time of day
        walls = range(second * 1_000_000, second * 1_000_000 + 41 * DAY, seconds * 1_000_000)
        grid = [slot for wall in walls if (slot := where.instant(wall)) < end]
    allowed = [(day - 1) % 7 for day in range(7) if days >> day & 1]
    expected = [slot for slot in grid if (where.wall(slot) // DAY + 3) % 7 in allowed]
    found = takewhile(lambda slot: slot < end, kind.slots(start - 1, Ground(where)))
    assert list(found) == expected
    assert kind.latest(start - 1, end - 1, 9, Ground(where)) == expected[-9:]
