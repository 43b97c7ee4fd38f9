"""Constructor injection: jobs live as long as the process, so what belongs to a run or a request
is refused to their constructors and asked for in a scope instead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from rota.cms.umbraco.logger import JobLogger, ProfilingLogger
from rota.engine.tasks.run import Run
from rota.engine.tasks.services import Scope, Services
from rota.errors import BadSetting, Problem

__all__ = ("OptionsMonitor", "Registration", "ServiceScopeFactory", "construct")

Options = TypeVar("Options")


class ServiceScopeFactory:
    """Opens scopes: each has its own instance of every service, closed at its end.

    `with self.scopes.create_scope() as scope: session = scope.get(Session)`
    """

    def __init__(self, services: Services) -> None:
        self.services = services

    def create_scope(self) -> Scope:
        """A scope, to be entered by `with`, or by `async with` and `scope.aget`."""
        return self.services.scope()


class Registration:
    """A listener that is told until this is disposed of."""

    def __init__(self, dispose: Callable[[], object]) -> None:
        self.dispose = dispose
        """Tell the listener no longer; twice is once."""


class OptionsMonitor(Generic[Options]):
    """Options that may change while the application runs.

    A constructor asks for them by a class of their own: `class RoomOptions(OptionsMonitor[Room])`.

    >>> monitor, told = OptionsMonitor(5), []
    >>> registration = monitor.on_change(told.append)
    >>> monitor.set(7)
    >>> registration.dispose()
    >>> monitor.set(9)
    >>> monitor.current_value, told
    (9, [7])
    """

    def __init__(self, value: Options) -> None:
        self.current_value = value
        self.listeners: list[Callable[[Options], object]] = []

    def on_change(self, listener: Callable[[Options], object]) -> Registration:
        """Tell `listener(value)` of every change until the registration is disposed of."""
        self.listeners = [*self.listeners, listener]

        def dispose() -> None:
            self.listeners = [one for one in self.listeners if one is not listener]

        return Registration(dispose)

    def set(self, value: Options) -> None:
        """Other options from now on."""
        self.current_value = value
        for listener in self.listeners:
            listener(value)


def construct(kind: type[object], services: Services, given: Mapping[object, object]) -> object:
    """One instance of a job's class, with the services that its constructor asks for.

    Every job may ask for a logger, of its own name, whose lines are kept with the run that writes
    them. BadSetting for what nobody provides, and for services that belong to a run.
    """
    logger = JobLogger(f"{kind.__module__}.{kind.__qualname__}")
    own: dict[object, object] = {
        logging.Logger: logger,
        ProfilingLogger: ProfilingLogger(logger),
        ServiceScopeFactory: ServiceScopeFactory(services),
        **given,
    }
    try:
        with services.scope(own) as scope:
            made = scope.build(kind)
            closed = [name for name, _ in scope.exits]
    except BadSetting as error:
        raise BadSetting([explained(kind, problem) for problem in error.problems]) from error
    if closed:
        raise BadSetting([
            Problem("bad_setting", f"{kind.__qualname__}({name})", "",
                    "it is opened and closed with every run, and the job outlives them all", SCOPE)
            for name in closed
        ])  # fmt: skip
    return made


SCOPE = "ask for a ServiceScopeFactory, and for the service in a scope of it in run"


def explained(kind: type[object], problem: Problem) -> Problem:
    """A problem of the injection, in the words of somebody who writes a job."""
    if problem.text.rpartition(".")[2] != Run.__name__:
        return problem
    return Problem(
        problem.code, f"{kind.__qualname__}: {problem.part}", problem.text,
        "a run, and what hangs on one, does not exist when a job is made", SCOPE,
    )  # fmt: skip
