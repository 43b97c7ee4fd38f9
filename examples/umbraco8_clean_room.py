"""Umbraco 8's own example: a runner, set up by a composer, empties the recycle bin.

    rota --app examples.umbraco8_clean_room serve

One minute after the start, and then five minutes after the end of each run; on one server only.
"""

from __future__ import annotations

from rota import Rota
from rota.cms.umbraco8 import (
    BackgroundTaskRunner,
    ComponentComposer,
    ProfilingLogger,
    RecurringTask,
    RuntimeState,
    ServerRole,
    TaskEventArgs,
    Umbraco8,
)

rota = Rota("sqlite:///umbraco8.db")
umbraco = Umbraco8(rota)


class ContentService:
    """Stands for whatever holds the content."""

    def __init__(self) -> None:
        self.bin = ["An old page", "A picture"]

    def count_children_of_the_bin(self) -> int:
        return len(self.bin)

    def recycle_bin_smells(self) -> bool:
        return bool(self.bin)

    def empty_recycle_bin(self) -> None:
        self.bin.clear()


content = ContentService()
rota.provide(ContentService, lambda: content)


class CleanRoom(RecurringTask):
    """The recurring task."""

    def __init__(
        self,
        runner: BackgroundTaskRunner,
        delay_before_we_start: int,
        how_often_we_repeat: int,
        runtime: RuntimeState,
        logger: ProfilingLogger,
        content: ContentService,
    ) -> None:
        super().__init__(runner, delay_before_we_start, how_often_we_repeat)
        self.runtime = runtime
        self.logger = logger
        self.content = content

    def perform_run(self) -> bool:
        # Only on Master or Single. True, because the role of a server may change.
        match self.runtime.server_role:
            case ServerRole.REPLICA:
                self.logger.debug("Does not run on replica servers.")
                return True
            case ServerRole.UNKNOWN:
                self.logger.debug("Does not run on servers with unknown role.")
                return True

        self.logger.info("Go clean your room - %s", self.runtime.server_role)
        self.logger.info("You have %d", self.content.count_children_of_the_bin())
        if self.content.recycle_bin_smells():
            # Take out the trash
            with self.logger.trace_duration("Mum, I am emptying out the bin", "Its all clean now!"):
                self.content.empty_recycle_bin()

        # True to keep repeating; False to stop.
        return True


class CleanUpYourRoomComponent:
    """Makes the runner, and gives it its task when the node starts."""

    def __init__(
        self, rota: Rota, logger: ProfilingLogger, runtime: RuntimeState, content: ContentService
    ) -> None:
        self.logger = logger
        self.runtime = runtime
        self.content = content
        self.runner = BackgroundTaskRunner("CleanYourRoom", rota, title="Clean your room")

    def initialize(self) -> None:
        self.runner.task_completed += self.task_completed
        self.runner.task_starting += self.task_starting
        self.runner.task_cancelled += self.task_cancelled
        self.runner.task_error += self.task_error

        delay_before_we_start = 60_000  # one minute
        how_often_we_repeat = 300_000  # five minutes
        task = CleanRoom(
            self.runner, delay_before_we_start, how_often_we_repeat, self.runtime, self.logger,
            self.content,
        )  # fmt: skip
        # It runs as soon as its delay is over.
        self.runner.try_add(task)

    def terminate(self) -> None:
        self.runner.task_completed -= self.task_completed
        self.runner.task_starting -= self.task_starting
        self.runner.task_cancelled -= self.task_cancelled
        self.runner.task_error -= self.task_error

    def task_error(self, sender: BackgroundTaskRunner, e: TaskEventArgs) -> None:
        self.logger.info("CleanUpYourRoom error")

    def task_cancelled(self, sender: BackgroundTaskRunner, e: TaskEventArgs) -> None:
        self.logger.info("CleanUpYourRoom cancelled")

    def task_starting(self, sender: BackgroundTaskRunner, e: TaskEventArgs) -> None:
        self.logger.info("CleanUpYourRoom starting")

    def task_completed(self, sender: BackgroundTaskRunner, e: TaskEventArgs) -> None:
        self.logger.info("CleanUpYourRoom run finished")


class CleanUpYourRoomComposer(ComponentComposer):
    """Registers the component on application start."""

    component = CleanUpYourRoomComponent


umbraco.compose(CleanUpYourRoomComposer)
