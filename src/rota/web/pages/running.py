"""Run now with other parameters, run again with changes: typed fields, checked before it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import RunItem
from rota.errors import Problem, RotaError
from rota.web.api.runs import run_id
from rota.web.api.schedules import name_of
from rota.web.bounds import form_lists
from rota.web.forms.draft import by_field
from rota.web.forms.parameters import fields, read_parameters
from rota.web.forms.typed import Typed
from rota.web.inside import Inside
from rota.web.offload import call, inside, user
from rota.web.pages.editing import all_tasks, kept
from rota.web.problems import status_of
from rota.web.render import back_to, render, viewer
from rota.web.show.times import Viewer

__all__ = ("again_with", "run_with")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be run: a schedule, or once more what a run stood for."""

    task: str
    title: str
    parameters: dict[str, object]
    back: str  # the page that it was asked for on
    schedule: str = ""
    run: int = 0


async def run_with(request: Request) -> Response:
    """A schedule, with other parameters than its own, this once."""
    name, rota, who = name_of(request), inside(request), user(request)

    def about() -> Asked:
        item = rota.schedules.get(name)
        return Asked(item.task, item.title, plain(item.parameters), f"/schedules/{name}", name)

    def start(given: dict[str, object]) -> RunItem:
        return rota.schedules.run(name, given, user=who)

    return await shown_or_started(request, about, start, "ran")


async def again_with(request: Request) -> Response:
    """What a run stood for, with other parameters."""
    number, rota, who = run_id(request), inside(request), user(request)

    def about() -> Asked:
        run = rota.runs.get(number)
        title = run.schedule or run.task
        return Asked(run.task, title, plain(run.parameters), f"/runs/{number}", "", number)

    def start(given: dict[str, object]) -> RunItem:
        return rota.runs.again(number, given, user=who)

    return await shown_or_started(request, about, start, "again")


def plain(given: object) -> dict[str, object]:
    """The parameters of an item."""
    return dict(given) if isinstance(given, Mapping) else {}


async def shown_or_started(
    request: Request, about: Callable[[], Asked], start: Callable[[dict[str, object]], RunItem],
    did: str,
) -> Response:  # fmt: skip
    """The form; or, where it was posted, the run, or the form again with what is wrong."""
    posted = request.method == "POST"
    typed = Typed(await form_lists(request)) if posted else None
    rota, look = inside(request), viewer(request)

    def work() -> tuple[RunItem | None, dict[str, object], int]:
        asked = about()
        schema = schema_of(rota, asked.task)
        if typed is None:
            return None, values_of(asked, schema, look, None, {}), 200
        given, problems = read_parameters(schema, typed, asked.parameters, look.zone)
        status = 422
        if not problems:
            try:
                return start(given), {"name": asked.schedule}, 303
            except RotaError as error:
                problems, status = list(error.problems), status_of(error)
        return None, values_of(asked, schema, look, typed, by_field(problems)), status

    made, values, status = await call(request, work)
    if made is not None:
        name = {"name": str(values["name"])} if values["name"] else {}
        return back_to(request, f"/runs/{made.id}", did=did, run=str(made.id), **name)
    return render(request, "run_with.html", values, status=status)


def schema_of(rota: Inside, identifier: str) -> Mapping[str, object]:
    """The schema of a task's parameters; empty if nobody knows it."""
    task = next((one for one in all_tasks(rota) if one.identifier == identifier), None)
    return task.parameters if task is not None and isinstance(task.parameters, Mapping) else {}


def values_of(
    asked: Asked, schema: Mapping[str, object], look: Viewer, typed: Typed | None,
    problems: Mapping[str, list[Problem]],
) -> dict[str, object]:  # fmt: skip
    """What the template takes."""
    return {
        "asked": asked, "problems": problems,
        "fields": kept(fields(schema, asked.parameters, look.zone), typed),
        "loose": [
            one for name, some in problems.items() if not name.startswith("p") for one in some
        ],
    }  # fmt: skip
