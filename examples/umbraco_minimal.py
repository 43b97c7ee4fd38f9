"""Umbraco's minimal example: a job that runs every hour in one of the servers.

rota --app examples.umbraco_minimal serve
"""

from __future__ import annotations

from datetime import timedelta

from rota import Rota
from rota.cms.umbraco import CancellationToken, RecurringBackgroundJob, Umbraco

rota = Rota("sqlite:///umbraco.db")
umbraco = Umbraco(rota)


@umbraco.recurring
class CleanUpYourRoom(RecurringBackgroundJob):
    """Clean up your room."""

    def __init__(self) -> None:
        super().__init__(timedelta(minutes=60))

    def run(self, cancellation: CancellationToken) -> None:
        """Your code goes here."""
