"""One task, carried out as a run of Rota's: its events, its token, its disposal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from rota.cms.cancellation import CancellationToken
from rota.cms.umbraco8.events import TaskEventArgs
from rota.cms.umbraco8.tasks import takes_token
from rota.engine.attempts.guarded import is_cancellation
from rota.engine.tasks.run import Run
from rota.errors import Failed

if TYPE_CHECKING:
    from rota.cms.umbraco8.runner import BackgroundTaskRunner

__all__ = ("RUNNING", "carry_out", "dispose", "named")

RUNNING: ContextVar[Run | None] = ContextVar("rota_umbraco8_run", default=None)
"""The run whose task this context executes."""


def named(task: object) -> str:
    """What people call a task."""
    return str(getattr(task, "name", "") or type(task).__name__)


def carry_out(runner: BackgroundTaskRunner, task: Any, run: Run) -> str | Failed:
    """Starting, the run, disposal, then exactly one of completed, error and cancelled. What it
    raises is the run's failure.
    """
    RUNNING.set(run)
    runner.task_starting(runner, TaskEventArgs(task))
    try:
        try:
            value = call(task, run)
        finally:
            if not runner.is_waiting(task):
                dispose(task)
    except BaseException as error:
        cancelled = run.asked not in (None, "timeout") and is_cancellation(error)
        event = runner.task_cancelled if cancelled else runner.task_error
        event(runner, TaskEventArgs(task, error))
        raise
    if isinstance(value, Failed):
        runner.task_error(runner, TaskEventArgs(task, value))
        return value
    runner.task_completed(runner, TaskEventArgs(task))
    return f"{named(task)}: {value}" if isinstance(value, str) and value else named(task)


def call(task: Any, run: Run) -> object:
    token = CancellationToken(run)
    if getattr(task, "is_async", False):
        return asyncio.run(watched(task.run_async(token), run))
    return task.run(token) if takes_token(task.run) else task.run()


async def watched(work: Awaitable[object], run: Run) -> object:
    """The coroutine, cancelled where it awaits once its run is asked to stop."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None

    def interrupt() -> None:
        with suppress(RuntimeError):  # the loop is closed: it has ended
            loop.call_soon_threadsafe(task.cancel)

    run.on_cancel(interrupt)
    return await work


def dispose(task: object) -> None:
    """Let it let go of what it holds, if it can."""
    method = getattr(task, "dispose", None)
    if callable(method):
        method()
