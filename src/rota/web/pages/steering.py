"""Pause until a time, remove and take it back, relink to another task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import TaskItem
from rota.errors import Problem, RotaError
from rota.web.api.schedules import name_of
from rota.web.bounds import BadRequest, choices, form_lists, text, version
from rota.web.forms.draft import by_field, draft_of
from rota.web.forms.parameters import fields, read_parameters
from rota.web.forms.typed import Typed
from rota.web.offload import call, inside, user
from rota.web.pages.actions import end_of_pause
from rota.web.pages.editing import all_tasks, kept
from rota.web.problems import status_of
from rota.web.render import back_to, render, viewer
from rota.web.show.times import Viewer

__all__ = ("pause", "relink", "remove", "restore")

Answer = tuple[bool, dict[str, object], int]


async def pause(request: Request) -> Response:
    """Pause with a reason and an end: the form, and what becomes of it."""
    name, look, rota, who = name_of(request), viewer(request), inside(request), user(request)
    typed = Typed(await form_lists(request)) if request.method == "POST" else None

    def work() -> Answer:
        item = rota.schedules.get(name)
        skipped = list(rota.schedules.next(name, 5))
        values: dict[str, object] = {
            "item": item, "problems": {}, "skipped": skipped, "how": "resume", "until": "",
            "span": "1h", "reason": "",
        }  # fmt: skip
        if typed is None:
            return False, values, 200
        how = typed.one("how") or "resume"
        values |= {"how": how, "until": typed.one("until"), "span": typed.one("for"),
                   "reason": typed.one("reason")}  # fmt: skip
        try:
            end = wanted_end(look, how, typed)
            reason = text(typed.one("reason"), "reason", 500)
            rota.schedules.pause(name, until=end, reason=reason, user=who)
        except RotaError as error:
            if not by_field(error).keys() <= {"for", "how", "until", "reason", "p.until"}:
                raise
            values["problems"] = {"until": list(error.problems)}
            return False, values, max(status_of(error), 409)
        return True, values, 303

    done, values, status = await call(request, work)
    if done:
        return back_to(request, f"/schedules/{name}", did="paused", name=name)
    return render(request, "pause.html", values, status=status)


def wanted_end(look: Viewer, how: str, typed: Typed) -> datetime | None:
    """When the pause ends, of the three ways to say it the one that was chosen."""
    choices([how], "how", ("resume", "for", "until"))
    if how == "resume":
        return None
    end = (
        end_of_pause(look, typed.one("for"), "")
        if how == "for"
        else end_of_pause(look, "", typed.one("until"))
    )
    if end is None:
        raise BadRequest(
            "must be given", part=how, hint="or let it pause until somebody resumes it"
        )
    return end


async def remove(request: Request) -> Response:
    """Remove a schedule; the note offers to take it back."""
    name, rota, who = name_of(request), inside(request), user(request)
    await call(request, lambda: rota.schedules.remove(name, user=who))
    return back_to(request, "/schedules", did="removed", name=name)


async def restore(request: Request) -> Response:
    """Make a removed schedule again as it last was."""
    name, rota, who = name_of(request), inside(request), user(request)

    def work() -> None:
        latest = rota.schedules.revisions(name, 1)[0]
        if latest.action == "removed":  # else somebody has made it again already
            rota.schedules.revert(name, latest.number, user=who)

    await call(request, work)
    return back_to(request, f"/schedules/{name}", did="restored", name=name)


async def relink(request: Request) -> Response:
    """Give a schedule whose task is missing another one; its parameters have to fit."""
    name, look, rota, who = name_of(request), viewer(request), inside(request), user(request)
    typed = Typed(await form_lists(request)) if request.method == "POST" else None
    wanted = text(request.query_params.get("task"), "task", 200)

    def work() -> Answer:
        item, tasks = rota.schedules.get(name), all_tasks(rota)
        known = draft_of(item)
        near = nearest(item.task, tasks)
        chosen = typed.one("task") if typed else wanted or (near[0].identifier if near else "")
        task = next((one for one in tasks if one.identifier == chosen), None)
        schema = task.parameters if task and isinstance(task.parameters, Mapping) else {}
        problems: list[Problem] = []
        status = 200
        if typed is not None and typed.one("do") == "save":
            given, problems = read_parameters(schema, typed, known.parameters, look.zone)
            status = 422
            if not problems:
                try:
                    rota.schedules.update(
                        name, version=version(typed.one("version")), user=who, task=chosen,
                        parameters=given, reason=f"relinked from {item.task}",
                    )  # fmt: skip
                    return True, {}, 303
                except RotaError as error:
                    problems, status = list(error.problems), status_of(error)
        return False, {
            "item": item, "tasks": [one for one in tasks if not one.missing], "near": near,
            "task": task, "chosen": chosen, "problems": by_field(problems),
            "loose": [one for one in problems if one.code == "conflict"],
            "fields": kept(fields(schema, known.parameters, look.zone), typed),
        }, status  # fmt: skip

    done, values, status = await call(request, work)
    if done:
        return back_to(request, f"/schedules/{name}", did="relinked", name=name)
    return render(request, "relink.html", values, status=status)


def nearest(missing: str, tasks: list[TaskItem]) -> list[TaskItem]:
    """The tasks that are known and whose names are most like a missing one's."""
    known = {one.identifier: one for one in tasks if not one.missing}
    return [known[name] for name in get_close_matches(missing, list(known), 3, 0.4)]
