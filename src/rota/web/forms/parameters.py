"""The form for a task's parameters: from its JSON Schema to fields, from typed texts to JSON.

What cannot be read as JSON at all is said here; whether it fits the task, the task's signature says
when it is saved, naming the parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from rota.errors import Problem
from rota.instants import from_iso
from rota.web.forms.typed import Typed

__all__ = ("OTHERS", "Field", "fields", "read_parameters")

OTHERS = "p+others"  # the field for parameters that have none of their own
WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
LONGEST_LINE = 80  # text beyond is given several lines
ISO_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
PICKED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
HINTS = {
    "duration": "a duration, such as 90s or 1h30m",
    "decimal": "a decimal number, such as 12.50",
    "json": "as JSON",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter as the form shows it."""

    name: str  # of the input
    label: str
    control: str  # text lines whole number switch date datetime duration decimal choice json
    value: str
    required: bool = False
    hint: str = ""
    default: str = ""  # what stands if nothing is given, as it is shown
    choices: tuple[tuple[str, str], ...] = ()  # value, words


def fields(schema: Mapping[str, object], values: Mapping[str, object], zone: tzinfo) -> list[Field]:
    """The form's fields for a task's schema, filled with these parameters.

    >>> schema = {"properties": {"days": {"title": "Days", "type": "integer", "default": 7}}}
    >>> [one] = fields(schema, {}, UTC)
    >>> one.control, one.value, one.default
    ('whole', '7', '7')
    """
    known = properties(schema)
    required = schema.get("required")
    must = set(required) if isinstance(required, list) else set()
    made = [
        field_of(name, part, values.get(name, part.get("default", UNSAID)), name in must, zone)
        for name, part in known.items()
    ]
    made.sort(key=lambda one: not one.required)  # what is needed comes first
    rest = {name: value for name, value in values.items() if name not in known}
    if rest or schema.get("additionalProperties") not in (False, None):
        made.append(Field(OTHERS, "Other parameters", "json", pretty(rest) if rest else "",
                          hint='names and values as JSON, such as {"limit": 10}'))  # fmt: skip
    return made


class Unsaid:
    """No value at all, which is not the same as null."""


UNSAID = Unsaid()


