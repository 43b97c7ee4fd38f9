"""`BackgroundTaskRunner`: a named queue in this process, one task at a time.

It is a schedule that this node keeps for itself (`rota.local`), whose next attempt is due when the
next task's latch opens: so each task is a run of Rota's, with history, log, cancel and its place on
the page. What the runner keeps is the queue and its own state.
"""

from __future__ import annotations

from threading import RLock, Thread
from typing import Any

from rota.cms.umbraco.host import ServerHost
from rota.cms.umbraco8.awaitable import Awaitable
from rota.cms.umbraco8.events import Event, TaskEventArgs
from rota.cms.umbraco8.execution import RUNNING, carry_out, dispose, named
from rota.cms.umbraco8.hosting import GRACE, hosting
from rota.cms.umbraco8.line import Line, Place
from rota.cms.umbraco8.options import BackgroundTaskRunnerOptions
from rota.cms.umbraco8.tasks import LatchedBackgroundTask, RecurringTask, hears
from rota.engine.tasks.run import Run
from rota.errors import Declined, Failed, Refused

__all__ = ("BackgroundTaskRunner",)


class BackgroundTaskRunner:
    """Runs what is added to it, in order, one at a time, under a name that the page shows.

    Made before the node starts; what is added before then waits for it. `policies` may be timeout,
    retention and priority. Handlers are subscribed
    with `runner.task_completed += handler` and called with the runner and the task's arguments.

    >>> from rota import Rota
    >>> from rota.testing import ManualNode
    >>> from rota.cms.umbraco8 import BackgroundTask
    >>> class Mail(BackgroundTask):
    ...     def run(self):
    ...         return "sent"
    >>> rota = Rota("memory://")
    >>> runner = BackgroundTaskRunner("Mails", rota)
    >>> runner.add(Mail())
    >>> with ManualNode(rota) as node:
    ...     node.runs[0].result, runner.is_running
    ('Mail: sent', False)
    """

    def __init__(
        self,
        name: str,
        rota: ServerHost,
        options: BackgroundTaskRunnerOptions | None = None,
        *,
        title: str = "",
        **policies: Any,
    ) -> None:
        self.name = name
        self.rota = rota
        self.options = options or BackgroundTaskRunnerOptions()
        self.task_starting = Event("task_starting")
        self.task_completed = Event("task_completed")
        self.task_error = Event("task_error")
        self.task_cancelled = Event("task_cancelled")
        self.stopped = Event("stopped")
        self.terminating = Event("terminating")
        self.terminated = Event("terminated")
        self.stopped_awaitable = Awaitable()
        self.terminated_awaitable = Awaitable()
        self.lock = RLock()
        self.alive = False  # a node is there
        self.begin_anew()
        rota.local.register(
            name, self.execute, period=None, delay=None, title=title or name,
            origin=type(self), own_place=self.options.long_running,
            words="A queue on each node", **policies,
        )  # fmt: skip
        hosting(rota).runners.append(self)

    def begin_anew(self) -> None:
        """As it was made: nothing queued, and more may come."""
        self.line = Line()
        self.running = self.options.auto_start
        self.completed = self.forced = self.is_terminating = self.is_terminated = False
        self.current: Run | None = None
        self.task: object = None  # the one that runs
        self.last: int | None = None
        self.stopped_awaitable.set()
        if self.running:
            self.stopped_awaitable.clear()
        self.terminated_awaitable.clear()

    # ---------------------------------------------------------------- its state

    @property
    def is_running(self) -> bool:
        """Whether it works, waits for a latch, or stays for more (`keep_alive`)."""
        return self.running

    @property
    def is_completed(self) -> bool:
        """Whether it accepts no more tasks; it may still have some to run."""
        return self.completed

    @property
    def task_count(self) -> int:
        """How many tasks wait, latched ones included; the one that runs is not counted."""
        return len(self.line)

    @property
    def current_run(self) -> int | None:
        """The id of the run that goes on; with `preserve_running_task` also of the last one."""
        current = self.current
        if current is not None:
            return current.id
        return self.last if self.options.preserve_running_task else None

    def now(self) -> int | None:
        """The boot clock's reading; None while no node is there."""
        return self.rota.context.clock.boot() if self.alive else None

    def is_waiting(self, task: object) -> bool:
        """Whether a task is in the queue."""
        with self.lock:
            return any(place.task is task for place in self.line)

    # ------------------------------------------------------------------ the queue

    def start_up(self) -> None:
        """Run, also with nothing to do: for long only with `keep_alive`."""
        with self.lock:
            self.need_open()
            self.start_running()
        self.settle()

    def add(self, task: object) -> None:
        """Queue a task; Refused once the runner has completed."""
        if not self.try_add(task):
            self.need_open()

    def try_add(self, task: object) -> bool:
        """Queue a task; False if the runner accepts no more."""
        with self.lock:
            if self.completed:
                return False
            if isinstance(task, LatchedBackgroundTask):
                task.runner = self
            on_shutdown = bool(getattr(task, "runs_on_shutdown", False))
            wait, since = None if getattr(task, "is_latched", False) else 0, self.now()
            if isinstance(task, RecurringTask) and task.is_latched:
                wait, since = task.wait, since if task.since is None else task.since
            self.line.add(task, wait=wait, since=since, runs_on_shutdown=on_shutdown)
            self.start_running()
        self.settle()
        return True

    def release(self, task: object) -> None:
        """Open the latch of a task that waits here."""
        with self.lock:
            self.line.release(task, self.now())
        self.settle()

    def need_open(self) -> None:
        if self.completed:
            raise Refused("this runner accepts no more tasks", part="runner", text=self.name,
                          hint="it was shut down")  # fmt: skip

    def start_running(self) -> None:
        self.running = True
        self.stopped_awaitable.clear()

    def settle(self) -> None:
        """After anything that may matter: say when the next task is due, or stop."""
        with self.lock:
            if self.current is not None:
                return
            stays = len(self.line) or (self.options.keep_alive and not self.completed)
            stops = self.running and not stays and (self.alive or self.completed)
            if stops:
                self.running = False
            if self.alive:
                self.rota.local.plan(self.name, self.line.opens())
        if stops:
            self.stopped_awaitable.set()
            self.stopped(self, None)

    # -------------------------------------------------------------------- a run

    def execute(self, run: Run) -> str | Failed:
        """What the engine calls when a task is due, or when somebody runs the schedule now."""
        place = self.begin(run)
        try:
            if self.forced:
                self.ask_to_stop("shutdown")
            return carry_out(self, place.task, run)
        finally:
            with self.lock:
                self.last = run.id
                if self.current is run:  # not so for one that outlived its node
                    self.current = self.task = None
            self.settle()

    def begin(self, run: Run) -> Place:
        """The task of this run, out of the queue."""
        with self.lock:
            if self.current is not None:
                raise Declined("skipped", "overlap", "another task of this runner runs")
            early = run.kind != "slot"  # somebody wants the next one now
            place = self.line.take(self.rota.context.clock.boot(), early=early)
            if place is not None:
                self.current, self.task = run, place.task
                return place
        self.settle()
        raise Declined("skipped", "condition", "no task waits in this runner")

    def cancel_current_background_task(self) -> bool:
        """Ask the task that runs to stop. False if none does, or if it takes no token; Refused once
        the runner has completed.
        """
        with self.lock:
            self.need_open()
            return self.ask_to_stop("user")

    def ask_to_stop(self, reason: str) -> bool:
        with self.lock:
            run = self.current
            if run is None or not hears(self.task):
                return False
            self.rota.local.cancel(self.name, reason)  # first: the node is to know before it ends
        run.ask(reason)
        return True

    # ------------------------------------------------------------------ the end

    def shutdown(self, force: bool, wait: bool) -> None:
        """Accept no more. Not forced: what is queued runs, what is latched does not, unless it runs
        on shutdown. Forced: the task that runs is asked to stop, and only what runs on shutdown
        follows, with a token that is set. `wait`: until it has stopped.
        """
        with self.lock:
            self.completed = True
            self.forced = self.forced or force
            dropped = self.line.close(self.now(), forced=self.forced)
        for place in dropped:
            self.drop(place.task)
        if force:
            self.ask_to_stop("shutdown")
        self.settle()
        if wait and self.alive and (RUNNING.get() is None or RUNNING.get() is not self.current):
            self.stopped_awaitable.wait()

    def drop(self, task: object) -> None:
        """A task that will never run."""
        try:
            dispose(task)
        except Exception as error:  # noqa: BLE001  it is told to whoever listens
            self.task_error(self, TaskEventArgs(task, error))
        else:
            self.task_cancelled(self, TaskEventArgs(task))

    def stop(self, immediate: bool) -> None:
        """End with the host. Not immediate: like an unforced shutdown for two seconds, then forced,
        on a thread of its own. Immediate: forced, and waited for.
        """
        self.say_terminating()
        if immediate:
            self.shutdown(force=True, wait=True)
            self.say_terminated()
        else:
            Thread(target=self.stop_slowly, name=f"rota-stopping-{self.name}", daemon=True).start()

    def stop_slowly(self) -> None:
        self.shutdown(force=False, wait=False)
        self.stopped_awaitable.wait(GRACE)
        self.stop(immediate=True)

    def dispose(self) -> None:
        """A forced shutdown that is not waited for."""
        self.shutdown(force=True, wait=False)

    def say_terminating(self) -> None:
        """Once."""
        with self.lock:
            said, self.is_terminating = self.is_terminating, True
        if not said:
            self.terminating(self, None)

    def say_terminated(self) -> None:
        """Once."""
        with self.lock:
            said, self.is_terminated = self.is_terminated, True
        if not said:
            self.terminated_awaitable.set()
            self.terminated(self, None)

    # ------------------------------------------------------------------ the node

    def node_started(self) -> None:
        """What waited for the node begins to count."""
        with self.lock:
            self.alive = True
            self.line.start(self.rota.context.clock.boot())
        self.settle()

    def node_stopped(self) -> None:
        """Nothing runs any more. What waits, if it is not hosted, waits for the next node."""
        with self.lock:
            self.alive = False
            self.line.rest()
            self.current = self.task = None
        if self.options.hosted:
            with self.lock:
                left, self.line = list(self.line), Line()
            for place in left:
                self.drop(place.task)
            self.settle()
            self.say_terminated()

    def __repr__(self) -> str:
        doing = f"runs {named(self.task)}" if self.task is not None else "idle"
        return f"<BackgroundTaskRunner {self.name}: {doing}, {self.task_count} wait>"
