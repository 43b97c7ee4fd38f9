"""/schedules/{name}/revisions: who changed what and why, and back to any of it in one press."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import RevisionItem, ScheduleItem
from rota.errors import UnknownSchedule
from rota.web.api.schedules import name_of
from rota.web.bounds import form, number, text, version
from rota.web.forms.differences import Difference, differences
from rota.web.offload import call, inside, user
from rota.web.pages.notes import note
from rota.web.render import back_to, render, viewer

__all__ = ("page", "revert")

SHOWN = 20
WORDS = {
    "added": "made", "changed": "changed", "removed": "removed", "paused": "paused",
    "resumed": "resumed", "reverted": "taken back to an earlier version",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One revision with what it changed."""

    item: RevisionItem
    word: str
    changes: list[Difference]
    current: bool  # what holds today


async def page(request: Request) -> Response:
    """The revisions, newest first."""
    name, rota, look = name_of(request), inside(request), viewer(request)
    cursor = text(request.query_params.get("cursor"), "cursor", 100) or None

    def work() -> dict[str, object]:
        found = rota.schedules.revisions(name, SHOWN + 1, cursor)
        item: ScheduleItem | None
        try:
            item = rota.schedules.get(name)
        except UnknownSchedule:
            item = None  # it was removed; its revisions stay
        shown = list(found)[:SHOWN]
        steps = [
            Step(one, WORDS.get(one.action, one.action),
                 changes(found[n + 1] if n + 1 < len(found) else None, one),
                 n == 0 and cursor is None and item is not None)
            for n, one in enumerate(shown)
        ]  # fmt: skip
        older = str(shown[-1].number) if len(found) > SHOWN else ""
        return {"name": name, "item": item, "steps": steps, "older": older, "zone": look.zone_name}

    return render(request, "revisions.html", {**await call(request, work), "note": note(request)})


def changes(before: RevisionItem | None, after: RevisionItem) -> list[Difference]:
    """What a revision changed; of the first one known, and of a removal, nothing."""
    old = before.fields if before is not None else None
    new = after.fields
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or after.action == "removed":
        return []
    return differences(old, new)


async def revert(request: Request) -> Response:
    """Make the schedule what it was after a revision."""
    name, fields, rota, who = name_of(request), await form(request), inside(request), user(request)
    wanted = number(fields.get("revision"), "revision", 0, 1, 2**62)
    seen = fields.get("version", "")  # one that was removed has none
    reason = text(fields.get("reason"), "reason", 500) or f"back to revision {wanted}"

    def work() -> None:
        known = version(seen) if seen else None
        rota.schedules.revert(name, wanted, version=known, user=who, reason=reason)

    await call(request, work)
    return back_to(request, f"/schedules/{name}/revisions", did="reverted", name=name)
