"""The engine against the oracle around changes of the clocks, and on quiet days."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest

from rota.when import Trigger, trigger
from rota.when.zone import zone as zone_of

from .oracle import DAY, Around, Rule, changes, cron

SECOND = 1_000_000
CRONS = (
    "*/5 * * * *",
    "0 9 * * 1-5",
    "30 2 * * *",
    "0 0 * * *",
    "*/15 1-3 * * *",
    "15,45 2 * * *",
    "0 */2 * * *",
    "59 23 * * *",
    "0 0 1 * *",
    "30 1 * * sun",
    "7 3 L * *",
    "5 4 15W * *",
    "10 5 * * 5L",
    "20 0 * * SUN#1",
    "0 12 1 * mon",
    "1-9/3 0,2,23 */2 * *",
    "17 * * mar,oct,nov *",
)


def clock(*times: tuple[int, int], days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)) -> Rule:
    """Times of day as (hour, minute), on days of the week, Monday being 0."""
    return Rule(lambda day: day.weekday() in days, (hour * 60 + minute for hour, minute in times))


def span(first: int, last: int, days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)) -> Rule:
    """All minutes of the day from one to another, perhaps over midnight."""
    minutes = range(first, last + 1) if first <= last else [*range(last + 1), *range(first, 1440)]
    return Rule(lambda day: day.weekday() in days, minutes)


RULES = {expression: cron(expression) for expression in CRONS}
WALL = {
    "daily at 02:30": clock((2, 30)),
    "daily at 00:00,00:30,02:00,03:00": clock((0, 0), (0, 30), (2, 0), (3, 0)),
    "weekly on sun,mon at 01:30,23:45": clock((1, 30), (23, 45), days=(0, 6)),
    "every 1d from 1969-06-01T02:15": clock((2, 15)),
    "cron 30 2 * * *": clock((2, 30)),
    "rrule FREQ=DAILY;BYHOUR=0,2;BYMINUTE=0,45;BYSECOND=0 from 1969-06-01": clock(
        (0, 0), (0, 45), (2, 0), (2, 45)
    ),
    "kentico day;6/1/1969 2:30:00 AM;1;Sunday,Monday": clock((2, 30), days=(0, 6)),
}
POLICIES = [("shift", "first"), ("after", "second"), ("skip", "both")]
GRIDS = {
    "every 45m from 1969-06-01T00:00Z": (45, span(0, 1439)),
    "every 25m between 01:10-02:40 from 1969-06-01T00:00Z": (25, span(70, 160)),
    "every 7m on sun,mon between 23:00-03:00 from 1969-06-01T00:00Z": (7, span(1380, 180, (0, 6))),
    "sitecore 19690601T000000Z||3|00:33 anchored": (33, span(0, 1439, (0, 6))),
}
ANCHOR = int(datetime(1969, 6, 1, tzinfo=UTC).timestamp())
EXPRESSIONS = len(CRONS) + len(WALL) + len(GRIDS)


@lru_cache(maxsize=256)
def made(text: str) -> Trigger:
    return trigger(text)


def check(zone: str, low: int, high: int) -> int:
    """Compare everything between two instants in seconds; how many slots there were."""
    around, slots = Around(zone, low, high), 0
    begin, end = low * SECOND, high * SECOND

    def same(text: str, wanted: list[int]) -> None:
        nonlocal slots
        found = made(text)
        got = list(takewhile(lambda slot: slot <= end, found.instants(begin)))
        told = f"{text} around {datetime.fromtimestamp((low + high) // 2, UTC)}"
        assert got == [one * SECOND for one in wanted], told
        assert found.latest(begin, end, 5) == got[-5:], told
        slots += len(got)

    for expression, (rule, floats) in RULES.items():
        wanted = around.floats(rule) if floats else around.fires(rule, "after")
        same(f"cron {expression} in {zone}", wanted)
    for text, rule in WALL.items():
        for gap, fold in POLICIES:
            same(f"{text} in {zone} gap {gap} fold {fold}", around.fires(rule, gap, fold))
    for text, (minutes, rule) in GRIDS.items():
        same(f"{text} in {zone}", around.grid(ANCHOR, minutes, rule))
    return slots


WELL_KNOWN = [
    ("Europe/Prague", "2026-03-29T01:00"),
    ("Europe/Prague", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),  # half an hour
    ("Pacific/Apia", "2011-12-30T10:00"),  # a day is left out
    ("Pacific/Kwajalein", "1993-08-21T12:00"),  # the same
    ("America/Havana", "2026-03-08T05:00"),  # at midnight
    ("Asia/Beirut", "2026-10-24T21:00"),  # back past midnight
    ("Africa/Monrovia", "1972-01-07T00:44:30"),  # an offset with seconds
    ("Europe/Lisbon", "1978-10-01T01:00"),  # a span of the day begins twice
    ("Asia/Kolkata", "2026-05-01T00:00"),  # never
]


@pytest.mark.parametrize("zone, moment", WELL_KNOWN)
def test_well_known_changes(zone: str, moment: str) -> None:
    instant = int(datetime.fromisoformat(f"{moment}+00:00").timestamp())
    assert check(zone, instant - 2 * DAY, instant + 2 * DAY) > 1_000


@pytest.mark.parametrize("seed", range(6))
def test_sampled_changes(seed: int) -> None:
    chance = random.Random(seed)
    first = chance.randrange(1970, 2030)
    zone = chance.choice(ZONES)
    for instant in list(changes(zone, first, first + 5))[:3]:
        check(zone, instant - 2 * DAY, instant + 2 * DAY)


ZONES = sorted(
    name
    for name in available_timezones()
    if not name.startswith(("posix/", "right/")) and name not in ("Factory", "localtime")
)
CHUNKS = 16
NEAR = 8 * DAY


@lru_cache(maxsize=1)
def windows() -> list[tuple[str, int]]:
    """Every change of every zone from 1970 to 2037, but one only of those that are the same.

    Two are the same if the offsets of a week before and after are: most zones share their changes.
    """
    found: dict[tuple[tuple[int, timedelta | None, timedelta | None], ...], tuple[str, int]] = {}
    for zone in ZONES:
        info = ZoneInfo(zone)

        def offset(instant: int, info: ZoneInfo = info) -> timedelta | None:
            return datetime.fromtimestamp(instant, info).utcoffset()

        instants = list(changes(zone))
        for instant in instants:
            near = [one for one in instants if abs(one - instant) <= NEAR]
            same = tuple((one, offset(one - 1), offset(one)) for one in near)
            found.setdefault(same, (zone, instant))
    return sorted(found.values())


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_change(chunk: int) -> None:
    assert EXPRESSIONS >= 20
    size = -(-len(windows()) // CHUNKS)
    for zone, instant in windows()[chunk * size : (chunk + 1) * size]:
        check(zone, instant - 2 * DAY, instant + 2 * DAY)


def known(zone: str) -> list[int]:
    """The changes from 1970 to 2037 that the engine finds."""
    where, found = zone_of(zone), []
    change = where.next_change(0)
    while change is not None and change.instant < END_2037:
        found.append(change.instant // SECOND)
        assert where.last_change(change.instant) == change
        assert where.offset(change.instant - 1) == change.before != change.after
        change = where.next_change(change.instant)
    return found


END_2037 = int(datetime(2038, 1, 1, tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize("zone", ZONES[::30])
def test_some_zones_change_when_they_do(zone: str) -> None:
    assert known(zone) == list(changes(zone))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_zone_changes_when_it_does() -> None:
    for zone in ZONES:
        assert known(zone) == list(changes(zone)), zone
