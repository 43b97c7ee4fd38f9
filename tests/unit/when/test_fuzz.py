"""Texts by chance: only TriggerError escapes, what parses steps, and every year is safe."""

from __future__ import annotations

import random
from itertools import islice
from time import perf_counter

import pytest

from rota.errors import TriggerError
from rota.when import Trigger, trigger
from rota.when.zone import FIRST, LAST

TWENTY_YEARS = 20 * 365 * 86_400_000_000
WORDS = """every daily weekly monthly yearly cron rrule at manual sitecore kentico or from until on
between after end except in gap fold shift skip first second both last mon tue fri sun mon-fri
weekdays 5m 1s 24h 1d 2w 1mo 1y 36h 1d12h PT5M P1M 100y 99999999999999999999s 0s 09:00 23:59:59
02:30,14:00 24:00 08:00-18:00 22:00-04:00 00:00-00:00 2026-03-29 2026-03-29T02:30 9999-12-31
0001-01-01 9999-12-31T23:59:59Z 2026-02-30 2026-03-02T10:00+02:00 12-24 02-29 1,15,last 31 0 32
last fri 2026-12-24..2026-12-26 Europe/Prague America/New_York Pacific/Apia UTC Nowhere ../x
* */5 1-5 H H/7 L LW 15W 5L MON#2 ? 0 59 23 2 @daily 29 30 FREQ=DAILY FREQ=MINUTELY;INTERVAL=7
FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29 20260101|||00:05 20260101||127|01:00:00 anchored
day;1/1/2026 12:00:00 AM;1;Monday Sunday , ; | ٣ ² \u0000 é ß 5:5 - .. # / 1e9 inf nan""".split()  # noqa: SIM905
SHAPES = (
    "every {dur} {opt} {opt} {end}",
    "daily at {time} {win} {end}",
    "cron {c} {c} {c} {c} {c} {end}",
    "weekly on {days} at {time} {end}",
    "monthly on {dom} at {time} {win} {end}",
    "cron {c} {c} {c} {c} {c} {c} {end}",
    "yearly on {date} at {time} {end}",
    "at {when} {end}",
    "every {dur} {opt} {win} or daily at {time} {end}",
    "rrule {rule}{more} {win} {end}",
    "sitecore {sstart}|{send}|{mask}|{gap}{anch} {end}",
    "kentico {per};{us};{n};{hm};{hm};{full} {end}",
    "kentico {long} {end}",
)
PARTS = {
    "dur": "1s 7s 5m 45m 1h 25h 86401s 24h 604801s 1441m 1d 7d 10d 2w 1mo 5mo 1y 4y 100y".split(),  # noqa: SIM905
    "opt": [
        "",
        "on mon",
        "on sat,sun",
        "between 08:00-08:00",
        "between 01:00-01:10",
        "after end",
        "between 23:00-02:30",
        "from 2026-01-01T02:30",
        "from 1970-06-01",
        "until 2030-01-01",
    ],
    "win": ["", "", "from 2026-03-01", "from 9990-01-01", "from 0005-05-05 until 9999-01-01"],
    "time": ["09:00", "02:30", "00:00,23:59:59", "01:30,02:00,02:30,03:00"],
    "days": ["mon", "mon-fri", "sat,sun"],
    "dom": ["1", "31", "last", "first mon", "fifth fri", "1,15,last", "30,31"],
    "date": ["02-29", "12-24,01-01", "03-29"],
    "when": ["2026-03-29T02:30", "2026-10-25T02:30", "9999-12-31T23:59:59", "0001-01-01"],
    "c": "* * * */5 */7 0 1 1-5 5,6 H H/3 2 3 L 15W ? 29 MON#2 5L 30".split(),  # noqa: SIM905
    "rule": [
        "FREQ=DAILY",
        "FREQ=MINUTELY;INTERVAL=7",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=2,3",
    ],
    "more": [
        "",
        "",
        ";COUNT=3",
        ";COUNT=1000",
        ";COUNT=10000",
        ";INTERVAL=7",
        ";INTERVAL=99",
        ";BYMONTH=6;COUNT=1000",
        ";BYMONTHDAY=13;BYDAY=FR;COUNT=999;INTERVAL=11",
        ";BYSETPOS=1",
        ";UNTIL=20300101T000000",
        ";BYMONTH=2;BYMONTHDAY=29",
    ],
    "sstart": ["", "20260302", "20260329T023000", "20260302T060000Z", "00010101", "99990101"],
    "send": ["", "", "20300101", "99990101"],
    "mask": ["", "127", "62", "1", "4", "65"],
    "gap": ["00:05", "1.00:00", "7.00:00:01", "00:33", "24:00:00", "365.00:00", "10000000.00:00"],
    "anch": ["", " anchored", " anchored"],
    "per": ["minute", "hour", "timesecond", "second"],
    "us": ["3/2/2024 2:00:00 AM", "3/29/2026 2:30:00 AM", "1/1/0001 12:00:00 AM"],
    "n": ["1", "7", "33", "1441", "10079", "525600"],
    "hm": ["00:00:00", "08:00:00", "08:01:00", "23:59:00"],
    "full": [
        "Monday",
        "Monday,Friday",
        "Saturday,Sunday",
        "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday",
    ],
    "long": [
        "day;3/2/2026 2:30:00 AM;1;Monday,Friday",
        "day;3/2/2026 2:30:00 AM;7;Tuesday",
        "week;3/29/2026 2:30:00 AM;2",
        "month;1/31/2024 2:30:00 AM;1;-1",
        "month;1/31/2024 2:30:00 AM;1;last;Friday",
        "year;2/29/2024 12:00:00 AM;1",
        "once;3/10/2026 9:00:00 AM",
        "once;1/1/0001 12:00:00 AM",
    ],
    "end": [
        "",
        "",
        "in Europe/Prague",
        "in America/New_York gap skip fold both",
        "gap after",
        "in Pacific/Apia",
        "except 12-24,2026-01-01..2026-03-28",
        "in Africa/Casablanca",
        "except 2026-01-01..2090-01-01 fold second in Europe/Prague",
    ],
}