def properties(schema: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """The parameters that a schema names, each with its own schema."""
    found = schema.get("properties")
    if not isinstance(found, Mapping):
        return {}
    return {str(name): part for name, part in found.items() if isinstance(part, Mapping)}


def field_of(
    name: str, part: Mapping[str, object], value: object, required: bool, zone: tzinfo
) -> Field:
    """One parameter's field."""
    control, choices = control_of(part)
    long = isinstance(value, str) and ("\n" in value or len(value) > LONGEST_LINE)
    if control == "text" and long:
        control = "lines"
    default = part.get("default", UNSAID)
    label = part.get("title")
    return Field(
        f"p.{name}", label if isinstance(label, str) else name, control,
        shown(control, value, zone), required and control != "switch", HINTS.get(control, ""),
        usual(control, default, dict(choices), zone), choices,
    )  # fmt: skip


def usual(control: str, default: object, choices: Mapping[str, str], zone: tzinfo) -> str:
    """A default in words; "" if there is none worth saying."""
    if isinstance(default, Unsaid) or default is None or default == "":
        return ""
    if control == "switch":
        return "yes" if default is True else "no"
    text = shown(control, default, zone)
    return choices.get(text, text)


def control_of(part: Mapping[str, object]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Which input fits a schema, and what there is to choose from."""
    listed = part.get("enum")
    if isinstance(listed, Sequence) and not isinstance(listed, str):
        return "choice", tuple((json.dumps(one), worded(one)) for one in listed)
    inner, optional = unwrapped(part)
    if optional:
        control, choices = control_of(inner)
        # Neither a switch nor a choice has a way to say null, so they become choices with one.
        if control == "switch":
            control, choices = "choice", (("true", "yes"), ("false", "no"))
        if control == "choice":
            return control, (("null", "none"), *choices)
        return control, choices
    kind, form = part.get("type"), str(part.get("format", ""))
    if kind == "string":
        return {"date": "date", "date-time": "datetime", "duration": "duration",
                "decimal": "decimal"}.get(form, "text"), ()  # fmt: skip
    known = {"integer": "whole", "number": "number", "boolean": "switch"}
    return known.get(str(kind), "json"), ()


def unwrapped(part: Mapping[str, object]) -> tuple[Mapping[str, object], bool]:
    """What an optional schema is the option of."""
    members = part.get("anyOf")
    if isinstance(members, Sequence) and len(members) == 2:
        rest = [one for one in members if isinstance(one, Mapping) and one.get("type") != "null"]
        if len(rest) == 1:
            return rest[0], True
    return part, False


def worded(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def pretty(value: object) -> str:
    """A value as JSON on one line, or on several where it is long."""
    short = json.dumps(value, ensure_ascii=False)
    return short if len(short) <= LONGEST_LINE else json.dumps(value, indent=2, ensure_ascii=False)


def shown(control: str, value: object, zone: tzinfo) -> str:
    """A value as its input holds it."""
    if isinstance(value, Unsaid):
        return ""
    if control == "choice":
        return json.dumps(value)
    if value is None:
        return ""
    if control == "switch":
        return "on" if value is True else ""
    if control == "datetime" and isinstance(value, str):
        return wall(value, zone)
    if control == "duration" and isinstance(value, str):
        return spoken(value)
    if isinstance(value, str) and control != "json":
        return value
    return pretty(value) if control == "json" else json.dumps(value, ensure_ascii=False)


def spoken(value: str) -> str:
    """A duration as people write it, where it has whole parts only.

    >>> spoken("PT90M"), spoken("P1DT2H"), spoken("90s")
    ('90m', '1d2h', '90s')
    """
    found = ISO_DURATION.fullmatch(value)
    if found is None or not any(found.groups()):
        return value
    return "".join(f"{n}{unit}" for n, unit in zip(found.groups(), "dhms", strict=True) if n)


def wall(value: str, zone: tzinfo) -> str:
    """A time with an offset as wall time in a zone, which is what the input can hold."""
    try:
        local = from_iso(value).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return value
    return local.isoformat(timespec="seconds" if local.second else "minutes")


# ---------------------------------------------------------------------------- typed → JSON


def read_parameters(
    schema: Mapping[str, object], typed: Typed, before: Mapping[str, object], zone: tzinfo
) -> tuple[dict[str, object], list[Problem]]:
    """The parameters that were typed, and what is no JSON. What is left as its default is left out,
    unless it stood there `before`, so that a later change of the default reaches the schedule.
    """
    found: dict[str, object] = {}
    problems: list[Problem] = []
    required = schema.get("required")
    must = set(required) if isinstance(required, list) else set()
    for name, part in properties(schema).items():
        control, _ = control_of(part)
        if f"p.{name}" not in typed and control != "switch":
            if name in before:
                found[name] = before[name]  # a form without this field changes nothing of it
            continue
        old = before.get(name, part.get("default", UNSAID))
        given = typed.raw(f"p.{name}")
        if control != "switch" and not isinstance(old, Unsaid) and given == shown(
            control, old, zone
        ):  # fmt: skip
            value = old
        else:
            value = value_of(name, control, given, part, zone, problems)
        default = part.get("default", UNSAID)
        if isinstance(value, Unsaid) or (name not in before and value == default
                                         and type(value) is type(default)):  # fmt: skip
            if isinstance(value, Unsaid) and name in must and not any(
                one.part == name for one in problems
            ):  # fmt: skip
                problems.append(Problem("bad_parameters", name, "", "it is missing", "fill it in"))
            continue
        found[name] = value
    found |= others(typed, problems)
    return found, problems


def value_of(
    name: str, control: str, given: str, part: Mapping[str, object], zone: tzinfo,
    problems: list[Problem],
) -> object:  # fmt: skip
    """One typed text as a JSON value; UNSAID for nothing, with a problem if it is no such value."""
    if control == "switch":
        return given == "on"
    text = given.strip()
    optional = unwrapped(part)[1]
    if not text:
        return None if optional else "" if control in ("text", "lines") and "default" in part \
            else UNSAID  # fmt: skip
    if control in ("text", "lines"):
        return given
    if control == "datetime":
        return instant(text, zone) if PICKED.fullmatch(text) else text
    if control in ("date", "duration", "decimal"):
        return text
    if control == "whole" and WHOLE.fullmatch(text):
        return int(text)
    if control == "whole":
        problems.append(Problem("bad_parameters", name, text, "this is not a whole number",
                                "write digits, such as 5"))  # fmt: skip
        return UNSAID
    return read_json(name, control, text, problems)


def instant(text: str, zone: tzinfo) -> str:
    """Wall time of the viewer's zone as RFC 3339 in UTC; what is no time stays as it was typed."""
    try:
        moment = from_iso(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def read_json(name: str, control: str, text: str, problems: list[Problem]) -> object:
    """A number, a choice or any JSON value."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        reason, hint = "this is not JSON", 'write for example ["a", "b"] or {"limit": 10}'
        if control == "number":
            reason, hint = "this is not a number", "write for example 2.5"
        problems.append(Problem("bad_parameters", name, text, reason, hint))
        return UNSAID
    if control == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        problems.append(
            Problem("bad_parameters", name, text, "this is not a number", "write for example 2.5")
        )
        return UNSAID
    return value


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


def others(typed: Typed, problems: list[Problem]) -> dict[str, object]:
    """The parameters that have no field of their own."""
    text = typed.one(OTHERS)
    if not text:
        return {}
    value = read_json(OTHERS, "json", text, problems)
    if isinstance(value, dict):
        return value
    if not isinstance(value, Unsaid):
        problems.append(Problem("bad_parameters", OTHERS, text, "this is not a JSON object",
                                'write for example {"limit": 10}'))  # fmt: skip
    return {}
