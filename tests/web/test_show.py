from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rota.engine.client.items import Beat, RunItem, TallyItem
from rota.web.show.facets import Asked, choices_of, counted
from rota.web.show.hour import next_hour
from rota.web.show.sentences import late, verdict
from rota.web.show.spark import sparkline
from rota.web.show.strip import BINS, day_strip
from rota.web.show.times import Viewer, relative
from web.fake import run, schedule

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = Viewer(ZoneInfo("Europe/Prague"), NOON)


def ran(minutes_ago: int, seconds: float = 1, state: str = "succeeded") -> RunItem:
    return run(minutes_ago, "tidy", NOON - timedelta(minutes=minutes_ago), seconds, state)


def stand(outcome: str = "succeeded", count: int = 1, troubled: bool = False) -> TallyItem:
    return TallyItem("waiting", outcome, True, "code", troubled, count)


def test_the_verdict_names_what_needs_somebody() -> None:
    broken = schedule("b", title="Backup", last_run=NOON, last_state="failed")
    fresh = schedule("c", title="Report", next_run=NOON + timedelta(minutes=4))
    bad, never = stand("failed", 1, True), stand("never")
    assert verdict([stand()], None, None, NOON) == "The task went well"
    assert verdict([stand(count=2000)], None, None, NOON) == "All 2,000 tasks went well"
    assert verdict([stand(), bad], broken, None, NOON) == "“Backup” needs you"
    assert verdict([bad, bad], broken, None, NOON) == "2 tasks need you"
    assert verdict([never], None, fresh, NOON) == "Next: Report, in 4 min"
    assert verdict([stand(), never], None, None, NOON) == "Every task that has run went well"
    assert verdict([stand()], None, None, NOON, alive=False).startswith("No node is alive")
    assert verdict([], None, None, NOON, alive=False) == "Nothing is scheduled yet"


def test_late_is_what_waits_for_longer_than_half_a_minute() -> None:
    overdue = schedule("d", title="Feeds", next_run=NOON - timedelta(minutes=4))
    assert late(overdue, NOON)
    assert not late(schedule("e", status="paused", paused=True, next_run=overdue.next_run), NOON)


def test_relative_times_have_one_unit() -> None:
    said = [relative(NOON + timedelta(seconds=s), NOON) for s in (0.2, 5, 89, 90, 5400, -129600)]
    assert said == ["now", "in 5 s", "in 89 s", "in 2 min", "in 2 h", "2 d ago"]


def test_exact_times_name_the_zone_and_the_other_one_where_it_differs() -> None:
    assert NOW.exact(NOON) == "Sun 1 Mar 2026, 13:00 Europe/Prague"
    assert NOW.exact(NOON, "Europe/Berlin") == NOW.exact(NOON)
    assert NOW.exact(NOON, "UTC") == "Sun 1 Mar 2026, 13:00 Europe/Prague (12:00 UTC)"
    assert NOW.exact(NOON, "Asia/Tokyo").endswith("(21:00 Asia/Tokyo)")
    assert NOW.exact(NOON, "Pacific/Auckland").endswith("(Mon 2 Mar, 01:00 Pacific/Auckland)")


def test_a_strip_is_bounded_and_keeps_the_worst_of_a_moment() -> None:
    runs = [ran(second // 60, 1, "failed" if second == 600 else "succeeded")
            for second in range(0, 36_000, 10)]  # fmt: skip
    plans = [(NOON + timedelta(seconds=5 * n), "tidy") for n in range(9000)]
    strip = day_strip(runs, plans, NOW)
    assert len(strip.ticks) + len(strip.planned) <= BINS + 1
    assert [tick.shape for tick in strip.ticks].count("failed") == 1
    assert 41 < strip.now < 42
    assert all(0 <= tick.x <= 100 for tick in strip.ticks + strip.planned)


def test_what_lies_outside_of_the_day_is_not_drawn() -> None:
    runs = [ran(60 * 11), ran(1)]
    plans = [(NOON + timedelta(hours=15), "x"), (NOON - timedelta(hours=1), "x")]
    strip = day_strip(runs, plans, NOW, complete=False, drawn_until=NOON + timedelta(hours=7))
    assert (len(strip.ticks), strip.planned) == (1, [])
    assert strip.goes_on == 70.83
    assert day_strip([ran(60)], [], NOW, complete=False).known_from > 30


def test_the_clock_change_is_marked() -> None:
    spring = Viewer(ZoneInfo("Europe/Prague"), datetime(2026, 3, 28, 20, tzinfo=UTC))
    strip = day_strip([], [], spring)
    assert strip.change is not None
    assert strip.change[1] == "here the clock goes forward by 1 h"
    labels = [hour.label for hour in strip.hours]
    assert "Sun 29" in labels
    assert day_strip([], [], NOW).change is None
    half = Viewer(ZoneInfo("Asia/Kathmandu"), NOON)  # a zone 45 minutes off
    assert all(hour.label in ("", *labels) or ":" in hour.label or hour.label.startswith("Mon")
               for hour in day_strip([], [], half).hours)  # fmt: skip


def test_a_sparkline_has_the_newest_at_the_right_and_few_elements() -> None:
    spark = sparkline([Beat("failed", 10), Beat("succeeded", 5), Beat("skipped", 0)])
    looks = dict(spark.paths)
    assert looks["quiet hollow"].startswith("M85.5 ")
    assert looks["ok"].startswith("M90.5 ")
    assert looks["bad"].startswith("M95 ")
    assert spark.words == "last 3 outcomes, 1 bad"
    assert len(sparkline([Beat("succeeded", n) for n in range(20)]).paths) == 1
    assert sparkline([]).paths == []


def test_the_next_hour_counts_and_marks_crowded_minutes() -> None:
    starts = [(NOON + timedelta(minutes=5), f"s{n}", f"Task {n}") for n in range(9)]
    starts += [(NOON + timedelta(minutes=50), "x", "X"), (NOON + timedelta(hours=2), "y", "Y")]
    hour = next_hour(starts, NOW)
    assert (hour.starts, len(hour.minutes), len(hour.first), hour.tasks) == (10, 2, 8, 10)
    assert [minute.crowd for minute in hour.minutes] == [True, False]
    assert "9 starts" in hour.minutes[0].label
    assert [mark.label for mark in hour.marks][:2] == ["13:10", "13:20"]


def test_facets_count_what_each_choice_would_show() -> None:
    tally = [
        TallyItem("waiting", "failed", True, "code", True, 2),
        TallyItem("waiting", "succeeded", True, "person", False, 5),
        TallyItem("disabled", "never", False, "code", False, 3),
    ]
    asked = Asked(origin="code")
    found = choices_of(tally, asked)
    counts = {part: {one.key: one.count for one in found[part]} for part in found}
    assert counts["status"] == {"": 5, "attention": 2, "waiting": 2, "off": 3}
    assert counts["origin"] == {"": 10, "code": 5, "person": 5}
    assert counts["on"] == {"": 5, "yes": 2, "no": 3}
    assert counted(tally, asked) == 5


def test_what_starts_too_often_to_be_counted_says_so() -> None:
    starts = [(NOON + timedelta(seconds=3 * n), "often", "Often") for n in range(1, 101)]
    hour = next_hour(starts, NOW, {"often": starts[-1][0]})
    assert hour.first[0][3] == "more than 100 times"
    assert hour.goes_on is not None
    assert 8 < hour.goes_on < 9
    assert all(minute.x < 100 for minute in hour.minutes)
    assert next_hour(starts, NOW).goes_on is None
