"""One file an item: its definition as TOML, in an order that makes small differences."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches

from rota.cms.sitecore.items import CommandItem, ScheduleItem
from rota.errors import Problem

__all__ = ("Definition", "read_item", "write_item")

Definition = CommandItem | ScheduleItem

KINDS: Mapping[str, type[CommandItem] | type[ScheduleItem]] = {
    "Command": CommandItem,
    "Schedule": ScheduleItem,
}
WRITTEN: Mapping[type[Definition], tuple[str, ...]] = {
    CommandItem: ("id", "type", "method"),
    ScheduleItem: (
        "id", "command", "schedule", "zone", "anchored", "items", "is_async", "auto_remove",
        "enabled", "note", "policies",
    ),
}  # fmt: skip
IN_FILE = {"is_async": "async"}  # a word that Python keeps for itself
TYPES: Mapping[str, type] = {
    "anchored": bool, "is_async": bool, "auto_remove": bool, "enabled": bool, "policies": dict,
}  # fmt: skip
NEEDED: Mapping[type[Definition], tuple[str, ...]] = {
    CommandItem: ("type",), ScheduleItem: ("command", "schedule"),
}  # fmt: skip
LARGEST = 100_000  # characters


def read_item(path: str, text: str) -> tuple[Definition | None, list[Problem]]:
    """The item of a file, as far as it can be read, and everything that is wrong with it.

    >>> item, problems = read_item("/x", 'template = "Command"\\ntype = "acme.Tidy"\\n')
    >>> item.type, problems
    ('acme.Tidy', [])
    """
    if len(text) > LARGEST:
        return None, [Problem("refused", "file", "", f"longer than {LARGEST:,} characters")]
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [Problem("refused", "file", "", f"it is not TOML: {error}")]
    kind = KINDS.get(str(given.pop("template", "")))
    if kind is None:
        hint = 'write template = "Command" or template = "Schedule"'
        return None, [Problem("refused", "template", "", "there is no such template", hint)]
    names = {IN_FILE.get(name, name): name for name in WRITTEN[kind]}
    problems: list[Problem] = []
    values: dict[str, object] = {"path": path}
    for word, value in given.items():
        name = names.get(word)
        if name is None:
            problems.append(unknown(word, names))
        elif not isinstance(value, wanted := TYPES.get(name, str)):
            said = {str: "text", bool: "true or false", dict: "a table"}[wanted]
            problems.append(Problem("refused", word, str(value), f"{said} is expected"))
        else:
            values[name] = value
    for name in NEEDED[kind]:
        if name not in values:
            problems.append(Problem("refused", name, "", "it is missing"))
            values[name] = ""
    return kind(**values), problems  # type: ignore[arg-type]


def unknown(word: str, names: Mapping[str, str]) -> Problem:
    near = get_close_matches(word, names, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    return Problem("refused", word, "", "there is no such field", hint)


def write_item(item: Definition) -> str:
    """The file of an item: its path as a comment, then every field that says something.

    >>> print(write_item(CommandItem("/x/Tidy", "acme.tasks.Tidy")), end="")
    # /x/Tidy
    template = "Command"
    type = "acme.tasks.Tidy"
    method = "execute"
    """
    lines = [f"# {item.path}", f'template = "{type(item).__name__.removesuffix("Item")}"']
    defaults = {one.name: one.default for one in fields(item)}
    for name in WRITTEN[type(item)]:
        value = getattr(item, name)
        if name == "policies":
            lines += ["", "[policies]"] if value else []
            lines += [f"{key} = {literal(one)}" for key, one in value.items() if one is not None]
        elif name in ("method", "schedule", "command", "type") or value != defaults[name]:
            lines.append(f"{IN_FILE.get(name, name)} = {literal(value)}")
    return "\n".join(lines) + "\n"


def literal(value: object) -> str:
    """A value as TOML; JSON writes text, numbers, truth and lists of them in the same way."""
    assert value is not MISSING
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
