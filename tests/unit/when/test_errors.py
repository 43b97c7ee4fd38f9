"""What is refused: the code, the part, and the hint that says what to write instead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rota.errors import TriggerError
from rota.when import at, daily, every, trigger

REFUSED = [
    ("", "E_WORD", "kind", "every 5m"),
    ("evry 5m", "E_WORD", "kind", "write every"),
    ("daly at 09:00", "E_WORD", "kind", "write daily"),
    ("5m", "E_WORD", "kind", "write every 5m"),
    ("09:00", "E_WORD", "kind", "write daily at 09:00"),
    ("1.00:00:00", "E_WORD", "kind", "write every 24h"),
    ("weekdays at 09:00", "E_WORD", "kind", "write weekly on mon-fri at 09:00"),
    ("mon at 9:30", "E_WORD", "kind", "write weekly on mon at 09:30"),
    ("every monday at 9", "E_DURATION", "every", "write weekly on mon at 09:00"),
    ("every day at 6pm", "E_DURATION", "every", "write daily at 18:00"),
    ("every 24:00:00", "E_DURATION", "every", "write every 24h"),
    ("daily at 9am", "E_TIME", "at", "write 09:00"),
    ("*/5 * * * *", "E_WORD", "kind", "write cron */5 * * * *"),
    ("@daily", "E_WORD", "kind", "write cron @daily"),
    ("20260101|||00:05", "E_WORD", "kind", "write sitecore"),
    ("FREQ=DAILY", "E_WORD", "kind", "write rrule FREQ=DAILY"),
    ("every", "E_DURATION", "every", "90s"),
    ("every 5x", "E_DURATION", "every", "s m h d w mo y"),
    ("every 1d12h", "E_DURATION", "every", "write 36h"),
    ("every P1DT12H", "E_DURATION", "every", "write 36h"),
    ("every 0m", "E_ZERO", "every", "1s"),
    ("every 101y", "E_DURATION", "every", "100y"),
    ("every 1.5h", "E_DURATION", "every", "90s"),
    ("every -5m", "E_DURATION", "every", "90s"),
    (f"every {'9' * 500}s", "E_DURATION", "every", ""),
    ("every 5m on moon", "E_DAYS", "on", "write mon"),
    ("every 5m between 8-18", "E_BETWEEN", "between", "08:00-18:00"),
    ("every 5m between 08:00-25:00", "E_BETWEEN", "between", "08:00-18:00"),
    ("every 5m after start", "E_WORD", "after", "after end"),
    ("every 5m every 6m", "E_DURATION", "every", ""),
    ("daily 09:00", "E_TIME", "daily", "daily at 09:00"),
    ("daily at 24:00", "E_TIME", "at", "write 00:00"),
    ("daily at 9:00", "E_TIME", "at", "write 09:00"),
    ("daily at 09:00 on mon", "E_WORD", "on", "weekly on mon"),
    ("weekly at 09:00", "E_WORD", "weekly", "weekly on mon,thu at 09:00"),
    ("weekly on mon,tus at 09:00", "E_DAYS", "on", "write tue"),
    ("monthly on 32 at 09:00", "E_DOM", "on", "1 to 31"),
    ("monthly on first mom at 09:00", "E_DOM", "on", "write first mon"),
    ("yearly on 02-30 at 09:00", "E_DOM", "on", "MM-DD"),
    ("at 2026-02-30", "E_TIME", "at", "write 2026"),
    ("at 2026-02-03 10:00", "E_TIME", "at", "write 2026-02-03T10:00"),
    ("at 0001-01-01T00:00+10:00", "E_TIME", "at", ""),
    ("at 2026-01-01 from 2026-01-01", "E_WORD", "from", "leave it out"),
    ("manual daily", "E_WORD", "manual", "manual alone"),
    ("daily at 09:00 in Europe/Pragu", "E_ZONE", "in", "write Europe/Prague"),
    ("daily at 09:00 in europe/prague", "E_ZONE", "in", "write Europe/Prague"),
    ("daily at 09:00 in Prague", "E_ZONE", "in", "write Europe/Prague"),
    ("daily at 09:00 in ../../etc/passwd", "E_ZONE", "in", ""),
    ("daily at 09:00 in Europe", "E_ZONE", "in", ""),
    ("daily at 09:00 gap sometimes", "E_WORD", "gap", "shift, after or skip"),
    ("daily at 09:00 in UTC in UTC", "E_WORD", "in", "once"),
    ("daily at 09:00 in UTC or every 5m", "E_WORD", "or", "after the last term"),
    ("every 5m or", "E_WORD", "kind", "every 5m"),
    ("daily at 09:00 except 2026-13-01", "E_TIME", "except", "12-24"),
    ("daily at 09:00 except 2026-02-02..2026-02-01", "E_TIME", "except", ""),
    ("daily at 09:00 from 2026-02-01 until 2026-01-01", "E_WINDOW", "until", "2026-02-01"),
    ("cron * * *", "E_CRON", "cron", "minute hour day month weekday"),
    ("cron 60 * * * *", "E_CRON", "minute", "0 to 59"),
    ("cron 0 9 * * mob", "E_CRON", "day of week", "write MON"),
    ("cron 0 9 * * fri-mon", "E_CRON", "day of week", "go round"),
    ("cron */0 * * * *", "E_CRON", "minute", "*/5"),
    ("cron 0 0 * * L", "E_CRON", "day of week", "5L"),
    ("cron 0 0 * * mon#6", "E_CRON", "day of week", "MON#2"),
    ("cron @evry", "E_CRON", "cron", ""),
    ("cron @every 5m", "E_CRON", "cron", "write every 5m"),
    ("every 5m untill 2026-01-01", "E_WORD", "until", "write until"),
    ("every 5m btween 08:00-09:00", "E_WORD", "between", "write between"),
    ("every 5m Form 2026-01-01 in Europ/Prague", "E_WORD", "from", "write from"),
    ("daily at 09:00 excpt 12-24", "E_WORD", "except", "write except"),
    ("every 5 mintues", "E_DURATION", "every", "write minutes"),
    ("monthly on frist mon at 09:00", "E_DOM", "on", "write first mon"),
    ("monthly on lst at 09:00", "E_DOM", "on", "write last"),
    ("daily ta 09:00", "E_WORD", "at", "write at"),
    ("weekly no mon at 09:00", "E_WORD", "on", "write on"),
    ("cron 0 9 * * 1-5 ni UTC", "E_WORD", "in", "write in"),
    ("daily at 09:00 xor every 5m", "E_WORD", "or", "write or"),
    ("daily at 09:00 gap skipp", "E_WORD", "gap", "write gap skip"),
    ("daily at 09:00 fold frist", "E_WORD", "fold", "write fold first"),
    ("cron 0 0 30 2 *", "E_NEVER", "cron", "change"),
    ("cron 0 0 31 feb,apr *", "E_NEVER", "cron", "change"),
    ("every 7d on tue from 2026-01-05", "E_NEVER", "every", "change"),
    ("every 24h between 10:00-11:00 from 2026-01-01", "E_NEVER", "every", "change"),
    (
        "every 48h on mon between 12:00-13:00 from 2026-01-01T09:30 in Europe/Prague",
        "E_NEVER",
        "every",
        "change",
    ),
    ("yearly on 12-24 at 09:00 except 12-24", "E_NEVER", "except", "fewer"),
    ("at 2026-03-29T02:30 in Europe/Prague gap skip", "E_NEVER", "at", "gap skip"),
    ("manual " * 400, "E_LENGTH", "text", "2,000"),
    (" or ".join(["manual"] * 17), "E_LENGTH", "or", "16"),
]


@pytest.mark.parametrize("text, code, part, hint", REFUSED, ids=[one[0][:60] for one in REFUSED])
def test_refused(text: str, code: str, part: str, hint: str) -> None:
    with pytest.raises(TriggerError) as caught:
        trigger(text)
    (problem, *_) = caught.value.problems
    assert (problem.code, problem.part) == (code, part)
    assert hint in problem.hint
    assert problem.reason
    assert "\n" not in str(caught.value)


def test_all_problems_at_once() -> None:
    with pytest.raises(TriggerError) as caught:
        trigger(
            "every 5x on moon between 1-2 from x until y except z in Nowhere gap a fold b or bla"
        )
    codes = [problem.code for problem in caught.value.problems]
    assert sorted(codes) == [
        "E_BETWEEN",
        "E_DAYS",
        "E_DURATION",
        "E_TIME",
        "E_TIME",
        "E_TIME",
        "E_WORD",
        "E_WORD",
        "E_WORD",
        "E_WORD",
        "E_ZONE",
    ]


def test_what_stands_behind_a_mistyped_keyword_is_told_too() -> None:
    with pytest.raises(TriggerError) as caught:
        trigger("every 5x form 2026-13-01 untill 2026-01-01 in Europ/Prague")
    assert [one.part for one in caught.value.problems] == ["from", "until", "from", "every", "in"]


def test_cron_tells_all_its_fields() -> None:
    with pytest.raises(TriggerError) as caught:
        trigger("cron 60 24 32 13 8")
    assert [one.part for one in caught.value.problems] == [
        "minute",
        "hour",
        "day of month",
        "month",
        "day of week",
    ]


def test_python_values_are_refused_like_text() -> None:
    with pytest.raises(TriggerError):
        every(timedelta(milliseconds=1500))
    with pytest.raises(TriggerError):
        every(timedelta(days=-1))
    with pytest.raises(TriggerError):
        at("tomorrow")
    with pytest.raises(TypeError, match="zon"):
        daily("09:00", zon="UTC")  # type: ignore[call-arg]


def test_an_option_behind_the_zone_is_sent_before_it() -> None:
    with pytest.raises(TriggerError, match="write … until 2027-01-01 in Europe/Prague"):
        trigger("daily at 02:30 in Europe/Prague until 2027-01-01")


@pytest.mark.parametrize("text", [
    "09:00", "9:05:30", "24:00:00", "1.00:00:00", "weekdays at 9", "every weekend at 9pm",
    "tuesdays, saturday at 12:30 am", "mon-fri at 9", "every day", "wednesday", "Thur at 7.15",
])  # fmt: skip
def test_a_hint_that_tells_what_plain_words_mean_can_be_written(text: str) -> None:
    with pytest.raises(TriggerError) as caught:
        trigger(text)
    hint = caught.value.problems[0].hint
    assert str(trigger(hint.removeprefix("write ")))
