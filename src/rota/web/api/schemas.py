"""The JSON Schemas of the OpenAPI document: items are read off their classes, bodies stand here."""

from __future__ import annotations

from dataclasses import fields

from rota.engine.client.items import (
    Answer,
    AuditItem,
    Backfill,
    EventItem,
    Item,
    LogItem,
    NodeItem,
    RevisionItem,
    RunItem,
    ScheduleItem,
    SystemItem,
    TaskItem,
    Why,
)
from rota.engine.schedules.backfilling import MOST
from rota.rules.access import ROLES
from rota.rules.states import STATES
from rota.web.api.policies import POLICIES

__all__ = ("SCHEMAS",)

TEXT: dict[str, object] = {"type": "string"}
TIME: dict[str, object] = {"type": "string", "format": "date-time"}
KINDS: dict[str, dict[str, object]] = {
    "str": TEXT,
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "datetime": TIME,
    "object": {},
    "tuple[int, ...]": {"type": "array", "items": {"type": "integer"}},
    "tuple[str, ...]": {"type": "array", "items": TEXT},
    "tuple[dict[str, str], ...]": {
        "type": "array",
        "items": {"type": "object", "properties": {"code": TEXT, "text": TEXT}},
    },
    "tuple[datetime, ...]": {"type": "array", "items": TIME},
    "tuple[RunItem, ...]": {"type": "array", "items": {"$ref": "#/components/schemas/Run"}},
    "RunItem": {"$ref": "#/components/schemas/Run"},
    "tuple[Answer, ...]": {"type": "array", "items": {"$ref": "#/components/schemas/WhyOf"}},
}
WORDS: dict[str, dict[str, object]] = {
    "RunItem.state": {"enum": list(STATES)},
    "RunItem.kind": {"enum": ["slot", "manual", "again", "backfill"]},
    "ScheduleItem.status": {
        "enum": ["waiting", "queued", "running", "paused", "disabled", "orphaned", "invalid",
                 "finished"],
    },
    "AuditItem.origin": {"enum": ["page", "api", "cli", "code"]},
    "Answer.decision": {"enum": ["ran", "skipped", "ignored"]},
    "Why.decision": {"enum": ["ran", "skipped", "ignored", "planned", "none"]},
}  # fmt: skip
REASON: dict[str, object] = {"type": ["string", "null"], "maxLength": 500}
MAYBE_TIME: dict[str, object] = {
    "type": ["string", "null"], "maxLength": 64,
    "description": "RFC 3339; without an offset it is wall time in the schedule's zone",
}  # fmt: skip
PARAMETERS: dict[str, object] = {"type": ["object", "null"]}


def item(kind: type[Item], maybe: tuple[str, ...] = ()) -> dict[str, object]:
    """The schema of an item: its fields in order, all of them always there but for `maybe`."""
    properties: dict[str, object] = {}
    for field in fields(kind):
        word = str(field.type)
        base = word.removesuffix(" | None")
        schema: dict[str, object] = KINDS[base]
        schema = WORDS.get(f"{kind.__name__}.{field.name}", schema)
        properties[field.name] = {"anyOf": [schema, {"type": "null"}]} if base != word else schema
    required = [name for name in properties if name not in maybe]
    return {"type": "object", "properties": properties, "required": required}


def listed(name: str) -> dict[str, object]:
    """The schema of a list of such items."""
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
            "next": {"type": ["string", "null"]},
        },
        "required": ["items", "next"],
    }


def body(required: tuple[str, ...] = (), /, **properties: dict[str, object]) -> dict[str, object]:
    """The schema of a request's body: no other keys than these."""
    return {
        "type": "object", "properties": properties, "required": list(required),
        "additionalProperties": False,
    }  # fmt: skip


def beside(schema: dict[str, object], **properties: object) -> dict[str, object]:
    """The schema with properties that may be there too."""
    known = schema["properties"]
    assert isinstance(known, dict)
    return {**schema, "properties": {**known, **properties}}


