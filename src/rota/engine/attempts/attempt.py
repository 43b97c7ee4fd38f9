"""One attempt: the wrapper around a task's code, from which nothing escapes.

Whatever the code does (return, raise, exit, be cancelled, hand back a monster) ends here as an
`Outcome` of bounded text. `BaseException` is caught in this module and nowhere else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from time import perf_counter_ns
from typing import cast

from rota.engine.attempts.away import line_from, outcome_from, previous_said, row_said
from rota.engine.attempts.capture import Capture, Output
from rota.engine.tasks.bounded import clip
from rota.engine.tasks.errortext import describe, result_text
from rota.engine.tasks.registry import Task
from rota.engine.tasks.run import Run
from rota.engine.tasks.services import Services
from rota.errors import BadParameters, Cancelled, Declined, Failed, Postponed, RotaError
from rota.instants import SECOND
from rota.ports.records import Json, RunRow
from rota.rules.endings import Outcome

__all__ = ("TaskAttempt",)

Code = Callable[..., object]
PER_ATTEMPT = 1_000_000  # log numbers are in order across attempts: each begins a million later


class TaskAttempt:
    """An attempt of a task's code, for an executor."""

    def __init__(
        self,
        run: Run,
        task: Task,
        services: Services,
        capture: Capture,
        end: Callable[[RunRow, Outcome, int | None], None],
    ) -> None:
        self.run = run
        self.task = task
        self.services = services
        self.capture = capture
        self.end = end
        self.took: int | None = None  # microseconds, if it ran in this process

    @property
    def key(self) -> int:
        """The run's id."""
        return self.run.id

    def done(self, outcome: Outcome) -> None:
        """Report how it ended. No closure over the attempt: thousands of cycles a second would have
        to be found by a collector that stops the whole host.
        """
        self.end(self.run.row, outcome, self.took)

    def call(self) -> None:
        """Run it on this thread; a coroutine function gets a loop of its own here."""
        if self.task.is_async:
            import asyncio

            asyncio.run(self.acall())
            return
        began = perf_counter_ns()
        with self.output() as output:
            self.run.make_log = lambda: output.log
            try:
                with self.services.scope({Run: self.run}) as scope:
                    code = self.task.code
                    if self.task.is_class:
                        code = cast(Code, scope.build(code).execute)  # type: ignore[attr-defined]
                    services = {name: scope.get(kind) for name, kind in self.injected.items()}
                    value = code(**self.arguments(services))
                    self.refuse_coroutine(value)
                outcome = returned(value)
            except BaseException as error:  # noqa: BLE001  nothing escapes an attempt
                outcome = self.raised(error)
        self.took = (perf_counter_ns() - began) // 1_000
        self.done(outcome)

    async def acall(self) -> None:
        """Run it on this event loop; a plain function blocks it, as its policy says."""
        began = perf_counter_ns()
        with self.output() as output:
            self.run.make_log = lambda: output.log
            try:
                async with self.services.scope({Run: self.run}) as scope:
                    code = self.task.code
                    if self.task.is_class:
                        made = await scope.abuild(code)
                        code = cast(Code, made.execute)  # type: ignore[attr-defined]
                    injected = self.injected.items()
                    services = {name: await scope.aget(kind) for name, kind in injected}
                    value = code(**self.arguments(services))
                    if inspect.isawaitable(value):
                        value = await value
                outcome = returned(value)
            except BaseException as error:  # noqa: BLE001  nothing escapes an attempt
                outcome = self.raised(error)
        self.took = (perf_counter_ns() - began) // 1_000
        self.done(outcome)

    # ------------------------------------------------------------------ in a child process

    @property
    def asked(self) -> str | None:
        """Why it is asked to stop, if it is."""
        return self.run.asked

    def orders(self) -> Json:
        """The run, for a child that knows the task."""
        return row_said(self.run.row)

    def hear(self, said: Json) -> Json | None:
        """Take in what the child says; the answer if it asked for the run before."""
        if "log" in said:
            self.capture.sink(line_from(said["log"], self.run.id))
        elif "progress" in said:
            self.run.progress(*cast(tuple[float, str], said["progress"]))
        elif "previous" in said:
            try:
                return previous_said(self.run.previous)
            except RotaError as error:
                return {"unreachable": str(error)}
        else:
            self.done(outcome_from(said["outcome"]))
        return None

    def died(self, words: str) -> None:
        """The child is gone: killed, or ended by the code."""
        if self.run.asked is not None:
            words = f"{words}; it had been asked to stop ({self.run.asked})"
        self.done(Outcome("killed", error=clip(words, 16_000, keep_end=True)))

    # ------------------------------------------------------------------ both

    def output(self) -> Output:
        """The output of this attempt; its lines are numbered after those of the attempts before."""
        before = (self.run.attempt - 1) * PER_ATTEMPT
        return self.capture.of(self.run.id, self.run.fence, after=before)

    def arguments(self, services: Mapping[str, object]) -> dict[str, object]:
        """What to call it with: JSON parameters converted, the run and the services injected."""
        signature = self.task.signature(self.services)
        return {**signature.bind(self.run.parameters), **services}

    @property
    def injected(self) -> dict[str, type[object]]:
        """The parameters that are not JSON, by name, with their types."""
        return cast(dict[str, type[object]], self.task.signature(self.services).injected)

    def refuse_coroutine(self, value: object) -> None:
        if inspect.iscoroutine(value):
            value.close()
            raise TypeError("the task returned a coroutine; define it with async def")

    def raised(self, error: BaseException) -> Outcome:
        if isinstance(error, Failed):
            return Outcome("failed", result=result_text(error.text))
        if isinstance(error, Declined):
            text = result_text(error.text)
            return Outcome("declined", result=text, declined=(error.state, error.reason))
        if isinstance(error, Postponed):
            return Outcome("postponed", wait=round(error.wait * SECOND))
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
