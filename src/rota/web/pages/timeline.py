"""/timeline: what ran when, what will, and where too much comes at once?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import OutcomeItem
from rota.web.bounds import BadRequest, choices, text
from rota.web.inside import Inside
from rota.web.offload import call, inside
from rota.web.pages.titles import titles_of
from rota.web.render import render, viewer
from rota.web.show.durations import quantile
from rota.web.show.strip import lasted
from rota.web.show.timeline import Range, axis, crowds, lanes, range_of
from rota.web.show.times import Viewer
from rota.web.upcoming import Upcoming

__all__ = ("page",)

MOST = 3_000  # outcomes that one page draws
SCHEDULES, TIMES = 200, 300  # forecast for so many schedules, so many starts of each
FREQUENT = 3_000  # and so many more of those that start more often
FARTHEST = timedelta(days=366)


async def page(request: Request) -> Response:
    """The day or week that the address names, else today."""
    asked, look, rota = request.query_params, viewer(request), inside(request)
    view = (choices([asked.get("view", "")], "view", ("day", "week")) or ("day",))[0]
    shown = range_of(view, day_of(text(asked.get("day"), "day", 20), look), look)
    upcoming: Upcoming = request.app.state.upcoming

    def work() -> dict[str, object]:
        return load(rota, upcoming, shown, look)

    return render(request, "timeline.html", await call(request, work))


def day_of(given: str, look: Viewer) -> date:
    """The day in the address, within a year of today."""
    today = look.now.astimezone(look.zone).date()
    if not given:
        return today
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = date.min
    if abs(day - today) > FARTHEST:
        raise BadRequest("not a day within a year of today", part="day", text=given,
                         hint=f"write for example {today}")  # fmt: skip
    return day


def load(rota: Inside, upcoming: Upcoming, shown: Range, look: Viewer) -> dict[str, object]:
    """All that the page shows: readings bounded by what can be drawn."""
    runs: list[OutcomeItem] = []
    if shown.start < look.now:
        until = min(shown.end, look.now + timedelta(seconds=1))
        runs = rota.runs.between(shown.start - timedelta(hours=1), until, MOST)
    items = rota.schedules.upcoming(shown.end, SCHEDULES) if shown.end > look.now else []
    found, cut = upcoming.all_of(rota, items, shown.end, TIMES, FREQUENT)
    planned = [(time, item.name) for time, item in found if time < shown.end]
    titles = titles_of(rota, (run.schedule for run in runs)) | {
        item.name: item.title for item in items
    }
    usual = usual_seconds(rota, [item.name for item in items[:60]], look.now)
    drawn, whole = lanes(runs, planned, usual, titles, shown, look, cut)
    crowded = crowds((one for one in planned if one[0] >= shown.start), titles)
    return {
        "shown": shown, "lanes": drawn, "whole": whole, "axis": axis(shown, look),
        "now": shown.place(look.now) if shown.start <= look.now < shown.end else None,
        "crowds": crowded[:3], "headline": headline(runs, planned, shown, look, more=bool(cut)),
        "cut": len(runs) == MOST, "today": look.now.astimezone(look.zone).date(),
    }  # fmt: skip


def usual_seconds(rota: Inside, names: list[str], now: datetime) -> dict[str, float]:
    """How long half of the last runs of each took at most."""
    usual = {}
    for name, runs in rota.runs.latest(names, 10).items():
        good = sorted(lasted(run, now) for run in runs if run.state == "succeeded")
        if good:
            usual[name] = quantile(good, 0.5)
    return usual


def headline(
    runs: list[OutcomeItem], planned: list[tuple[datetime, str]], shown: Range, look: Viewer,
    *, more: bool,
) -> str:  # fmt: skip
    """The range in one line: what ran, what failed, what is to come, of which there may be more."""
    inside_it = [run for run in runs if shown.start <= (run.started or run.due) < shown.end]
    bad = sum(run.state in ("failed", "lost") for run in inside_it)
    coming = sum(time >= max(shown.start, look.now) for time, _ in planned)
    parts = []
    if inside_it:
        least = "at least " if len(runs) == MOST else ""
        parts.append(f"{least}{len(inside_it):,} run{'s' if len(inside_it) > 1 else ''}")
    if bad:
        parts.append(f"{bad:,} failed")
    if coming:
        parts.append(f"{'more than ' if more else ''}{coming:,} to come")
    today = look.now.astimezone(look.zone).date()
    if shown.view == "week":
        name = "This week" if shown.start <= look.now < shown.end else f"Week of {spoken(shown)}"
    else:
        name = "Today" if shown.day == today else spoken(shown)
    return f"{name}: {', '.join(parts) or 'nothing'}"


def spoken(shown: Range) -> str:
    return f"{shown.start:%a} {shown.start.day} {shown.start:%b %Y}"
