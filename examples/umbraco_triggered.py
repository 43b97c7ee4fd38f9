"""Umbraco's example of a job that is triggered: its schedule goes on, and a route runs it now.

uvicorn examples.umbraco_triggered:app
curl -X POST localhost:8000/clean-up
"""

from __future__ import annotations

from datetime import timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from rota import Rota
from rota.cms.umbraco import (
    CancellationToken,
    RecurringBackgroundJob,
    TriggerableRecurringBackgroundJob,
    Umbraco,
)

rota = Rota("sqlite:///umbraco.db")
umbraco = Umbraco(rota)


@umbraco.recurring
class CleanUpYourRoom(RecurringBackgroundJob, TriggerableRecurringBackgroundJob):
    """Clean up your room, each hour or when asked."""

    period = timedelta(minutes=60)

    def run(self, cancellation: CancellationToken) -> None:
        """Your code goes here."""


def run_now(request: Request) -> JSONResponse:
    """`?strategy=reset` or `replace` moves the schedule; without one it stays."""
    strategy = request.query_params.get("strategy", "none")
    return JSONResponse(bool(umbraco.trigger(CleanUpYourRoom, strategy)))


app = Starlette(
    routes=[Route("/clean-up", run_now, methods=["POST"]), Mount("/rota", rota.web())],
    lifespan=rota.lifespan,
)
