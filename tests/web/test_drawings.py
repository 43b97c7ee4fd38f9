"""What is drawn of a history: durations, days, the timeline, and the gaps that ask why."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rota.engine.client.items import OutcomeItem
from rota.web.show.calendar import calendar
from rota.web.show.durations import durations
from rota.web.show.strip import day_strip
from rota.web.show.timeline import CROWD, axis, crowds, lanes, range_of
from rota.web.show.times import Viewer
from rota.web.upcoming import Upcoming
from web.fake import outcome, run, schedule

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
PRAGUE = Viewer(ZoneInfo("Europe/Prague"), NOON)


def ran(
    hours_ago: float, seconds: float = 60, state: str = "succeeded", name: str = "tidy"
) -> OutcomeItem:
    due = NOON - timedelta(hours=hours_ago)
    return outcome(run(int(hours_ago * 10), name, due, seconds, state))


def test_the_band_lies_between_half_and_nearly_all() -> None:
    found = durations([ran(n, n) for n in range(1, 101)], PRAGUE)
    assert found.words == "Half of them take up to 50 s, 95 of 100 up to 1 min 35 s."
    assert found.half is not None
    assert found.most is not None
    assert 0 < found.half < found.most <= 72
    assert len(durations([ran(n) for n in range(1, 400)], PRAGUE).bars) == 100
    assert durations([ran(1), ran(2)], PRAGUE).words == ""
    assert durations([], PRAGUE).bars == []


def test_one_endless_run_does_not_flatten_the_others() -> None:
    found = durations([ran(1, 500_000), *(ran(n, 60) for n in range(2, 30))], PRAGUE)
    assert found.bars[-1].height == 72
    assert found.bars[0].height == 18


def test_a_day_is_as_bad_as_its_worst_run() -> None:
    runs = [ran(1), ran(2, state="failed"), ran(30), ran(70, state="skipped")]
    found = calendar(runs, PRAGUE, whole=False)
    tones = {day.key: day.tone for day in found.days}
    assert tones["2026-03-11"] == "bad"
    assert tones["2026-03-10"] == "ok"
    assert tones["2026-03-08"] == "quiet"
    assert tones["2026-03-09"] == ""
    assert "2026-03-07" not in tones, "what was before the oldest known is not drawn"
    assert found.bad == ["Wed 11 Mar: 1 ran, 1 failed"]
    assert len(calendar(runs, PRAGUE, whole=True).days) > 40


def test_gaps_are_slots_without_a_run() -> None:
    slots = [NOON - timedelta(hours=hour) for hour in range(1, 6)]
    strip = day_strip([ran(1), ran(2, state="skipped"), ran(3)], [], PRAGUE, slots=slots)
    assert [gap.ask for gap in strip.gaps] == [
        "2026-03-11T07:00:00Z", "2026-03-11T08:00:00Z", "2026-03-11T10:00:00Z"]  # fmt: skip


@pytest.mark.parametrize("day, hours", [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_of_the_clock_change_has_its_own_length(day: date, hours: int) -> None:
    shown = range_of("day", day, PRAGUE)
    length = shown.end.astimezone(UTC) - shown.start.astimezone(UTC)
    assert length == timedelta(hours=hours)
    places = [x for x, _ in axis(shown, PRAGUE)]
    assert places == sorted(places)
    assert all(0 <= x < 100 for x in places)


def test_a_week_begins_on_monday() -> None:
    shown = range_of("week", date(2026, 3, 11), PRAGUE)
    assert (shown.start.date(), shown.end.date()) == (date(2026, 3, 9), date(2026, 3, 16))
    assert [label for _, label in axis(shown, PRAGUE)][:2] == ["Mon 9 Mar", "Tue 10 Mar"]
    assert (shown.before, shown.after) == ("2026-03-02", "2026-03-16")


def test_lanes_are_bounded_and_say_what_they_draw() -> None:
    shown = range_of("day", date(2026, 3, 11), PRAGUE)
    runs = [ran(n / 500, 1, "failed" if n == 77 else "succeeded") for n in range(1, 5_000)]
    plan = [(NOON + timedelta(minutes=n), "tidy") for n in range(1, 600)]
    (lane,), whole = lanes(runs, plan, {"tidy": 600.0}, {"tidy": "Tidy up"}, shown, PRAGUE)
    assert whole == 1
    assert (lane.title, lane.words) == ("Tidy up", "4,999 so far, 1 failed, 599 to come")
    assert len(lane.bars) + len(lane.planned) <= 502
    assert [bar.tone for bar in lane.bars].count("bad") == 1
    assert all(bar.x >= 0 and bar.x + bar.width <= 1000.1 for bar in lane.bars + lane.planned)
    many = [(NOON + timedelta(minutes=1), f"s{n:03}") for n in range(90)]
    drawn, whole = lanes([], many, {}, {}, shown, PRAGUE)
    assert (len(drawn), whole) == (40, 90)


def test_a_crowded_minute_is_one_of_many_tasks() -> None:
    herd = [(NOON + timedelta(seconds=n), f"s{n}") for n in range(CROWD)]
    alone = [(NOON + timedelta(hours=1, seconds=n), "often") for n in range(50)]
    (crowd,) = crowds([*herd, *alone], {"s0": "First"})
    assert (crowd.at, crowd.count, crowd.names[0]) == (NOON, CROWD, "First")


def test_a_forecast_that_was_cut_off_goes_on_to_the_end() -> None:
    shown = range_of("day", date(2026, 3, 11), PRAGUE)
    planned = [(NOON + timedelta(minutes=n), "tidy") for n in range(1, 61)]
    (lane,), _ = lanes([], planned, {}, {}, shown, PRAGUE, {"tidy": planned[-1][0]})
    assert lane.words == "more than 60 to come"
    assert lane.goes_on is not None
    assert 500 < lane.goes_on < 600
    later = range_of("day", date(2026, 3, 13), PRAGUE)
    (lane,), _ = lanes([], [], {}, {}, later, PRAGUE, {"tidy": planned[-1][0]})
    assert (lane.goes_on, lane.planned) == (0.0, [])
    assert "too often" in lane.words


def test_frequent_schedules_share_what_is_forecast() -> None:
    class Often:
        """Schedules of which `a` and `b` start each second, `c` each hour."""

        @property
        def schedules(self) -> Often:
            return self

        def next(self, name: str, count: int) -> list[datetime]:
            step = timedelta(hours=1) if name == "c" else timedelta(seconds=1)
            return [NOON + step * n for n in range(1, count + 1)]

    items = [schedule(name, next_run=NOON + timedelta(seconds=1)) for name in "abc"]
    until = NOON + timedelta(minutes=10)
    rota: Any = Often()
    found, cut = Upcoming().all_of(rota, items, until, 60, 400)
    assert Counter(item.name for _, item in found) == {"a": 200, "b": 200}
    assert set(cut) == {"a", "b"}
    assert Upcoming().all_of(rota, items, until, 60, 2_000)[1] == {}
