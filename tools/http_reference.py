"""Writes docs/http.md from the OpenAPI document, so that the page cannot tell what is not so.

python tools/http_reference.py           # writes it
python tools/http_reference.py --check   # exit 1 if it is not up to date
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

__all__ = ("PAGE", "main", "reference")

PAGE = Path(__file__).resolve().parent.parent / "docs" / "http.md"
INTRODUCTION = """# The HTTP API

<!-- Made by tools/http_reference.py from the application's own OpenAPI document. -->

Everything stands under the mount: with `app.mount("/rota", rota.web())` the first address below is
`/rota/api/v1/schedules`. The same description for programs is at `/api/v1/openapi.json`.

* **Who may**: each address names the least role; see [Who may](access.md). Programs send a token:
  `Authorization: Bearer rota_…`.
* **Bodies** are JSON, `Content-Type: application/json`, at most 256 KB. Fields that nobody knows
  are refused.
* **Times** are RFC 3339 in UTC; those that are sent without an offset are wall time in the
  schedule's zone.
* **Lists** are `{"items": […], "next": cursor or null}`; send `next` back as `cursor`. A cursor is
  a place in the order, not a page number: nothing is shown twice or left out when rows are added.
* **Changes** of a schedule: its answer bears an `ETag`. Send it as `If-Match`, and a change is
  refused with 412 if somebody else was faster; the problem's `version` and `ETag` are current.
* **Problems** are `application/problem+json` (RFC 9457) with `errors`, each
  `{"code", "part", "text", "reason", "hint"}`. 403 says which `role` would be enough.
"""


OPEN = {"open": "Open to everybody.", "signed": "For whoever has a signed address."}


def name_of(schema: dict[str, Any]) -> str:
    """The last part of a reference."""
    return str(schema["$ref"]).rsplit("/", 1)[-1]


def kind_of(schema: dict[str, Any]) -> str:
    """A schema in a few words.

    >>> kind_of({"type": ["string", "null"], "maxLength": 5})
    'string (at most 5) or null'
    """
    if "$ref" in schema:
        name = name_of(schema)
        return f"[{name}](#{name.lower()}-object)"
    if "anyOf" in schema:
        return " or ".join(kind_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind_of(schema['items'])}"
    types = schema.get("type", "any")
    words = [types] if isinstance(types, str) else list(types)
    words[0] += bounds_of(schema)
    return " or ".join(words)


def bounds_of(schema: dict[str, Any]) -> str:
    """What a value may be at least and at most, in brackets."""
    said = []
    if "minimum" in schema:
        said.append(f"{schema['minimum']:,} to {schema.get('maximum', '…'):,}")
    if "maxLength" in schema:
        said.append(f"at most {schema['maxLength']:,}")
    if schema.get("format") == "date-time":
        said.append("time")
    return f" ({', '.join(said)})" if said else ""


def operation(method: str, path: str, given: dict[str, Any]) -> list[str]:
    """The lines about one address."""
    role = given["x-role"]
    lines = [f"### `{method.upper()} {path}`", "", given["description"] or given["summary"], ""]
    lines += [OPEN.get(role, f"Needs the role `{role}`."), ""]
    if given["parameters"]:
        lines += ["| parameter | in | what |", "| --- | --- | --- |"]
        for one in given["parameters"]:
            must = ", required" if one["required"] and one["in"] != "path" else ""
            lines.append(f"| `{one['name']}` | {one['in']} | {kind_of(one['schema'])}{must} |")
        lines.append("")
    if "requestBody" in given:
        body = given["requestBody"]["content"]["application/json"]["schema"]
        lines += [
            f"Body: {kind_of(body)}{'' if given['requestBody']['required'] else ', or none'}.",
            "",
        ]
    answers = [answer(status, said) for status, said in given["responses"].items()]
    return [*lines, "Answers: " + " · ".join(answers) + ".", ""]


def answer(status: str, said: dict[str, Any]) -> str:
    """One status and what comes with it."""
    if "$ref" in said or "content" not in said:
        return status
    ((kind, content),) = said["content"].items()
    return f"{status} {kind_of(content['schema']) if content else f'`{kind}`'}"


def schema(name: str, given: dict[str, Any]) -> list[str]:
    """The lines about one schema."""
    lines = [f"### {name} object", ""]
    fields = given.get("properties", {})
    if not fields:
        return [*lines, "An object." if name == "Anything" else "No fields.", ""]
    required = given.get("required", [])
    lines += ["| field | what |", "| --- | --- |"]
    for field, one in fields.items():
        must = "" if field in required else ", optional"
        more = one.get("description", "")
        lines.append(f"| `{field}` | {kind_of(one)}{must}{f': {more}' if more else ''} |")
    return [*lines, ""]


def reference() -> str:
    """The whole page."""
    from rota.web.api.openapi import document

    found: dict[str, Any] = json.loads(json.dumps(document("")))
    lines = [INTRODUCTION]
    tag = ""
    for path, methods in found["paths"].items():
        for method, given in methods.items():
            if given["tags"][0] != tag:
                tag = given["tags"][0]
                lines += [f"## {tag.capitalize()}", ""]
            lines += operation(method, path, given)
    lines += ["## Problems", "", "| status | what |", "| --- | --- |"]
    for status, said in found["components"]["responses"].items():
        lines.append(f"| {status} | {said['description']} |")
    lines += ["", "## Schemas", ""]
    for name, given in found["components"]["schemas"].items():
        lines += schema(name, given)
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is up to date."""
    made = reference()
    if "--check" in arguments:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
