"""The runner: brings a claimed run and its code together, and reports how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

from rota.engine.attempts.attempt import TaskAttempt
from rota.engine.attempts.capture import Capture
from rota.engine.attempts.outbox import Outbox
from rota.engine.messages import Ended
from rota.engine.policies import resolve
from rota.engine.tasks.registry import Registry
from rota.engine.tasks.run import Run
from rota.engine.tasks.services import Services
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
        self.prepared: dict[tuple[int, int], tuple[TaskAttempt, Executor] | None] = {}

    def prepare(self, rows: Iterable[RunRow]) -> None:
        """Make ready what was taken, so that beginning it is a matter of microseconds."""
        if len(self.prepared) > REMEMBERED:
            self.prepared.clear()  # of runs that were given back; what is missing is made again
        for row in rows:
            self.prepared[row.id, row.fence] = self.make(row)

    def begin(self, rows: Iterable[RunRow]) -> None:
        """Begin attempts; never raises, never blocks."""
        together: dict[int, tuple[Executor, list[TaskAttempt]]] = {}
        for row in rows:
            self.started.append(row.id)
            made = self.prepared.pop((row.id, row.fence), None) or self.make(row)
            if made is None:
                text = f"this application has no task {row.task}"
                self.ended(row, Outcome("task_missing", error=text))
                continue
            attempt, executor = made
            with self.lock:
                self.open[row.id, row.fence] = (attempt.run, executor)
            together.setdefault(id(executor), (executor, []))[1].append(attempt)
        for executor, attempts in together.values():
            try:
                executor.start_all(attempts)
            except RuntimeError as error:
                for attempt in attempts:
                    attempt.done(Outcome("raised", error=f"it could not be started: {error}"))

    def is_behind(self) -> bool:
        """Whether attempts that were begun wait for others to end."""
        return any(executor.is_behind() for executor in self.executors.values())

    def make(self, row: RunRow) -> tuple[TaskAttempt, Executor] | None:
        """An attempt and the place where it will run; None if the task is not known here."""
        task = self.registry.get(row.task)
        if task is None:
            return None
        run = Run(row, self.outbox.progress, lambda: self.read_previous(row))
        place = resolve(task.policies, row.policies).place(asynchronous=task.is_async)
        attempt = TaskAttempt(run, task, self.services, self.capture, self.ended)
        return attempt, self.executors[place]

    def find(self, run: int) -> Run | None:
        """An attempt of a run that goes on here."""
        with self.lock:
            found = [attempt for (key, _), (attempt, _) in self.open.items() if key == run]
        return found[-1] if found else None

    def interrupt(self, run: int, reason: str) -> None:
        """Ask the attempts of a run to stop."""
        with self.lock:
            found = [both for (key, _), both in self.open.items() if key == run]
        for the_run, executor in found:
            the_run.ask(reason)
            executor.cancel(run)

    def ended(self, row: RunRow, outcome: Outcome, took: int | None = None) -> None:
        with self.lock:
            self.open.pop((row.id, row.fence), None)
        self.post(Ended(row.id, row.fence, outcome, self.clock.now(), took))
