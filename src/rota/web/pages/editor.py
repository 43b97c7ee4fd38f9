"""/new and /schedules/{name}/edit: make a schedule, change one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import ScheduleItem
from rota.engine.upkeep.housekeeping import PREFIX
from rota.errors import AlreadyExists, Conflict, Problem, RotaError, UnknownSchedule
from rota.web.api.schedules import name_of
from rota.web.bounds import form_lists, text, version
from rota.web.forms.differences import conflicts
from rota.web.forms.draft import Draft, by_field, draft_of, read_draft, version_of, with_theirs
from rota.web.forms.names import free_name, name_from
from rota.web.forms.typed import Typed
from rota.web.forms.when import read_when, shown_when
from rota.web.inside import Inside
from rota.web.offload import call, inside, user
from rota.web.pages.editing import TABS, Editing, all_tasks, editor_values, outlook_of, soon
from rota.web.render import back_to, render, viewer
from rota.web.show.times import Viewer

__all__ = ("changed", "edit", "fragment", "made", "new", "parameters")

FIRST = "weekly on mon-fri at 09:00"  # what a new schedule is proposed to be


async def new(request: Request) -> Response:
    """The empty form, or one that begins with what the query says."""
    asked = request.query_params
    given = {key: text(asked.get(key), key, 2_000) for key in ("task", "trigger", "title")}
    look, rota = viewer(request), inside(request)

    def work() -> dict[str, object]:
        tasks = all_tasks(rota)
        task = given["task"] or (tasks[0].identifier if len(tasks) == 1 else "")
        zone = look.zone_name if rota.zone == "UTC" else rota.zone
        when = shown_when(given["trigger"] or f"{FIRST} in {zone}", soon(look))
        draft = Draft(given["title"], task, when.text)
        return editor_values(Editing(None, tasks, when, draft), rota, look)

    return render(request, "editor.html", await call(request, work))


async def edit(request: Request) -> Response:
    """The form with a schedule in it."""
    name, look, rota = name_of(request), viewer(request), inside(request)

    def work() -> dict[str, object]:
        item = rota.schedules.get(name)
        when = shown_when(item.trigger, soon(look))
        editing = Editing(item, all_tasks(rota), when, draft_of(item), name)
        return editor_values(editing, rota, look)

    return render(request, "editor.html", await call(request, work))


async def made(request: Request) -> Response:
    """Make the schedule, or show the form again with what is wrong."""
    typed, look = Typed(await form_lists(request)), viewer(request)
    rota, who = inside(request), user(request)

    def work() -> tuple[Editing, str]:
        editing, problems = posted(rota, look, typed, None)
        draft = editing.draft
        name = typed.one("name") or free_name(
            name_from(draft.title or (editing.task.title if editing.task else "")) or "schedule",
            lambda one: known(rota, one) is not None,
        )  # fmt: skip
        editing = replace(editing, name=typed.one("name"))
        if typed.one("do") != "save" or typed.one("mend"):
            return editing, ""
        problems += refused(rota, name, draft, problems)
        if not problems:
            try:
                rota.schedules.add(
                    name, draft.task, draft.trigger, parameters=draft.parameters,
                    title=draft.title or None, user=who, enabled=draft.enabled,
                    **cast(dict[str, Any], draft.policies),
                )  # fmt: skip
                return editing, name
            except AlreadyExists:
                free = free_name(name, lambda one: known(rota, one) is not None)
                problems.append(
                    Problem(
                        "already_exists", "name", name,
                        "there is a schedule of this name", f"write {free}",
                    )
                )  # fmt: skip
            except RotaError as error:
                problems += error.problems
        return replace(editing, problems=by_field(problems)), ""

    return await answered(request, work, rota, look, "made")


async def changed(request: Request) -> Response:
    """Save the schedule, or show the form again with what is wrong or what another one changed."""
    name, typed, look = name_of(request), Typed(await form_lists(request)), viewer(request)
    rota, who = inside(request), user(request)

    def work() -> tuple[Editing, str]:
        item = rota.schedules.get(name)
        editing, problems = posted(rota, look, typed, item)
        if typed.one("do") != "save" or typed.one("mend"):
            return editing, ""
        if version(typed.one("version")) != item.version:
            return editing, "stale"
        problems += refused(rota, name, editing.draft, problems)
        if not problems:
            try:
                save(rota, item, editing.draft, who, typed)
                return editing, name
            except Conflict:
                return replace(editing, item=rota.schedules.get(name)), "stale"
            except RotaError as error:
                problems += error.problems
        return replace(editing, problems=by_field(problems)), ""

    return await answered(request, work, rota, look, "saved")


def posted(
    rota: Inside, look: Viewer, typed: Typed, item: ScheduleItem | None
) -> tuple[Editing, list[Problem]]:
    """The form as it was posted, and what in it cannot be read."""
    tasks = all_tasks(rota)
    when = read_when(typed, soon(look))
    chosen = next((one for one in tasks if one.identifier == typed.one("task")), None)
    current = draft_of(item) if item is not None else Draft()
    base = version_of(typed.raw("base")) if item is not None else None
    draft, problems = read_draft(typed, when, chosen, current, (rota.zone, look.zone))
    if item is not None and any(True for _ in typed.under("pick.")):
        picked = with_theirs(draft, current, typed)
        if picked.trigger != draft.trigger:
            when = shown_when(picked.trigger, soon(look))
        draft = picked
    if not draft.task:
        problems.append(Problem("unknown_task", "task", "", "no task is chosen", "choose one"))
    name = item.name if item is not None else ""
    return Editing(item, tasks, when, draft, name, typed, {}, base), problems


def refused(rota: Inside, name: str, draft: Draft, told: list[Problem]) -> list[Problem]:
    """What the services would refuse, beside what was told already."""
    try:
        rota.schedules.check(
            name, draft.task, draft.trigger, parameters=draft.parameters,
            title=draft.title or None, **draft.policies,
        )  # fmt: skip
    except RotaError as error:
        fields = set(by_field(told))
        return [one for one in error.problems if not fields & set(by_field([one]))]
    return []


def save(rota: Inside, item: ScheduleItem, draft: Draft, who: str | None, typed: Typed) -> None:
    """Write what was changed, and nothing else."""
    before = draft_of(item)
    changes: dict[str, Any] = {
        key: value for key, value in draft.json().items()
        if key != "policies" and value != getattr(before, key)
    }  # fmt: skip
    policies: dict[str, Any] = {
        key: value for key, value in draft.policies.items()
        if key not in before.policies or before.policies[key] != value
    }  # fmt: skip
    reset = tuple(key for key in before.policies if key not in draft.policies)
    rota.schedules.update(
        item.name, version=item.version, user=who, reason=text(typed.one("reason"), "reason"),
        reset=reset, clear_last_run=typed.one("clear_last") == "on", **changes, **policies,
    )  # fmt: skip


def known(rota: Inside, name: str) -> ScheduleItem | None:
    """The schedule of that name, if there is one."""
    try:
        return rota.schedules.get(name)
    except UnknownSchedule:
        return None


Work = Callable[[], "tuple[Editing, str]"]


async def answered(request: Request, work: Work, rota: Inside, look: Viewer, did: str) -> Response:
    """Back to the schedule if it was saved; else the form, with the status that fits."""

    def whole() -> tuple[str, dict[str, object], int]:
        editing, outcome = work()
        if outcome and outcome != "stale":
            return outcome, {}, 303
        if outcome == "stale":
            return "", stale_values(editing, rota, look), 412
        return "", editor_values(editing, rota, look), status_for(editing)

    name, values, status = await call(request, whole)
    if status == 303:
        return back_to(request, f"/schedules/{quote(name, safe='')}", did=did, name=name)
    return render(request, "editor.html", values, status=status)


def status_for(editing: Editing) -> int:
    """The status of a form that is shown again."""
    naming = editing.problems.get("name", ())
    if any(one.text.startswith(PREFIX) for one in naming):
        return 403  # Rota's own
    if any(one.code == "already_exists" for one in naming):
        return 409
    return 422 if editing.problems else 200


def stale_values(editing: Editing, rota: Inside, look: Viewer) -> dict[str, object]:
    """The form with both versions side by side; saved again, it counts from theirs."""
    assert editing.item is not None
    theirs = draft_of(editing.item)
    rows = conflicts(editing.base or {}, theirs.json(), editing.draft.json())
    values = editor_values(replace(editing, base=theirs.json()), rota, look)
    return {**values, "conflicts": rows, "stale": True}


async def fragment(request: Request) -> Response:
    """What the trigger in the form means, and whichever of sentence and text has to follow."""
    typed, look, rota = Typed(await form_lists(request)), viewer(request), inside(request)
    name = text(typed.one("editing"), "editing", 200)

    def work() -> dict[str, object]:
        item = known(rota, name) if name else None
        when = read_when(typed, soon(look))
        seed = name or typed.one("name")
        return {
            "said": when, "item": item, "tabs": TABS, "zones": (), "problems": {},
            "outlook": outlook_of(when, item, seed, rota, look),
            "clear_last": typed.one("clear_last") == "on",
            "text_follows": when.leads == "sentence" or bool(typed.one("mend")),
            "sentence_follows": when.leads == "text" and not when.problems,
        }  # fmt: skip

    return render(request, "editor_outlook.html", await call(request, work))


async def parameters(request: Request) -> Response:
    """The fields of the chosen task: its parameters, and the policies with its defaults."""
    typed, look, rota = Typed(await form_lists(request)), viewer(request), inside(request)
    name = text(typed.one("editing"), "editing", 200)

    def work() -> dict[str, object]:
        item = known(rota, name) if name else None
        editing, _ = posted(rota, look, typed, item)
        return editor_values(editing, rota, look)

    return render(request, "editor_task.html", await call(request, work))
