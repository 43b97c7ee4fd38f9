"""/schedules: list, add, get, change, remove, run, pause, resume, next times, why."""

from __future__ import annotations

from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import Backfill, ScheduleItem
from rota.engine.policies import NAMES
from rota.engine.schedules.backfilling import MOST
from rota.web.api.answers import cursor, limit, reply
from rota.web.api.filters import NAMES as FILTERS
from rota.web.api.filters import browsed
from rota.web.api.table import Endpoint
from rota.web.bounds import (
    BadRequest,
    json_body,
    moment,
    number,
    text,
    unknown_keys,
    version,
    zone_named,
)
from rota.web.offload import call, inside, user

__all__ = ("ENDPOINTS",)

TIMES = 100  # starts that one answer tells
FIELDS = ("name", "task", "trigger", "parameters", "title")


def name_of(request: Request) -> str:
    """The schedule named in the path."""
    return text(request.path_params["name"], "name", 200)


async def schedules(request: Request) -> Response:
    """The schedules by name; with filters or an order of their own, as the page lists them."""
    count, start = limit(request), cursor(request)
    search = text(request.query_params.get("search"), "search", 200)
    task = text(request.query_params.get("task"), "task", 200) or None
    rota, filters = inside(request), browsed(request)
    if filters:
        found = await call(
            request,
            lambda: rota.schedules.browse(
                search=search, task=task, limit=count, cursor=start, **filters
            ),
        )
        return reply(found)
    return reply(
        await call(request, lambda: rota.schedules.list(count, start, search=search, task=task))
    )


async def get(request: Request) -> Response:
    """One schedule; its ETag goes into If-Match of a change."""
    name, rota = name_of(request), inside(request)
    return reply(await call(request, lambda: rota.schedules.get(name)))


async def add(request: Request) -> Response:
    """A new schedule; an existing name is refused."""
    body = await json_body(request)
    unknown_keys(body, (*FIELDS, *NAMES, "reason"))
    missing = [key for key in ("name", "task", "trigger") if not isinstance(body.get(key), str)]
    if missing:
        raise BadRequest("must be given, as text", part=", ".join(missing))
    rota, who = inside(request), user(request)
    policies = {key: body[key] for key in NAMES if key in body}
    title = text(body.get("title"), "title", 200) or None
    reason = text(body.get("reason"), "reason", 500)
    made = await call(
        request,
        lambda: rota.schedules.add(
            cast(str, body["name"]), cast(str, body["task"]), cast(str, body["trigger"]),
            parameters=parameters(body) or {}, title=title, user=who, reason=reason, **policies,
        ),
    )  # fmt: skip
    answer = reply(made, 201)
    root = request.scope.get("root_path", "")
    answer.headers["location"] = f"{root}/api/v1/schedules/{made.name}"
    return answer


async def change(request: Request) -> Response:
    """Change some fields; policies in `reset` follow the task again; If-Match refuses staleness."""
    body = await json_body(request)
    unknown_keys(body, (*(key for key in FIELDS if key != "name"), *NAMES, "reset", "reason"))
    if "parameters" in body:
        body["parameters"] = parameters(body) or {}
    reason = text(body.pop("reason", None), "reason", 500)
    name, seen, who = name_of(request), wanted_version(request), user(request)
    body["reset"] = reset_of(body)
    rota, changes = inside(request), cast(dict[str, Any], body)
    return reply(
        await call(
            request,
            lambda: rota.schedules.update(name, version=seen, user=who, reason=reason, **changes),
        )
    )


async def remove(request: Request) -> Response:
    """Remove a schedule; its history stays."""
    name, seen, who = name_of(request), wanted_version(request), user(request)
    reason = text(request.query_params.get("reason"), "reason", 500)
    rota = inside(request)
    await call(request, lambda: rota.schedules.remove(name, version=seen, user=who, reason=reason))
    return Response(status_code=204)


def reset_of(body: dict[str, object]) -> tuple[str, ...]:
    """The policies that are to follow the task again."""
    given = body.get("reset", [])
    if not isinstance(given, list) or not all(one in NAMES for one in given):
        raise BadRequest("not a list of policies", part="reset", text=str(given)[:200],
                         hint='write for example ["timeout"]')  # fmt: skip
    return tuple(given)


