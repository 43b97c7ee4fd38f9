"""From a function's annotations to the shapes of its parameters."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from typing import Annotated, Any, Literal

from rota.engine.tasks.bounded import clip
from rota.engine.tasks.jsonform import enum_json
from rota.engine.tasks.scalars import ANYTHING, SCALARS, Shape
from rota.engine.tasks.shapes import Choice, Listing, Mapped, Record, Slot, Union

__all__ = ("Parameter", "Unreadable", "bare", "read_signature", "shape_of", "spelt")

JSON_SCALARS = (str, int, float, bool, type(None))


class Unreadable(ValueError):
    """An annotation that no parameter can have: why, and what to write instead."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function: its annotation resolved, or why it cannot be."""

    name: str
    annotation: object  # `inspect.Parameter.empty` if there is none
    default: object  # likewise
    kind: inspect._ParameterKind
    unreadable: Unreadable | None = None

    @property
    def annotated(self) -> bool:
        return self.annotation is not inspect.Parameter.empty

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty


def read_signature(
    function: Callable[..., object],
    *,
    skip_self: bool = False,
    known: tuple[type, ...] = (),
    names: Mapping[str, object] | None = None,
) -> list[Parameter]:
    """A function's parameters in order, text annotations resolved.

    A name that its module does not have may be that of a type in `known`: of one imported inside
    of a function; or one of `names`, those that were in sight where the function was defined.
    ValueError or TypeError if it has no readable signature.

    >>> def greet(name: "str", times: int = 1): ...
    >>> [(one.name, one.annotation) for one in read_signature(greet)]
    [('name', <class 'str'>), ('times', <class 'int'>)]
    """
    signature = inspect.signature(function)
    world, near = namespaces(function)
    world = {**{one.__name__: one for one in known}, **world}
    near = {**(names or {}), **near}
    parameters = list(signature.parameters.values())[1 if skip_self else 0 :]
    return [resolved(parameter, world, near) for parameter in parameters]


def resolved(
    parameter: inspect.Parameter, world: dict[str, Any], near: dict[str, Any]
) -> Parameter:
    """One at a time, so that one annotation that fails does not hide what the others mean."""
    annotation, unreadable = parameter.annotation, None
    if annotation is not inspect.Parameter.empty:
        holder = types.SimpleNamespace(__annotations__={"it": annotation})
        try:
            annotation = typing.get_type_hints(holder, world, near, include_extras=True)["it"]
        except Exception as error:  # noqa: BLE001  an annotation is code of the application's
            unreadable = Unreadable(
                f"the type {spelt(annotation)} cannot be resolved ({clip(str(error), 200)})",
                "define or import it at the module's top, outside `if TYPE_CHECKING`",
            )
    return Parameter(parameter.name, annotation, parameter.default, parameter.kind, unreadable)


