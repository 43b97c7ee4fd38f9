"""Umbraco's example of a job that only runs when triggered.

rota --app examples.umbraco_manual serve
"""

from __future__ import annotations

from rota import Rota
from rota.cms.umbraco import (
    INFINITE,
    CancellationToken,
    RecurringBackgroundJob,
    TriggerableRecurringBackgroundJob,
    Umbraco,
)

rota = Rota("sqlite:///umbraco.db")
umbraco = Umbraco(rota)


@umbraco.recurring
class MyJob(RecurringBackgroundJob, TriggerableRecurringBackgroundJob):
    """Rebuild the index when somebody asks for it."""

    period = INFINITE
    delay = INFINITE

    def run(self, cancellation: CancellationToken) -> str:
        """Your code goes here."""
        return "rebuilt"
