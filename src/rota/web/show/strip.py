"""The day strip: 24 hours as one drawing, now in the middle-left; sparklines are its smallest size.

What has run stands above the line (height is duration, shape is outcome), what will run hangs
below it as faint ticks. Places are percentages, so the drawing stretches and its text does not.
Templates turn these records into SVG; nothing here is markup.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rota.engine.client.items import OutcomeItem, RunItem
from rota.web.show.marks import run_mark
from rota.web.show.times import Viewer, instant, took

__all__ = ("AFTER", "BEFORE", "Drawn", "Strip", "Tick", "day_strip", "height", "lasted", "rank")

Place = Callable[[datetime], float]
Drawn = RunItem | OutcomeItem

BEFORE, AFTER = timedelta(hours=10), timedelta(hours=14)
BINS = 288  # five minutes each: about four pixels on a wide screen, one on a phone
TALLEST = 30.0
WORST = ("failed", "lost", "retrying", "running", "cancelled", "skipped", "ignored", "queued",
         "succeeded")  # fmt: skip


RANKS = {state: place for place, state in enumerate(WORST)}


@dataclass(frozen=True, slots=True)
class Tick:
    """What happened, or will happen, in a few minutes of the strip."""

    x: float  # percent
    height: float  # pixels
    shape: str  # a run's state, or "planned"
    tone: str
    label: str
    run: int | None = None  # the run to open, if it stands for one alone
    ask: str = ""  # the slot to ask about: why did nothing run then?


@dataclass(frozen=True, slots=True)
class Hour:
    """A mark on the axis."""

    x: float
    label: str
    major: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """A drawn day."""

    zone: str
    now: float
    ticks: list[Tick] = field(default_factory=list)
    planned: list[Tick] = field(default_factory=list)
    gaps: list[Tick] = field(default_factory=list)  # slots that have passed and left no run
    hours: list[Hour] = field(default_factory=list)
    change: tuple[float, str] | None = None  # where the clock changes, and how
    known_from: float = 0.0  # left of this the history is not known
    goes_on: float | None = None  # right of this more is planned than is drawn
    rows: list[tuple[str, str]] = field(default_factory=list)  # the same for a screen reader


def height(seconds: float) -> float:
    """Longer is taller, on a scale where a second, a minute and an hour all show.

    >>> height(0) < height(1) < height(60) < height(3600) <= TALLEST
    True
    """
    return round(min(TALLEST, 5 + 3.2 * math.log1p(max(0.0, seconds))), 1)


def lasted(run: Drawn, now: datetime) -> float:
    """How long a run took, or has been taking."""
    if run.started is None:
        return 0.0
    return max(0.0, ((run.finished or now) - run.started).total_seconds())


def day_strip(
    runs: Iterable[Drawn],
    planned: Iterable[tuple[datetime, str]],
    viewer: Viewer,
    complete: bool = True,
    drawn_until: datetime | None = None,
    slots: Iterable[datetime] = (),
) -> Strip:
    """The strip of these runs and planned starts (time, name), around the viewer's now; of
    `slots`, which have passed, those that left no run are drawn as gaps.
    """
    start = viewer.now - BEFORE
    span = (BEFORE + AFTER).total_seconds()

    def place(moment: datetime) -> float:
        return (moment - start).total_seconds() / span * 100

    listed = list(runs)
    known = min((run.due for run in listed), default=start)
    past = _binned_runs(listed, viewer, place)
    future = _binned_plans(planned, viewer, place)
    return Strip(
        zone=viewer.zone_name,
        now=round(place(viewer.now), 3),
        ticks=past,
        planned=future,
        gaps=_gaps(slots, listed, viewer, place),
        hours=_hours(start, viewer, place),
        change=_clock_change(start, viewer, place),
        known_from=0.0 if complete else round(max(0.0, place(known)), 2),
        goes_on=_within(drawn_until, place),
        rows=_rows(listed, viewer, start),
    )


def _within(moment: datetime | None, place: Place) -> float | None:
    x = None if moment is None else place(moment)
    return None if x is None or x >= 100 else round(max(0.0, x), 2)


def _binned_runs(runs: list[Drawn], viewer: Viewer, place: Place) -> list[Tick]:
    bins: dict[int, list[Drawn]] = {}
    for run in runs:
        x = place(run.started or run.due)
        if 0 <= x <= 100:
            bins.setdefault(int(x / 100 * BINS), []).append(run)
    ticks = []
    for index, together in sorted(bins.items()):
        worst = min(together, key=lambda run: RANKS.get(run.state, 0))
        longest = max(lasted(run, viewer.now) for run in together)
        mark = run_mark(worst)
        ticks.append(
            Tick(
                round((index + 0.5) / BINS * 100, 3),
                height(longest) if worst.state not in ("skipped", "ignored") else 5.0,
                worst.state,
                mark.tone,
                _label(together, worst, longest, viewer),
                worst.id if len(together) == 1 or worst.state != "succeeded" else None,
            )
        )
    return ticks


def _gaps(slots: Iterable[datetime], runs: list[Drawn], viewer: Viewer, place: Place) -> list[Tick]:
    """The slots without a run, one a bin: what was skipped, and what nobody decided."""
    made = {run.due for run in runs if run.state not in ("skipped", "ignored")}
    bins: dict[int, datetime] = {}
    for slot in slots:
        x = place(slot)
        if slot not in made and 0 <= x <= 100:
            bins.setdefault(int(x / 100 * BINS), slot)
    return [
        Tick(round((index + 0.5) / BINS * 100, 3), 0.0, "gap", "quiet",
             f"{viewer.clock(slot)[:5]}: it did not run. Why?", None, instant(slot))
        for index, slot in sorted(bins.items())
    ]  # fmt: skip


def rank(state: str) -> int:
    """How soon a state needs somebody: 0 is the worst.

    >>> rank("failed") < rank("running") < rank("succeeded")
    True
    """
    return RANKS.get(state, 0)


def _label(together: list[Drawn], worst: Drawn, longest: float, viewer: Viewer) -> str:
    at = viewer.clock(worst.started or worst.due)[:5]
    if len(together) == 1:
        name = worst.schedule or worst.task
        return f"{at} {name}: {run_mark(worst).word}, {took(longest)}"
    counts = Counter(run_mark(run).word for run in together)
    said = ", ".join(f"{count} {word}" for word, count in counts.most_common())
    return f"around {at}: {said}, the longest took {took(longest)}"


def _binned_plans(
    planned: Iterable[tuple[datetime, str]], viewer: Viewer, place: Place
) -> list[Tick]:
    bins: dict[int, list[tuple[datetime, str]]] = {}
    for moment, name in planned:
        x = place(moment)
        if moment > viewer.now and x <= 100:
            bins.setdefault(int(x / 100 * BINS), []).append((moment, name))
    ticks = []
    for index, together in sorted(bins.items()):
        names = list(dict.fromkeys(name for _, name in together))
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        label = f"{viewer.clock(together[0][0])[:5]} {shown}"
        size = min(16.0, 6.0 + 2 * (len(together) - 1))
        ticks.append(Tick(round((index + 0.5) / BINS * 100, 3), size, "planned", "quiet", label))
    return ticks


def _hours(start: datetime, viewer: Viewer, place: Place) -> list[Hour]:
    """Marks at the viewer's full hours, a label at every third."""
    marks = []
    moment = start.replace(minute=0, second=0, microsecond=0)
    end = start + BEFORE + AFTER
    while moment <= end:
        local = moment.astimezone(viewer.zone)
        if local.minute:  # a zone with half hours: its full hours lie elsewhere
            moment += timedelta(minutes=60 - local.minute)
            continue
        if moment >= start:
            label = f"{local:%H:%M}" if local.hour % 3 == 0 else ""
            if local.hour == 0:
                label = f"{local:%a} {local.day}"
            marks.append(Hour(round(place(moment), 3), label, local.hour % 6 == 0))
        moment += timedelta(hours=1)
    return marks


