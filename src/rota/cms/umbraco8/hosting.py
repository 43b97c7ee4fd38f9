"""The runners and components of one application, and what becomes of them with its node."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rota.cms.umbraco.host import ServerHost
from rota.instants import SECOND

if TYPE_CHECKING:
    from rota.cms.umbraco8.composing import Component
    from rota.cms.umbraco8.runner import BackgroundTaskRunner

__all__ = ("GRACE", "Hosting", "hosting")

GRACE = 2.0  # seconds that queued tasks have when the host stops
LAST = 1.0  # seconds more for those that run on shutdown
LOOK = 0.02

logger = logging.getLogger("rota")


class Hosting:
    """Told of the node's life (`rota.local.around`)."""

    def __init__(self, rota: ServerHost) -> None:
        self.rota = rota
        self.runners: list[BackgroundTaskRunner] = []
        self.components: list[Component] = []
        self.initialized: list[Component] = []

    def check(self) -> None:
        """Nothing: components find out for themselves."""

    def prepare(self) -> None:
        """Initialize the components, in order. What one of them raises refuses the start."""
        for runner in self.runners:
            if runner.is_terminated and runner.options.hosted:
                runner.begin_anew()
        for component in self.components[len(self.initialized) :]:
            component.initialize()
            self.initialized.append(component)

    def starting(self) -> None:
        """Nothing: what counts from the start is told in `started`."""

    def started(self) -> None:
        """The queues begin to move."""
        for runner in self.runners:
            runner.node_started()

    def stopping(self) -> None:
        """Components terminate, the last one first; then all hosted runners stop together."""
        while self.initialized:
            component = self.initialized.pop()
            try:
                component.terminate()
            except Exception:
                logger.exception("terminate of %s failed", type(component).__qualname__)
        hosted = [runner for runner in self.runners if runner.options.hosted]
        for runner in hosted:
            runner.say_terminating()
            runner.shutdown(force=False, wait=False)
        self.wait(hosted, GRACE)
        late = [runner for runner in hosted if runner.is_running]
        for runner in late:
            runner.shutdown(force=True, wait=False)
        self.wait(late, LAST)
        for runner in hosted:
            if not runner.is_running:
                runner.say_terminated()

    def stopped(self) -> None:
        """The node is gone."""
        for runner in self.runners:
            runner.node_stopped()

    def wait(self, runners: list[BackgroundTaskRunner], seconds: float) -> None:
        """Until all of them have stopped, at most so long for all."""
        context = self.rota.context
        end = context.clock.boot() + round(seconds * SECOND)
        while any(runner.is_running for runner in runners) and context.clock.boot() < end:
            context.pause(LOOK)


def hosting(rota: ServerHost) -> Hosting:
    """The one of an application."""
    for one in rota.local.around:
        if isinstance(one, Hosting):
            return one
    made = Hosting(rota)
    rota.local.around.append(made)
    return made
