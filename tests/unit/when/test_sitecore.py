"""Sitecore's recurrence text: read, refused, when it is due. SK n: the numbered scenarios."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.instants import from_datetime, to_datetime
from rota.when import trigger
from rota.when.sitecore import Sitecore
from rota.when.sitecore_text import Recurrence, Stamp, import_recurrence, read_recurrence
from rota.when.term import Ground
from rota.when.zone import zone

UTC_GROUND = Ground(zone("UTC"))
HOURLY = "20260220T000000|99990101|127|01:00:00"


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC))


def shown(instant: int | None) -> str | None:
    return None if instant is None else f"{to_datetime(instant):%Y-%m-%d %H:%M:%S}"


def kind(text: str, *, anchored: bool = False) -> Sitecore:
    return Sitecore(read_recurrence(text), anchored)


def reason(text: str, now: str, last: str | None = None) -> str | None:
    return kind(text).reason(at(now), last and at(last), UTC_GROUND)  # type: ignore[arg-type]


def eligible(text: str, now: str, last: str | None = None, where: str = "UTC") -> str | None:
    ground = Ground(zone(where))
    return shown(kind(text).eligible(at(now), last and at(last), ground))  # type: ignore[arg-type]


def test_sk_1_is_due_exactly_one_interval_after_the_last_run() -> None:
    assert reason(HOURLY, "2026-03-02 10:00:00", "2026-03-02 09:00:00") is None
    assert reason(HOURLY, "2026-03-02 09:59:59", "2026-03-02 09:00:00") == "interval_not_elapsed"


def test_sk_3_is_due_at_once_if_it_never_ran() -> None:
    assert reason(HOURLY, "2026-03-02 10:17:33") is None
    assert eligible(HOURLY, "2026-03-02 10:17:33") == "2026-03-02 10:17:33"


def test_sk_4_is_not_due_before_its_start() -> None:
    text = "20260320T060000|99990101|127|1.00:00"
    assert reason(text, "2026-03-20 05:59:59") == "not_started"
    assert reason(text, "2026-03-20 06:00:00") is None


def test_sk_5_the_end_is_the_last_moment_and_midnight_is_warned_about() -> None:
    text = "20260301|20260305|127|00:30"
    assert reason(text, "2026-03-05 00:00:00", "2026-03-04 23:00") is None
    assert reason(text, "2026-03-05 00:00:01", "2026-03-04 23:00") == "expired"
    warnings = kind(text).warnings(UTC_GROUND, None)
    assert [warning.code for warning in warnings] == ["end_midnight"]
    assert "midnight at the start of 5 March" in warnings[0].text


@pytest.mark.parametrize("text", ["||127|00:15:00", "|||00:15:00"])
def test_sk_6_empty_parts_mean_always(text: str) -> None:
    found = read_recurrence(text)
    assert found == Recurrence(None, None, 127, 900)
    assert Sitecore(found).warnings(UTC_GROUND, None) == []
    assert reason(text, "0001-01-02 00:00:00") is None
    assert reason(text, "9999-12-30 00:00:00") is None


def test_sk_8_waits_for_a_day_that_is_allowed() -> None:
    text = "||65|1.00:00:00"
    assert reason(text, "2026-03-02 10:00", "2026-03-01 09:00") == "wrong_day"
    assert eligible(text, "2026-03-02 10:00", "2026-03-01 09:00") == "2026-03-07 00:00:00"


def test_sk_10_twelve_dot_is_twelve_days() -> None:
    text = "||127|12.00:00"
    assert eligible(text, "2026-02-20 08:00", "2026-02-20 08:00") == "2026-03-04 08:00:00"
    assert kind(text).words().startswith("every 12 days")


def test_sk_11_days_hours_minutes_and_seconds() -> None:
    assert eligible("||127|1.02:05:10", "2026-03-01", "2026-03-01") == "2026-03-02 02:05:10"


def test_sk_12_twenty_four_hours_are_refused_and_imported_as_days() -> None:
    text = "20190101|99990101|127|24:00:00"
    with pytest.raises(TriggerError) as refused:
        read_recurrence(text)
    (problem,) = refused.value.problems
    assert (problem.code, problem.part) == ("E_INTERVAL", "interval")
    assert "1.00:00:00 (24 hours)" in problem.hint
    assert "24.00:00:00 (24 days)" in problem.hint
    imported = import_recurrence(text)
    assert imported.recurrence is not None
    assert "24 days" in imported.warnings[0].text
    last = at("2025-11-29 04:46:29")
    next_one = Sitecore(imported.recurrence).eligible(last, last, UTC_GROUND)
    assert shown(next_one) == "2025-12-23 04:46:29"


def test_sk_14_blanks_are_accepted_and_not_kept() -> None:
    text = " 20260220 | 99990101 | 127 | 01:00 "
    assert str(read_recurrence(text)) == "20260220T000000|99990101T000000|127|01:00:00"


def test_sk_15_rescheduling_swallows_the_first_run_and_says_so() -> None:
    text, last = "20260220T000000|99990101|127|7.00:00", "2026-02-17 12:00"
    assert reason(text, "2026-02-20 00:00", last) == "interval_not_elapsed"
    assert eligible(text, "2026-02-20 00:00", last) == "2026-02-24 12:00:00"
    warning = kind(text).swallowed(at(last), UTC_GROUND)
    assert warning is not None
    assert warning.code == "first_run_swallowed"
    assert "first run at the new start will be skipped" in warning.text
    assert "24 February 2026 at 12:00" in warning.text
    assert kind(text, anchored=True).swallowed(at(last), UTC_GROUND) is None


def test_sk_16_with_last_run_cleared_it_is_due_at_the_start() -> None:
    text = "20260220T000000|99990101|127|7.00:00"
    assert reason(text, "2026-02-20 00:00:00") is None
    assert kind(text).swallowed(None, UTC_GROUND) is None


def test_sk_17_anchored_runs_at_the_start_whatever_ran_before() -> None:
    found = kind("20260220T000000|99990101|127|7.00:00", anchored=True)
    slots = islice(found.slots(at("2026-02-17 12:00"), UTC_GROUND), 3)
    assert [shown(slot) for slot in slots] == [
        "2026-02-20 00:00:00", "2026-02-27 00:00:00", "2026-03-06 00:00:00",
    ]  # fmt: skip
    assert found.follows is None


def test_sk_19_the_next_times_follow_each_other_one_interval_apart() -> None:
    slots = islice(kind(HOURLY).slots(at("2026-03-01 23:00"), UTC_GROUND), 5)
    assert [shown(slot)[11:13] for slot in slots] == ["00", "01", "02", "03", "04"]  # type: ignore[index]
    assert kind(HOURLY).follows == "end"


def test_sk_21_a_week_after_the_last_run() -> None:
    text, last = "||127|7.00:00", "2026-03-02 00:00"
    assert reason(text, "2026-03-08 23:57", last) == "interval_not_elapsed"
    assert reason(text, "2026-03-09 00:07", last) is None


REFUSED = [
    ("", "E_PARTS", "", None),
    ("20260220|99990101|127", "E_PARTS", "", None),
    ("20260220|99990101|127|01:00:00|x", "E_PARTS", "", None),
    ("2026-02-20|99990101|127|01:00", "E_START", "20260220", None),
    ("20260230|99990101|127|01:00", "E_START", "", None),
    ("20260220T250000|99990101|127|01:00", "E_START", "", None),
    ("20260401|20260301|127|01:00", "E_WINDOW", "", None),
    ("20260220|99990101|128|01:00", "E_DAYS", "", None),
    ("20260220|99990101|0|01:00", "E_DAYS", "leave it empty", "every day"),
    ("20260220|99990101|Mon,Tue|01:00", "E_DAYS", "6", None),
    ("20260220|99990101|127|", "E_ZERO", "", None),
    ("20260220|99990101|127|00:00:00", "E_ZERO", "", None),
    ("20260220|99990101|127|-01:00:00", "E_INTERVAL", "01:00:00", None),
    ("20260220|99990101|127|00:60:00", "E_INTERVAL", "01:00:00", None),
    ("20260220|99990101|127|5", "E_INTERVAL", "5.00:00:00 (days) or 00:05:00", "5 days"),
    ("20260220|99990101|127|1h", "E_INTERVAL", "01:00:00", None),
    ("20260220|99990101|127|@04:00:00", "E_INTERVAL", "daily at 04:00", None),
    ("now||127|01:00", "E_START", "give a date or leave it empty", None),
    ("0 4 * * *", "E_PARTS", "cron 0 4 * * *", None),
]


@pytest.mark.parametrize("text,code,hint,imported", REFUSED)
def test_sk_35_refuses(text: str, code: str, hint: str, imported: str | None) -> None:
    with pytest.raises(TriggerError) as refused:
        read_recurrence(text)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert hint in refused.value.problems[0].hint
    legacy = import_recurrence(text)
    if imported is None:
        assert legacy.recurrence is None
        assert [problem.code for problem in legacy.problems] == [code]
    else:
        assert legacy.recurrence is not None
        assert imported in legacy.warnings[0].text


def test_sk_35_accepts_what_is_already_over() -> None:
    found = kind("20250101|20251231|127|01:00")
    assert found.problems(UTC_GROUND) == []
    assert list(found.slots(at("2026-01-01"), UTC_GROUND)) == []


def test_lists_all_problems_at_once() -> None:
    with pytest.raises(TriggerError) as refused:
        read_recurrence("today|2026-03-05|200|36:00")
    codes = [problem.code for problem in refused.value.problems]
    assert codes == ["E_START", "E_END", "E_DAYS", "E_INTERVAL"]
    assert "1.12:00:00" in refused.value.problems[-1].hint


def test_an_end_before_the_start_in_another_zone_is_found() -> None:
    found = kind("20260301T120000|20260301T113000Z|127|01:00")
    assert [problem.code for problem in found.problems(UTC_GROUND)] == ["E_WINDOW"]
    assert found.problems(Ground(zone("Europe/Prague"))) == []


def test_a_letter_z_means_utc_and_everything_else_the_zone() -> None:
    assert eligible("20260301T120000Z|||01:00", "2026-03-01", where="Europe/Prague") == (
        "2026-03-01 12:00:00"
    )
    assert eligible("20260301T120000|||01:00", "2026-03-01", where="Europe/Prague") == (
        "2026-03-01 11:00:00"
    )
    # Sunday 23:30 UTC is Monday in Prague
    assert eligible("||2|01:00", "2026-03-01 23:30", where="Europe/Prague") == "2026-03-01 23:30:00"


def test_anchored_whole_days_keep_the_time_of_day_and_hours_count_elapsed_time() -> None:
    ground = Ground(zone("Europe/Prague"))
    days = kind("20260328T023000|||1.00:00", anchored=True).slots(at("2026-03-27"), ground)
    assert [shown(slot) for slot in islice(days, 3)] == [
        "2026-03-28 01:30:00", "2026-03-29 01:30:00", "2026-03-30 00:30:00",
    ]  # fmt: skip
    hours = kind("20260328T023000|||12:00", anchored=True).slots(at("2026-03-27"), ground)
    assert [shown(slot)[11:] for slot in islice(hours, 4)] == [  # type: ignore[index]
        "01:30:00", "13:30:00", "01:30:00", "13:30:00",
    ]  # fmt: skip


def test_a_grid_that_never_meets_its_days_is_refused() -> None:
    found = kind("20260302|||7.00:00", anchored=True)  # Mondays
    assert found.problems(UTC_GROUND) == []
    tuesdays = Sitecore(read_recurrence("20260302||4|7.00:00"), True)
    assert [problem.code for problem in tuesdays.problems(UTC_GROUND)] == ["E_NEVER"]


def test_the_latest_slots_are_the_last_of_all() -> None:
    for text in ("20260220||62|05:00:00", "20260220||62|2.00:00"):
        found = kind(text, anchored=True)
        low, high = at("2026-02-01"), at("2026-03-02 12:00")
        slots = [slot for slot in islice(found.slots(low, UTC_GROUND), 500) if slot <= high]
        assert found.latest(low, high, 7, UTC_GROUND) == slots[-7:]
        assert found.count(low, high, 1_000, UTC_GROUND) == len(slots)


def test_anchored_owes_a_start_if_a_slot_came_since_the_last_one() -> None:
    found = trigger("sitecore 20260220|||7.00:00 anchored")
    late = datetime(2026, 2, 28, tzinfo=UTC)
    assert found.due(late, datetime(2026, 2, 20, tzinfo=UTC)).due
    owed = found.due(late, datetime(2026, 2, 27, tzinfo=UTC))
    assert (owed.due, owed.reason) == (False, "interval_not_elapsed")
    assert owed.next == datetime(2026, 3, 6, tzinfo=UTC)


def test_a_trigger_tells_the_vendors_reasons() -> None:
    weekends = trigger("sitecore 20260220||65|1.00:00:00")
    owed = weekends.due(datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC))
    assert (owed.due, owed.reason) == (False, "wrong_day")
    assert owed.next == datetime(2026, 3, 7, tzinfo=UTC)
    assert weekends.due(datetime(2026, 2, 19, tzinfo=UTC)).reason == "not_started"
    assert weekends.due(datetime(2026, 2, 21, 7, tzinfo=UTC)).due


def test_a_misspelt_anchored_is_named() -> None:
    with pytest.raises(TriggerError) as refused:
        trigger("sitecore 20260220|||01:00 anchord")
    (problem,) = refused.value.problems
    assert (problem.code, problem.text, problem.hint) == ("E_WORD", "anchord", "write anchored")


stamps = st.builds(
    lambda moment, utc: Stamp((moment - datetime(1970, 1, 1)) // (datetime.resolution), utc),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 1, 1)).map(lambda m: m.replace(microsecond=0)),
    st.booleans(),
)


@given(st.none() | stamps, st.integers(1, 127), st.integers(1, 10**8), st.booleans())
def test_is_the_same_when_written_and_read_again(
    start: Stamp | None, days: int, seconds: int, anchored: bool
) -> None:
    found = Recurrence(start, None, days, seconds)
    assert read_recurrence(str(found)) == found
    assert Sitecore(found, anchored).words()


@given(st.text("0123456789|:.-TZ @hnow", max_size=60))
def test_only_the_declared_error_escapes(text: str) -> None:
    try:
        read_recurrence(text)
    except TriggerError as refused:
        assert all(problem.reason for problem in refused.problems)
    imported = import_recurrence(text)
    assert (imported.recurrence is None) == bool(imported.problems)


def test_async_counts_from_the_start_of_the_last_run() -> None:
    rule = trigger("sitecore ||127|01:00:00 async")
    assert (rule.follows, str(rule)) == ("start", "sitecore ||127|01:00:00 async")
    assert rule.words() == "Every hour after the last run's start"
    start, end = (to_datetime(at(f"2026-03-02 {clock}")) for clock in ("09:00", "09:50"))
    ten = to_datetime(at("2026-03-02 10:00"))
    assert rule.due(ten, start, end).due
    waits = trigger("sitecore ||127|01:00:00").due(ten, start, end)
    assert (waits.reason, shown(from_datetime(waits.next))) == (  # type: ignore[arg-type]
        "interval_not_elapsed", "2026-03-02 10:50:00",
    )  # fmt: skip
    with pytest.raises(TriggerError, match="“asinc”: there is no such word here; write async"):
        trigger("sitecore ||127|01:00:00 asinc")
