"""Background tasks: plain ones, latched ones, and those that repeat."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rota.cms.cancellation import CancellationToken
from rota.errors import BadSetting
from rota.instants import MILLISECOND

if TYPE_CHECKING:
    from rota.cms.umbraco8.runner import BackgroundTaskRunner

__all__ = ("BackgroundTask", "LatchedBackgroundTask", "RecurringTask", "hears", "takes_token")

INFINITE = -1  # milliseconds, as the vendor writes it


class BackgroundTask:
    """Work for a runner: override `run`, or set `is_async` and override `run_async`.

    Any object with these names will do. `run` may take a cancellation token.

    >>> class Mail(BackgroundTask):
    ...     def run(self):
    ...         return "sent"
    """

    is_async: bool = False

    def run(self) -> object:
        """The work; a text that it returns is shown as the result."""
        raise NotImplementedError(f"{type(self).__qualname__} does not define run")

    async def run_async(self, cancellation_token: CancellationToken) -> object:
        """The work as a coroutine, on an event loop of its own; cancelled where it awaits."""
        raise NotImplementedError(f"{type(self).__qualname__} does not define run_async")

    def dispose(self) -> None:
        """Let go of what it holds: after its run, or when it will never run."""


class LatchedBackgroundTask(BackgroundTask):
    """Waits in its runner until it is released; the tasks behind it do not wait for it.

    >>> task = LatchedBackgroundTask()
    >>> task.release()
    >>> task.is_latched
    False
    """

    runs_on_shutdown: bool = False

    def __init__(self) -> None:
        self.runner: BackgroundTaskRunner | None = None
        self.latched = True

    @property
    def is_latched(self) -> bool:
        """Whether it still waits to be released."""
        return self.latched

    def release(self) -> None:
        """Let it run."""
        self.latched = False
        if self.runner is not None:
            self.runner.release(self)

    def reset(self) -> None:
        """Latch it again, for the next time that it is added."""
        self.latched = True


class RecurringTask(LatchedBackgroundTask):
    """Runs after a delay and then each period, from the end of one run to the start of the next.

    Override `perform_run`, which returns True to repeat and False to stop; or set `is_async` and
    override `perform_run_async`. Times are milliseconds; -1 is infinite. The delay counts from here
    on, or from the node's start if that is later. An exception is a failed run and ends nothing,
    unless `ends_on_error` asks for that.
    """

    def __init__(
        self,
        runner: BackgroundTaskRunner,
        delay_milliseconds: int,
        period_milliseconds: int,
        *,
        ends_on_error: bool = False,
    ) -> None:
        super().__init__()
        self.runner: BackgroundTaskRunner = runner
        self.wait = microseconds(delay_milliseconds, self, "delay")
        self.period = microseconds(period_milliseconds, self, "period")
        self.since = runner.now()
        self.ends_on_error = ends_on_error
        self.ended = False  # it will not run again
        wanted = "perform_run_async" if self.is_async else "perform_run"
        if getattr(type(self), wanted) is getattr(RecurringTask, wanted):
            raise BadSetting(f"it does not define {wanted}", part=type(self).__qualname__,
                             hint="is_async says which of the two is called")  # fmt: skip

    def perform_run(self) -> bool:
        """The work; True to repeat. It may take a cancellation token."""
        raise NotImplementedError

    async def perform_run_async(self, cancellation_token: CancellationToken) -> bool:
        """The same as a coroutine."""
        raise NotImplementedError

    def run(self, *token: CancellationToken) -> str:
        """One run, and the next one's place in the queue."""
        try:
            work: Callable[..., object] = self.perform_run
            repeats = answered(self, work(*token) if takes_token(work) else work())
        except BaseException as error:
            self.failed(error)
            raise
        return self.repeat(repeats=repeats)

    async def run_async(self, cancellation_token: CancellationToken) -> str:
        """The same as a coroutine."""
        try:
            repeats = answered(self, await self.perform_run_async(cancellation_token))
        except BaseException as error:
            self.failed(error)
            raise
        return self.repeat(repeats=repeats)

    def failed(self, error: BaseException) -> None:
        """It goes on all the same: also after a cancellation, which is about one run."""
        self.repeat(repeats=not (self.ends_on_error and isinstance(error, Exception)))

    def repeat(self, *, repeats: bool) -> str:
        """Queue it again, if it repeats; what became of it in words."""
        self.ended = True
        if repeats and self.period:
            self.latched, self.wait, self.since = True, self.period, self.runner.now()
            self.ended = not self.runner.try_add(self)
        if self.ended:
            return "it does not repeat"
        return f"again in {self.period / (1_000 * MILLISECOND):g} s" if self.period else ""


def microseconds(milliseconds: object, task: object, what: str) -> int | None:
    """Of a delay or period; None is never."""
    if isinstance(milliseconds, int) and not isinstance(milliseconds, bool):
        if milliseconds == INFINITE:
            return None
        if milliseconds >= 0:
            return milliseconds * MILLISECOND
    raise BadSetting(f"a {what} is a number of milliseconds", part=type(task).__qualname__,
                     text=str(milliseconds), hint="-1 is infinite")  # fmt: skip


def answered(task: object, value: object) -> bool:
    """What a run said about repeating; a forgotten answer is a mistake and no False."""
    if isinstance(value, bool):
        return value
    raise TypeError(
        f"{type(task).__qualname__} returned {value!r}; return True to repeat or False to stop"
    )


def takes_token(method: Callable[..., object]) -> bool:
    """Whether a method can be called with a cancellation token."""
    try:
        inspect.signature(method).bind(None)
    except TypeError:
        return False
    return True


def hears(task: Any) -> bool:
    """Whether it can notice that it is asked to stop."""
    if getattr(task, "is_async", False):
        return True
    return takes_token(task.perform_run if isinstance(task, RecurringTask) else task.run)
