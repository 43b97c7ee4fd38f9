"""A standard logger by type: what the vendors' constructors ask for."""

from __future__ import annotations

import logging

from rota.cms.host import Host
from rota.engine.tasks.run import Run

__all__ = ("provide_logger",)


def provide_logger(host: Host) -> None:
    """Let constructors ask for a `logging.Logger`: they get the run's, so that every line of it
    is kept with the run. A factory of the application's own stays.
    """
    if not host.context.services.knows(logging.Logger):
        host.provide(logging.Logger, of_run)


def of_run(run: Run) -> logging.Logger:
    return run.log
