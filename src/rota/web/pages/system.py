"""/system: what does Rota do of its own accord, and when did it last?"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.housekeeping import CHORES, PREFIX, Chore
from rota.engine.items import EventItem
from rota.web.offload import call, inside
from rota.web.render import render

__all__ = ("page",)

LOOKED_AT = 300  # lines of the diary


@dataclass(frozen=True, slots=True)
class Row:
    """A chore and what it last did."""

    chore: Chore
    last: EventItem | None
    done: EventItem | None  # the last time that it found something to do


async def page(request: Request) -> Response:
    """The chores, which nobody can change, with their history."""
    rota = inside(request)

    def work() -> dict[str, object]:
        diary = list(rota.events.list(LOOKED_AT, kind=PREFIX))
        rows = [row_of(chore, diary) for chore in CHORES]
        return {"rows": rows, "diary": diary[:25], "prefix": PREFIX}

    return render(request, "system.html", await call(request, work))


def row_of(chore: Chore, diary: list[EventItem]) -> Row:
    """A chore with the newest of its lines."""
    mine = [event for event in diary if event.kind == chore.identifier]
    done = next((event for event in mine if event.text != "nothing to do"), None)
    return Row(chore, mine[0] if mine else None, done)
