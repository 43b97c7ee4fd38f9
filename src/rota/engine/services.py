"""Services: what tasks are given by type, one instance a run, closed at the run's end.

A factory is a function, a coroutine function, a generator with one `yield`, an async one, or
anything that returns a context manager. Its own annotated parameters are services too.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rota.engine.annotations import bare, read_signature, spelt
from rota.engine.scalars import SCALARS
from rota.errors import BadSetting, Problem

if TYPE_CHECKING:
    import asyncio

__all__ = ("Scope", "Services")

T = TypeVar("T")
Factory = Callable[..., object]
Steps = Generator[Awaitable[object], object, T]
"""A piece of work as a generator of what it waits for: the same code for both kinds of tasks."""

SETTABLE = (*SCALARS, list, dict, object)  # JSON parameters: never services


class Services:
    """The types that tasks may ask for, each with its factory.

    >>> class Mailer: ...
    >>> services = Services()
    >>> services.provide(Mailer, Mailer)
    >>> with services.scope() as scope:
    ...     scope.get(Mailer) is scope.get(Mailer)
    True
    """

    def __init__(self) -> None:
        self.factories: dict[object, Factory] = {}
        self.needs: dict[object, dict[str, object]] = {}  # by factory, looked at once

    def provide(self, type: type[T], factory: Callable[..., object]) -> None:  # noqa: A002
        """Register a type; a second factory for it replaces the first, as a test would want."""
        name = spelt(type)
        if not isinstance(type, builtin_type) or type in SETTABLE:
            raise BadSetting(
                f"{name} cannot be a service; a service is known by a class of its own",
                part="provide",
                hint="write a class, even one that only holds the value",
            )
        if not callable(factory):
            raise BadSetting(
                f"the factory of {name} cannot be called",
                part="provide",
                hint="give a function that returns it, such as lambda: value",
            )
        self.factories[type] = factory

    def knows(self, type: object) -> bool:  # noqa: A002
        """Whether the type has been registered."""
        try:
            return type in self.factories
        except TypeError:  # an annotation that cannot be hashed
            return False

    def scope(self, given: Mapping[object, object] | None = None) -> Scope:
        """The instances of one run, `given` ones included; to be entered with `with`, or with
        `async with` in a coroutine."""
        return Scope(self, given or {})

    def check(self) -> None:
        """BadSetting if some factory can never be called: circles, parameters nobody provides."""
        problems: list[Problem] = []
        for wanted in list(self.factories):
            try:
                self.walk(wanted, [], set())
            except BadSetting as error:
                problems += [one for one in error.problems if one not in problems]
        if problems:
            raise BadSetting(problems)

    def walk(self, wanted: object, chain: list[object], done: set[object]) -> None:
        refuse_circle(wanted, chain)
        if wanted not in done:
            done.add(wanted)
            for inner in self.needed(self.factories[wanted]).values():
                if self.knows(inner):
                    self.walk(inner, [*chain, wanted], done)

    def needed(self, factory: Factory, given: Mapping[object, object] | None = None,
               ) -> dict[str, object]:
        """The services that a factory's parameters ask for, by parameter."""
        found: dict[str, object] = {}
        for one in self.parameters(factory):
            wanted = bare(one.annotation) if one.annotated and not one.unreadable else None
            if wanted is not None and (self.knows(wanted) or (given and wanted in given)):
                found[one.name] = wanted
        return found
