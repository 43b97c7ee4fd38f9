"""Services: what tasks are given by type, one instance a run, closed at the run's end.

A factory is a function, a coroutine function, a generator with one `yield`, an async one, or
anything that returns a context manager. Its own annotated parameters are services too.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from rota.engine.tasks.annotations import Parameter, Unreadable, bare, read_signature, spelt
from rota.engine.tasks.errortext import summary
from rota.engine.tasks.scalars import SCALARS
from rota.engine.tasks.steps import Steps, adrive, drive, waited
from rota.errors import BadSetting, Problem

if TYPE_CHECKING:
    import asyncio

__all__ = ("Scope", "Services")

T = TypeVar("T")
Factory = Callable[..., object]
Exit = Callable[..., object]
SETTABLE: Final = (*SCALARS, list, dict, object)  # the types of JSON parameters


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
        self.signatures: dict[Factory, list[Parameter]] = {}

    def provide(self, wanted: object, factory: Factory) -> None:
        """Register a type; a second factory for it takes the first one's place."""
        if not isinstance(wanted, type) or wanted in SETTABLE:
            raise BadSetting(
                f"{spelt(wanted)} cannot be a service: a service is known by a class of its own",
                part="provide",
                hint="write a class, even if it only holds the value",
            )
        if not callable(factory):
            raise BadSetting(
                f"the factory of {spelt(wanted)} cannot be called",
                part="provide",
                hint="give a function that returns the service, such as lambda: mailer",
            )
        self.factories[wanted] = factory

    def knows(self, wanted: object) -> bool:
        """Whether the type has been registered."""
        try:
            return wanted in self.factories
        except TypeError:  # an annotation without a hash
            return False

    def scope(self, given: Mapping[object, object] | None = None) -> Scope:
        """The services of one run, to be entered by `with` or `async with`.

        What is `given` counts as made already, such as the run itself by its type.
        """
        return Scope(self, given or {})

    def check(self, given: Mapping[object, object] | None = None) -> None:
        """BadSetting if a factory can never be called: circles, and types that nobody provides.
        What is `given` is there in every scope.
        """
        problems: list[Problem] = []
        for wanted in self.factories:
            try:
                self.walk(wanted, (), given or {})
            except BadSetting as error:
                problems += [one for one in error.problems if one not in problems]
        if problems:
            raise BadSetting(problems)

    def walk(
        self, wanted: object, chain: tuple[object, ...], given: Mapping[object, object]
    ) -> None:
        refuse_circle(wanted, chain)
        for inner in self.needs(self.factories[wanted], given).values():
            if inner not in given:
                self.walk(inner, (*chain, wanted), given)

    def needs(self, factory: Factory, given: Mapping[object, object]) -> dict[Parameter, object]:
        """Which parameters of a factory are services; BadSetting if another one has no default."""
        found: dict[Parameter, object] = {}
        for one in self.parameters(factory):
            wanted = wanted_by(one)
            if wanted is not None and (wanted in given or self.knows(wanted)):
                found[one] = wanted
            elif one.required and one.kind not in (one.kind.VAR_POSITIONAL, one.kind.VAR_KEYWORD):
                reason = "it has no registered type and no default"
                if one.unreadable is not None:
                    reason = one.unreadable.reason
                raise BadSetting(
                    reason,
                    part=f"{called(factory)}({one.name})",
                    text=spelt(one.annotation) if one.annotated else "",
                    hint="annotate it with a type registered with rota.provide",
                )
        return found

    def parameters(self, factory: Factory) -> list[Parameter]:
        try:
            return self.signatures[factory]
        except KeyError:
            pass
        try:
            known = tuple(one for one in self.factories if isinstance(one, type))
            found = read_signature(factory, known=known)
        except (TypeError, ValueError):  # of some built-in classes: they are called with nothing
            found = []
        self.signatures[factory] = found
        return found


