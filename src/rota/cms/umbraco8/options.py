"""How a runner behaves, under the vendor's names and with its defaults."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ("BackgroundTaskRunnerOptions",)


@dataclass(frozen=True, slots=True)
class BackgroundTaskRunnerOptions:
    """Options of one runner.

    `auto_start`: it is running from the start, also with nothing to do. `keep_alive`: it goes on
    running with nothing to do. `long_running`: it brings a place for runs of its own, so that its
    tasks take none of the node's. `hosted`: it is stopped when the node stops.
    `preserve_running_task`: `current_run` still names the last run once it has stopped.

    >>> BackgroundTaskRunnerOptions().hosted
    True
    """

    auto_start: bool = False
    keep_alive: bool = False
    long_running: bool = False
    hosted: bool = True
    preserve_running_task: bool = False
