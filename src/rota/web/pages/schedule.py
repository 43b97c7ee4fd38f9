"""/schedules/{name}: what is this task, when does it run, and what became of each start?"""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import ScheduleItem, Why
from rota.errors import RotaError
from rota.rules.states import STATES
from rota.web.api.schedules import name_of
from rota.web.bounds import choices, moment, text, zone_named
from rota.web.inside import Inside
from rota.web.offload import call, inside
from rota.web.pages.history import history
from rota.web.pages.notes import note
from rota.web.render import render, viewer
from rota.web.show.calendar import calendar
from rota.web.show.durations import durations
from rota.web.show.marks import LATEST, reason_words, schedule_mark
from rota.web.show.sentences import LATE, late, policies
from rota.web.show.slots import said
from rota.web.show.strip import BEFORE, day_strip
from rota.web.show.times import Viewer, on_clock, relative
from rota.web.upcoming import Upcoming

__all__ = ("headline", "page")


ROWS = 25  # runs of its history on a page
OUTCOMES = 1_000  # read for the drawings; more than history keeps unless told otherwise


async def page(request: Request) -> Response:
    """A schedule's page."""
    name, asked = name_of(request), request.query_params
    state = choices([asked.get("state", "")], "state", STATES)
    cursor = text(asked.get("cursor"), "cursor", 400) or None
    at = text(asked.get("at"), "at", 64)
    look, rota = viewer(request), inside(request)
    upcoming: Upcoming = request.app.state.upcoming

    def work() -> dict[str, object]:
        item = rota.schedules.get(name)
        recent = rota.runs.latest([name], OUTCOMES)[name]
        whole = len(recent) < OUTCOMES
        times = upcoming.of(rota, item, 300)
        planned = [(time, item.title) for time in times]
        slots = rota.schedules.slots(name, look.now - BEFORE, look.now - LATE, 300)
        return {
            "item": item,
            "mark": LATEST if late(item, look.now) else schedule_mark(item),
            "headline": headline(item, look.now),
            "next_times": times[:10],
            "strip": day_strip(
                recent, planned, look, whole, upcoming.drawn_until([times], 300), slots
            ),
            "durations": durations(recent, look), "calendar": calendar(recent, look, whole),
            "history": history(
                partial(rota.runs.list, name, states=state), ROWS, cursor, look
            ),
            "state": state[0] if state else "", "states": STATES,
            "policies": policies(item.policies, by_node=item.origin == "node"),
            "parameters": json.dumps(item.parameters or {}, indent=2, ensure_ascii=False),
            "at": wall_time(at, look), **why(rota, item, at, look),
        }  # fmt: skip

    return render(request, "schedule.html", {**await call(request, work), "note": note(request)})


def wall_time(at: str, look: Viewer) -> str:
    """The time that was asked about as a field of the viewer's wall time holds it."""
    if not at.endswith(("Z", "z")):
        return at
    try:
        return f"{on_clock(moment(at, 'at', None), look.zone):%Y-%m-%dT%H:%M:%S}"
    except RotaError:
        return at


def headline(item: ScheduleItem, now: datetime) -> str:
    """The answer to "how is it doing?" as a heading."""
    coming = f"next {relative(item.next_run, now)}" if item.next_run else ""
    if item.status == "running":
        return "It is running now"
    if item.status == "queued":
        return "It waits for a free place to run"
    if item.status == "paused":
        return "It is paused"
    if item.status == "disabled":
        return "It is switched off"
    if item.status == "orphaned":
        return "Nobody knows its task any more"
    if item.status == "invalid":
        return "Its trigger cannot be read"
    if item.status == "finished":
        return "It has run for the last time"
    if item.last_state in ("failed", "lost"):
        return f"Its last run {'failed' if item.last_state == 'failed' else 'was lost'}" + (
            f"; {coming}" if coming else ""
        )
    if coming:
        return f"Its last run went well; {coming}" if item.last_run else coming.capitalize()
    return "It runs only when you start it"


def why(rota: Inside, item: ScheduleItem, at: str, look: Viewer) -> dict[str, object]:
    """The answer to "why did it not run at …?", or what is wrong with the question."""
    if not at:
        return {"why": None, "why_text": "", "why_error": ""}
    try:
        wanted = moment(at, "at", zone_named(look.zone_name))
        answer = rota.schedules.why(item.name, wanted)
    except RotaError as error:
        return {"why": None, "why_text": "", "why_error": str(error)}
    return {"why": answer, "why_text": why_sentence(answer, look, item.zone), "why_error": ""}


def why_sentence(answer: Why, look: Viewer, zone: str) -> str:
    """The decision in words."""
    due = look.exact(answer.due, zone)
    if len(answer.targets) > 1:
        became = said([one.run for one in answer.targets])
        return f"The start due {due} was for {len(answer.targets)} nodes: {became}."
    reason = reason_words(answer.reason)
    match answer.decision:
        case "ran":
            return f"It did: the start due {due} was made."
        case "skipped":
            return f"The start due {due} was skipped: {reason}."
        case "ignored":
            return f"The start due {due} was ignored: {reason}."
        case "planned":
            return f"The start due {due} is still to come."
    if answer.reason == "forgotten":
        return f"A start was due {due}, but the history does not go back so far."
    return f"No start was planned for then. The nearest one is {due}."
