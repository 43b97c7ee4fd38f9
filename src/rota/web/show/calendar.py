"""The outcome calendar: a cell a day, a column a week, the worst of the day as its shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rota.engine.client.items import OutcomeItem
from rota.web.show.marks import run_mark
from rota.web.show.times import Viewer

__all__ = ("Calendar", "Day", "calendar")

WEEKS, SHORTEST = 18, 8
STEP = 18
TONES = ("bad", "warn", "info", "ok", "quiet")  # the first one found is the day's


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar."""

    x: int
    y: int
    tone: str  # "" where nothing happened
    label: str
    key: str  # as in the timeline's address


@dataclass(frozen=True, slots=True)
class Calendar:
    """The drawn weeks and the same in words."""

    days: list[Day]
    months: list[tuple[int, str]]
    width: int
    words: str
    bad: list[str]  # the days on which something went wrong


def calendar(runs: Sequence[OutcomeItem], look: Viewer, whole: bool) -> Calendar:
    """The last weeks of these outcomes (newest first), in the viewer's days. `whole` says whether
    they are all there are: else days before the oldest are not known, and not drawn.
    """
    today = look.now.astimezone(look.zone).date()
    by_day: dict[date, Counter[str]] = {}
    tones: dict[date, set[str]] = {}
    for run in runs:
        day = (run.started or run.due).astimezone(look.zone).date()
        mark = run_mark(run)
        by_day.setdefault(day, Counter())[mark.word] += max(1, run.skips)
        tones.setdefault(day, set()).add(mark.tone)
    first = min(by_day, default=today)
    weeks = max(SHORTEST, min(WEEKS, (today - monday(first)).days // 7 + 1))
    start = monday(today) - timedelta(weeks=weeks - 1)
    days, months = [], []
    for number in range((today - start).days + 1):
        day = start + timedelta(days=number)
        x, y = number // 7 * STEP, number % 7 * STEP
        if day.day == 1 or number == 0:
            months.append((x, f"{day:%b}"))
        if day < first and not whole:
            continue
        tone = next((one for one in TONES if one in tones.get(day, ())), "")
        days.append(Day(x, y, tone, said(day, by_day.get(day)), day.isoformat()))
    bad = [said(day, by_day[day]) for day in sorted(tones) if "bad" in tones[day]]
    words = f"{len(by_day)} days with runs, {len(bad)} of them with a failure"
    return Calendar(days, spaced(months), weeks * STEP, words, bad[-20:])


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def said(day: date, counts: Counter[str] | None) -> str:
    """A day in words."""
    what = ", ".join(f"{count:,} {word}" for word, count in counts.most_common()) if counts else ""
    return f"{day:%a} {day.day} {day:%b}: {what or 'nothing'}"


def spaced(months: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The months without the first where the second stands too near."""
    return months[1:] if len(months) > 1 and months[1][0] - months[0][0] < 2 * STEP else months