def wanted_version(request: Request) -> int | None:
    """The version named by If-Match, or None; what is no version of ours matches nothing."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    return version(given.strip().removeprefix("W/").strip('"'))


def parameters(body: dict[str, object]) -> dict[str, object] | None:
    """The parameters in the body: an object, or None if there are none."""
    given = body.get("parameters")
    if given is None or isinstance(given, dict):
        return given
    raise BadRequest("not a JSON object", part="parameters", hint='write for example {"days": 7}')


async def run(request: Request) -> Response:
    """Queue a manual run."""
    body = await json_body(request)
    unknown_keys(body, ("parameters",))
    name, given, who, rota = name_of(request), parameters(body), user(request), inside(request)
    return reply(await call(request, lambda: rota.schedules.run(name, given, user=who)), 202)


async def backfill(request: Request) -> Response:
    """Queue a run for each slot in a range of the past."""
    body = await json_body(request)
    unknown_keys(body, ("from", "until", "limit", "parameters", "dry_run"))
    start, until = (text(body.get(key), key, 64) for key in ("from", "until"))
    if not (start and until):
        raise BadRequest("must be given", part="from, until",
                         hint='write for example {"from": "2026-03-01", "until": "2026-03-02"}'
                         )  # fmt: skip
    count, dry = body.get("limit", MOST), body.get("dry_run", False)
    if isinstance(count, bool) or not isinstance(count, int):
        raise BadRequest("not a whole number", part="limit", text=str(count)[:40])
    if not isinstance(dry, bool):
        raise BadRequest("neither true nor false", part="dry_run", text=str(dry)[:40])
    name, given, who, rota = name_of(request), parameters(body), user(request), inside(request)

    def work() -> Backfill:
        zone = zone_named(rota.schedules.get(name).zone)
        return rota.schedules.backfill(
            name, moment(start, "from", zone), moment(until, "until", zone),
            limit=count, parameters=given, dry_run=dry, user=who,
        )  # fmt: skip

    return reply(await call(request, work), 200 if dry else 202)


async def pause(request: Request) -> Response:
    """Stop starting until resumed, or until a time."""
    body = await json_body(request)
    unknown_keys(body, ("until", "reason"))
    reason = text(body.get("reason"), "reason", 500)
    until = text(body.get("until"), "until", 64)
    name, who, rota = name_of(request), user(request), inside(request)

    def work() -> ScheduleItem:
        zone = zone_named(rota.schedules.get(name).zone)
        end = moment(until, "until", zone) if until else None
        return rota.schedules.pause(name, until=end, reason=reason, user=who)

    return reply(await call(request, work))


async def resume(request: Request) -> Response:
    """End a pause."""
    unknown_keys(await json_body(request), ())
    name, who, rota = name_of(request), user(request), inside(request)
    return reply(await call(request, lambda: rota.schedules.resume(name, user=who)))


async def clear_last_run(request: Request) -> Response:
    """Let it stand as if it had never run; its history stays."""
    body = await json_body(request)
    unknown_keys(body, ("reason",))
    reason = text(body.get("reason"), "reason", 500)
    name, who, rota = name_of(request), user(request), inside(request)
    return reply(
        await call(request, lambda: rota.schedules.clear_last_run(name, user=who, reason=reason))
    )


async def next_times(request: Request) -> Response:
    """When it will start next, as far as that is known."""
    count = number(request.query_params.get("count"), "count", 10, 1, TIMES)
    name, rota = name_of(request), inside(request)
    times = await call(request, lambda: list(rota.schedules.next(name, count)))
    return reply({"times": times})


async def why(request: Request) -> Response:
    """What became of the slot at a time, and the reason."""
    at = text(request.query_params.get("at"), "at", 64)
    name, rota = name_of(request), inside(request)
    if not at:
        raise BadRequest(
            "must be given", part="at", hint="write for example ?at=2026-03-02T09:00:00Z"
        )
    return reply(
        await call(
            request,
            lambda: rota.schedules.why(
                name, moment(at, "at", zone_named(rota.schedules.get(name).zone))
            ),
        )
    )


ENDPOINTS = (
    Endpoint("GET", "/schedules", schedules, "Schedules by name", "Schedules",
             query=("limit", "cursor", "search", "task", *FILTERS)),
    Endpoint("POST", "/schedules", add, "Add a schedule", "Schedule",
             body="NewSchedule", statuses=(201,), refuses=(404, 409, 422)),
    Endpoint("GET", "/schedules/{name}", get, "One schedule", "Schedule"),
    Endpoint("PATCH", "/schedules/{name}", change, "Change a schedule", "Schedule",
             body="ScheduleChange", refuses=(409, 422), matches=True),
    Endpoint("DELETE", "/schedules/{name}", remove, "Remove a schedule", "",
             query=("reason",), matches=True),
    Endpoint("POST", "/schedules/{name}/run", run, "Run now", "Run", body="RunRequest",
             statuses=(202,), refuses=(409, 422)),
    Endpoint("POST", "/schedules/{name}/backfill", backfill, "Run for slots of the past",
             "Backfill", body="BackfillRequest", statuses=(200, 202), refuses=(409, 422)),
    Endpoint("POST", "/schedules/{name}/pause", pause, "Pause", "Schedule", body="PauseRequest",
             refuses=(409,)),
    Endpoint("POST", "/schedules/{name}/resume", resume, "Resume", "Schedule", body="Nothing"),
    Endpoint("POST", "/schedules/{name}/clear-last-run", clear_last_run, "Forget the last run",
             "Schedule", body="Reasoned", refuses=(412,)),
    Endpoint("GET", "/schedules/{name}/next", next_times, "The next times", "Times",
             query=("count",)),
    Endpoint("GET", "/schedules/{name}/why", why, "Why did it not run then?", "Why",
             query=("at",)),
)  # fmt: skip
