"""Kentico's encoded intervals: arithmetic and refusals, each scenario by its number."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from rota import Rota, TriggerError, trigger
from rota.cms.kentico import Kentico, TaskInterval
from rota.testing.manual import ManualNode

ALL = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"
WEEKDAYS = "Monday,Tuesday,Wednesday,Thursday,Friday"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after(encoded: str, now: str, count: int = 1) -> list[datetime]:
    return trigger(f"kentico {encoded}").next(at(now), count)


@pytest.mark.shows("SK 36")
def test_the_seconds_of_the_start_are_kept() -> None:
    encoded = f"minute;3/11/2024 9:00:17 PM;30;00:00:00;23:59:00;{ALL}"
    assert after(encoded, "2026-03-02 08:10:00") == [at("2026-03-02 08:30:17")]


@pytest.mark.shows("SK 38")
def test_on_weekdays_friday_is_followed_by_monday() -> None:
    encoded = f"day;5/15/2025 12:00:00 AM;1;{WEEKDAYS}"
    assert after(encoded, "2026-03-06 00:00") == [at("2026-03-09 00:00")]


@pytest.mark.shows("SK 40")
def test_weeks_each_and_every_second() -> None:
    each, second = "week;1/12/2026 11:48:52 PM;1", "week;1/12/2026 11:48:52 PM;2"
    assert after(each, "2026-01-12 23:49") == [at("2026-01-19 23:48:52")]
    assert after(second, "2026-03-02 10:00") == [at("2026-03-09 23:48:52")]


@pytest.mark.shows("SK 41")
def test_the_first_of_the_month() -> None:
    found = after("month;1/12/2026 11:49:25 PM;1;1", "2026-01-12 23:50", 2)
    assert found == [at("2026-02-01 23:49:25"), at("2026-03-01 23:49:25")]


@pytest.mark.shows("SK 43")
def test_29_february_is_clamped_and_not_forgotten() -> None:
    encoded = "year;2/29/2024 12:00:00 AM;1"
    assert after(encoded, "2025-06-01") == [at("2026-02-28")]
    assert after(encoded, "2027-06-01") == [at("2028-02-29")]


@pytest.mark.shows("SK 46")
def test_once_lies_ahead_has_just_passed_or_never_comes() -> None:
    assert after("once;3/10/2026 9:00:00 AM", "2026-03-02", 5) == [at("2026-03-10 09:00")]
    assert after("once;1/1/0001 12:00:00 AM", "2026-03-02", 5) == []
    rota = Rota("memory://")
    kentico = Kentico(rota)
    kentico.register_scheduled_task("Acme.Move", lambda task, token: "moved")
    with ManualNode(rota, at("2026-03-10 09:00:01")) as node:
        made = kentico.configurations.create("Move", "Acme.Move", "once;3/10/2026 9:00:00 AM")
        assert made.next_run is None
        done = node.advance(days=400)
        assert [(run.due, run.state) for run in done] == [(at("2026-03-10 09:00"), "succeeded")]
        never = kentico.configurations.create("Never", "Acme.Move", TaskInterval.manual())
        assert never.next_run is None
        assert node.advance(days=400) == []
        kentico.configurations.run("Never")
        assert [run.state for run in node.advance()] == ["succeeded"]


INVALID = [
    ("", "E_PERIOD"),
    ("fortnight;3/2/2026 2:00:00 AM;1", "E_PERIOD"),
    ("day", "E_PARTS"),
    ("day;1;00:00:00", "E_START"),
    ("day;2/30/2026 2:00:00 AM;1;Monday", "E_START"),
    ("day;3/2/2026 2:00:00 AM;0;Monday", "E_EVERY"),
    ("day;3/2/2026 2:00:00 AM;-1;Monday", "E_EVERY"),
    ("day;3/2/2026 2:00:00 AM;x;Monday", "E_EVERY"),
    ("day;3/2/2026 2:00:00 AM;1;", "E_DAYS"),
    ("day;3/2/2026 2:00:00 AM;1;Mon", "E_DAYS"),
    ("day;3/2/2026 2:00:00 AM;1", "E_PARTS"),
    ("hour;3/2/2026 2:00:00 AM;1;25:00:00;26:00:00;Monday", "E_BETWEEN"),
    ("hour;3/2/2026 2:00:00 AM;1;Monday", "E_PARTS"),
    ("day;3/2/2026 2:00:00 AM;7;Tuesday", "E_NEVER"),
    ("once;3/2/2026 2:00:00 AM;1", "E_PARTS"),
    ("day;" + "3" * 1_000 + ";1;Monday", "E_LENGTH"),
]


@pytest.mark.shows("SK 60", "K14")
@pytest.mark.parametrize("text, code", INVALID)
def test_an_invalid_interval_is_refused_with_a_code_and_a_hint(text: str, code: str) -> None:
    rota = Rota("memory://")
    kentico = Kentico(rota)
    kentico.register_scheduled_task("Acme.Hello", lambda task, token: None)
    with ManualNode(rota):
        with pytest.raises(TriggerError) as caught:
            kentico.configurations.create("Hello", "Acme.Hello", f"kentico {text}")
        assert code in [problem.code for problem in caught.value.problems]
        assert all(problem.reason for problem in caught.value.problems)
        assert kentico.configurations.list() == []


@pytest.mark.shows("K14", "K4")
@pytest.mark.parametrize(
    "built, text",
    [
        (TaskInterval("second", datetime(2026, 3, 2, 2), 10, (time(8), time(16, 59)), ("Monday",)),
         "timesecond;3/2/2026 2:00:00 AM;10;08:00:00;16:59:00;Monday"),
        (TaskInterval("minute", datetime(2026, 3, 2, 2), 30),
         f"minute;3/2/2026 2:00:00 AM;30;00:00:00;00:00:00;{ALL}"),
        (TaskInterval("hour", datetime(2026, 3, 2, 14)),
         f"hour;3/2/2026 2:00:00 PM;1;00:00:00;00:00:00;{ALL}"),
        (TaskInterval("day", datetime(2026, 3, 2, 2), 2, days=("Friday", "Monday")),
         "day;3/2/2026 2:00:00 AM;2;Monday,Friday"),
        (TaskInterval("week", datetime(2026, 3, 2, 2), 2), "week;3/2/2026 2:00:00 AM;2"),
        (TaskInterval("month", datetime(2026, 3, 2, 2), day=-1), "month;3/2/2026 2:00:00 AM;1;-1"),
        (TaskInterval("month", datetime(2026, 3, 2, 2), day="Monday", place="first"),
         "month;3/2/2026 2:00:00 AM;1;first;Monday"),
        (TaskInterval("year", datetime(2026, 3, 2, 2)), "year;3/2/2026 2:00:00 AM;1"),
        (TaskInterval("once", datetime(2026, 3, 2, 2)), "once;3/2/2026 2:00:00 AM"),
        (TaskInterval.manual(), "once;1/1/0001 12:00:00 AM"),
    ],
)  # fmt: skip
def test_every_period_of_the_editor_is_built_written_and_read(
    built: TaskInterval, text: str
) -> None:
    assert str(built) == text
    assert str(TaskInterval.read(text)) == text
    assert built.trigger("Europe/Prague").zone in ("Europe/Prague", "UTC")