def some_text(chance: random.Random) -> str:
    way = chance.random()
    if way < 0.5:
        shape = chance.choice(SHAPES)
        while "{" in shape:
            head, _, tail = shape.partition("{")
            name, _, rest = tail.partition("}")
            shape = head + chance.choice(PARTS[name]) + rest
        if chance.random() < 0.7:
            return shape
        at = chance.randrange(len(shape))
        return shape[:at] + chance.choice(WORDS) + shape[at + chance.randrange(5) :]
    if way < 0.95:
        return " ".join(chance.choices(WORDS, k=chance.randrange(1, 14)))
    return "".join(map(chr, chance.choices(range(1, 0x300), k=chance.randrange(60))))


def some_instant(chance: random.Random) -> int:
    if chance.random() < 0.7:
        return chance.randrange(0, 4_102_444_800) * 1_000_000
    return chance.choice((FIRST - 1, FIRST, 0, LAST - 1, LAST, chance.randrange(FIRST, LAST)))


def try_one(chance: random.Random) -> tuple[float, str]:
    """The slowest of parsing and stepping, having checked what came out."""
    text, after = some_text(chance), some_instant(chance)
    begin = perf_counter()
    try:
        found = trigger(text)
    except TriggerError as error:
        took = perf_counter() - begin
        assert error.problems
        assert all(one.code and one.reason for one in error.problems), text
        assert str(error)
        return took, text
    took = perf_counter() - begin
    assert isinstance(found, Trigger)
    assert trigger(str(found)) == found, text
    assert str(trigger(str(found))) == str(found), text
    assert found.words(), text
    last = after
    steps = found.instants(after)
    for _ in range(4):
        begin = perf_counter()
        slot = next(steps, None)
        took = max(took, perf_counter() - begin)
        if slot is None:
            break
        assert last < slot <= LAST, (text, after)
        last = slot
    begin = perf_counter()
    latest = found.latest(max(FIRST, after - TWENTY_YEARS), after, 2)
    took = max(took, perf_counter() - begin)
    assert latest == sorted(set(latest)), text
    assert all(one <= after for one in latest), text
    return took, text


@pytest.mark.parametrize("seed", range(4))
def test_some_texts(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(700):
        try_one(chance)


@pytest.mark.long
@pytest.mark.timeout(6_000)
def test_a_million_texts() -> None:
    """None escapes, none takes over 5 ms: what did is tried again, as the machine may be busy."""
    chance = random.Random(20260101)
    slow = []
    for _ in range(1_000_000):
        state = chance.getstate()
        took, text = try_one(chance)
        if took > 0.005:
            again = random.Random()
            best = took
            for _ in range(10):
                again.setstate(state)
                best = min(best, try_one(again)[0])
            if best > 0.005:
                slow.append((best, text))
    assert not sorted(slow, reverse=True)[:20]


def test_the_table_of_parts_is_parsed() -> None:
    chance, good = random.Random(1), 0
    for _ in range(300):
        try:
            trigger(some_text(chance))
            good += 1
        except TriggerError:
            pass
    assert good > 60, "the fuzzer should often write what is right"


def test_warnings_and_transitions_of_any_text() -> None:
    chance = random.Random(3)
    for _ in range(400):
        try:
            found = trigger(some_text(chance))
        except TriggerError:
            continue
        assert all(one.code and one.text for one in found.warnings(0))
        assert len(list(islice(found.transitions(0, 2), 3))) <= 2
