"""Kentico's encoded interval: what is read, what is refused, which slots. SK n: the scenarios."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.instants import from_datetime, to_datetime
from rota.when import trigger
from rota.when.kentico import Kentico
from rota.when.kentico_text import import_encoded, read_encoded
from rota.when.kentico_value import DAYS, Encoded
from rota.when.term import Ground
from rota.when.zone import zone

ALL = ",".join(DAYS)
WD = ",".join(DAYS[:5])
UTC_GROUND = Ground(zone("UTC"))


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC))


def shown(instant: int | None) -> str | None:
    return None if instant is None else f"{to_datetime(instant):%Y-%m-%d %H:%M:%S}"


def after(text: str, now: str, count: int = 1, where: str = "UTC") -> list[str | None]:
    found = Kentico(read_encoded(text)).slots(at(now), Ground(zone(where)))
    return [shown(slot) for slot in islice(found, count)]


def test_sk_36_minutes_keep_the_seconds_of_the_start() -> None:
    text = f"minute;3/11/2024 9:00:17 PM;30;00:00:00;23:59:00;{ALL}"
    assert after(text, "2026-03-02 08:10:00") == ["2026-03-02 08:30:17"]


def test_sk_36_a_window_that_ends_at_23_59_has_its_last_minute() -> None:
    text = f"minute;3/2/2026 11:59:30 PM;1440;00:00:00;23:59:00;{ALL}"
    assert after(text, "2026-03-02") == ["2026-03-02 23:59:30"]


def test_hours_stay_on_the_grid_inside_the_window() -> None:
    text = f"hour;3/2/2026 12:20:00 AM;3;08:00:00;16:00:00;{WD}"
    assert after(text, "2026-03-06 00:00", 4) == [
        "2026-03-06 09:20:00", "2026-03-06 12:20:00", "2026-03-06 15:20:00", "2026-03-09 09:20:00",
    ]  # fmt: skip


def test_a_window_may_pass_midnight_and_equal_ends_are_all_day() -> None:
    text = f"hour;3/2/2026 12:00:00 AM;1;22:00:00;01:00:00;{ALL}"
    hours = [slot and slot[11:13] for slot in after(text, "2026-03-02 00:30", 5)]
    assert hours == ["01", "22", "23", "00", "01"]
    text = f"hour;3/2/2026 12:00:00 AM;1;00:00:00;00:00:00;{ALL}"
    assert after(text, "2026-03-02 12:30") == ["2026-03-02 13:00:00"]


def test_sk_38_days_skip_the_weekend() -> None:
    text = f"day;5/15/2025 12:00:00 AM;1;{WD}"
    assert after(text, "2026-03-06 00:00:00") == ["2026-03-09 00:00:00"]


def test_days_and_weekdays_drop_what_does_not_meet() -> None:
    text = f"day;3/2/2026 2:00:00 AM;2;{WD}"
    assert after(text, "2026-03-05", 3) == [
        "2026-03-06 02:00:00", "2026-03-10 02:00:00", "2026-03-12 02:00:00",
    ]  # fmt: skip


def test_sk_40_weeks() -> None:
    assert after("week;1/12/2026 11:48:52 PM;1", "2026-01-12 23:49") == ["2026-01-19 23:48:52"]
    assert after("week;1/12/2026 11:48:52 PM;2", "2026-03-02 10:00") == ["2026-03-09 23:48:52"]


def test_sk_41_months_on_a_day() -> None:
    assert after("month;1/12/2026 11:49:25 PM;1;1", "2026-01-12 23:50", 2) == [
        "2026-02-01 23:49:25", "2026-03-01 23:49:25",
    ]  # fmt: skip
    # a slot before the start does not count
    assert after("month;1/12/2026 11:49:25 PM;1;1", "2025-12-01") == ["2026-02-01 23:49:25"]


def test_months_clamp_the_day_without_forgetting_it() -> None:
    for day in ("31", "-1"):
        assert after(f"month;1/1/2026 1:00:00 AM;1;{day}", "2026-01-31 02:00", 3) == [
            "2026-02-28 01:00:00", "2026-03-31 01:00:00", "2026-04-30 01:00:00",
        ]  # fmt: skip
    assert after("month;2/10/2026 1:00:00 AM;1;31", "2026-02-10", 2) == [
        "2026-02-28 01:00:00", "2026-03-31 01:00:00",
    ]  # fmt: skip


def test_months_by_weekday() -> None:
    assert after("month;1/1/2026 1:00:00 AM;1;first;Monday", "2026-01-01", 2) == [
        "2026-01-05 01:00:00", "2026-02-02 01:00:00",
    ]  # fmt: skip
    assert after("month;1/1/2026 1:00:00 AM;2;last;Friday", "2026-02-01", 2) == [
        "2026-03-27 01:00:00", "2026-05-29 01:00:00",
    ]  # fmt: skip


def test_sk_43_the_29th_of_february() -> None:
    text = "year;2/29/2024 12:00:00 AM;1"
    assert after(text, "2025-06-01") == ["2026-02-28 00:00:00"]
    assert after(text, "2027-06-01") == ["2028-02-29 00:00:00"]


def test_sk_46_once() -> None:
    text = "once;3/10/2026 9:00:00 AM"
    assert after(text, "2026-03-02", 2) == ["2026-03-10 09:00:00"]
    found, second = trigger(f"kentico {text}"), timedelta(seconds=1)
    start = datetime(2026, 3, 10, 9, tzinfo=UTC)
    late = found.due(start + second)
    assert (late.due, late.reason, late.next) == (True, None, start + second)
    done = found.due(start + 2 * second, start + second)
    assert (done.due, done.reason, done.next) == (False, "expired", None)
    early = found.due(start - second)
    assert (early.due, early.reason, early.next) == (False, "not_started", start)


def test_sk_46_once_in_the_year_1_is_manual() -> None:
    found = Kentico(read_encoded("once;1/1/0001 12:00:00 AM"))
    assert list(found.slots(at("0001-01-01") - 1, UTC_GROUND)) == []
    owed = trigger(found.body()).due(datetime(2026, 3, 2, tzinfo=UTC))
    assert (owed.due, owed.reason, owed.next) == (False, "manual", None)
    assert found.words() == "only when somebody starts it"
    assert found.problems(UTC_GROUND) == []
    assert found.body() == "kentico once;1/1/0001 12:00:00 AM"


def test_sk_48_the_next_slot_does_not_drift() -> None:
    text = f"minute;3/2/2026 10:00:00 AM;10;00:00:00;23:59:00;{ALL}"
    assert after(text, "2026-03-02 10:03:22") == ["2026-03-02 10:10:00"]


def test_sk_50_one_start_is_owed_after_an_outage() -> None:
    found = trigger(f"kentico minute;3/2/2026 10:00:00 AM;10;00:00:00;23:59:00;{ALL}")
    last, now = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 14, 3, tzinfo=UTC)
    assert found.due(now, last).due
    owed = found.due(now, now)
    assert (owed.due, owed.reason) == (False, "not_yet")
    assert owed.next == datetime(2026, 3, 2, 14, 10, tzinfo=UTC)
    # a grid that never ran does not make up for its past
    assert not found.due(now).due


REFUSED = [
    ("", "E_PERIOD", "timesecond, minute"),
    ("fortnight;3/2/2026 2:00:00 AM;1", "E_PERIOD", "timesecond, minute"),
    ("day", "E_PARTS", "day;START;N;DAYS"),
    ("day;1;00:00:00", "E_START", "day;START;N;DAYS"),
    ("day;2/30/2026 2:00:00 AM;1;Monday", "E_START", ""),
    ("day;3/2/2026 2:00:00 AM;0;Monday", "E_EVERY", ""),
    ("day;3/2/2026 2:00:00 AM;-1;Monday", "E_EVERY", ""),
    ("day;3/2/2026 2:00:00 AM;x;Monday", "E_EVERY", ""),
    ("day;3/2/2026 2:00:00 AM;1;", "E_DAYS", "at least one day"),
    ("day;3/2/2026 2:00:00 AM;1;Mon", "E_DAYS", "Monday"),
    ("day;3/2/2026 2:00:00 AM;1", "E_PARTS", "day;START;N;DAYS"),
    ("hour;3/2/2026 2:00:00 AM;1;25:00:00;26:00:00;Monday", "E_BETWEEN", ""),
    ("hour;3/2/2026 2:00:00 AM;1;Monday", "E_PARTS", "hour;START;N;FROM;TO;DAYS"),
    ("day;3/2/2026 2:00:00 AM;7;Tuesday", "E_NEVER", "Monday"),
    ("once;3/2/2026 2:00:00 AM;1", "E_PARTS", "once;START"),
    ("month;3/2/2026 2:00:00 AM;1;32", "E_DOM", "1 to 31"),
    ("day;3/2/2026 2:00:00 AM;1;" + "Monday," * 200, "E_LENGTH", ""),
]


@pytest.mark.parametrize("text,code,hint", REFUSED)
def test_sk_60_refuses(text: str, code: str, hint: str) -> None:
    with pytest.raises(TriggerError) as refused:
        read_encoded(text)
    assert {problem.code for problem in refused.value.problems} == {code}
    assert hint in refused.value.problems[0].hint
    assert import_encoded(text).encoded is None or code == "E_DAYS"


def test_lists_all_problems_at_once() -> None:
    with pytest.raises(TriggerError) as refused:
        read_encoded("hour;13/1/2026 2:00:00 AM;0;24:00:00;x;Mon,Tuesdy")
    codes = [problem.code for problem in refused.value.problems]
    assert codes == ["E_START", "E_EVERY", "E_BETWEEN", "E_BETWEEN", "E_DAYS", "E_DAYS"]


def test_hours_that_the_grid_never_meets_are_refused() -> None:
    found = Kentico(read_encoded(f"hour;3/2/2026 12:00:00 AM;24;08:00:00;09:00:00;{ALL}"))
    assert [problem.code for problem in found.problems(UTC_GROUND)] == ["E_NEVER"]


def test_days_keep_the_wall_clock_and_hours_count_elapsed_time() -> None:
    assert after(f"day;3/28/2026 2:30:00 AM;1;{ALL}", "2026-03-27", 3, "Europe/Prague") == [
        "2026-03-28 01:30:00", "2026-03-29 01:30:00", "2026-03-30 00:30:00",
    ]  # fmt: skip
    text = f"hour;3/29/2026 12:30:00 AM;1;00:00:00;23:59:00;{ALL}"
    assert after(text, "2026-03-28 23:00", 3, "Europe/Prague") == [
        "2026-03-28 23:30:00", "2026-03-29 00:30:00", "2026-03-29 01:30:00",
    ]  # fmt: skip


@pytest.mark.parametrize("text", [
    f"minute;3/2/2026 10:00:00 AM;7;09:00:00;17:00:00;{WD}",
    f"day;3/2/2026 10:00:00 AM;3;{WD}", "week;3/2/2026 10:00:00 AM;2",
    "month;3/2/2026 10:00:00 AM;1;-1", "month;3/2/2026 10:00:00 AM;1;last;Sunday",
    "year;3/2/2026 10:00:00 AM;1", "once;3/2/2026 10:00:00 AM",
])  # fmt: skip
def test_the_latest_slots_are_the_last_of_all(text: str) -> None:
    found = Kentico(read_encoded(text))
    low, high = (
        at("2026-01-01"),
        at("2026-03-20 12:00")
        + 3600 * 24 * 1_000_000 * (400 if text[:4] in ("year", "mont", "week") else 0),
    )
    slots = [slot for slot in islice(found.slots(low, UTC_GROUND), 3_000) if slot <= high]
    assert slots
    assert found.latest(low, high, 5, UTC_GROUND) == slots[-5:]
    assert found.count(low, high, 10_000, UTC_GROUND) == len(slots)


def test_the_narrow_space_of_newer_windows_is_a_space() -> None:
    assert read_encoded("week;3/2/2026 2:00:00\u202fAM;1").every == 1


walls = st.datetimes(datetime(1, 1, 1), datetime(9999, 1, 1)).map(
    lambda m: (m.replace(microsecond=0) - datetime(1970, 1, 1)) // datetime.resolution
)
clocks = st.integers(0, 86_399)
encoded = st.one_of(
    st.builds(lambda start: Encoded("once", start), walls),
    st.builds(lambda period, start, n: Encoded(period, start, n),
              st.sampled_from(["week", "year"]), walls, st.integers(1, 400)),
    st.builds(lambda start, n, day: Encoded("month", start, n, day=day),
              walls, st.integers(1, 99), st.just(-1) | st.integers(1, 31)),
    st.builds(lambda start, n, day, place: Encoded("month", start, n, day=day, place=place),
              walls, st.integers(1, 99), st.integers(0, 6), st.sampled_from([1, 2, 3, 4, -1])),
    st.builds(Encoded, st.sampled_from(["timesecond", "minute", "hour"]), walls,
              st.integers(1, 999), st.integers(1, 127), clocks, clocks),
)  # fmt: skip


@given(encoded)
def test_is_the_same_when_written_and_read_again(value: Encoded) -> None:
    assert read_encoded(str(value)) == value
    assert Kentico(value).words()


@given(st.lists(st.sampled_from(["day", "month", "hour", "3/2/2026 2:00:00 AM", "1", "-1", "Monday",
                                 "", "x", "08:00:00", "2026-03-02", "first"]),
                max_size=7))  # fmt: skip
def test_only_the_declared_error_escapes(fields: list[str]) -> None:
    try:
        read_encoded(";".join(fields))
    except TriggerError as refused:
        assert all(problem.reason for problem in refused.problems)
