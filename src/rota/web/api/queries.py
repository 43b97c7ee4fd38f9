"""The JSON Schemas of what stands in a path or after the question mark."""

from __future__ import annotations

from collections.abc import Iterable

from rota.rules.states import STATES
from rota.web.api.filters import WORDS
from rota.web.api.table import Endpoint

__all__ = ("schema_of",)

Schema = dict[str, object]
LARGEST = 2**63 - 1


def text(most: int) -> Schema:
    return {"type": "string", "maxLength": most}


def one(allowed: Iterable[str]) -> Schema:
    return {"enum": [*allowed, ""]}  # an empty choice is none, as a form sends it


def several(allowed: Iterable[str]) -> Schema:
    return {"type": "array", "items": one(allowed)}


ANY: dict[str, Schema] = {
    "name": text(200),
    "id": {"type": "integer", "minimum": 0, "maximum": LARGEST},
    "seconds": {"type": "integer", "minimum": 1, "maximum": 50, "default": 50},
    "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50},
    "count": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
    "cursor": text(2_000),
    "after": {"type": "integer", "minimum": 0, "maximum": LARGEST, "default": 0},
    "run": {"type": "integer", "minimum": 0, "maximum": LARGEST},
    "at": text(64),
    "kind": text(100),
    "action": text(100),
    "reason": text(500),
    "level": several(("debug", "info", "warning", "error", "critical")),
    "state": several(STATES),
    "status": several(WORDS["status"]),
    "outcome": several(WORDS["outcome"]),
    **{name: one(WORDS[name]) for name in ("enabled", "origin", "troubled", "sort")},
}
"""By name; what is not here is text of at most 200 characters."""

OF: dict[str, Schema] = {
    "/runs kind": several(("slot", "manual", "again", "backfill")),
}
"""Where a name means something else at one path."""


def schema_of(endpoint: Endpoint, name: str) -> Schema:
    """The schema of a parameter.

    >>> schema_of(Endpoint("GET", "/events", None, "", ""), "kind")  # type: ignore[arg-type]
    {'type': 'string', 'maxLength': 100}
    """
    return OF.get(f"{endpoint.path} {name}", ANY.get(name, text(200)))
