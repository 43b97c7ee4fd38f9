"""Shapes made of shapes: choices, lists, objects, dataclasses and unions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rota.engine.tasks.bounded import NotJson, clip
from rota.engine.tasks.jsonform import SHOWN, Problems, kind, misfit, quoted, to_json
from rota.engine.tasks.scalars import SCALARS, Shape
from rota.errors import Problem

__all__ = ("Choice", "Listing", "Mapped", "Record", "Slot", "Union")

UNSAID = object()  # a default that is not worth telling: it has no JSON form
ENOUGH = 20  # problems; a list of a million wrong items is not a million lines


@dataclass(frozen=True, slots=True)
class Choice(Shape):
    """One of a few values: an Enum or a Literal."""

    choices: tuple[tuple[object, object], ...]  # as JSON, as Python

    def schema(self) -> dict[str, object]:
        return {"enum": [json for json, _ in self.choices]}

    @property
    def words(self) -> str:  # type: ignore[override]
        few = [quoted(json) for json, _ in self.choices[:10]]
        return f"one of {', '.join(few)}{', …' if len(self.choices) > len(few) else ''}"

    def read(self, value: object, part: str, problems: Problems) -> object:
        for json, python in self.choices:
            if type(json) is type(value) and json == value:
                return python
        problems.append(misfit(part, value, "this is none of the choices", f"write {self.words}"))
        return None


@dataclass(frozen=True, slots=True)
class Listing(Shape):
    """A list whose items have one shape."""

    item: Shape
    words = "a list"

    def schema(self) -> dict[str, object]:
        inner = self.item.schema()
        return {"type": "array", "items": inner} if inner else {"type": "array"}

    def read(self, value: object, part: str, problems: Problems) -> object:
        if not isinstance(value, list | tuple):
            problems.append(misfit(part, value, f"this is {kind(value)}; a list fits here"))
            return None
        items = []
        for number, item in enumerate(value):
            if len(problems) >= ENOUGH:
                break
            items.append(self.item.read(item, f"{part}[{number}]", problems))
        return items


@dataclass(frozen=True, slots=True)
class Mapped(Shape):
    """A JSON object with keys of the caller's choice, and values of one shape."""

    value: Shape
    words = "an object"

    def schema(self) -> dict[str, object]:
        inner = self.value.schema()
        return {"type": "object", "additionalProperties": inner} if inner else {"type": "object"}

    def read(self, value: object, part: str, problems: Problems) -> object:
        if not isinstance(value, Mapping):
            problems.append(misfit(part, value, f"this is {kind(value)}; an object fits here"))
            return None
        result = {}
        for key, item in value.items():
            if len(problems) >= ENOUGH:
                break
            if not isinstance(key, str):
                problems.append(misfit(part, key, "the keys of an object are text"))
                continue
            result[key] = self.value.read(item, f"{part}.{clip(key, SHOWN)}", problems)
        return result


@dataclass(frozen=True, slots=True)
class Slot:
    """One named value of a record or of a whole function: its shape, and if it may be left out."""

    shape: Shape
    required: bool
    default: object = UNSAID
    hint: str = ""  # what to say when it is missing

    def schema(self, name: str) -> dict[str, object]:
        """The shape's schema with a title and, if it has a JSON form that fits, the default."""
        schema = {"title": titled(name), **self.shape.schema()}
        if not self.required:
            try:
                default = to_json(self.default)
            except NotJson:
                return schema
            problems: Problems = []
            self.shape.read(default, name, problems)
            if not problems:
                schema["default"] = default
        return schema


@dataclass(frozen=True, slots=True)
class Record(Shape):
    """An object with known names: a dataclass, or (`make` is dict) a function's parameters."""

    make: Callable[..., object]
    slots: Mapping[str, Slot]
    extra: Shape | None = None  # of names that are not known; None: there are none
    words = "an object"

    def schema(self) -> dict[str, object]:
        schema: dict[str, object] = {
            "type": "object",
            "properties": {name: slot.schema(name) for name, slot in self.slots.items()},
        }
        if required := [name for name, slot in self.slots.items() if slot.required]:
            schema["required"] = required
        schema["additionalProperties"] = (
            False if self.extra is None else self.extra.schema() or True
        )
        return schema

    def read(self, value: object, part: str, problems: Problems) -> object:
        if not isinstance(value, Mapping):
            problems.append(misfit(part, value, f"this is {kind(value)}; an object fits here"))
            return None
        before = len(problems)
        result: dict[str, object] = {}
        for name, item in value.items():
            if len(problems) >= ENOUGH:
                return None
            slot = self.slots.get(name) if isinstance(name, str) else None
            shape = self.extra if slot is None else slot.shape
            if shape is None or not isinstance(name, str):
                problems.append(self.unknown(name, part))
            else:
                result[name] = shape.read(item, joined(part, name), problems)
        for name, slot in self.slots.items():
            if slot.required and name not in value:
                hint = slot.hint or f"give {slot.shape.words}"
                problems.append(
                    Problem("bad_parameters", joined(part, name), "", "it is missing", hint)
                )
        if len(problems) > before:
            return None
        try:
            return self.make(**result)
        except Exception as error:  # noqa: BLE001  a dataclass that checks itself
            problems.append(misfit(part, value, clip(f"{type(error).__name__}: {error}", 500)))
            return None

    def unknown(self, name: object, part: str) -> Problem:
        from difflib import get_close_matches  # only for those who mistype

        given = clip(str(name), SHOWN) if isinstance(name, str | int | float) else kind(name)
        near = get_close_matches(given, self.slots, 1)
        if near:
            hint = f"write {near[0]}"
        elif self.slots:
            hint = f"there are {', '.join(self.slots)}"
        else:
            hint = "it takes none"
        return Problem(
            "bad_parameters", joined(part, given), "", "there is no such parameter", hint
        )


@dataclass(frozen=True, slots=True)
class Union(Shape):
    """One of several shapes: the first that fits, a whole number before a number."""

    members: tuple[Shape, ...]

    @property
    def words(self) -> str:  # type: ignore[override]
        return " or ".join(member.words for member in self.members)

    def schema(self) -> dict[str, object]:
        return {"anyOf": [member.schema() for member in self.members]}

    def read(self, value: object, part: str, problems: Problems) -> object:
        attempts: list[Problems] = []
        for member in self.members:
            attempts.append([])
            result = member.read(value, part, attempts[-1])
            if not attempts[-1]:
                return result
        real = [
            tried
            for member, tried in zip(self.members, attempts, strict=True)
            if member is not SCALARS[type(None)]
        ]
        if len(real) == 1:  # Optional: what is wrong with the value is what its one shape says
            problems += real[0]
        else:
            problems.append(misfit(part, value, f"this is {kind(value)}; {self.words} fits here"))
        return None


def titled(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def joined(part: str, name: str) -> str:
    return f"{part}.{name}" if part else name
