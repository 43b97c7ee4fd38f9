"""The registry: the tasks of this application, by identifier, as its code registered them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rota.engine.policies import check
from rota.engine.tasks.run import Run
from rota.engine.upkeep.housekeeping import refuse
from rota.errors import BadSetting, DuplicateTask, Problem, RotaError, UnknownTask
from rota.ports.records import TaskRow

if TYPE_CHECKING:
    from rota.engine.tasks.parameters import Signature
    from rota.engine.tasks.services import Services
    from rota.when import Trigger

__all__ = ("Registry", "Task", "names_in_sight")

LONGEST_IDENTIFIER = 200


@dataclass(eq=False, slots=True)
class Task:
    """Registered code: a function, or a class with `execute`, and its defaults."""

    identifier: str
    code: Callable[..., object]  # the function, or the class
    title: str
    source: str  # module:line, for people
    place: str  # file:line, for error messages
    policies: Mapping[str, object]  # canonical
    schedule: Trigger | None = None
    names: Mapping[str, object] = field(default_factory=dict, repr=False)  # in sight of the code
    aliases: tuple[str, ...] = ()  # identifiers that it had in earlier releases
    alias_of: str | None = None  # of what stands in for one of them: the identifier it has today
    signature_: Signature | None = field(default=None, repr=False)

    is_class: bool = field(init=False)  # one instance is made for every run
    is_async: bool = field(init=False)  # it runs on an event loop

    def __post_init__(self) -> None:
        self.is_class = inspect.isclass(self.code)
        self.is_async = inspect.iscoroutinefunction(inspect.unwrap(self.function))

    @property
    def function(self) -> Callable[..., object]:
        """The function that takes the parameters."""
        return self.code.execute if self.is_class else self.code  # type: ignore[attr-defined]

    def signature(self, services: Services) -> Signature:
        """What its function takes, resolved once."""
        from rota.engine.tasks.parameters import inspect_task

        if self.signature_ is None:
            self.signature_ = inspect_task(
                self.function,
                run_type=Run,
                provided=services.knows,
                skip_self=self.is_class,
                names=self.names,
            )
        return self.signature_


class Registry:
    """Tasks by identifier. Registering is done while modules are imported, in one thread."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks.values())

    def get(self, identifier: str) -> Task | None:
        """The task of that identifier, if this application has it."""
        return self.tasks.get(identifier)

    def need(self, identifier: str) -> Task:
        """The same, or UnknownTask with the nearest identifier as a hint."""
        task = self.tasks.get(identifier)
        if task is None:
            raise UnknownTask(
                "there is no such task here", part="task", text=identifier,
                hint=nearest(identifier, self.tasks),
            )  # fmt: skip
        return task

    def add(
        self,
        identifier: str,
        code: Callable[..., object],
        *,
        title: str | None,
        schedule: Trigger | None,
        policies: Mapping[str, object],
        names: Mapping[str, object] | None = None,
        origin: Callable[..., object] | None = None,
        aliases: Iterable[str] = (),
    ) -> Task:
        """Register code under an identifier; a second place with the same one is refused.

        `origin` is what somebody wrote, where `code` only wraps it: its place counts. Schedules and
        runs of its `aliases` are its own.
        """
        from rota.engine.tasks.parameters import refuse_shape

        former = (aliases,) if isinstance(aliases, str) else tuple(aliases)
        for name in (identifier, *former):
            problem = bad_identifier(name)
            if problem:
                raise BadSetting(problem)
            refuse(name)
        if inspect.isclass(code) and not callable(getattr(code, "execute", None)):
            raise BadSetting(
                "a class needs a method execute(self, run, …)", part="task", text=identifier,
                hint="add one, or decorate a function",
            )  # fmt: skip
        module, place, line = where(origin or code)
        task = Task(
            identifier, code, title or first_line(origin or code) or identifier, f"{module}:{line}",
            f"{place}:{line}", check(policies), schedule, names or {}, former,
        )  # fmt: skip
        refuse_shape(task.function)
        stand_ins = [
            replace(task, identifier=name, schedule=None, aliases=(), alias_of=identifier)
            for name in former
            if name != identifier
        ]
        for one in (task, *stand_ins):
            self.refuse_second(one)
        self.tasks |= {one.identifier: one for one in (task, *stand_ins)}
        return task

    def refuse_second(self, task: Task) -> None:
        """DuplicateTask, if another place has registered the identifier."""
        known = self.tasks.get(task.identifier)
        if known is not None and known.place != task.place:
            raise DuplicateTask(
                f"two tasks have this identifier: {known.place} and {task.place}",
                part="task", text=task.identifier, hint="give one of them another identifier",
            )  # fmt: skip

    def only(self, identifier: str) -> Registry:
        """A registry with just this task."""
        few = Registry()
        few.tasks[identifier] = self.need(identifier)
        return few

    def check(self, services: Services) -> None:
        """Resolve every signature now; one error lists all that cannot be resolved."""
        problems: list[Problem] = []
        services.check({Run: None})
        for task in self:
            if task.alias_of is not None:
                continue
            try:
                signature = task.signature(services)
                if task.schedule is not None:
                    signature.check({})  # a schedule from code has no parameters of its own
                if task.is_class:
                    services.needs(task.code, {Run: None})
            except RotaError as error:
                problems.extend(
                    Problem(p.code, f"task {task.identifier}, {p.part}", p.text, p.reason, p.hint)
                    for p in error.problems
                )
        if problems:
            raise BadSetting(problems)

    def rows(self, services: Services, now: int) -> list[TaskRow]:
        """The tasks as the store keeps them."""
        return [
            TaskRow(
                task.identifier, task.title, task.source, task.signature(services).schema,
                task.policies, now,
            )
            for task in self
        ]  # fmt: skip


def nearest(word: str, names: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    if not names:
        return "no task is registered"
    found = get_close_matches(word, names, 1, 0.5)
    return f"did you mean {found[0]}?" if found else f"there are {', '.join(sorted(names)[:10])}"


def bad_identifier(identifier: object) -> Problem | None:
    fit = (
        isinstance(identifier, str)
        and 0 < len(identifier) <= LONGEST_IDENTIFIER
        and identifier[0].isalnum()
        and all(ch.isascii() and (ch.isalnum() or ch in "._:@-") for ch in identifier)
    )
    if fit:
        return None
    return Problem(
        "bad_setting", "task identifier", str(identifier),
        "it begins with a letter or digit and has at most 200 letters, digits and . _ : @ -",
        "such as acme.clean-room",
    )  # fmt: skip


def where(code: Callable[..., object]) -> tuple[str, str, int]:
    """Module, file and line of a function or class."""
    module = getattr(code, "__module__", "") or "?"
    written = [code] if not inspect.isclass(code) else list(vars(code).values())
    found = [
        inner
        for one in written
        if callable(one) and (inner := getattr(inspect.unwrap(one), "__code__", None))
    ]
    if not found:
        return module, f"{module}.{getattr(code, '__qualname__', '?')}", 0
    first = min(found, key=lambda inner: inner.co_firstlineno)
    return module, first.co_filename, first.co_firstlineno


def first_line(code: Callable[..., object]) -> str:
    text = (getattr(code, "__doc__", None) or "").strip().partition("\n")[0].strip()
    return text.rstrip(".")[:120]


def names_in_sight(code: object) -> dict[str, object]:
    """The local names around code that is defined inside a function, where its annotations are
    read as text and mean classes that no module has. To be called by the decorator itself.
    """
    if "<locals>" not in getattr(code, "__qualname__", ""):
        return {}
    return dict(sys._getframe(2).f_locals)
