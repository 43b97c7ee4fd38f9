"""The forms on the pages: do it, then back to the page with a note and, where it can be, Undo."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.runs import run_id
from rota.web.api.schedules import name_of
from rota.web.bounds import BadRequest, choices, form, moment, text, zone_named
from rota.web.offload import call, inside, user
from rota.web.render import back_to, viewer
from rota.web.show.times import Viewer

__all__ = ("again", "cancel", "disable", "enable", "end_of_pause", "pause", "resume", "run")

FOR = {"15m": timedelta(minutes=15), "1h": timedelta(hours=1), "4h": timedelta(hours=4),
       "1d": timedelta(days=1), "7d": timedelta(days=7)}  # fmt: skip


async def run(request: Request) -> Response:
    """Run now."""
    name, fields = name_of(request), await form(request)
    given, who, rota = typed_parameters(fields), user(request), inside(request)
    made = await call(request, lambda: rota.schedules.run(name, given, user=who))
    return back_to(
        request, fields.get("back", "/schedules"), did="ran", name=name, run=str(made.id)
    )


async def pause(request: Request) -> Response:
    """Pause, with a reason and an end if they are given."""
    name, fields = name_of(request), await form(request)
    reason = text(fields.get("reason"), "reason", 500)
    until = end_of_pause(viewer(request), fields.get("for", ""), fields.get("until", ""))
    who, rota = user(request), inside(request)
    await call(request, lambda: rota.schedules.pause(name, until=until, reason=reason, user=who))
    return back_to(request, fields.get("back", "/schedules"), did="paused", name=name)


async def resume(request: Request) -> Response:
    """End a pause."""
    name, fields = name_of(request), await form(request)
    who, rota = user(request), inside(request)
    await call(request, lambda: rota.schedules.resume(name, user=who))
    return back_to(request, fields.get("back", "/schedules"), did="resumed", name=name)


async def enable(request: Request) -> Response:
    """Switch on."""
    return await switch(request, True)


async def disable(request: Request) -> Response:
    """Switch off."""
    return await switch(request, False)


async def switch(request: Request, on: bool) -> Response:
    name, fields = name_of(request), await form(request)
    who, rota = user(request), inside(request)
    await call(request, lambda: rota.schedules.update(name, user=who, enabled=on))
    did = "enabled" if on else "disabled"
    return back_to(request, fields.get("back", "/schedules"), did=did, name=name)


async def cancel(request: Request) -> Response:
    """Ask a run to stop."""
    run, fields = run_id(request), await form(request)
    who, rota = user(request), inside(request)
    await call(request, lambda: rota.runs.cancel(run, user=who))
    return back_to(request, fields.get("back", f"/runs/{run}"), did="cancelled", run=str(run))


async def again(request: Request) -> Response:
    """A new run for what that one stood for; its page is shown."""
    run, fields = run_id(request), await form(request)
    given, who, rota = typed_parameters(fields), user(request), inside(request)
    made = await call(request, lambda: rota.runs.again(run, given, user=who))
    return back_to(request, f"/runs/{made.id}", did="again", run=str(made.id))


def end_of_pause(look: Viewer, span: str, until: str) -> datetime | None:
    """When a pause ends: after a span that is offered, else at a wall time of the viewer's zone;
    None, if neither is given, is never.
    """
    if span:
        (word,) = choices([span], "for", tuple(FOR)) or ("",)
        return look.now + FOR[word] if word else None
    return moment(until, "until", zone_named(look.zone_name)) if until else None


def typed_parameters(fields: dict[str, str]) -> dict[str, object] | None:
    """The parameters typed as JSON, or None if the field is empty or missing."""
    typed = fields.get("parameters", "").strip()
    if not typed:
        return None
    try:
        value = json.loads(typed)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadRequest(
            "not a JSON object", part="parameters", text=typed, hint='write for example {"days": 7}'
        )
    return value
