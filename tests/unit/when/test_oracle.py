"""The engine against the oracle around changes of the clocks, and on quiet days."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from rota.instants import from_datetime, to_datetime
from rota.when import trigger

from .oracle import Around, changes, cron

CRONS = (
    "*/5 * * * *", "0 9 * * 1-5", "30 2 * * *", "0 0 * * *", "*/15 1-3 * * *", "15,45 2 * * *",
    "0 */2 * * *", "59 23 * * *", "0 0 1 * *", "30 1 * * sun", "7 3 L * *", "5 4 15W * *",
    "10 5 * * 5L", "20 0 * * SUN#1", "0 12 1 * mon", "1-9/3 0,2,23 */2 * *", "17 * * mar,oct,nov *",
)
WALL: dict[str, Callable[[datetime], bool]] = {
    "daily at 02:30": lambda w: (w.hour, w.minute) == (2, 30),
    "daily at 00:00,00:30,02:00,03:00": lambda w: (w.hour, w.minute) in (
        (0, 0), (0, 30), (2, 0), (3, 0)),
    "weekly on sun,mon at 01:30,23:45": lambda w: w.weekday() in (0, 6) and (w.hour, w.minute) in (
        (1, 30), (23, 45)),
    "every 1d from 1969-06-01T02:15": lambda w: (w.hour, w.minute) == (2, 15),
}
GRIDS: dict[str, tuple[int, Callable[[datetime], bool]]] = {
    "every 45m": (45, lambda w: True),
    "every 25m between 01:10-02:40": (25, lambda w: 70 <= w.hour * 60 + w.minute <= 160),
    "every 7m on sun,mon between 23:00-03:00": (
        7, lambda w: w.weekday() in (0, 6) and not 180 < w.hour * 60 + w.minute < 1380),
}
POLICIES = [("shift", "first"), ("after", "second"), ("skip", "both")]
ANCHOR = datetime(1969, 6, 1, tzinfo=UTC)


def check(zone: str, low: datetime, high: datetime) -> None:
    around = Around(zone, low, high)

    def same(text: str, wanted: list[datetime]) -> None:
        found = trigger(text)
        begin, end = from_datetime(low), from_datetime(high)
        got = []
        for slot in found.instants(begin):
            if slot > end:
                break
            got.append(slot)
        assert [to_datetime(one) for one in got] == wanted, text
        assert found.latest(begin, end, 5) == got[-5:], text
        assert found.count(begin, end, 10_000) == len(got), text

    for expression in CRONS:
        rule, floats = cron(expression)
        wanted = around.floats(rule) if floats else around.fires(rule, "after")
        same(f"cron {expression} in {zone}", wanted)
    for text, rule in WALL.items():
        for gap, fold in POLICIES:
            same(f"{text} in {zone} gap {gap} fold {fold}", around.fires(rule, gap, fold))
    for text, (minutes, allow) in GRIDS.items():
        same(f"{text} from 1969-06-01T00:00Z in {zone}", around.grid(ANCHOR, minutes, allow))


WELL_KNOWN = [
    ("Europe/Prague", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Prague", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # half an hour
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a day is left out
    ("Pacific/Kwajalein", datetime(1993, 8, 21, 12, tzinfo=UTC)),  # the same
    ("America/Havana", datetime(2026, 3, 8, 5, tzinfo=UTC)),  # at midnight
    ("Asia/Beirut", datetime(2026, 10, 24, 21, tzinfo=UTC)),  # back past midnight
    ("Africa/Monrovia", datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC)),  # an offset with seconds
    ("Europe/Lisbon", datetime(1978, 10, 1, 1, tzinfo=UTC)),  # a span of the day begins twice
    ("Asia/Kolkata", datetime(2026, 5, 1, tzinfo=UTC)),  # never
]


@pytest.mark.parametrize("zone, moment", WELL_KNOWN)
def test_well_known_changes(zone: str, moment: datetime) -> None:
    check(zone, moment - timedelta(days=1), moment + timedelta(days=1))


@pytest.mark.parametrize("seed", range(6))
def test_sampled_changes(seed: int) -> None:
    chance = random.Random(seed)
    zone = chance.choice(ZONES)
    first = chance.randrange(1970, 2030)
    for moment in list(changes(zone, first, first + 5))[:1]:
        check(zone, moment - timedelta(days=1), moment + timedelta(days=1))


ZONES = sorted(
    name for name in available_timezones()
    if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
)


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
def test_every_change(zone: str) -> None:
    for moment in changes(zone):
        check(zone, moment - timedelta(days=2), moment + timedelta(days=2))
