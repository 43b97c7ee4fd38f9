"""The runner: brings a claimed run and its code together, and reports how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from threading import Lock

from rota.engine.attempt import TaskAttempt
from rota.engine.capture import Capture
from rota.engine.messages import Ended
from rota.engine.outbox import Outbox
from rota.engine.policies import resolve
from rota.engine.registry import Registry, Task
from rota.engine.run import Run
from rota.engine.services import Services
from rota.ports.clock import Clock
from rota.ports.executor import Executor
from rota.ports.records import RunRow
from rota.rules.endings import Outcome

__all__ = ("Runner",)

REMEMBERED = 1_000  # ids of the latest runs started here, for a tick's report


class Runner:
    """Starts attempts on executors. `post` receives one `Ended` for every `start`."""

    def __init__(
        self,
        registry: Registry,
        services: Services,
        executors: Mapping[str, Executor],
        outbox: Outbox,
        clock: Clock,
        post: Callable[[Ended], None],
        read_previous: Callable[[RunRow], object | None],
    ) -> None:
        self.registry = registry
        self.services = services
        self.executors = executors
        self.outbox = outbox
        self.clock = clock
        self.post = post
        self.read_previous = read_previous
        self.capture = Capture(outbox.log, now=clock.now)
        self.open: dict[tuple[int, int], tuple[Run, Executor]] = {}
        self.lock = Lock()
        self.started: deque[int] = deque(maxlen=REMEMBERED)

    def start(self, row: RunRow) -> None:
        """Begin an attempt; never raises, never blocks."""
        self.started.append(row.id)
        task = self.registry.get(row.task)
        if task is None:
            text = f"this application has no task {row.task}"
            self.ended(row, Outcome("task_missing", error=text))
            return
        run = Run(row, self.outbox.progress, lambda: self.read_previous(row))
        executor = self.executors[self.place(task, row)]
        with self.lock:
            self.open[row.id, row.fence] = (run, executor)
        attempt = TaskAttempt(
            run, task, self.services, self.capture, lambda outcome: self.ended(row, outcome)
        )
        try:
            executor.start(attempt)
        except RuntimeError as error:
            self.ended(row, Outcome("raised", error=f"it could not be started: {error}"))

    def interrupt(self, run: int, reason: str) -> None:
        """Ask the attempts of a run to stop."""
        with self.lock:
            found = [both for (key, _), both in self.open.items() if key == run]
        for the_run, executor in found:
            the_run.asked = the_run.asked or reason
            executor.cancel(run)

    def place(self, task: Task, row: RunRow) -> str:
        wanted = resolve(task.policies, row.policies).executor
        if wanted == "auto":
            return "loop" if task.is_async else "thread"
        return wanted

    def ended(self, row: RunRow, outcome: Outcome) -> None:
        with self.lock:
            self.open.pop((row.id, row.fence), None)
        self.post(Ended(row.id, row.fence, outcome, self.clock.now()))
