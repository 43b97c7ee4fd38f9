"""The timeline: a lane a task, past runs and forecast as bars over a day or a week.

Places are thousandths of the range. A lane draws a bounded number of bars, whatever has run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from rota.engine.client.items import OutcomeItem
from rota.web.show.marks import run_mark
from rota.web.show.strip import lasted
from rota.web.show.times import Viewer, took

__all__ = ("CROWD", "Bar", "Crowd", "Lane", "Range", "axis", "crowds", "lanes", "range_of")

WIDE = 1000.0
BINS = 500
LANES = 40
CROWD = 8  # starts within one minute that deserve a warning


@dataclass(frozen=True, slots=True)
class Range:
    """What is shown: from one local midnight to another."""

    view: str  # day or week
    day: date
    start: datetime
    end: datetime
    before: str
    after: str

    def place(self, moment: datetime) -> float:
        """Where an instant stands, in thousandths."""
        return round((moment - self.start) / (self.end - self.start) * WIDE, 2)


@dataclass(frozen=True, slots=True)
class Bar:
    """One run, or several that lie too near to be told apart, or a start to come."""

    x: float
    width: float
    tone: str
    label: str
    run: int | None = None


@dataclass(slots=True)
class Lane:
    """One task's bars."""

    name: str
    title: str
    bars: list[Bar] = field(default_factory=list)
    planned: list[Bar] = field(default_factory=list)
    words: str = ""
    goes_on: float | None = None  # right of this more is to come than is drawn


@dataclass(frozen=True, slots=True)
class Crowd:
    """A minute at which many start."""

    at: datetime
    count: int
    names: list[str]


def range_of(view: str, day: date, look: Viewer) -> Range:
    """The viewer's day, or the week from Monday around it; a day may have 23 or 25 hours."""
    first = day - timedelta(days=day.weekday()) if view == "week" else day
    length = timedelta(days=7 if view == "week" else 1)

    def midnight(of: date) -> datetime:
        return datetime.combine(of, time(), look.zone)

    return Range(view, day, midnight(first), midnight(first + length),
                 (first - length).isoformat(), (first + length).isoformat())  # fmt: skip


def axis(shown: Range, look: Viewer) -> list[tuple[float, str]]:
    """Labels: every third hour of a day, every midnight of a week."""
    marks = []
    moment = shown.start
    while moment < shown.end:
        local = moment.astimezone(look.zone)
        if shown.view == "week":
            if local.hour == 0:
                marks.append((shown.place(moment) / 10, f"{local:%a} {local.day} {local:%b}"))
        elif local.hour % 3 == 0:
            marks.append((shown.place(moment) / 10, f"{local:%H:%M}"))
        moment = (moment.astimezone(look.now.tzinfo) + timedelta(hours=1)).astimezone(look.zone)
    return marks


def lanes(
    runs: Sequence[OutcomeItem],
    planned: Iterable[tuple[datetime, str]],
    usual: dict[str, float],
    titles: dict[str, str],
    shown: Range,
    look: Viewer,
    cut: Mapping[str, datetime] | None = None,
) -> tuple[list[Lane], int]:
    """The lanes by title, so many at most, and how many there would be. `usual` says how many
    seconds each schedule usually takes, `cut` how far those are known that start too often.
    """
    past: dict[str, list[OutcomeItem]] = {}
    for run in runs:
        if shown.start <= (run.started or run.due) < shown.end:
            past.setdefault(run.schedule or run.task, []).append(run)
    coming: dict[str, list[datetime]] = {}
    for moment, name in planned:
        if max(shown.start, look.now) <= moment < shown.end:
            coming.setdefault(name, []).append(moment)
    cut = cut or {}
    called = {name: titles.get(name, name) for name in (*past, *coming, *cut)}
    names = sorted(called, key=lambda name: (called[name].casefold(), name))
    drawn = []
    for name in names[:LANES]:
        lane = Lane(name, called[name])
        draw_past(lane, past.get(name, []), shown, look)
        draw_coming(lane, coming.get(name, []), usual.get(name, 0.0), cut.get(name), shown, look)
        drawn.append(lane)
    return drawn, len(names)


def draw_past(lane: Lane, runs: Sequence[OutcomeItem], shown: Range, look: Viewer) -> None:
    """What ran, in bars and in words."""
    if runs:
        lane.bars = binned(runs, shown, look)
        bad = sum(run_mark(run).tone == "bad" for run in runs)
        lane.words = f"{len(runs):,} so far" + (f", {bad} failed" if bad else "")


def draw_coming(
    lane: Lane, moments: list[datetime], usual: float, cut: datetime | None, shown: Range,
    look: Viewer,
) -> None:  # fmt: skip
    """What is to come; `cut` is how far that is known of one that starts too often."""
    if not moments and cut is not None:
        lane.goes_on, lane.words = 0.0, "starts too often to be drawn so far ahead"
    if not moments:
        return
    lane.planned = forecast(moments, usual, shown, look)
    said = f"{len(moments):,} to come"
    if cut is not None:
        said, lane.goes_on = f"more than {said}", max(0.0, shown.place(cut))
    lane.words = f"{lane.words}, {said}" if lane.words else said


def binned(runs: Sequence[OutcomeItem], shown: Range, look: Viewer) -> list[Bar]:
    """A lane's past: the worst of a place stands for all that lie there."""
    rank = ("bad", "warn", "info", "quiet", "ok")
    bins: dict[int, list[OutcomeItem]] = {}
    for run in runs:
        bins.setdefault(int(shown.place(run.started or run.due) / WIDE * BINS), []).append(run)
    bars = []
    for together in bins.values():
        worst = min(together, key=lambda run: rank.index(run_mark(run).tone))
        longest = max(lasted(run, look.now) for run in together)
        begin = min(run.started or run.due for run in together)
        x = shown.place(begin)
        wide = shown.place(begin + timedelta(seconds=longest)) - x
        one = len(together) == 1
        said = f"{run_mark(worst).word}, {took(longest)}" if one else f"{len(together)} runs"
        bars.append(
            Bar(x, round(min(max(wide, 1.6), WIDE - x), 2), run_mark(worst).tone,
                f"{look.clock(begin)[:5]} {said}", worst.id)
        )  # fmt: skip
    return sorted(bars, key=lambda bar: bar.x)


def forecast(moments: list[datetime], usual: float, shown: Range, look: Viewer) -> list[Bar]:
    """A lane's future: each start as long as it usually takes, one a place."""
    bins: dict[int, datetime] = {}
    for moment in moments:
        bins.setdefault(int(shown.place(moment) / WIDE * BINS), moment)
    about = f", takes about {took(usual)}" if usual else ""
    bars = []
    for moment in bins.values():
        x = shown.place(moment)
        wide = shown.place(moment + timedelta(seconds=usual)) - x
        bars.append(Bar(x, round(min(max(wide, 1.6), WIDE - x), 2), "planned",
                        f"{look.clock(moment)[:5]} to come{about}"))  # fmt: skip
    return sorted(bars, key=lambda bar: bar.x)


def crowds(planned: Iterable[tuple[datetime, str]], titles: dict[str, str]) -> list[Crowd]:
    """The minutes at which many different tasks start, the most crowded first."""
    together: dict[datetime, set[str]] = {}
    for moment, name in planned:
        together.setdefault(moment.replace(second=0, microsecond=0), set()).add(name)
    found = [
        Crowd(at, len(names), sorted(titles.get(name, name) for name in names))
        for at, names in together.items()
        if len(names) >= CROWD
    ]
    return sorted(found, key=lambda one: (-one.count, one.at))
