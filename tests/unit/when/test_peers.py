"""Beside cronsim and croniter, where their policy is ours; each known difference has a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from cronsim import CronSim

from rota.when import trigger

START = datetime(2026, 1, 30, 12, 34, tzinfo=UTC)
EXPRESSIONS = (
    "* * * * *",
    "*/5 * * * *",
    "*/7 * * * *",
    "0 9 * * 1-5",
    "0 0 29 2 *",
    "0 0 31 * *",
    "30 2 * * *",
    "15,45 8-18/2 * * mon-fri",
    "0 0 1,15 * *",
    "0 0 1 * mon",
    "0 12 13 * fri",
    "5 4 * * sun",
    "59 23 31 12 *",
    "0 0 * jan,jul *",
    "10-20/3 */6 * * *",
    "0 0 L * *",
    "0 0 * * 5L",
    "0 0 * * mon#2",
    "0 0 * * 7",
    "0 6 1-7 * *",
)
ZONES = ("Europe/Prague", "America/New_York", "Australia/Lord_Howe", "America/Havana")
# Where both know gaps and folds and neither minute nor hour begins with `*`.
FIXED = (
    "30 2 * * *",
    "0 9 * * 1-5",
    "15,45 1-3 * * *",
    "0 0 * * *",
    "30 1 * * sun",
    "0,30 2,3 * * *",
)
# Real time: hour and minute begin with `*`, or the minute is fixed and the hour is every one.
FLOATING = ("* * * * *", "*/5 * * * *", "*/30 */2 * * *", "17 * * * *")

# cronsim leaves 02:00 out where Lord Howe goes back from 02:00 to 01:30 and it comes once.
LEFT_OUT = ("*/30 */2 * * *", "Australia/Lord_Howe")
DIFFERENCES = {
    # cronsim follows real time if minute or hour has a `*`; we ask the hours only, so that
    # */15 2 * * * is not lost on the day when 02:00 to 02:59 does not exist.
    ("*/15 2 * * *", "Europe/Prague"): ("2026-03-30T00:00", "2026-03-29T01:00"),
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_cronsim_agrees_in_utc(expression: str) -> None:
    count = 200 if "29 2" not in expression else 30
    found = trigger(f"cron {expression}").next(START, count)
    assert found == list(islice(CronSim(expression, START), count))


@pytest.mark.parametrize("expression", [one for one in EXPRESSIONS if "#" not in one])
def test_croniter_agrees_in_utc(expression: str) -> None:
    name = expression.replace("5L", "L5").replace("* * 7", "* * 0")
    peer = croniter(name, START)
    found = trigger(f"cron {expression}").next(START, 40)
    assert found == [peer.get_next(datetime) for _ in range(40)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("expression", FIXED + FLOATING)
def test_cronsim_agrees_where_clocks_change(expression: str, zone: str) -> None:
    if (expression, zone) == LEFT_OUT:
        return
    for start in (
        datetime(2026, 3, 7, tzinfo=UTC),
        datetime(2026, 3, 28, tzinfo=UTC),
        datetime(2026, 4, 4, tzinfo=UTC),
        datetime(2026, 10, 24, tzinfo=UTC),
    ):
        count = 1_000 if expression == "* * * * *" else 100
        peer = CronSim(expression, start.astimezone(ZoneInfo(zone)))
        wanted = [one.astimezone(UTC) for one in islice(peer, count)]
        found = trigger(f"cron {expression} in {zone}").next(start, count)
        assert found == sorted(set(wanted))[:count]


def test_the_known_differences() -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    for (expression, zone), (theirs, ours) in DIFFERENCES.items():
        got = next(CronSim(expression, start.astimezone(ZoneInfo(zone))))
        assert got.astimezone(UTC) == datetime.fromisoformat(theirs).replace(tzinfo=UTC)
        (mine,) = trigger(f"cron {expression} in {zone}").next(start)
        assert mine == datetime.fromisoformat(ours).replace(tzinfo=UTC)
