"""Umbraco's example of a distributed job: one server at a time runs it, every 20 seconds.

rota --app examples.umbraco_distributed serve
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from rota import Rota
from rota.cms.umbraco import CancellationToken, DistributedBackgroundJob, Umbraco

rota = Rota("sqlite:///umbraco.db")
umbraco = Umbraco(rota)


@umbraco.distributed
class MyCustomBackgroundJob(DistributedBackgroundJob):
    """Work that is done once for all servers."""

    name = "MyCustomBackgroundJob"
    period = timedelta(seconds=20)

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    async def execute(self, cancellation: CancellationToken) -> None:
        """What the system calls; a shutdown cancels what is awaited."""
        self.logger.info("MyCustomBackgroundJob is executing.")
        await asyncio.sleep(0.01)