PROBLEM: dict[str, object] = {
    "type": "object",
    "properties": {
        "type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT,
        "errors": {
            "type": "array",
            "items": body(
                ("code", "part", "text", "reason", "hint"),
                code=TEXT, part=TEXT, text=TEXT, reason=TEXT, hint=TEXT,
            ),
        },
    },
    "required": ["type", "title", "status", "detail", "errors"],
}  # fmt: skip

NAME: dict[str, object] = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}$"}
EDITABLE: dict[str, dict[str, object]] = {
    "task": TEXT, "trigger": {"type": "string", "maxLength": 2000}, "parameters": PARAMETERS,
    "title": {"type": ["string", "null"], "maxLength": 200},
    **POLICIES,
}  # fmt: skip

SCHEMAS: dict[str, object] = {
    "Schedule": item(ScheduleItem), "Schedules": listed("Schedule"),
    "Run": item(RunItem), "Runs": listed("Run"),
    "Task": item(TaskItem), "Tasks": listed("Task"),
    "Node": item(NodeItem), "Nodes": listed("Node"),
    "SystemTask": item(SystemItem), "SystemTasks": listed("SystemTask"),
    "Event": item(EventItem), "Events": listed("Event"),
    "LogLine": item(LogItem), "Log": listed("LogLine"),
    "Change": item(AuditItem), "Audit": listed("Change"),
    "Revision": item(RevisionItem), "Revisions": listed("Revision"),
    "Times": {
        "type": "object", "required": ["times"],
        "properties": {"times": {"type": "array", "items": TIME}},
    },
    "Why": item(Why, maybe=("targets",)), "WhyOf": item(Answer),
    "Health": {
        "type": "object", "required": ["status"],
        "properties": {"status": {"enum": ["ok", "degraded", "unavailable"]}},
    },
    "Tick": {
        "type": "object",
        "properties": {
            "state": {"enum": ["done", "busy", "node"]},
            **{name: {"type": "integer"} for name in ("launched", "skipped", "recovered", "ran")},
        },
        "required": ["state", "launched", "skipped", "recovered", "ran"],
    },
    "Preview": {
        "type": "object",
        "properties": {
            "trigger": TEXT, "words": TEXT, "zone": TEXT,
            "times": {"type": "array", "items": TIME},
            "warnings": {"type": "array", "items": body(("code", "text"), code=TEXT, text=TEXT)},
        },
        "required": ["trigger", "words", "zone", "times", "warnings"],
    },
    "Problem": PROBLEM,
    "Forbidden": beside(PROBLEM, role={"enum": list(ROLES)}),
    "Stale": beside(PROBLEM, version={"type": "integer"}),
    "Anything": {"type": "object"},
    "Nothing": body(), "Reasoned": body(reason=REASON),
    "Backfill": item(Backfill),
    "BackfillRequest": body(
        ("from", "until"), **{"from": TEXT}, until=TEXT, parameters=PARAMETERS,
        limit={"type": "integer", "minimum": 1, "maximum": MOST}, dry_run={"type": "boolean"},
    ),
    "RunRequest": body(parameters=PARAMETERS),
    "PauseRequest": body(until=MAYBE_TIME, reason=REASON),
    "RevertRequest": body(
        ("revision",), revision={"type": "integer"}, reason=REASON
    ),
    "PreviewRequest": body(
        ("trigger",), trigger={"type": "string", "minLength": 1, "maxLength": 2000},
        after=MAYBE_TIME, seed={"type": ["string", "null"], "maxLength": 200},
        count={"type": "integer", "minimum": 1, "maximum": 100},
    ),
    "NewSchedule": body(("name", "task", "trigger"), name=NAME, **EDITABLE, reason=REASON),
    "ScheduleChange": body(
        (), **EDITABLE, reason=REASON, reset={"type": "array", "items": {"enum": list(POLICIES)}}
    ),
}  # fmt: skip
