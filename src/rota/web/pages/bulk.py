"""The bulk actions of the list: each task by itself, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rota.errors import RotaError
from rota.web.access import check
from rota.web.bounds import BadRequest, form_lists, text
from rota.web.inside import Inside
from rota.web.offload import call, inside, user
from rota.web.pages.titles import titles_of
from rota.web.render import ours, render

__all__ = ("ACTIONS", "act")

MOST = 500  # tasks in one go

Deed = Callable[[Inside, str, "str | None"], int | None]


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done to many: its words, who may, the deed, and what takes it back."""

    done: str
    need: str
    deed: Deed
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one task."""

    name: str
    problem: str = ""
    run: int | None = None


def run(rota: Inside, name: str, who: str | None) -> int | None:
    return rota.schedules.run(name, user=who).id


def pause(rota: Inside, name: str, who: str | None) -> None:
    rota.schedules.pause(name, user=who)


def resume(rota: Inside, name: str, who: str | None) -> None:
    rota.schedules.resume(name, user=who)


def enable(rota: Inside, name: str, who: str | None) -> None:
    rota.schedules.update(name, user=who, enabled=True)


def disable(rota: Inside, name: str, who: str | None) -> None:
    rota.schedules.update(name, user=who, enabled=False)


ACTIONS = {
    "run": Action("started", "run", run),
    "pause": Action("paused", "run", pause, "resume"),
    "resume": Action("resumed", "run", resume, "pause"),
    "enable": Action("switched on", "edit", enable, "disable"),
    "disable": Action("switched off", "edit", disable, "enable"),
}


async def act(request: Request) -> Response:
    """Do it to each of the tasks that were picked; one that refuses stops no other."""
    fields = await form_lists(request, MOST + 20)
    action = ACTIONS.get((fields.get("action") or [""])[-1])
    if action is None:
        raise BadRequest("must be one of these", part="action", hint=", ".join(ACTIONS))
    check(request.scope.get("rota.user"), action.need, f"to have tasks {action.done}")
    names = [text(name, "name", 200) for name in dict.fromkeys(fields.get("name", ()))][:MOST]
    rota, who = inside(request), user(request)

    def work() -> list[Done]:
        return [one(rota, action, name, who) for name in names]

    results = await call(request, work)
    went = [result for result in results if not result.problem]
    return render(request, "bulk.html", {
        "titles": await call(request, lambda: titles_of(rota, names)),
        "results": results, "action": action, "went": went,
        "headline": headline(action, len(went), len(results)),
        "back": ours((fields.get("back") or ["/schedules"])[-1]),
    })  # fmt: skip


def one(rota: Inside, action: Action, name: str, who: str | None) -> Done:
    """Do it to one task."""
    try:
        return Done(name, run=action.deed(rota, name, who))
    except RotaError as error:
        return Done(name, problem=str(error))


def headline(action: Action, went: int, asked: int) -> str:
    """How many of them it was done to.

    >>> headline(ACTIONS["pause"], 3, 4)
    '3 of 4 tasks were paused'
    """
    if not asked:
        return "No task was picked"
    if went == asked:
        return f"{asked} tasks were {action.done}" if asked > 1 else f"1 task was {action.done}"
    return f"{went} of {asked} tasks were {action.done}"
