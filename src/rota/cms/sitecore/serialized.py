"""Sitecore's serialized items, read: the classic `.item` files, and the YAML of Unicorn and SCS.

Both are rigid forms that their tools write and nobody writes by hand; only what a command or a
schedule needs is read of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rota.errors import Problem, RotaError

__all__ = ("Serialized", "read_serialized")

LARGEST = 1_000_000  # characters of one file
FIELDS: Mapping[str, str] = {
    "752579a7ef2f45b7b9d19b682308b7a5": "type",
    "4bc75539d5c4487baf35ff13d62bd286": "method",
    "62e64dbb0a394dd7ba057bd08c5404e0": "command",
    "50be51f8746d4dc29c3bb14abc5ce9b7": "schedule",
    "b1e16562f3f94ddd84ca6e099950ecc0": "last run",
}
MARK = re.compile(r"----(item|field|version)----", re.IGNORECASE)
PAIR = re.compile(r"(\s*)(- )?([A-Za-z][A-Za-z ]*):(?: (.*))?")


@dataclass(slots=True)
class Serialized:
    """One item as a file has it; the names of its fields are in lower case."""

    id: str = ""
    path: str = ""
    template: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, identifier: str, value: str) -> None:
        """Keep a field under its name, or under what its id stands for."""
        known = FIELDS.get(identifier.strip('"{} ').replace("-", "").lower(), "")
        word = (known or name).strip().lower()
        if word:
            self.fields.setdefault(word, value.strip())


def read_serialized(text: str) -> Serialized:
    """The item of a file. RotaError if it is none.

    >>> read_serialized(
    ...     "---\\nID: 1\\nPath: /sitecore/x\\nSharedFields:\\n- ID: 2\\n"
    ...     "  Hint: Method\\n  Value: Execute"
    ... ).fields
    {'method': 'Execute'}
    """
    if len(text) > LARGEST:
        raise not_one(f"it is longer than {LARGEST:,} characters")
    lines = text.replace("\r\n", "\n").lstrip("\ufeff\n ").split("\n")
    if MARK.fullmatch(lines[0].strip()):
        found = read_item(lines)
    elif lines[0].strip() == "---":
        found = read_yaml(lines[1:])
    else:
        raise not_one("it begins neither with ----item---- nor with ---")
    if not found.path:
        raise not_one("it names no path")
    return found


def not_one(reason: str) -> RotaError:
    return RotaError(
        Problem("refused", "file", "", f"this is no serialized item: {reason}",
                "give .item files, or .yml files of Unicorn or Sitecore Content Serialization")
    )  # fmt: skip


# --------------------------------------------------------------------------- ----item----


def read_item(lines: list[str]) -> Serialized:
    """The classic form: sections of headers, each field's value after a blank line."""
    found = Serialized()
    for kind, headers, value in sections(lines):
        if kind == "item":
            found.id, found.path = headers.get("id", ""), headers.get("path", "")
            found.template = headers.get("template", "")
        elif kind == "field":
            found.put(headers.get("name", ""), headers.get("field", ""), value)
    return found


def sections(lines: list[str]) -> Iterator[tuple[str, dict[str, str], str]]:
    """Each section's kind, its headers, and the text after the blank line that ends them."""
    starts = [n for n, line in enumerate(lines) if MARK.fullmatch(line.strip())]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        body = lines[start + 1 : end]
        blank = next((n for n, line in enumerate(body) if not line.strip()), len(body))
        pairs = (line.partition(":") for line in body[:blank])
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        yield lines[start].strip("- \n").lower(), headers, "\n".join(body[blank + 1 :])


# ------------------------------------------------------------------------------- YAML


def read_yaml(lines: list[str]) -> Serialized:
    """Unicorn's and SCS's form: the item's own pairs at the margin, fields as lists of pairs."""
    found = Serialized()
    one: dict[str, str] = {}
    for depth, begins, name, value in pairs(lines):
        if depth == 0 and not begins:
            keep(found, one)
            one = {}
            if name in ("id", "path", "template"):
                setattr(found, name, value)
        else:
            if begins:
                keep(found, one)
                one = {}
            one[name] = value
    keep(found, one)
    return found


def keep(found: Serialized, one: Mapping[str, str]) -> None:
    if "value" in one:
        found.put(one.get("hint", ""), one.get("id", ""), one["value"])


def pairs(lines: list[str]) -> Iterator[tuple[int, bool, str, str]]:
    """How deep, whether it begins an entry of a list, the name, and the value, blocks whole."""
    at = 0
    while at < len(lines):
        match = PAIR.fullmatch(lines[at].rstrip())
        at += 1
        if match is None:
            continue
        depth, value = len(match[1]) + len(match[2] or ""), (match[4] or "").strip()
        if value[:1] in ("|", ">"):
            block = []
            while at < len(lines) and (
                not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) > depth
            ):
                block.append(lines[at].strip())
                at += 1
            value = "\n".join(block).strip()
        yield depth, bool(match[2]), match[3].lower(), unquoted(value)


def unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value
