"""One attempt: the wrapper around a task's code, from which nothing escapes.

Whatever the code does (return, raise, exit, be cancelled, hand back a monster) ends here as an
`Outcome` of bounded text. `BaseException` is caught in this module and nowhere else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import cast

from rota.engine.capture import Capture
from rota.engine.errortext import describe, result_text
from rota.engine.registry import Task
from rota.engine.run import Run
from rota.engine.services import Scope, Services
from rota.errors import BadParameters, Cancelled, Failed
from rota.rules.endings import Outcome

__all__ = ("TaskAttempt",)


class TaskAttempt:
    """An attempt of a task's code, for an executor."""

    def __init__(
        self,
        run: Run,
        task: Task,
        services: Services,
        capture: Capture,
        done: Callable[[Outcome], None],
    ) -> None:
        self.run = run
        self.task = task
        self.services = services
        self.capture = capture
        self.done = done

    @property
    def key(self) -> int:
        """The run's id."""
        return self.run.id

    def call(self) -> None:
        """Run it on this thread; a coroutine function gets a loop of its own here."""
        if self.task.is_async:
            import asyncio

            asyncio.run(self.acall())
            return
        with self.capture.of(self.run.id, self.run.fence):
            try:
                with self.services.scope() as scope:
                    value = self.code(scope.get)(**self.arguments(scope.get))
                    self.refuse_coroutine(value)
                outcome = returned(value)
            except BaseException as error:
                outcome = self.raised(error)
        self.done(outcome)

    async def acall(self) -> None:
        """Run it on this event loop; a plain function blocks it, as its policy says."""
        with self.capture.of(self.run.id, self.run.fence):
            try:
                async with self.services.scope() as scope:
                    await self.prepare(scope)
                    value = self.code(scope.get)(**self.arguments(scope.get))
                    if inspect.isawaitable(value):
                        value = await value
                outcome = returned(value)
            except BaseException as error:
                outcome = self.raised(error)
        self.done(outcome)

    async def prepare(self, scope: Scope) -> None:
        """Make the services that the task asks for, so that reading them afterwards is plain."""
        wanted = [*self.task.signature(self.services).injected.values()]
        if self.task.is_class:
            wanted += self.task.constructor(self.services).injected.values()
        for kind in wanted:
            if kind is not Run:
                await scope.aget(cast(type[object], kind))

    def code(self, get: Callable[[type[object]], object]) -> Callable[..., object]:
        """The function to call; of a class, the method of a fresh instance."""
        if not self.task.is_class:
            return self.task.function
        injected = self.task.constructor(self.services).injected
        made = self.task.code(**self.inject(injected, get))
        return cast(Callable[..., object], made.execute)  # type: ignore[attr-defined]

    def arguments(self, get: Callable[[type[object]], object]) -> dict[str, object]:
        """What to call it with: JSON parameters converted, the run and the services injected."""
        signature = self.task.signature(self.services)
        return {
            **signature.bind(self.run.parameters),
            **self.inject(signature.injected, get),
        }

    def inject(
        self, injected: dict[str, object], get: Callable[[type[object]], object]
    ) -> dict[str, object]:
        return {
            name: self.run if kind is Run else get(cast(type[object], kind))
            for name, kind in injected.items()
        }

    def refuse_coroutine(self, value: object) -> None:
        if inspect.iscoroutine(value):
            value.close()
            raise TypeError("the task returned a coroutine; define it with async def")

    def raised(self, error: BaseException) -> Outcome:
        if isinstance(error, Failed):
            return Outcome("failed", result=result_text(error.text))
        if isinstance(error, BadParameters):
            return Outcome("bad_parameters", error=str(error)[:4_000])
        if self.run.asked is not None and is_cancellation(error):
            return Outcome("stopped")
        return Outcome("raised", error=describe(error))


def returned(value: object) -> Outcome:
    """The outcome of code that returned: text is its result, `Failed` is a failure."""
    if isinstance(value, Failed):
        return Outcome("failed", result=result_text(value.text))
    return Outcome("returned", result=result_text(value))


def is_cancellation(error: BaseException) -> bool:
    if isinstance(error, Cancelled):
        return True
    from asyncio import CancelledError

    return isinstance(error, CancelledError)
