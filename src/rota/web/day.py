"""What the day strip of all tasks is drawn from: bounded readings, the soonest forecasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

from rota.web.inside import Inside
from rota.web.show.strip import AFTER, BEFORE, Strip, day_strip
from rota.web.show.times import Viewer
from rota.web.upcoming import Upcoming

__all__ = ("day", "forecast")

MOST = 2_000  # outcomes drawn on a strip
SCHEDULES, TIMES = 40, 200  # forecast for so many schedules, so many starts of each


def day(rota: Inside, upcoming: Upcoming, look: Viewer) -> Strip:
    """The strip of all tasks together."""
    runs = rota.runs.between(look.now - BEFORE, look.now + timedelta(seconds=1), MOST)
    planned, drawn_until = forecast(rota, upcoming, look.now + AFTER)
    return day_strip(runs, planned, look, len(runs) < MOST, drawn_until)


def forecast(
    rota: Inside, upcoming: Upcoming, until: datetime
) -> tuple[list[tuple[datetime, str]], datetime | None]:
    """The starts of the soonest schedules until then, and from when on the list is not whole."""
    items = rota.schedules.upcoming(until, SCHEDULES + 1)
    drawn = items[:SCHEDULES]
    known = [upcoming.of(rota, item, TIMES) for item in drawn]
    planned = [
        (time, item.title)
        for item, times in zip(drawn, known, strict=True)
        for time in takewhile(until.__ge__, times)
    ]
    cut = upcoming.drawn_until(known, TIMES)
    if len(items) > SCHEDULES and items[-1].next_run is not None:
        cut = min(filter(None, (cut, items[-1].next_run)))
    return planned, cut
