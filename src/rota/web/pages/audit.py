"""/audit: who changed what, when, from where? And the same as a file."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import AuditItem, Page
from rota.web.bounds import choices, text
from rota.web.export import FORMATS, exported
from rota.web.offload import call, inside
from rota.web.render import render

__all__ = ("export", "page")

COLUMNS = ("time", "user", "origin", "action", "subject", "before", "after", "reason", "id")
WORDS = 160  # characters of a value that the list shows


def fetcher(
    request: Request,
) -> tuple[dict[str, str], Callable[[int, str | None], Page[AuditItem]]]:
    """The filters in the address, and the list that they leave."""
    given, rota = request.query_params, inside(request)
    asked = {part: text(given.get(part), part, 200) for part in ("action", "subject", "user")}

    def fetch(limit: int, cursor: str | None) -> Page[AuditItem]:
        return rota.audit.list(
            limit, cursor, action=asked["action"], subject=asked["subject"] or None,
            user=asked["user"] or None,
        )  # fmt: skip

    return asked, fetch


async def page(request: Request) -> Response:
    """The changes, newest first."""
    asked, fetch = fetcher(request)
    cursor = text(request.query_params.get("cursor"), "cursor", 400) or None
    changes = await call(request, lambda: fetch(100, cursor))
    return render(request, "audit.html", {
        "changes": [(one, differences(one)) for one in changes], "next": changes.next,
        "asked": asked, "filtered": any(asked.values()), "headline": headline(changes),
    })  # fmt: skip


async def export(request: Request) -> Response:
    """The same changes as a file."""
    (kind,) = choices([request.query_params.get("format", "")], "format", FORMATS) or ("csv",)
    _, fetch = fetcher(request)
    return exported(request, fetch, kind, "audit", COLUMNS)


def headline(changes: list[AuditItem]) -> str:
    """Who changed something last, as a heading."""
    if not changes:
        return "Nobody has changed anything"
    people = {one.user for one in changes if one.user}
    count = f"The last {len(changes)} changes" if len(changes) > 1 else "One change"
    if len(people) == 1:
        return f"{count}, all by {next(iter(people))}"[:120]
    return f"{count}, by {len(people)} people" if people else f"{count}, by code alone"


def differences(one: AuditItem) -> list[tuple[str, str, str]]:
    """What differs, field by field: name, before, after."""
    before = one.before if isinstance(one.before, dict) else {}
    after = one.after if isinstance(one.after, dict) else {}
    return [
        (str(key), shown(before.get(key)), shown(after.get(key)))
        for key in dict.fromkeys([*before, *after])
    ]


def shown(value: object) -> str:
    """A value of a field in little room; nothing for nothing."""
    if value is None or value in ("", {}, []):
        return ""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return said if len(said) <= WORDS else said[: WORDS - 1] + "…"
