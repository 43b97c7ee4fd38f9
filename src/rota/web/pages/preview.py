"""/preview: what does this trigger text mean?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rota.errors import Problem, RotaError
from rota.web.bounds import text
from rota.web.offload import call, inside
from rota.web.render import render, viewer
from rota.web.show.preview import Preview, preview
from rota.web.show.strip import day_strip

__all__ = ("mend", "page")

EXAMPLES = (
    "every 15m", "daily at 09:00 in Europe/Prague", "weekly on mon,thu at 09:00",
    "monthly on last fri at 17:00", "cron */10 8-18 * * mon-fri",
    "every 1h between 08:00-18:00 on mon,tue,wed,thu,fri",
)  # fmt: skip
QUOTED = re.compile(r"[“\"'`]([^”\"'`]+)[”\"'`]")
WRITE = re.compile(r"\b(?:write|use|did you mean) (\S+?)[?.]?(?:$| \(|,)", re.IGNORECASE)


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


def mend(given: str, problem: Problem) -> str:
    """The whole text with the wrong part replaced by what the hint says, if that can be read."""
    if not problem.text or problem.text not in given:
        return ""
    for pattern in (QUOTED, WRITE):
        for proposed in pattern.findall(problem.hint):
            whole = given.replace(problem.text, proposed, 1)
            try:
                preview(whole, count=1)
            except RotaError:
                continue
            return whole
    return ""
