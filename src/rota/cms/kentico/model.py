"""The model: registering scheduled tasks, and what surrounds their code in a run."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from rota.cms.cancellation import CancellationToken
from rota.cms.host import Host, register
from rota.cms.kentico.configuration import ScheduledTaskConfigurationInfo, info
from rota.cms.kentico.configurations import Configurations
from rota.cms.kentico.result import returned
from rota.cms.logger import provide_logger
from rota.engine.client.items import ScheduleItem
from rota.engine.tasks.run import Run
from rota.errors import BadSetting, Declined, Failed, UnknownSchedule

__all__ = ("Kentico",)

Code = TypeVar("Code", bound=Callable[..., Any])
Condition = Callable[[ScheduledTaskConfigurationInfo], bool]


class Kentico:
    """Scheduled tasks of one application, in the words of Xperience by Kentico.

    >>> from rota import Rota
    >>> kentico = Kentico(Rota("memory://"))
    >>> @kentico.register_scheduled_task("Acme.Hello")
    ... def hello(task, cancellation_token):
    ...     return "Hello"
    >>> kentico.identifiers()
    ['Acme.Hello']
    """

    def __init__(self, rota: Host) -> None:
        self.rota = rota
        self.conditions: dict[str, Condition] = {}
        self.known: list[str] = []
        self.configurations = Configurations(self)
        provide_logger(rota)
        rota.provide(Nothing, Nothing)

    def identifiers(self) -> list[str]:
        """The identifiers that a configuration may choose from."""
        return sorted(self.known)

    def register_scheduled_task(
        self, identifier: str, code: Code | None = None, **policies: object
    ) -> Any:
        """Register a class with `execute`, or a function of the same two arguments, under a unique
        identifier with a prefix of yours: as a decorator, or with the code as second argument.

        `DuplicateTask` names both places. Its constructor asks for services by annotation.
        """

        def add(code: Code) -> Code:
            self.add(identifier, code, policies)
            return code

        return add if code is None else add(code)

    def condition(self, name: str) -> Callable[[Condition], Condition]:
        """Register a condition that configurations may name: a task runs only if it is true."""

        def add(code: Condition) -> Condition:
            if name in self.conditions:
                raise BadSetting(
                    "two conditions have this name", part="condition", text=name,
                    hint="give one of them another name",
                )  # fmt: skip
            self.conditions[name] = code
            return code

        return add

    # ------------------------------------------------------------- one run

    def add(self, identifier: str, code: Callable[..., Any], policies: dict[str, object]) -> None:
        function = code.execute if inspect.isclass(code) else code  # type: ignore[attr-defined]
        refuse_arguments(identifier, function, bound=inspect.isclass(code))
        wrapped = self.code_for(code, awaited=inspect.iscoroutinefunction(function))
        if inspect.isclass(code):
            self.rota.provide(code, code)
        title = None if inspect.isclass(code) else identifier
        register(self.rota, identifier, wrapped, origin=code, title=title, policies=policies)
        if identifier not in self.known:
            self.known.append(identifier)

    def code_for(self, code: Callable[..., Any], *, awaited: bool) -> Callable[..., object]:
        """What the engine runs for a task: its options, and what surrounds the task's own code."""

        def begin(
            run: Run,
            instance: object,
            data: str = "",
            sites: list[str] = [],  # noqa: B006  a default that people read, and never changed
            site: str = "",
            condition: str = "",
            manual_run_replaces_next_slot: bool = False,
        ) -> Any:
            configuration = self.admitted(run)
            if sites and not site:
                return self.fan_out(run, sites)
            call = instance.execute if inspect.isclass(code) else code  # type: ignore[attr-defined]
            return call(configuration, CancellationToken(run))

        async def execute_awaited(**given: Any) -> str | Failed | None:
            begun = begin(**given)
            return returned(await begun if inspect.isawaitable(begun) else begun)

        def execute(**given: Any) -> str | Failed | None:
            return returned(begin(**given))

        # a class is asked for as a service; a function needs no instance
        begin.__annotations__["instance"] = code if inspect.isclass(code) else Nothing
        chosen: Any = execute_awaited if awaited else execute
        chosen.__signature__ = inspect.signature(begin)
        return cast(Callable[..., object], chosen)

    def admitted(self, run: Run) -> ScheduledTaskConfigurationInfo:
        """The configuration of a run; `Declined` if its condition is not met."""
        configuration = self.configuration_of(run)
        name = configuration.condition
        if name:
            holds = self.conditions.get(name)
            if holds is None:
                raise BadSetting(
                    "there is no such condition here", part="condition", text=name,
                    hint="register it, or choose another one",
                )  # fmt: skip
            if not holds(configuration):
                raise Declined("skipped", "condition", f"the condition “{name}” is not met")
        return configuration

    def configuration_of(self, run: Run) -> ScheduledTaskConfigurationInfo:
        """What the run's schedule says; a run without one stands for its task."""
        if run.schedule is not None:
            try:
                item = self.rota.schedules.get(run.schedule)
                return info(item, parameters=run.parameters)
            except UnknownSchedule:
                pass  # removed while it ran
        return info(nameless(run), parameters=run.parameters)

    def fan_out(self, run: Run, sites: list[str]) -> str:
        """One run a site, each with a result of its own; twice is once."""
        page = self.rota.runs.list(run.schedule, task=run.task, limit=1_000)
        there = {str(dict(one.parameters or {}).get("site")) for one in page if one.of == run.id}  # type: ignore[call-overload]
        for site in sites:
            if site not in there:
                self.rota.runs.again(run.id, {**run.parameters, "site": site})
        return f"{len(sites)} sites: {', '.join(sites)}"


class Nothing:
    """What a function is instead of an instance."""


def refuse_arguments(identifier: str, function: Callable[..., Any], *, bound: bool) -> None:
    """BadSetting unless it takes the configuration and the token, and nothing else."""
    try:
        inspect.signature(function).bind(*(("self",) if bound else ()), "task", "token")
    except TypeError:
        raise BadSetting(
            "execute takes two arguments, the configuration and the cancellation token",
            part="task", text=identifier,
            hint="write execute(self, task, cancellation_token)",
        ) from None  # fmt: skip


def nameless(run: Run) -> ScheduleItem:
    return ScheduleItem(
        run.task, run.task, run.task, "manual", "", "UTC", True, False, "running", None, None,
        None, 0,
    )  # fmt: skip
