"""A schedule as the editor holds it: from the item, from what was typed, and what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from rota.engine.client.items import ScheduleItem, TaskItem
from rota.errors import Problem, RotaError, TriggerError
from rota.web.forms.parameters import OTHERS, read_parameters
from rota.web.forms.policies import read_policies
from rota.web.forms.typed import Typed
from rota.web.forms.when import When
from rota.when import trigger

__all__ = ("Draft", "by_field", "draft_of", "read_draft", "version_of", "with_theirs")


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be saved."""

    title: str = ""
    task: str = ""
    trigger: str = ""
    enabled: bool = True
    parameters: dict[str, object] = field(default_factory=dict)
    policies: dict[str, object] = field(default_factory=dict)

    def json(self) -> dict[str, object]:
        """The same as an object, as versions are compared."""
        return {name: getattr(self, name) for name in
                ("title", "task", "trigger", "enabled", "parameters", "policies")}  # fmt: skip


def draft_of(item: ScheduleItem) -> Draft:
    """A stored schedule."""
    parameters = item.parameters if isinstance(item.parameters, dict) else {}
    policies = item.policies if isinstance(item.policies, dict) else {}
    return Draft(item.title, item.task, item.trigger, item.enabled, dict(parameters),
                 dict(policies))  # fmt: skip


def read_draft(
    typed: Typed, when: When, task: TaskItem | None, known: Draft, zones: tuple[str, tzinfo]
) -> tuple[Draft, list[Problem]]:
    """What was typed, over what is `known` of the schedule, and what of it cannot be read.

    `zones` are that of the application, for a text that names none, and that of the viewer.
    """
    schema = task.parameters if task is not None and isinstance(task.parameters, Mapping) else {}
    parameters, problems = read_parameters(schema, typed, known.parameters, zones[1])
    policies, reset = read_policies(typed, known.policies)
    kept = {key: value for key, value in known.policies.items() if key not in reset}
    return Draft(
        typed.one("title"), typed.one("task"), zoned(when.text, zones[0]),
        typed.one("enabled") == "on", parameters, {**kept, **policies},
    ), [*when.problems, *problems]  # fmt: skip


def zoned(text: str, zone: str) -> str:
    """The text as it is stored: canonical and with its zone; one that cannot be read as it is."""
    try:
        rule = trigger(text)
        return str(rule if rule.zone_given or zone == "UTC" else rule.with_zone(zone))
    except TriggerError:
        return text


def version_of(text: str) -> dict[str, object]:
    """The version that a form carries along as JSON; nothing if it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def with_theirs(draft: Draft, theirs: Draft, typed: Typed) -> Draft:
    """The draft, with the fields taken from the other version for which that was chosen.

    >>> mine, yours = Draft(title="A", policies={"retries": 1}), Draft(title="B")
    >>> with_theirs(mine, yours, Typed({"pick.title": ["theirs"]})).title
    'B'
    """
    values, other = draft.json(), theirs.json()
    for name in typed.under("pick."):
        if typed.one(f"pick.{name}") != "theirs":
            continue
        head, _, key = name.partition(".")
        inner, source = values.get(head), other.get(head)
        if not key and head in other:
            values[head] = source
        elif isinstance(inner, dict) and isinstance(source, dict):
            rest = {one: value for one, value in inner.items() if one != key}
            values[head] = rest | ({key: source[key]} if key in source else {})
    return replace(draft, **values)  # type: ignore[arg-type]


def by_field(error: RotaError | list[Problem]) -> dict[str, list[Problem]]:
    """The problems by the name of the field they belong beside; "" for those of none.

    >>> list(by_field([Problem("E_TIME", "at"), Problem("bad_parameters", "days[0]")]))
    ['trigger', 'p.days']
    """
    problems = list(error.problems) if isinstance(error, RotaError) else error
    found: dict[str, list[Problem]] = {}
    for one in problems:
        found.setdefault(field_name(one), []).append(one)
    return found


def field_name(problem: Problem) -> str:
    """The field that a problem belongs beside."""
    part = problem.part
    if problem.code.startswith("E_") or part == "trigger":
        return "trigger"
    if problem.code == "bad_policy":
        return f"policy.{part}"
    if problem.code == "bad_parameters":
        root = part.partition(".")[0].partition("[")[0]
        return OTHERS if part in (OTHERS, "parameters", "") else f"p.{root}"
    if problem.code == "unknown_task" or part == "task":
        return "task"
    if problem.code == "already_exists" or part in ("name", "schedule"):
        return "name"
    return part if part in ("title", "until", "reason") else ""
