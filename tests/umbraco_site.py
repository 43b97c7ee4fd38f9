"""An application with Umbraco's model and one job that does what the test tells it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from rota import Rota
from rota.cms.umbraco import (
    RecurringBackgroundJob,
    RecurringBackgroundJobNotification,
    TriggerableRecurringBackgroundJob,
    Umbraco,
    UmbracoSettings,
)
from rota.cms.umbraco.spans import Span
from rota.engine.client.items import RunItem
from rota.instants import to_datetime
from rota.testing import ManualNode
from rota.testing.clock import SettableClock

__all__ = ("Site", "Work", "short")


class Work(RecurringBackgroundJob, TriggerableRecurringBackgroundJob):
    """Work of the test."""

    def __init__(self, period: Span, delay: Span = 0, do: Callable[[Any], object] = id) -> None:
        super().__init__(period)
        self.delay = delay
        self.do = do
        self.calls = 0

    def run(self, cancellation: object) -> object:
        self.calls += 1
        self.do(self)
        return "done"


class Site:
    """It, and the node that a test drives once `start` was called."""

    def __init__(self, settings: UmbracoSettings | None = None) -> None:
        self.rota = Rota("memory://")
        self.umbraco = Umbraco(self.rota, settings)
        self.heard: list[str] = []
        self.umbraco.add_notification_handler(RecurringBackgroundJobNotification, self.hear)
        self.clock = SettableClock()
        self.began = to_datetime(self.clock.now())
        self.node: ManualNode | None = None

    def hear(self, notification: RecurringBackgroundJobNotification) -> None:
        self.heard.append(short(notification))

    def start(self) -> ManualNode:
        self.node = ManualNode(self.rota, clock=self.clock)
        return self.node

    def host(self, period: Span, delay: Span = 0, do: Callable[[Any], object] = id) -> Work:
        """One job, on a node that has just started."""
        work = Work(period, delay, do)
        self.umbraco.add_recurring_background_job(work)
        self.start()
        return work

    def to(self, minute: float) -> list[float]:
        """Let time pass until that minute; the minutes at which attempts have begun so far."""
        assert self.node is not None
        self.node.advance_to(self.began + timedelta(minutes=minute))
        return self.minutes()

    @property
    def runs(self) -> list[RunItem]:
        """All attempts so far."""
        assert self.node is not None
        return self.node.runs

    def minutes(self) -> list[float]:
        started = [run.started for run in self.runs if run.started is not None]
        return [round((one - self.began) / timedelta(minutes=1), 3) for one in started]

    def lasts(self, *minutes: float) -> Callable[[object], None]:
        """What lets the first runs take so many minutes, and later ones none."""
        left = list(minutes)

        def pass_time(_: object) -> None:
            if left:
                self.clock.advance(left.pop(0) * 60)

        return pass_time

    def close(self) -> None:
        if self.node is not None:
            self.node.close()


def short(notification: RecurringBackgroundJobNotification) -> str:
    """`executed` for RecurringBackgroundJobExecutedNotification."""
    name = type(notification).__name__
    return name.removeprefix("RecurringBackgroundJob").removesuffix("Notification").lower()
