"""/system: what does Rota do of its own accord, and when did it last?"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.upkeep.housekeeping import PREFIX
from rota.web.offload import call, inside
from rota.web.render import render

__all__ = ("page",)

LINES = 25  # of what happened lately


async def page(request: Request) -> Response:
    """The system tasks, which nobody can change, with their history."""
    rota = inside(request)

    def work() -> dict[str, object]:
        diary = list(rota.events.list(LINES, kind=PREFIX))
        return {"rows": list(rota.system.list()), "diary": diary, "prefix": PREFIX}

    return render(request, "system.html", await call(request, work))
