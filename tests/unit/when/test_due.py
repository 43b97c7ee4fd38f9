"""Is a start owed? And the inspector, and the warnings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rota.instants import from_datetime
from rota.when import trigger


def utc(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = "2026-01-07T12:00"  # a Wednesday
DUE = [
    # text, last start, last end → due, reason, next
    ("manual", None, None, False, "manual", None),
    ("daily at 12:00", None, None, True, None, NOW),
    ("daily at 11:59", None, None, False, "not_yet", "2026-01-08T11:59"),
    ("daily at 11:59", "2026-01-06T12:00", None, True, None, NOW),
    ("daily at 11:59", "2026-01-07T11:59", None, False, "not_yet", "2026-01-08T11:59"),
    ("daily at 11:59", None, "2026-01-07T11:59", False, "not_yet", "2026-01-08T11:59"),
    ("daily at 11:59 from 2026-01-01", None, None, True, None, NOW),
    ("daily at 11:59 from 2026-02-01", None, None, False, "not_started", "2026-02-01T11:59"),
    ("daily at 11:59 until 2026-01-05", "2026-01-04T11:59", None, False, "expired", None),
    ("daily at 12:00 except 2026-01-07", None, None, False, "excluded", "2026-01-08T12:00"),
    ("at 2026-01-07T11:00", "2026-01-07T11:00", None, False, "expired", None),
    ("every 1h from 2026-01-01", "2026-01-07T11:30", None, True, None, NOW),
    ("every 7h from 2026-01-01", "2026-01-07T11:30", None, False, "not_yet", "2026-01-07T17:00"),
    (
        "every 30m after end",
        "2026-01-07T11:00",
        "2026-01-07T11:45",
        False,
        "not_yet",
        "2026-01-07T12:15",
    ),
    ("every 30m after end", "2026-01-07T11:00", "2026-01-07T11:30", True, None, NOW),
    (
        "every 30m on mon after end",
        "2026-01-05T11:00",
        "2026-01-05T23:50",
        False,
        "not_yet",
        "2026-01-12T00:00",
    ),
    ("every 30m after end from 2026-01-01", None, None, True, None, NOW),
    (
        "daily at 12:00 from 2026-02-01 or daily at 10:00",
        None,
        None,
        False,
        "not_yet",
        "2026-01-08T10:00",
    ),
]


@pytest.mark.parametrize("text, start, end, is_due, reason, upcoming", DUE)
def test_due(
    text: str,
    start: str | None,
    end: str | None,
    is_due: bool,
    reason: str | None,
    upcoming: str | None,
) -> None:
    now = utc(NOW)
    assert now is not None
    answer = trigger(text).due(now, utc(start), utc(end))
    assert (answer.due, answer.reason, answer.next) == (is_due, reason, utc(upcoming))


INSPECTED = [
    ("daily at 02:30 in Europe/Prague", "gap", ("02:30 does not exist: runs at 03:30",)),
    ("daily at 02:30 in Europe/Prague gap after", "gap", ("02:30 does not exist: runs at 03:00",)),
    ("daily at 02:30 in Europe/Prague gap skip", "gap", ("02:30 does not exist: left out",)),
    ("cron 30 2 * * * in Europe/Prague", "gap", ("02:30 does not exist: runs at 03:00",)),
    ("cron 30 * * * * in Europe/Prague", "gap", ("02:30 does not exist: left out",)),
    ("daily at 09:00 in Europe/Prague", "gap", ()),
    (
        "every 1d from 2026-03-01T02:15 in Europe/Prague",
        "gap",
        ("02:15 does not exist: runs at 03:15",),
    ),
    ("every 1h in Europe/Prague", "gap", ("every 1h counts real time and is not touched",)),
    ("daily at 02:30 in Europe/Prague", "fold", ("02:30 comes twice: runs the first time",)),
    ("daily at 02:30 in Europe/Prague fold both", "fold", ("02:30 comes twice: runs both times",)),
    ("cron 30 * * * * in Europe/Prague", "fold", ("02:30 comes twice: runs both times",)),
]


@pytest.mark.parametrize("text, kind, slots", INSPECTED)
def test_transitions(text: str, kind: str, slots: tuple[str, ...]) -> None:
    after = utc("2026-01-01T00:00")
    assert after is not None
    gap, fold = trigger(text).transitions(after, 2)
    assert (gap.kind, fold.kind) == ("gap", "fold")
    assert gap.instant == utc("2026-03-29T01:00")
    assert (gap.before, gap.after) == (datetime(2026, 3, 29, 2), datetime(2026, 3, 29, 3))
    assert (gap if kind == "gap" else fold).slots == slots


def test_zones_without_changes_have_no_transitions() -> None:
    assert trigger("daily at 02:30").transitions(0, 3) == []
    assert (
        trigger("daily at 02:30 in Asia/Kolkata").transitions(
            from_datetime(datetime(2026, 1, 1, tzinfo=UTC)), 3
        )
        == []
    )


WARNED = [
    ("daily at 09:00 until 2026-05-31", ["until_midnight"]),
    ("daily at 09:00 until 2026-05-31T23:59", []),
    ("cron * 4 * * *", ["every_minute"]),
    ("cron 0 4 * * *", []),
    ("monthly on 31 at 09:00", ["clamped"]),
    ("at 2025-01-01T10:00", ["over"]),
    ("daily at 09:00 from 2025-01-01T10:00 until 2025-01-01T11:00", ["no_times"]),
    ("every 1h between 08:00-09:00 from 2026-02-01", ["first_run"]),
    ("at 2026-03-29T02:30 in Europe/Prague", ["gap"]),
    ("at 2026-10-25T02:30 in Europe/Prague", ["fold"]),
    ("manual", []),
    ("rrule FREQ=DAILY;UNTIL=20270101", ["until_midnight"]),
    ("rrule FREQ=DAILY;UNTIL=20250101T120000 from 2024-01-01", ["over"]),
    ("kentico once;1/1/0001 12:00:00 AM", ["manual"]),
    ("kentico once;3/10/2025 9:00:00 AM", ["over"]),
    ("kentico once;3/10/2027 9:00:00 AM", []),
    ("sitecore 20250101|20260108|127|01:00", ["end_midnight"]),
    # SK 35: saved in 2026
    ("sitecore 20250101|20251231|127|01:00", ["end_midnight", "over"]),
    # owed now, though the end comes within one interval
    ("sitecore 20250101|20260107T130000|127|1.00:00", []),
    ("sitecore 20250101|20260107T115900|127|1.00:00", ["over"]),
    ("sitecore ||127|10000000.00:00:00", []),
    ("every 5m after end from 2025-01-01 until 2026-01-07T12:02", []),
    ("every 5m after end until 2026-01-07T12:02", ["over"]),
]


@pytest.mark.parametrize("text, codes", WARNED)
def test_warnings(text: str, codes: list[str]) -> None:
    now = utc(NOW)
    assert now is not None
    found = trigger(text).warnings(from_datetime(now))
    assert [one.code for one in found] == codes
    assert all(one.text.endswith(".") for one in found)


def test_sk_15_a_swallowed_first_run_is_a_warning_of_the_trigger() -> None:
    found = trigger("sitecore 20260220T000000|99990101|127|7.00:00")
    last = utc("2026-02-17T12:00")
    assert last is not None
    (warning,) = found.warnings(from_datetime(last), from_datetime(last))
    assert warning.code == "first_run_swallowed"
    assert "24 February 2026 at 12:00" in warning.text
    assert found.warnings(from_datetime(last)) == []


MANUAL = [
    # text, is_manual
    ("manual", True),
    ("kentico once;1/1/0001 12:00:00 AM", True),
    ("manual or kentico once;1/1/0001 12:00:00 AM", True),
    ("kentico once;1/1/0001 12:00:00 AM except 12-24", True),
    ("kentico once;3/10/2026 9:00:00 AM", False),
    ("kentico once;3/10/1996 9:00:00 AM except 12-24", False),
    ("at 2026-03-10T09:00 or kentico once;3/10/2026 9:00:00 AM or manual", False),
    ("at 2026-03-10T09:00 or daily at 09:00", False),
    ("kentico week;3/10/2026 9:00:00 AM;1", False),
    ("sitecore |||01:00", False),
]


@pytest.mark.parametrize("text, is_manual", MANUAL)
def test_manual(text: str, is_manual: bool) -> None:
    assert trigger(text).is_manual == is_manual
