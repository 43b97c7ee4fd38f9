"""What a task's function takes: JSON parameters, services, and the run itself.

The function is looked at once. Its annotations say which parameters a schedule or a person may set,
and a JSON Schema tells the page and the API what fits them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rota.engine.tasks.annotations import Parameter, Unreadable, bare, read_signature, shape_of
from rota.engine.tasks.jsonform import check_size
from rota.engine.tasks.scalars import ANYTHING, Shape
from rota.engine.tasks.shapes import Record, Slot
from rota.errors import BadParameters, Problem

__all__ = ("Signature", "inspect_task", "refuse_shape")

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VARIADIC = inspect.Parameter.VAR_KEYWORD


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """A task's function, understood: its JSON parameters and what Rota gives it by itself."""

    schema: dict[str, object]
    injected: dict[str, object]  # parameter → the run's type or that of a service
    record: Record

    def check(self, parameters: Mapping[str, object]) -> None:
        """BadParameters with everything that is wrong; nothing if they fit."""
        self.bind(parameters)

    def bind(self, parameters: Mapping[str, object]) -> dict[str, object]:
        """The Python values of the JSON parameters given; defaults are left to the function.

        >>> def greet(name: str, times: int = 1): ...
        >>> inspect_task(greet, run_type=object, provided=lambda type: False).bind({"name": "Ada"})
        {'name': 'Ada'}
        """
        if not parameters and not self.schema["properties"]:
            return {}
        problems: list[Problem] = []
        values = self.record.read(parameters, "", problems)
        if not problems:
            check_size(parameters, problems)
        if problems:
            raise BadParameters(problems)
        assert isinstance(values, dict)
        return values


def refuse_shape(function: Callable[..., object]) -> None:
    """BadParameters if no task can have this form, whatever its annotations say.

    >>> refuse_shape(lambda *names: None)
    Traceback (most recent call last):
    rota.errors.BadParameters: *names: parameters are given by name; name each one
    """
    problems = []
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        raise BadParameters(
            f"its parameters cannot be read ({error})", hint="wrap it in a function of your own"
        ) from None
    for one in parameters:
        if one.kind is one.VAR_POSITIONAL:
            problems.append(
                problem(f"*{one.name}", "parameters are given by name", "name each one")
            )
        elif one.kind is one.POSITIONAL_ONLY:
            reason = "it is positional-only, and parameters are given by name"
            problems.append(problem(one.name, reason, "leave out the / behind it"))
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        reason = "it is a generator: calling it would run nothing of it"
        problems.append(problem(getattr(function, "__name__", ""), reason, "write no yield in it"))
    if problems:
        raise BadParameters(problems)


def inspect_task(
    function: Callable[..., object],
    *,
    run_type: type,
    provided: Callable[[object], bool],
    skip_self: bool = False,
    names: Mapping[str, object] | None = None,
) -> Signature:
    """The signature of a task's function; BadParameters names every parameter that cannot be.

    >>> def greet(name: str, times: int = 1): ...
    >>> signature = inspect_task(greet, run_type=object, provided=lambda type: False)
    >>> signature.schema["required"], signature.schema["properties"]["times"]
    (['name'], {'title': 'Times', 'type': 'integer', 'default': 1})
    >>> signature.check({"nam": "Ada", "times": "2"})
    Traceback (most recent call last):
    rota.errors.BadParameters: nam: there is no such parameter; write name | times “"2"”: this is
    text; a whole number fits here; write 5 | name: it is missing; give text
    """
    refuse_shape(function)
    problems: list[Problem] = []
    injected: dict[str, object] = {}
    slots: dict[str, Slot] = {}
    extra: Shape | None = None
    for one in read_signature(function, skip_self=skip_self, known=(run_type,), names=names):
        try:
            if one.unreadable is not None:
                raise one.unreadable
            wanted = bare(one.annotation)
            if wanted is run_type or (one.annotated and provided(wanted)):
                injected[one.name] = wanted
            elif one.kind is VARIADIC:
                extra = shape_of(one.annotation)
            else:
                slots[one.name] = slot_of(one)
        except Unreadable as error:
            problems.append(problem(one.name, error.reason, error.hint))
    if problems:
        raise BadParameters(problems)
    record = Record(dict, slots, extra)
    return Signature({"$schema": DIALECT, **record.schema()}, injected, record)


def slot_of(one: Parameter) -> Slot:
    shape = shape_of(one.annotation) if one.annotated else ANYTHING
    if not one.required:
        return Slot(shape, required=False, default=one.default)
    hint = "" if one.annotated or one.name != "run" else "for the run itself, annotate it: run: Run"
    return Slot(shape, required=True, hint=hint)


def problem(part: str, reason: str, hint: str) -> Problem:
    return Problem("bad_parameters", part, "", reason, hint)
