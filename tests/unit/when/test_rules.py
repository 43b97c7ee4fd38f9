"""The rules that are promised for triggers, one line each: text, after, the next times in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rota.instants import from_datetime
from rota.when import at, cron, daily, every, manual, monthly, trigger, weekly, yearly

RULES = [
    # a grid has no drift; its own `from` runs
    ("every 5m from 2026-01-01", "2025-12-31T23:59", "2026-01-01T00:00 2026-01-01T00:05"),
    ("every 7m from 2026-01-01T00:03", "2026-01-01T00:03", "2026-01-01T00:10"),
    ("every 24h from 2026-03-28T12:00 in Europe/Prague", "2026-03-28T11:00", "2026-03-29T11:00"),
    ("every 1d from 2026-03-28T12:00 in Europe/Prague", "2026-03-28T11:00", "2026-03-29T10:00"),
    ("every PT36H from 2026-01-01", "2026-01-01T00:00", "2026-01-02T12:00"),
    # clamped, never forgotten
    ("every 1mo from 2026-01-31", "2026-01-31T00:00", "2026-02-28T00:00 2026-03-31T00:00"),
    ("every 1y from 2024-02-29", "2024-02-29T00:00", "2025-02-28T00:00 2026-02-28T00:00"),
    ("monthly on 31 at 06:00", "2026-04-01T00:00", "2026-04-30T06:00 2026-05-31T06:00"),
    ("monthly on 30,31,last at 06:00", "2026-02-01T00:00", "2026-02-28T06:00 2026-03-30T06:00"),
    ("yearly on 02-29 at 00:00", "2026-03-01T00:00", "2027-02-28T00:00 2028-02-29T00:00"),
    ("cron 0 0 31 * *", "2026-04-01T00:00", "2026-05-31T00:00 2026-07-31T00:00"),
    ("monthly on fifth fri at 10:00", "2026-01-31T00:00", "2026-05-29T10:00"),
    ("monthly on last fri,first mon at 10:00", "2026-01-06T00:00", "2026-01-30T10:00"),
    # filters drop slots, they never move them
    (
        "every 40m between 08:00-09:00 from 2026-01-01",
        "2026-01-01T00:00",
        "2026-01-01T08:00 2026-01-01T08:40 2026-01-02T08:00",
    ),
    (
        "every 1m between 08:00-08:01 from 2026-01-01",
        "2026-01-01T08:00",
        "2026-01-01T08:01 2026-01-02T08:00",
    ),
    ("every 6h between 00:00-00:00 from 2026-01-01", "2026-01-01T00:00", "2026-01-01T06:00"),
    (
        "every 1h between 23:00-01:00 on mon from 2026-01-01",
        "2026-01-05T01:30",
        "2026-01-05T23:00 2026-01-12T00:00",
    ),
    ("every 86401s between 08:00-08:00 from 2026-01-01", "2026-01-01T00:00", "2026-01-02T00:00:01"),
    # after the last run: `after` stands for its end
    ("every 5m after end", "2026-01-01T00:00:30", "2026-01-01T00:05:30 2026-01-01T00:10:30"),
    (
        "every 1h on mon between 08:00-09:00 after end",
        "2026-01-05T08:30",
        "2026-01-12T08:00 2026-01-12T09:00",
    ),
    ("every 1h after end except 2026-01-02", "2026-01-01T23:30", "2026-01-03T00:00"),
    # gaps and folds
    ("daily at 02:30 in Europe/Prague", "2026-03-28T12:00", "2026-03-29T01:30"),
    ("daily at 02:30 in Europe/Prague gap after", "2026-03-28T12:00", "2026-03-29T01:00"),
    ("daily at 02:30 in Europe/Prague gap skip", "2026-03-28T12:00", "2026-03-30T00:30"),
    ("cron 30 2 * * * in Europe/Prague", "2026-03-28T12:00", "2026-03-29T01:00"),
    (
        "cron 15,45 2 * * * in Europe/Prague",
        "2026-03-28T12:00",
        "2026-03-29T01:00 2026-03-30T00:15",
    ),
    ("cron 30 2 * * * in Europe/Prague gap shift", "2026-03-28T12:00", "2026-03-29T01:30"),
    ("cron 30 * * * * in Europe/Prague", "2026-03-29T00:30", "2026-03-29T01:30"),
    (
        "cron 30 * * * * in Europe/Prague gap after",
        "2026-03-29T00:30",
        "2026-03-29T01:00 2026-03-29T01:30",
    ),
    ("daily at 02:30 in Europe/Prague", "2026-10-24T12:00", "2026-10-25T00:30 2026-10-26T01:30"),
    ("daily at 02:30 in Europe/Prague fold second", "2026-10-24T12:00", "2026-10-25T01:30"),
    (
        "daily at 02:30 in Europe/Prague fold both",
        "2026-10-24T12:00",
        "2026-10-25T00:30 2026-10-25T01:30",
    ),
    ("cron 30 * * * * in Europe/Prague", "2026-10-25T00:00", "2026-10-25T00:30 2026-10-25T01:30"),
    (
        "cron 30 * * * * in Europe/Prague fold first",
        "2026-10-25T00:00",
        "2026-10-25T00:30 2026-10-25T02:30",
    ),
    ("daily at 09:00 in Pacific/Apia", "2011-12-29T00:00", "2011-12-29T19:00 2011-12-30T19:00"),
    ("at 2026-03-29T02:30 in Europe/Prague", "2026-01-01T00:00", "2026-03-29T01:30"),
    # cron
    ("cron 0 0 1 * mon", "2026-01-01T00:00", "2026-01-05T00:00"),
    ("cron 0 0 */5 * mon", "2026-01-01T00:00", "2026-01-26T00:00"),
    ("cron 0 0 ? * 5L", "2026-01-01T00:00", "2026-01-30T00:00"),
    ("cron 0 0 15W * *", "2026-02-01T00:00", "2026-02-16T00:00"),
    ("cron 0 0 1W * *", "2026-07-31T12:00", "2026-08-03T00:00"),
    ("cron 0 0 LW * *", "2026-02-01T00:00", "2026-02-27T00:00"),
    ("cron 0 0 * * sun#5", "2026-01-01T00:00", "2026-03-29T00:00"),
    ("cron 0 0 * * sat-sun", "2026-01-01T00:00", "2026-01-03T00:00 2026-01-04T00:00"),
    ("cron 0 0 * * 7", "2026-01-01T00:00", "2026-01-04T00:00"),
    ("cron 30 15 10 * * *", "2026-01-01T00:00", "2026-01-01T10:15:30"),
    ("cron 0 0 29 2 *", "2096-03-01T00:00", "2104-02-29T00:00"),
    ("cron 0 0 29 2 0", "2026-01-01T00:00", "2026-02-01T00:00"),
    ("cron @hourly", "2026-01-01T00:00", "2026-01-01T01:00"),
    # joined, bounded, excepted
    (
        "daily at 09:00 or daily at 09:00,10:00",
        "2026-01-01T00:00",
        "2026-01-01T09:00 2026-01-01T10:00 2026-01-02T09:00",
    ),
    (
        "daily at 09:00 from 2026-01-03 until 2026-01-03T09:00",
        "2026-01-01T00:00",
        "2026-01-03T09:00 -",
    ),
    (
        "daily at 09:00 except 2026-01-01..2026-01-03,01-05",
        "2025-12-31T12:00",
        "2026-01-04T09:00 2026-01-06T09:00",
    ),
    ("every 1s except 2026-01-02", "2026-01-01T23:59:59", "2026-01-03T00:00"),
    ("daily at 09:00 except holidays:CZ in Europe/Prague", "2026-12-23T12:00", "2026-12-27T08:00"),
    ("at 2026-01-01T10:00+02:00 or manual", "2025-01-01T00:00", "2026-01-01T08:00 -"),
    ("manual", "2026-01-01T00:00", "-"),
    # the ends of the calendar
    ("every 1y from 9998-01-01", "9998-06-01T00:00", "9999-01-01T00:00 -"),
    ("daily at 23:59:59 in Asia/Tokyo", "9999-12-30T15:00", "9999-12-31T14:59:59 -"),
    ("daily at 00:00", "0001-01-01T00:00", "0001-01-02T00:00"),
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("text, after, wanted", RULES, ids=[f"{r[0]} > {r[1]}" for r in RULES])
def test_next(text: str, after: str, wanted: str) -> None:
    if "holidays" in text:
        pytest.importorskip("holidays")
    found = trigger(text)
    times = [utc(one) for one in wanted.split() if one != "-"]
    count = len(times) + wanted.endswith("-")
    assert found.next(utc(after), count) == times
    if times and not found.follows:
        begin, end = from_datetime(utc(after)), from_datetime(times[-1])
        assert found.latest(begin, end, count) == [from_datetime(one) for one in times]
        assert found.count(begin, end) == len(times)


def test_a_schedule_counts_from_its_creation_in_whole_seconds() -> None:
    made = utc("2026-01-01T00:00").replace(microsecond=700_000)
    assert every("5m").next(made, anchor=made) == [utc("2026-01-01T00:05")]
    assert every("5m").next(made + timedelta(hours=1), anchor=made) == [utc("2026-01-01T01:05")]


def test_a_bare_grid_counts_from_after() -> None:
    after = utc("2026-01-01T00:00:30")
    assert every("5m").next(after, 2) == [utc("2026-01-01T00:05:30"), utc("2026-01-01T00:10:30")]


def test_a_rule_that_follows_owes_one_start_however_long_the_span() -> None:
    chain = every("5m", after_end=True)
    after, until = from_datetime(utc("2000-01-01T00:00")), from_datetime(utc("2026-01-01T00:00"))
    assert chain.latest(after, until, 10) == [from_datetime(utc("2000-01-01T00:05"))]
    assert chain.count(after, until) == 1
    assert chain.follows == "end"


def test_a_gap_is_never_walked() -> None:
    tick = every("1s", start="1970-01-01")
    after, until = from_datetime(utc("1970-01-01T00:00")), from_datetime(utc("2026-01-01T00:00"))
    assert tick.latest(after, until, 2) == [until - 1_000_000, until]
    assert tick.count(after, until) == 1_000
    assert tick.count(after, until, 10**12) == (until - after) // 1_000_000


def test_the_seed_picks_and_keeps() -> None:
    hashed = cron("H H * * *")
    after = utc("2026-01-01T00:00")
    assert hashed.next(after, seed="a") == hashed.next(after, seed="a")
    assert len({hashed.next(after, seed=str(one))[0] for one in range(50)}) > 40


BUILT = [
    (every("5m"), "every 5m"),
    (every(timedelta(days=1)), "every 24h"),
    (every("1d", start=datetime(2026, 1, 1)), "every 1d from 2026-01-01"),
    (
        every("5m", on="mon", between="08:00-09:00", zone="Europe/Prague"),
        "every 5m between 08:00-09:00 on mon in Europe/Prague",
    ),
    (cron("0 9 * * 1-5", gap="skip"), "cron 0 9 * * 1-5 gap skip"),
    (
        daily("02:30", zone="Europe/Prague", fold="both"),
        "daily at 02:30 fold both in Europe/Prague",
    ),
    (weekly("thu,mon", "09:00"), "weekly on mon,thu at 09:00"),
    (monthly("1,15,last", "06:00"), "monthly on last,15,1 at 06:00"),
    (monthly("first mon", "06:00"), "monthly on FIRST Monday at 06:00:00"),
    (yearly("12-24", "18:00", except_="2026-12-24"), "yearly on 12-24 at 18:00 except 2026-12-24"),
    (at(datetime(2026, 3, 2, 10, tzinfo=UTC)), "at 2026-03-02T10:00Z"),
    (at(datetime(2026, 3, 2, 10), zone="Europe/Prague"), "at 2026-03-02T10:00 in Europe/Prague"),
    (manual(), "MANUAL"),
    (
        daily("09:00", from_="2026-01-01", until="2026-02-01"),
        "daily at 09:00 until 2026-02-01 from 2026-01-01",
    ),
]


@pytest.mark.parametrize("built, text", BUILT)
def test_constructors_build_what_texts_build(built: object, text: str) -> None:
    assert built == trigger(text)
    assert hash(built) == hash(trigger(text))


def test_what_a_trigger_says_of_itself() -> None:
    plain, placed = trigger("daily at 09:00"), trigger("daily at 09:00 in Asia/Tokyo")
    assert (plain.zone, plain.zone_given) == ("UTC", False)
    assert (placed.zone, placed.zone_given) == ("Asia/Tokyo", True)
    assert plain.with_zone("Asia/Tokyo") == placed
    assert (manual().is_manual, plain.is_manual) == (True, False)
    with pytest.raises(AttributeError):
        plain.gap = "skip"  # type: ignore[misc]