def namespaces(function: Callable[..., object]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where the names in a function's annotations are looked up: its module, its closure."""
    inner: Any = inspect.unwrap(function)
    while hasattr(inner, "func"):  # functools.partial
        inner = inspect.unwrap(inner.func)
    if isinstance(inner, type):
        inner = vars(inner).get("__init__", inner)
    inner = getattr(inner, "__func__", inner)
    if not hasattr(inner, "__globals__"):
        inner = vars(type(inner)).get("__call__", inner)  # an object that can be called
    near: dict[str, Any] = {}
    code, cells = getattr(inner, "__code__", None), getattr(inner, "__closure__", None)
    for name, cell in zip(code.co_freevars if code else (), cells or (), strict=False):
        try:
            near[name] = cell.cell_contents
        except ValueError:  # not yet bound
            continue
    return getattr(inner, "__globals__", {}), near


# ------------------------------------------------------------------------------ types


def bare(annotation: object) -> object:
    """The annotation without `Annotated`, `NewType`, a type alias, or `| None`.

    >>> bare(typing.Optional[int])
    <class 'int'>
    """
    annotation = undressed(annotation)
    members = union_members(annotation)
    if members is not None:
        rest = [one for one in members if one is not type(None)]
        if len(rest) == 1:
            return undressed(rest[0])
    return annotation


def undressed(annotation: object) -> object:
    for _ in range(100):
        if typing.get_origin(annotation) is Annotated:
            annotation = typing.get_args(annotation)[0]
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":  # `type X = …` of Python 3.12
            annotation = annotation.__value__  # type: ignore[attr-defined]
        else:
            return annotation
    raise Unreadable("this type is wrapped too often")


def union_members(annotation: object) -> tuple[object, ...] | None:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return None


def shape_of(annotation: object, within: tuple[object, ...] = ()) -> Shape:
    """The shape of an annotation; Unreadable if it has none.

    >>> shape_of(list[int]).schema()
    {'type': 'array', 'items': {'type': 'integer'}}
    """
    annotation = undressed(annotation)
    if annotation in (Any, object, inspect.Parameter.empty):
        return ANYTHING
    if annotation is None:
        annotation = type(None)
    if isinstance(annotation, type) and annotation in SCALARS:
        return SCALARS[annotation]
    if (members := union_members(annotation)) is not None:
        shapes = [shape_of(one, within) for one in members]
        # A whole number would fit `float` too: int looks at it first, and float last.
        return Union(tuple(sorted(shapes, key=lambda shape: shape is SCALARS[float])))
    if typing.get_origin(annotation) is Literal:
        return Choice(tuple(literal(one) for one in typing.get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Choice(tuple((enum_json(member), member) for member in annotation))
    if (container := container_shape(annotation, within)) is not None:
        return container
    if isinstance(annotation, type) and is_dataclass(annotation):
        return record_shape(annotation, within)
    raise Unreadable(
        f"{spelt(annotation)} is not a JSON type",
        "annotate with a JSON type or register it with rota.provide",
    )


def literal(value: object) -> tuple[object, object]:
    if isinstance(value, Enum):
        return enum_json(value), value
    if isinstance(value, JSON_SCALARS):
        return value, value
    raise Unreadable(f"{spelt(value)} is not a JSON value", "write text or numbers in Literal")


def container_shape(annotation: object, within: tuple[object, ...]) -> Shape | None:
    origin = typing.get_origin(annotation) or annotation
    inner = typing.get_args(annotation)
    if origin is list or origin is Sequence:
        return Listing(shape_of(inner[0], within) if inner else ANYTHING)
    if origin is dict or origin is Mapping:
        if inner and undressed(inner[0]) is not str:
            raise Unreadable(f"the keys of {spelt(annotation)} are not text", "write dict[str, …]")
        return Mapped(shape_of(inner[1], within) if inner else ANYTHING)
    return None


def record_shape(cls: type, within: tuple[object, ...]) -> Shape:
    if cls in within:
        raise Unreadable(f"{spelt(cls)} contains itself", "write dict[str, …] for the inner one")
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except Exception as error:  # noqa: BLE001  an annotation is code of the application's
        raise Unreadable(
            f"a field of {spelt(cls)} has a type that cannot be resolved ({clip(str(error), 200)})",
            "define or import it at the module's top, outside `if TYPE_CHECKING`",
        ) from None
    slots = {}
    for one in fields(cls):
        if one.init:
            try:
                slots[one.name] = field_slot(one, shape_of(hints[one.name], (*within, cls)))
            except Unreadable as error:
                raise Unreadable(f"{cls.__name__}.{one.name}: {error.reason}", error.hint) from None
    return Record(cls, slots)


def field_slot(one: Field[Any], shape: Shape) -> Slot:
    if one.default is not MISSING:
        return Slot(shape, required=False, default=one.default)
    if one.default_factory in (list, dict):
        return Slot(shape, required=False, default=one.default_factory())
    if one.default_factory is not MISSING:  # somebody's code: not to be called just to show it
        return Slot(shape, required=False)
    return Slot(shape, required=True)


def spelt(annotation: object) -> str:
    """The annotation as somebody would have written it."""
    if isinstance(annotation, str):
        return clip(annotation, 200)
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return clip(annotation.__qualname__, 200)
    return clip(repr(annotation), 200)
