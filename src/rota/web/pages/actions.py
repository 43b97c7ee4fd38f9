"""The forms on the pages: do it, then back to the page with a note and, where it can be, Undo."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api.runs import run_id
from rota.web.api.schedules import name_of
from rota.web.bounds import BadRequest, form, moment, text
from rota.web.offload import call, inside, user
from rota.web.render import back_to, viewer

__all__ = ("again", "cancel", "disable", "enable", "pause", "resume", "run")

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
    until = end_of_pause(request, fields)
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


def end_of_pause(request: Request, fields: dict[str, str]) -> datetime | None:
    """When the pause ends: after a span, or at a wall time of the viewer's zone; None is never."""
    span = FOR.get(fields.get("for", ""))
    look = viewer(request)
    if span is not None:
        return look.now + span
    until = text(fields.get("until"), "until", 64)
    if not until:
        return None
    from rota.web.bounds import zone_named

    return moment(until, "until", zone_named(look.zone_name))


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
