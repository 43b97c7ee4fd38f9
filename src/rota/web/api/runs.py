"""/runs: list, get, log, cancel, again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.rules.states import STATES
from rota.web.api.answers import cursor, limit, reply
from rota.web.api.schedules import parameters
from rota.web.api.table import Endpoint
from rota.web.bounds import choices, json_body, number, text, unknown_keys
from rota.web.offload import call, inside, user

__all__ = ("ENDPOINTS", "KINDS", "run_id")

KINDS = ("slot", "manual", "again", "backfill")
HIGHEST = 2**63 - 1


def run_id(request: Request) -> int:
    """The run named in the path: a number before it is anything else."""
    return number(request.path_params["id"], "id", 0, 0, HIGHEST)


async def runs(request: Request) -> Response:
    """Runs and skips, newest first."""
    asked = request.query_params
    count, start = limit(request), cursor(request)
    schedule = text(asked.get("schedule"), "schedule", 200) or None
    task = text(asked.get("task"), "task", 200) or None
    states = choices(asked.getlist("state"), "state", STATES)
    kinds = choices(asked.getlist("kind"), "kind", KINDS)
    rota = inside(request)
    return reply(
        await call(
            request,
            lambda: rota.runs.list(
                schedule, task=task, states=states, kinds=kinds, limit=count, cursor=start
            ),
        )
    )


async def get(request: Request) -> Response:
    """One run."""
    run, rota = run_id(request), inside(request)
    return reply(await call(request, lambda: rota.runs.get(run)))


async def log(request: Request) -> Response:
    """The lines that a run logged or printed, after line number `after`."""
    run, count, rota = run_id(request), limit(request), inside(request)
    after = number(request.query_params.get("after"), "after", 0, 0, HIGHEST)

    def work() -> dict[str, object]:
        rota.runs.get(run)  # an unknown run is an error, not an empty log
        lines = list(rota.runs.log(run, after=after, limit=count))
        more = str(lines[-1].number) if len(lines) == count else None
        return {"items": lines, "next": more}

    return reply(await call(request, work))


async def cancel(request: Request) -> Response:
    """Ask a run to stop."""
    unknown_keys(await json_body(request), ())
    run, who, rota = run_id(request), user(request), inside(request)
    return reply(await call(request, lambda: rota.runs.cancel(run, user=who)))


async def again(request: Request) -> Response:
    """A new run for what that one stood for."""
    body = await json_body(request)
    unknown_keys(body, ("parameters",))
    run, given, who, rota = run_id(request), parameters(body), user(request), inside(request)
    return reply(await call(request, lambda: rota.runs.again(run, given, user=who)), 202)


ENDPOINTS = (
    Endpoint("GET", "/runs", runs, "Runs and skips, newest first", "Runs",
             query=("limit", "cursor", "schedule", "task", "state", "kind")),
    Endpoint("GET", "/runs/{id}", get, "One run", "Run"),
    Endpoint("GET", "/runs/{id}/log", log, "What a run logged", "Log", query=("limit", "after")),
    Endpoint("POST", "/runs/{id}/cancel", cancel, "Cancel a run", "Run", body="Nothing",
             refuses=(409,)),
    Endpoint("POST", "/runs/{id}/again", again, "Run again", "Run", body="RunRequest",
             statuses=(202,), refuses=(409, 422)),
)  # fmt: skip
