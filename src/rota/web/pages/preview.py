"""/preview: what does this trigger text mean?"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rota.errors import Problem, RotaError
from rota.web.bounds import text
from rota.web.offload import call, inside
from rota.web.render import render, viewer
from rota.web.show.mending import mend
from rota.web.show.preview import Preview, preview
from rota.web.show.strip import day_strip

__all__ = ("page",)

EXAMPLES = (
    "every 15m", "daily at 09:00 in Europe/Prague", "weekly on mon,thu at 09:00",
    "monthly on last fri at 17:00", "cron */10 8-18 * * mon-fri",
    "every 1h between 08:00-18:00 on mon,tue,wed,thu,fri",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mended:
    """A problem, and the whole text without it where we know how."""

    problem: Problem
    text: str = ""


async def page(request: Request) -> Response:
    """The words and next times of the text in the URL."""
    given = text(request.query_params.get("trigger"), "trigger", 2_000).strip()
    look, zone = viewer(request), inside(request).zone

    def work() -> dict[str, object]:
        seen: Preview | None = None
        problems: list[Mended] = []
        if given:
            try:
                seen = preview(given, count=300, zone=zone)
            except RotaError as error:
                problems = [Mended(one, mend(given, one)) for one in error.problems]
        times = [(moment, "") for moment in (seen.times if seen else [])]
        strip = day_strip([], times, look) if seen else None
        return {
            "given": given, "seen": seen, "problems": problems, "examples": EXAMPLES,
            "strip": strip if strip and strip.planned else None,
        }  # fmt: skip

    return render(request, "preview.html", await call(request, work))