class Scope:
    """The services of one run: one instance of each, closed in reverse order."""

    def __init__(self, services: Services, given: Mapping[object, object]) -> None:
        self.services = services
        self.instances: dict[object, object] = dict(given)
        self.exits: list[tuple[str, Exit]] = []
        self.runner: asyncio.Runner | None = None
        self.failures: tuple[BaseException, ...] = ()  # what closing raised

    def get(self, wanted: type[T]) -> T:
        """The run's instance of a type, made when first asked for.

        Async factories run on an event loop of this scope's own, on this thread.
        """
        return cast(T, drive(self.make(wanted, ()), self.wait))

    async def aget(self, wanted: type[T]) -> T:
        """The run's instance of a type, made when first asked for."""
        return cast(T, await adrive(self.make(wanted, ())))

    def build(self, what: Callable[..., T]) -> T:
        """Call a class or function with the services that its parameters ask for."""
        return cast(T, drive(self.call(what, ()), self.wait))

    async def abuild(self, what: Callable[..., T]) -> T:
        """Call a class or function with the services that its parameters ask for."""
        return cast(T, await adrive(self.call(what, ())))

    # ------------------------------------------------------------------ making

    def make(self, wanted: object, chain: tuple[object, ...]) -> Steps[object]:
        if wanted in self.instances:
            return self.instances[wanted]
        refuse_circle(wanted, chain)
        factory = self.services.factories.get(wanted)
        if factory is None:
            raise BadSetting(
                f"no service is registered for {spelt(wanted)}",
                part="provide",
                hint=f"write rota.provide({spelt(wanted)}, factory)",
            )
        result = yield from self.call(factory, (*chain, wanted))
        if inspect.isawaitable(result):
            result = yield result
        self.instances[wanted] = yield from self.enter(result, wanted)
        return self.instances[wanted]

    def call(self, factory: Factory, chain: tuple[object, ...]) -> Steps[object]:
        places: list[object] = []
        names: dict[str, object] = {}
        for parameter, wanted in self.services.needs(factory, self.instances).items():
            value = yield from self.make(wanted, chain)
            if parameter.kind is parameter.kind.POSITIONAL_ONLY:
                places.append(value)
            else:
                names[parameter.name] = value
        return factory(*places, **names)

    def enter(self, result: Any, wanted: object) -> Steps[object]:
        """What a factory returned, entered if it is a context manager."""
        manager = result
        if inspect.isgenerator(result):
            manager = contextmanager(lambda: result)()
        elif inspect.isasyncgen(result):
            manager = asynccontextmanager(lambda: result)()
        kind = type(manager)
        # Async first: some clients have the sync methods only to say that they are the wrong ones.
        if hasattr(kind, "__aenter__") and hasattr(kind, "__aexit__"):
            value = yield manager.__aenter__()
            self.exits.append((spelt(wanted), manager.__aexit__))
        elif hasattr(kind, "__enter__") and hasattr(kind, "__exit__"):
            value = manager.__enter__()
            self.exits.append((spelt(wanted), manager.__exit__))
        else:
            return result
        # A client that is a context manager of its own is the service, whatever entering returns.
        return result if fits(result, wanted) else value

    # ------------------------------------------------------------------ closing

    def closing(self, error: BaseException | None) -> Steps[None]:
        """Close what was entered, the last one first; each learns of the run's error."""
        failures: list[BaseException] = []
        while self.exits:
            name, leave = self.exits.pop()
            try:
                outcome = leave(type(error) if error else None, error, traceback_of(error))
                if inspect.isawaitable(outcome):
                    yield outcome
            except GeneratorExit:
                raise
            except BaseException as failure:  # noqa: BLE001  the others are closed all the same
                if failure is not error:  # else a generator let it through, as it should
                    failures.append(failure)
                    if error is not None:
                        note = f"closing {name} failed too: {summary(failure)}"
                        BaseException.add_note(error, note)
        self.instances.clear()
        self.failures = tuple(failures)

    def report(self, error: BaseException | None) -> None:
        """Raise what closing raised, unless the run has an error of its own, which bears a note."""
        if error is None and self.failures:
            if len(self.failures) == 1:
                raise self.failures[0]
            raise BaseExceptionGroup("closing the run's services", self.failures)

    def __enter__(self) -> Scope:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            drive(self.closing(error), self.wait)
        finally:
            if self.runner is not None:
                self.runner.close()
        self.report(error)

    async def __aenter__(self) -> Scope:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await adrive(self.closing(error))
        self.report(error)

    def wait(self, pending: Awaitable[object]) -> object:
        if self.runner is None:
            import asyncio  # not at the top: a host with sync tasks only never needs it

            self.runner = asyncio.Runner()
        return self.runner.run(waited(pending))


def refuse_circle(wanted: object, chain: tuple[object, ...]) -> None:
    if wanted in chain:
        circle = [*chain[chain.index(wanted) :], wanted]
        raise BadSetting(
            f"these services need each other: {' → '.join(spelt(one) for one in circle)}",
            part="provide",
            hint="let one of them be made without the other",
        )


def called(factory: Factory) -> str:
    name = getattr(factory, "__name__", None)
    return name if isinstance(name, str) else spelt(factory)


def wanted_by(parameter: Parameter) -> object | None:
    """The type that a factory's parameter asks for; None if it can be no service."""
    if not parameter.annotated or parameter.unreadable is not None:
        return None
    try:
        wanted = bare(parameter.annotation)
        hash(wanted)
    except (TypeError, Unreadable):
        return None
    return wanted


def fits(value: object, wanted: object) -> bool:
    try:
        return isinstance(value, cast(type, wanted))
    except TypeError:  # a protocol that cannot be asked
        return False


def traceback_of(error: BaseException | None) -> TracebackType | None:
    return error.__traceback__ if error is not None else None
