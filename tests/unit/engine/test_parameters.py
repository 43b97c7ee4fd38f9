"""What a task's function takes, told from its annotations alone."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal, NewType, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.engine.tasks.parameters import Signature, inspect_task, refuse_shape
from rota.errors import BadParameters

if TYPE_CHECKING:
    from fractions import Fraction


class Run: ...


class Mailer: ...


class Stranger: ...


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Depth(Enum):
    SHALLOW = (0, 1)
    DEEP = (1, 9)


@dataclass
class Address:
    street: str
    number: int = 1
    tags: list[str] = field(default_factory=list)


@dataclass
class Person:
    name: str
    home: Address
    born: date | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a person has a name")


@dataclass
class Knot:
    inner: Knot | None = None


Identity = NewType("Identity", int)


def signature(function: Callable[..., object], **more: Any) -> Signature:
    return inspect_task(function, run_type=Run, provided=lambda one: one is Mailer, **more)


def problems(function: Callable[..., object], parameters: Mapping[str, object]) -> dict[str, str]:
    with pytest.raises(BadParameters) as caught:
        signature(function).check(parameters)
    return {one.part: f"{one.text} {one.reason}; {one.hint}" for one in caught.value.problems}


def takes(annotation: object) -> Callable[..., object]:
    def task(value: object) -> None: ...

    task.__annotations__["value"] = annotation
    return task


def read(annotation: object, value: object) -> object:
    return signature(takes(annotation)).bind({"value": value})["value"]


def shape(annotation: object) -> dict[str, Any]:
    schema: Any = signature(takes(annotation)).schema
    assert schema["properties"]["value"].pop("title") == "Value"
    found: dict[str, Any] = schema["properties"]["value"]
    return found


# ------------------------------------------------------------------ what is injected


def test_the_run_and_services_are_injected_and_never_settable() -> None:
    def task(run: Run, mailer: Mailer, other: Mailer | None, limit: int = 3) -> None: ...

    found = signature(task)
    assert found.injected == {"run": Run, "mailer": Mailer, "other": Mailer}
    assert list(found.schema["properties"]) == ["limit"]  # type: ignore[call-overload]
    assert found.bind({}) == {}
    assert "no such parameter" in problems(task, {"mailer": "x"})["mailer"]


def test_the_schema_says_titles_defaults_and_what_is_required() -> None:
    def task(max_items: int, since: date = date(2026, 3, 2), why: str | None = None) -> None: ...

    assert signature(task).schema == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "max_items": {"title": "Max items", "type": "integer"},
            "since": {
                "title": "Since",
                "type": "string",
                "format": "date",
                "default": "2026-03-02",
            },
            "why": {
                "title": "Why",
                "anyOf": [{"type": "string"}, {"type": "null"}],
                "default": None,
            },
        },
        "required": ["max_items"],
        "additionalProperties": False,
    }


def test_a_default_without_json_form_is_left_out() -> None:
    def task(limit: int = None, thing: Any = object()) -> None: ...  # type: ignore[assignment]  # noqa: B008, RUF013

    schema: Any = signature(task).schema
    assert "default" not in schema["properties"]["limit"]
    assert "default" not in schema["properties"]["thing"]
    assert "required" not in schema


def test_a_method_a_partial_and_a_wrapped_function_are_understood() -> None:
    class Cleaning:
        def execute(self, run: Run, limit: int) -> None: ...

    assert signature(Cleaning.execute, skip_self=True).bind({"limit": 1}) == {"limit": 1}
    assert signature(Cleaning().execute).injected == {"run": Run}

    def task(run: Run, limit: int) -> None: ...

    @functools.wraps(task)
    def wrapped(*args: Any, **kwargs: Any) -> None: ...

    assert signature(wrapped).injected == {"run": Run}
    assert signature(functools.partial(task, limit=3)).bind({}) == {}


def test_a_class_from_the_closure_is_found() -> None:
    class Local: ...

    def task(service: Local) -> object:
        return Local

    found = inspect_task(task, run_type=Run, provided=lambda one: one is Local)
    assert found.injected == {"service": Local}


def test_the_run_s_type_may_be_imported_inside_of_a_function() -> None:
    class Imported: ...

    def task(run: Imported) -> None: ...

    found = inspect_task(task, run_type=Imported, provided=lambda one: False)
    assert found.injected == {"run": Imported}


def test_additional_parameters_are_taken_by_kwargs() -> None:
    def anything(limit: int = 1, **rest: Any) -> None: ...

    def numbers(**rest: int) -> None: ...

    assert signature(anything).bind({"x": [1], "limit": 2}) == {"x": [1], "limit": 2}
    assert signature(anything).schema["additionalProperties"] is True
    assert signature(numbers).schema["additionalProperties"] == {"type": "integer"}
    assert "whole number" in problems(numbers, {"x": "1"})["x"]


# ------------------------------------------------------------------ what is refused


def test_shapes_that_no_task_can_have() -> None:
    def starred(*names: str) -> None: ...

    def positional(a: int, /) -> None: ...

    def generator(run: Run) -> Any:
        yield

    async def stream(run: Run) -> Any:
        yield

    for function, word in (
        (starred, "name each one"),
        (positional, "leave out the /"),
        (generator, "generator"),
        (stream, "generator"),
    ):
        with pytest.raises(BadParameters, match=word):
            refuse_shape(function)
    refuse_shape(lambda run, limit=3, **rest: None)


def test_annotations_that_cannot_be_resolved_are_all_named() -> None:
    def task(one: Nowhere, two: Fraction, three: int, four: Stranger, five: set[int]) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(BadParameters) as caught:
        signature(task)
    found = {one.part: f"{one.reason}; {one.hint}" for one in caught.value.problems}
    assert list(found) == ["one", "two", "four", "five"]
    assert "Nowhere" in found["one"]
    assert "TYPE_CHECKING" in found["two"]
    assert "annotate with a JSON type or register it with rota.provide" in found["four"]
    assert "set[int]" in found["five"]


@pytest.mark.parametrize("annotation", [dict[int, str], Literal[b"x"], Knot, tuple[int, int], "1+"])
def test_types_without_json_form_are_refused(annotation: object) -> None:
    with pytest.raises(BadParameters):
        signature(takes(annotation))


def test_every_problem_is_told_at_once() -> None:
    def task(limit: int, name: str, when: date, deep: bool = False) -> None: ...

    found = problems(task, {"limti": 1, "name": 7, "when": "tomorrow", "deep": 1})
    assert found == {
        "limti": " there is no such parameter; write limit",
        "name": '7 this is a whole number; text fits here; write "text"',
        "when": '"tomorrow" this is not a date; write "2026-03-02"',
        "deep": "1 this is a whole number; true or false fits here; write true or false",
        "limit": " it is missing; give a whole number",
    }


def test_a_run_without_annotation_is_told_what_is_missing() -> None:
    def task(run) -> None: ...  # type: ignore[no-untyped-def]

    assert "run: Run" in problems(task, {})["run"]


def test_a_thousand_mistakes_do_not_make_a_thousand_lines() -> None:
    assert len(problems(takes(list[int]), {"value": ["x"] * 100_000})) <= 20
    assert len(problems(takes(int), {f"n{i}": 1 for i in range(10_000)})) <= 30


def test_more_than_64_kib_is_refused() -> None:
    assert "too large" in problems(takes(str), {"value": "x" * 70_000})[""]
    assert "too large" in problems(takes(Any), {"value": ["x" * 70_000]})["value"]


def test_what_is_no_json_is_refused_where_anything_goes() -> None:
    endless: list[object] = []
    endless.append(endless)
    for value in (float("nan"), {1: 2}, {"a": object()}, endless, {1, 2}):
        with pytest.raises(BadParameters):
            read(Any, value)


# ------------------------------------------------------------------ values


@pytest.mark.parametrize(
    "annotation,value,expected",
    [
        (str, "x", "x"),
        (int, 5, 5),
        (float, 5, 5.0),
        (float, 2.5, 2.5),
        (bool, True, True),
        (None, None, None),
        (Identity, 3, 3),
        (Annotated[int, "metres"], 3, 3),
        (list, [1, "a"], [1, "a"]),
        (list[int], [1, 2], [1, 2]),
        (Sequence[int], [1], [1]),
        (dict, {"a": 1}, {"a": 1}),
        (dict[str, list[date]], {"a": ["2026-03-02"]}, {"a": [date(2026, 3, 2)]}),
        (date, "2026-03-02", date(2026, 3, 2)),
        (datetime, "2026-03-02T14:00:00Z", datetime(2026, 3, 2, 14, tzinfo=UTC)),
        (
            datetime,
            "2026-03-02T14:00:00.1234567+01:00",
            datetime(2026, 3, 2, 14, 0, 0, 123456, timezone(timedelta(hours=1))),
        ),
        (datetime, "2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (timedelta, "90s", timedelta(seconds=90)),
        (timedelta, "1h30m", timedelta(minutes=90)),
        (timedelta, "PT1M30.5S", timedelta(seconds=90.5)),
        (timedelta, "P1DT2H", timedelta(hours=26)),
        (Decimal, "12.50", Decimal("12.50")),
        (Decimal, "-1e3", Decimal(-1000)),
        (Colour, "red", Colour.RED),
        (Depth, "DEEP", Depth.DEEP),
        (Literal["a", 1, None], 1, 1),
        (Literal[Colour.RED], "red", Colour.RED),
        (Optional[int], None, None),  # noqa: UP045
        (int | str, "x", "x"),
        (Address, {"street": "Main"}, Address("Main")),
        (
            Person,
            {"name": "Ada", "home": {"street": "Main", "number": 3}, "born": "1815-12-10"},
            Person("Ada", Address("Main", 3), date(1815, 12, 10)),
        ),
        (list[Address], [{"street": "a"}], [Address("a")]),
    ],
)
def test_values_that_fit(annotation: object, value: object, expected: object) -> None:
    found = read(annotation, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "annotation,value",
    [
        (str, 1),
        (str, None),
        (int, "1"),
        (int, True),
        (int, 1.0),
        (float, "1"),
        (float, False),
        (float, float("inf")),
        (float, 10**400),
        (bool, 1),
        (None, 0),
        (list[int], "12"),
        (list[int], [1, "2"]),
        (dict[str, int], [1]),
        (dict[str, int], {"a": True}),
        (date, "20260302"),
        (date, "2026-02-30"),
        (date, 20260302),
        (datetime, "2026-03-02T14:00:00"),
        (datetime, "2026-03-02"),
        (datetime, "2026-03-02T24:00:00Z"),
        (datetime, "2026-03-02T14:00:00+25:00"),
        (timedelta, 90),
        (timedelta, "P1M"),
        (timedelta, "P"),
        (timedelta, "PT"),
        (timedelta, "-1s"),
        (timedelta, "P999999999W"),
        (Decimal, 1.5),
        (Decimal, "NaN"),
        (Decimal, "1_000"),
        (Colour, "RED"),
        (Colour, 1),
        (Literal[1], True),
        (Optional[int], "x"),  # noqa: UP045
        (Address, {"street": "a", "numbr": 3}),
        (Address, {}),
        (Address, []),
        (Person, {"name": "", "home": {"street": "a"}}),
    ],
)
def test_values_that_do_not_fit(annotation: object, value: object) -> None:
    with pytest.raises(BadParameters):
        read(annotation, value)


def test_a_problem_within_names_its_place() -> None:
    assert list(problems(takes(list[Person]), {"value": [{"home": {"street": 1}}]})) == [
        "value[0].home.street",
        "value[0].name",
    ]


def test_a_whole_number_stays_one_where_both_kinds_fit() -> None:
    assert type(read(float | int, 1)) is int


def test_schemas_of_types() -> None:
    assert shape(datetime) == {"type": "string", "format": "date-time"}
    assert shape(timedelta) == {"type": "string", "format": "duration"}
    assert shape(Decimal) == {"type": "string", "format": "decimal"}
    assert shape(Colour) == {"enum": ["red", "blue"]}
    assert shape(Any) == {}
    assert shape(dict[str, float]) == {
        "type": "object",
        "additionalProperties": {"type": "number"},
    }
    assert shape(Address) == {
        "type": "object",
        "properties": {
            "street": {"title": "Street", "type": "string"},
            "number": {"title": "Number", "type": "integer", "default": 1},
            "tags": {
                "title": "Tags",
                "type": "array",
                "items": {"type": "string"},
                "default": [],
            },
        },
        "required": ["street"],
        "additionalProperties": False,
    }


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
)


def everything(
    count: int = 1,
    home: Person | Address | None = None,
    colours: list[Colour] | dict[str, datetime] | None = None,
    **rest: timedelta | Decimal | float | str,
) -> None: ...


EVERYTHING = signature(everything)


@given(st.dictionaries(st.text() | st.sampled_from(["count", "home", "colours"]), values))
def test_whatever_is_given_either_binds_or_is_refused_with_reasons(
    parameters: dict[str, object],
) -> None:
    refusal = None
    try:
        EVERYTHING.bind(parameters)
    except BadParameters as error:
        refusal = error
    assert refusal is None or (refusal.problems and len(str(refusal)) < 20_000)