def _clock_change(start: datetime, viewer: Viewer, place: Place) -> tuple[float, str] | None:
    """Where the viewer's clock is changed within the strip."""
    before = start.astimezone(viewer.zone).utcoffset()
    for quarter in range(1, 24 * 4 + 1):
        moment = start + timedelta(minutes=15 * quarter)
        offset = moment.astimezone(viewer.zone).utcoffset()
        if offset != before and offset is not None and before is not None:
            way = "forward" if offset > before else "back"
            by = took(abs(offset - before))
            return round(place(moment), 2), f"here the clock goes {way} by {by}"
    return None


def _rows(runs: list[Drawn], viewer: Viewer, start: datetime) -> list[tuple[str, str]]:
    """Hour by hour in words."""
    hours: defaultdict[str, Counter[str]] = defaultdict(Counter)
    quarters: dict[float, Counter[str]] = {}  # no zone changes its hour within a quarter of one
    for at, word in sorted((run.started or run.due, run_mark(run).word) for run in runs):
        if at >= start:
            quarter = at.timestamp() // 900
            if quarter not in quarters:
                quarters[quarter] = hours[f"{at.astimezone(viewer.zone):%a %H}:00"]
            quarters[quarter][word] += 1
    return [
        (hour, ", ".join(f"{count} {word}" for word, count in counts.most_common()))
        for hour, counts in hours.items()
    ]
