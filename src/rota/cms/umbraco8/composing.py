"""Composers and components: how an application sets up its runners."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from rota.cms.umbraco.host import ServerHost
from rota.cms.umbraco.logger import JobLogger
from rota.cms.umbraco8.hosting import hosting
from rota.cms.umbraco8.logger import ProfilingLogger
from rota.cms.umbraco8.runtime import RuntimeState
from rota.errors import BadSetting

__all__ = ("Component", "ComponentComposer", "Composer", "Composition", "Umbraco8")

Made = TypeVar("Made")


class Component(Protocol):
    """Code with a beginning and an end: the node's. Its constructor asks for services by type."""

    def initialize(self) -> None:
        """The node is about to start; what this raises refuses the start."""

    def terminate(self) -> None:
        """The node is about to stop."""


class Composer(Protocol):
    """Sets up a part of the application."""

    def compose(self, composition: Composition) -> None:
        """Append components, register services."""


class ComponentComposer:
    """A composer that appends one component: the one its class names.

    >>> class Room: ...
    >>> class RoomComposer(ComponentComposer):
    ...     component = Room
    """

    component: type[Any]

    def compose(self, composition: Composition) -> None:
        """Append it."""
        kind = getattr(self, "component", None)
        if kind is None:
            raise BadSetting("it names no component", part=type(self).__qualname__,
                             hint="write component = YourComponent in it")  # fmt: skip
        composition.components.append(kind)


class Composition:
    """What composers add to."""

    def __init__(self, rota: ServerHost) -> None:
        self.rota = rota
        self.components: list[type[Any]] = []

    def register(self, kind: type[Any], factory: Callable[..., object]) -> None:
        """Let constructors and tasks ask for `kind`, as `rota.provide` does."""
        self.rota.provide(kind, factory)


class Umbraco8:
    """The composition of an application, in the words of Umbraco 8.

    Constructors may ask for the application itself (`Rota`), `RuntimeState`, `ProfilingLogger`,
    `logging.Logger`, and what is registered with `rota.provide`.

    >>> from rota import Rota
    >>> rota = Rota("memory://")
    >>> class Hello:
    ...     def __init__(self, runtime: RuntimeState) -> None:
    ...         self.runtime = runtime
    ...
    ...     def initialize(self):
    ...         print("hello")
    ...
    ...     def terminate(self):
    ...         print("goodbye")
    >>> class HelloComposer(ComponentComposer):
    ...     component = Hello
    >>> Umbraco8(rota).compose(HelloComposer)
    >>> rota.start()
    hello
    >>> rota.stop()
    goodbye
    """

    def __init__(self, rota: ServerHost) -> None:
        self.rota = rota

    def compose(self, *composers: type[Composer]) -> None:
        """Let them compose, in order, and make their components; before the node starts. Each
        component is initialized when the node starts and terminated when it stops.
        """
        composition = Composition(self.rota)
        for kind in composers:
            kind().compose(composition)
        hosting(self.rota).components.extend(
            cast(Component, self.construct(one)) for one in composition.components
        )

    def construct(self, kind: type[Made]) -> Made:
        """One instance, with the services its constructor asks for. BadSetting names what nobody
        provides, and what a run closes.
        """
        name = f"{kind.__module__}.{kind.__qualname__}"
        given: dict[object, object] = {
            type(self.rota): self.rota,
            RuntimeState: RuntimeState(self.rota),
            ProfilingLogger: ProfilingLogger(name),
            logging.Logger: JobLogger(name),
        }
        with self.rota.context.services.scope(given) as scope:
            made = scope.build(kind)
            closed = [service for service, _ in scope.exits]
        if closed:
            raise BadSetting(
                f"{', '.join(closed)} is opened and closed with every run", part=name,
                hint="a component outlives them all: let its task open one when it runs",
            )  # fmt: skip
        return made
