"""/runs/{id}: what did this run do, and if it broke, where?"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rota.engine.client.items import LogItem, RunItem
from rota.rules.states import OPEN
from rota.web.api.events import LEVELS
from rota.web.api.runs import run_id
from rota.web.bounds import choices, text
from rota.web.inside import Inside
from rota.web.offload import call, inside
from rota.web.pages.notes import note
from rota.web.pages.titles import titles_of
from rota.web.render import render, viewer
from rota.web.show import traceback
from rota.web.show.marks import reason_words, run_mark
from rota.web.show.strip import lasted
from rota.web.show.times import instant, took

__all__ = ("download", "page")

SHOWN, FETCH, PAGES = 500, 500, 40  # lines on the page; at most 40 fetches of 500 to find the tail


async def page(request: Request) -> Response:
    """A run's page."""
    number, asked = run_id(request), request.query_params
    level = (choices([asked.get("level", "")], "level", LEVELS) or ("",))[0]
    search = text(asked.get("find"), "find", 200)
    look, rota = viewer(request), inside(request)

    def work() -> dict[str, object]:
        run = rota.runs.get(number)
        lines, cut = tail(rota, number)
        last = lines[-1].number if lines else 0
        first = lines[0].number - 1 if lines else 0
        lines = [line for line in lines if passes(line, level, search)]
        took_seconds = lasted(run, look.now) if run.started else None
        return {
            "title_of_it": titles_of(rota, [run.schedule]).get(run.schedule or ""),
            "run": run, "mark": run_mark(run), "open": run.state in OPEN,
            "headline": headline(run, look.now), "took": took_seconds,
            "left": time_left(run, took_seconds),
            "lines": lines, "cut": cut, "first": first, "last": last,
            "level": level, "find": search,
            "levels": LEVELS,
            "events": list(rota.events.list(40, run=number))[::-1],
            "traceback": traceback.read(run.error) if run.error else None,
            "parameters": json.dumps(run.parameters or {}, indent=2, ensure_ascii=False),
        }  # fmt: skip

    return render(request, "run.html", {**await call(request, work), "note": note(request)})


async def download(request: Request) -> Response:
    """The whole log as a text file."""
    number, rota = run_id(request), inside(request)

    def work() -> str:
        rota.runs.get(number)
        found, after = [], 0
        for _ in range(PAGES * 5):
            got = list(rota.runs.log(number, after=after, limit=FETCH))
            found += [f"{instant(a.time)} {a.level} {a.logger} {a.text}" for a in got]
            if len(got) < FETCH:
                break
            after = got[-1].number
        return "\n".join(found) + "\n"

    return PlainTextResponse(
        (await call(request, work)).encode("utf-8", "replace"),
        headers={"content-disposition": f'attachment; filename="run-{number}.txt"'},
    )


def tail(rota: Inside, number: int) -> tuple[list[LogItem], bool]:
    """The last lines of a log, and whether earlier ones are left out."""
    kept: list[LogItem] = []
    after, cut = 0, False
    for _ in range(PAGES):
        got = list(rota.runs.log(number, after=after, limit=FETCH))
        cut = cut or len(kept) + len(got) > SHOWN
        kept = (kept + got)[-SHOWN:]
        if len(got) < FETCH:
            break
        after = got[-1].number
    return kept, cut


def passes(line: LogItem, level: str, search: str) -> bool:
    """Whether a line is at least of that level and has the words in it."""
    known = line.level.lower()
    rank = LEVELS.index(known) if known in LEVELS else len(LEVELS)
    if level and rank < LEVELS.index(level):
        return False
    return search.casefold() in line.text.casefold()


def headline(run: RunItem, now: datetime) -> str:
    """The answer to "what became of it?" as a heading."""
    time = took(lasted(run, now)) if run.started else ""
    reason = reason_words(run.reason)
    match run.state:
        case "succeeded":
            return f"It ran and took {time}"
        case "failed":
            said = "It failed" + (f" after {time}" if time else "")
            return said if run.reason in (None, "error") else f"{said}: {reason}"
        case "running":
            return "It has been asked to stop" if run.cancelling else "It is running"
        case "queued":
            return "It waits for a free place to run"
        case "retrying":
            return f"Attempt {run.attempt} failed; it will be tried again"
        case "lost":
            return "Its node went away while it ran"
        case "cancelled":
            return f"It was cancelled: {reason}" if reason else "It was cancelled"
        case "skipped":
            return f"It was skipped: {reason}" if reason else "It was skipped"
        case "ignored":
            return f"It was ignored: {reason}" if reason else "It was ignored"
    return run.state.capitalize()


def time_left(run: RunItem, seconds: float | None) -> str:
    """How long it will still take at this pace, once there is a pace to speak of.

    >>> from types import SimpleNamespace as N
    >>> time_left(N(state="running", progress=0.5), 60.0)
    '1 min'
    """
    share = run.progress
    if run.state != "running" or not share or share < 0.02 or share >= 1 or not seconds:
        return ""
    return took(timedelta(seconds=max(1, round(seconds * (1 - share) / share))))
