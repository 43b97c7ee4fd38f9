"""The JSON Schemas of policies: one row for each."""

from __future__ import annotations

__all__ = ("POLICIES",)

Schema = dict[str, object]

DURATION: Schema = {
    "type": ["string", "number"],
    "description": "A duration such as 90s, 15m, 1h30m or 30d; a number is seconds",
}
FLAG: Schema = {"type": "boolean"}


def whole(low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def words(*allowed: str) -> Schema:
    return {"enum": list(allowed)}


NULL: Schema = {"type": "null"}

POLICIES: dict[str, Schema] = {
    "catch_up": either(words("none", "latest"), whole(1, 100)),
    "grace": either(DURATION, NULL),
    "overlap": either(words("skip", "queue", "cancel"), whole(1, 1_000)),
    "timeout": either(DURATION, NULL),
    "retries": whole(0, 1_000),
    "backoff": {"type": "string", "description": "The first wait and the longest: 10s..1h"},
    "priority": whole(-1_000_000, 1_000_000),
    "max_running": either(whole(1, 1_000_000), NULL),
    "unique": FLAG,
    "jitter": DURATION,
    "start_delay": DURATION,
    "poll": DURATION,
    "idempotent": FLAG,
    "executor": words("auto", "loop", "thread", "process"),
    "placement": {
        "type": "string",
        "description": "one, every, machine, role:x, label:x or node:x",
    },
    "retention": {"type": "string", "description": "An age, a count or both: 30d, 1000"},
    "delete_after_last_run": FLAG,
    "enabled": FLAG,
    "run_as": either({"type": "string", "minLength": 1, "maxLength": 200}, NULL),
}
