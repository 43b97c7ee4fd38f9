"""/openapi.json: the API's description, made from the same table that routes it."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from rota.web.api import filters
from rota.web.api.answers import JSON
from rota.web.api.schemas import SCHEMAS
from rota.web.api.table import Endpoint

__all__ = ("ENDPOINTS", "document")

QUERY: dict[str, dict[str, object]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50},
    "cursor": {"type": "string", "maxLength": 2000},
    "after": {"type": "integer", "minimum": 0, "default": 0},
    "run": {"type": "integer", "minimum": 0},
    "at": {"type": "string", "maxLength": 64},
    **filters.QUERY,
}
ANY: dict[str, object] = {"type": "string", "maxLength": 200}


def operation(endpoint: Endpoint) -> dict[str, object]:
    """The description of one endpoint."""
    names = re.findall(r"{(\w+)}", endpoint.path)
    inside: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True,
         "schema": {"type": "integer", "minimum": 0} if name == "id" else ANY}
        for name in names
    ]  # fmt: skip
    inside += [
        {"name": name, "in": "query", "required": name == "at", "schema": QUERY.get(name, ANY)}
        for name in endpoint.query
    ]
    said: dict[str, object] = {
        "summary": endpoint.summary,
        "operationId": re.sub(r"\W+", "_", f"{endpoint.method.lower()}{endpoint.path}").strip("_"),
        "parameters": inside,
        "responses": {
            **_good(endpoint),
            "default": {
                "description": "A problem",
                "content": {"application/problem+json": {"schema": _ref("Problem")}},
            },
        },
    }
    if endpoint.body:
        said["requestBody"] = {"content": {"application/json": {"schema": _ref(endpoint.body)}}}
    return said


def _good(endpoint: Endpoint) -> dict[str, object]:
    if not endpoint.answers:
        return {"204": {"description": "Done"}}
    if endpoint.answers == "text":
        return {"200": {"description": "A stream", "content": {"text/event-stream": {}}}}
    status = "200"
    if endpoint.method == "POST" and endpoint.answers == "Run" and endpoint.body == "RunRequest":
        status = "202"
    if endpoint.body == "BackfillRequest":
        return {status: _said(endpoint) for status in ("200", "202")}
    if endpoint.body == "NewSchedule":
        status = "201"
    good: dict[str, object] = {status: _said(endpoint)}
    if endpoint.answers == "Health":
        good["503"] = {**_said(endpoint), "description": "Unavailable"}
    return good


def _said(endpoint: Endpoint) -> dict[str, object]:
    content = {"application/json": {"schema": _ref(endpoint.answers)}}
    return {"description": endpoint.summary, "content": content}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


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
        "info": {"title": "Rota", "version": "1", "description": "Scheduled and background work."},
        "servers": [{"url": base or "/"}],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


async def openapi(request: Request) -> Response:
    """This application's description."""
    return JSON(document(request.scope.get("root_path", "")))


ENDPOINTS = (Endpoint("GET", "/openapi.json", openapi, "This document", "Anything"),)
