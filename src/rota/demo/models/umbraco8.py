"""In the words of Umbraco 8: a runner with a recurring task, set up by a composer."""

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
from rota.demo.folder import Folder
from rota.demo.parts import open_site

__all__ = ("CheckPictures", "register")


class CheckPictures(RecurringTask):
    """Compares every upload's file with what the site knows of it."""

    def __init__(
        self,
        runner: BackgroundTaskRunner,
        delay_before_we_start: int,
        how_often_we_repeat: int,
        runtime: RuntimeState,
        logger: ProfilingLogger,
        folder: Folder,
    ) -> None:
        super().__init__(runner, delay_before_we_start, how_often_we_repeat)
        self.runtime = runtime
        self.logger = logger
        self.folder = folder

    def perform_run(self) -> bool:
        """True: it repeats, whatever it found."""
        if self.runtime.server_role in (ServerRole.REPLICA, ServerRole.UNKNOWN):
            self.logger.debug("Does not run here: this server is %s.", self.runtime.server_role)
            return True
        with open_site(self.folder) as site, self.logger.trace_duration("Looking", "Looked"):
            for upload in site.uploads.kept():
                file = site.uploads.path(upload)
                if not file.is_file() or file.stat().st_size != upload.size:
                    self.logger.warning("%s is not as it was uploaded", upload.name)
                else:
                    self.logger.debug("%s is well, %d bytes", upload.name, upload.size)
        return True


class PicturesComponent:
    """Makes the runner; gives it its task when the node starts."""

    def __init__(
        self, rota: Rota, runtime: RuntimeState, logger: ProfilingLogger, folder: Folder
    ) -> None:
        self.runtime = runtime
        self.logger = logger
        self.folder = folder
        self.runner = BackgroundTaskRunner(
            "site.pictures", rota, title="Look after the pictures", retention="1d, 300"
        )

    def initialize(self) -> None:
        """Six seconds after the start, then half a minute after the end of each run."""
        self.runner.task_error += self.task_error
        task = CheckPictures(
            self.runner, 6_000, 30_000, self.runtime, self.logger, self.folder
        )  # fmt: skip
        self.runner.try_add(task)

    def terminate(self) -> None:
        """Unsubscribe."""
        self.runner.task_error -= self.task_error

    def task_error(self, sender: BackgroundTaskRunner, e: TaskEventArgs) -> None:
        """An event of the runner."""
        self.logger.error("%s went wrong: %s", sender.name, e.error)


class PicturesComposer(ComponentComposer):
    """Appends the component."""

    component = PicturesComponent


def register(rota: Rota, folder: Folder) -> None:
    """Compose it."""
    rota.provide(Folder, lambda: folder)
    Umbraco8(rota).compose(PicturesComposer)
