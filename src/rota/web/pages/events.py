"""/events: what happened, in order? And the same as a file."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import EventItem, Page
from rota.web.api.events import LEVELS
from rota.web.bounds import choices, number, text
from rota.web.export import FORMATS, exported
from rota.web.inside import Inside
from rota.web.offload import call, inside
from rota.web.pages.titles import titles_of
from rota.web.render import render

__all__ = ("export", "page")

COLUMNS = ("time", "level", "kind", "text", "schedule", "run", "node", "user", "id")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters in the address."""

    level: str
    kind: str
    schedule: str
    run: int
    search: str

    def list(self, rota: Inside, limit: int, cursor: str | None) -> Page[EventItem]:
        """The events that they leave, newest first."""
        levels = LEVELS[LEVELS.index(self.level) :] if self.level else ()
        return rota.events.list(
            limit, cursor, levels=levels, kind=self.kind, schedule=self.schedule or None,
            run=self.run or None, search=self.search,
        )  # fmt: skip


def asked_for(request: Request) -> Asked:
    given = request.query_params
    return Asked(
        (choices([given.get("level", "")], "level", LEVELS) or ("",))[0],
        text(given.get("kind"), "kind", 100), text(given.get("schedule"), "schedule", 200),
        number(given.get("run"), "run", 0, 0, 2**63 - 1), text(given.get("q"), "q", 200),
    )  # fmt: skip


async def page(request: Request) -> Response:
    """The event log, newest first, filtered as the URL says."""
    asked, rota = asked_for(request), inside(request)
    cursor = text(request.query_params.get("cursor"), "cursor", 400) or None

    def work() -> dict[str, object]:
        events = asked.list(rota, 100, cursor)
        return {
            "events": events, "headline": headline(events), "asked": asked, "levels": LEVELS,
            "titles": titles_of(rota, (event.schedule for event in events)),
            "kinds": sorted({event.kind for event in events}),
            "filtered": asked != Asked("", "", "", 0, ""),
        }  # fmt: skip

    return render(request, "events.html", await call(request, work))


async def export(request: Request) -> Response:
    """The same events as a file, as many as there are, up to a bound."""
    asked, rota = asked_for(request), inside(request)
    (kind,) = choices([request.query_params.get("format", "")], "format", FORMATS) or ("csv",)
    return exported(
        request, lambda limit, cursor: asked.list(rota, limit, cursor), kind, "events", COLUMNS
    )


def headline(events: list[EventItem]) -> str:
    """Whether anything in the list is bad, as a heading."""
    if not events:
        return "No events"
    bad = sum(event.level in ("error", "critical") for event in events)
    warned = sum(event.level == "warning" for event in events)
    if bad:
        return f"{bad} error{'s' if bad > 1 else ''} among the last {len(events)} events"
    if warned:
        return f"{warned} warning{'s' if warned > 1 else ''} among the last {len(events)} events"
    return f"Nothing bad among the last {len(events)} events"
