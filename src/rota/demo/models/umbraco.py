"""In the words of Umbraco 9 to 17: background jobs, one behind a button, one distributed."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from rota import Rota
from rota.cms.umbraco import (
    INFINITE,
    CancellationToken,
    DistributedBackgroundJob,
    DistributedJobsSettings,
    ProfilingLogger,
    RecurringBackgroundJob,
    ServiceScopeFactory,
    TriggerableRecurringBackgroundJob,
    Umbraco,
    UmbracoSettings,
)
from rota.demo.database import moment
from rota.demo.parts import Site
from rota.demo.store import OwnForm
from rota.demo.times import local, monday_of

__all__ = ("CleanUpYourRoom", "CountReaders", "EmptyBinNow", "button", "register")


class CleanUpYourRoom(RecurringBackgroundJob):
    """Look into the recycle bin."""

    delay = timedelta(seconds=5)

    def __init__(self, scopes: ServiceScopeFactory) -> None:
        super().__init__(timedelta(seconds=30))
        self.scopes = scopes

    def run(self, cancellation: CancellationToken) -> str:
        """Count what is there; the site's services are asked for in a scope of their own."""
        with self.scopes.create_scope() as scope:
            site = scope.get(Site)
            things = len(site.content.binned()) + len(site.uploads.binned())
        return (
            f"{things} thing{'s' if things > 1 else ''} in the bin"
            if things
            else "your room is clean"
        )


class EmptyBinNow(RecurringBackgroundJob, TriggerableRecurringBackgroundJob):
    """Empty the recycle bin at once."""

    delay = INFINITE

    def __init__(self, scopes: ServiceScopeFactory, logger: ProfilingLogger) -> None:
        super().__init__(INFINITE)  # never by itself
        self.scopes = scopes
        self.logger = logger

    def run(self, cancellation: CancellationToken) -> str:
        """Delete for good whatever is there."""
        with (
            self.scopes.create_scope() as scope,
            self.logger.trace_duration("Mum, I am emptying out the bin", "It is all clean now!"),
        ):
            site, later = scope.get(Site), moment() + 1
            removed = [*site.content.remove_binned(later), *site.uploads.remove_binned(later)]
        return f"{len(removed)} removed at once"


class CountReaders(DistributedBackgroundJob):
    """Count this week’s readers."""

    name = "CountReaders"
    period = timedelta(minutes=1)
    align_to_clock = True

    def __init__(self, scopes: ServiceScopeFactory) -> None:
        self.scopes = scopes

    def execute(self, cancellation: CancellationToken) -> str:
        """Once for all servers, each full minute."""
        with self.scopes.create_scope() as scope:
            week = scope.get(Site).traffic.week(monday_of(local(moment()).date()))
        return f"{sum(week):,} views since Monday"


def register(rota: Rota) -> Umbraco:
    """All jobs. The site is one process, so nothing needs to be main on this machine."""
    soon = DistributedJobsSettings(delay=timedelta(seconds=5))
    umbraco = Umbraco(rota, UmbracoSettings(main_dom=False, distributed_jobs=soon))
    umbraco.recurring(CleanUpYourRoom, retention="1d, 300")
    umbraco.recurring(EmptyBinNow)
    umbraco.distributed(CountReaders)
    return umbraco


def button(umbraco: Umbraco) -> APIRouter:
    """What the button on the desk is sent to: a trigger behind a route."""
    router = APIRouter(prefix="/desk", include_in_schema=False)

    @router.post("/bin/empty", dependencies=[OwnForm])
    def empty() -> Response:
        """Trigger the job, and show the bin as it is when that is done."""
        triggered = umbraco.trigger(EmptyBinNow)
        if not triggered:
            raise HTTPException(503, "Nothing runs here just now. Try again in a moment.")
        triggered.wait(3)
        return RedirectResponse("/desk/bin", 303)

    return router
