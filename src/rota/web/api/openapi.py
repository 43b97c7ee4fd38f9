"""/openapi.json: the API's description, made from the same table that routes it."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from rota.web.access import OPEN, SIGNED, needed
from rota.web.api.answers import JSON
from rota.web.api.queries import schema_of
from rota.web.api.schemas import SCHEMAS
from rota.web.api.table import Endpoint
from rota.web.identify import COOKIE

__all__ = ("ENDPOINTS", "document")

TITLES = {
    400: "The request cannot be read",
    401: "Nobody is signed in, or the key is void",
    403: "Not for this role, or from another site",
    404: "There is no such thing",
    409: "Not possible just now",
    412: "Somebody changed it meanwhile; `version` and ETag are the current ones",
    413: "The body is too large",
    422: "Something in it is wrong",
    503: "The store does not answer just now",
}
IF_MATCH = {
    "name": "If-Match", "in": "header", "required": False,
    "description": "The ETag of the schedule as it was read; another one is refused",
    "schema": {"type": "string", "maxLength": 64},
}  # fmt: skip


# Where an answer tells which schedule or run it is about, and the addresses that take it.
TELLS = {
    "Schedule": ("name", "/name", "/schedules/{name}"),
    "Schedules": ("name", "/items/0/name", "/schedules/{name}"),
    "Run": ("id", "/id", "/runs/{id}"),
    "Runs": ("id", "/items/0/id", "/runs/{id}"),
}


def operation(endpoint: Endpoint) -> dict[str, object]:
    """The description of one endpoint."""
    role = needed(endpoint.method, f"/api/v1{endpoint.path}")
    said: dict[str, object] = {
        "tags": [endpoint.path.split("/")[1].removesuffix(".json")],
        "summary": endpoint.summary,
        "description": (endpoint.handler.__doc__ or "").strip(),
        "operationId": operation_id(endpoint),
        "x-role": role,
        "parameters": parameters(endpoint),
        "responses": {**good(endpoint), **bad(endpoint)},
    }
    if role in (OPEN, SIGNED):
        said["security"] = []
    if endpoint.body:
        schema = SCHEMAS[endpoint.body]
        assert isinstance(schema, dict)
        said["requestBody"] = {
            "required": bool(schema["required"]),
            "content": {"application/json": {"schema": ref(endpoint.body)}},
        }
    return said


def operation_id(endpoint: Endpoint) -> str:
    """The name of an endpoint for programs.

    >>> operation_id(Endpoint("GET", "/runs/{id}", None, "", ""))  # type: ignore[arg-type]
    'get_runs_id'
    """
    return re.sub(r"\W+", "_", f"{endpoint.method.lower()}{endpoint.path}").strip("_")


def links(endpoint: Endpoint) -> dict[str, object]:
    """Where one can go on from an answer: to everything about the schedule or run it tells."""
    from rota.web import api

    if endpoint.answers not in TELLS:
        return {}
    name, place, begins = TELLS[endpoint.answers]
    return {
        operation_id(one): {
            "operationId": operation_id(one),
            "parameters": {f"path.{name}": f"$response.body#{place}"},
        }
        for one in api.ENDPOINTS if one.path.startswith(begins)
    }  # fmt: skip


def parameters(endpoint: Endpoint) -> list[dict[str, object]]:
    """What stands in the path, after the question mark, and in If-Match."""
    found: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": schema_of(endpoint, name)}
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]
    found += [
        {"name": name, "in": "query", "required": name == "at",
         "schema": schema_of(endpoint, name)}
        for name in endpoint.query
    ]  # fmt: skip
    return [*found, IF_MATCH] if endpoint.matches else found


def good(endpoint: Endpoint) -> dict[str, object]:
    """The answers that are none of a problem."""
    if not endpoint.answers:
        return {"204": {"description": "Done"}}
    kind = "text/event-stream" if endpoint.answers == "text" else "application/json"
    content = {kind: {} if endpoint.answers == "text" else {"schema": ref(endpoint.answers)}}
    said: dict[str, object] = {"description": endpoint.summary, "content": content}
    if endpoint.answers == "Schedule":
        etag = {"description": "The version, for If-Match", "schema": {"type": "string"}}
        said["headers"] = {"ETag": etag}
    if links(endpoint):
        said["links"] = links(endpoint)
    return {str(status): said for status in endpoint.statuses}


def bad(endpoint: Endpoint) -> dict[str, object]:
    """The problems, by status; the store and the door may always say no."""
    if endpoint.answers == "Health":
        return {}
    statuses = {401, 403, 503, *endpoint.refuses}
    statuses |= {404} if "{" in endpoint.path else set()
    statuses |= {400} if endpoint.query or endpoint.body or "{" in endpoint.path else set()
    statuses |= {413} if endpoint.body else set()
    statuses |= {422} if "cursor" in endpoint.query else set()
    statuses |= {412} if endpoint.matches else set()
    return {str(status): ref(f"{status}", "responses") for status in sorted(statuses)}


def problem(status: int) -> dict[str, object]:
    """The description of every problem of one status."""
    kind = {403: "Forbidden", 412: "Stale"}.get(status, "Problem")
    return {
        "description": TITLES[status],
        "content": {"application/problem+json": {"schema": ref(kind)}},
    }


def ref(name: str, room: str = "schemas") -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": f"#/components/{room}/{name}"}


def document(base: str) -> dict[str, object]:
    """The whole OpenAPI 3.1 document for an application mounted at `base`."""
    from rota.web import api

    paths: dict[str, dict[str, object]] = {}
    for endpoint in api.ENDPOINTS:
        paths.setdefault(f"/api/v1{endpoint.path}", {})[endpoint.method.lower()] = operation(
            endpoint
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rota", "version": "1",
            "description": "Scheduled and background work: see it, make it, run it, ask why.",
        },
        "servers": [{"url": base or "/"}],
        "security": [{"token": []}, {"session": []}, {}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "responses": {str(status): problem(status) for status in TITLES},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer",
                          "description": "The key that rota token add shows"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE,
                            "description": "Of a browser that signed in"},
            },
        },
    }  # fmt: skip


async def openapi(request: Request) -> Response:
    """This application's description."""
    return JSON(document(request.scope.get("root_path", "")))


ENDPOINTS = (Endpoint("GET", "/openapi.json", openapi, "This document", "Anything"),)
