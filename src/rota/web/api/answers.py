"""How the API answers: JSON as the items make it, and what every list takes."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import Item, Page, plain
from rota.web.bounds import number, text

__all__ = ("cursor", "limit", "reply")

MOST = 500


class JSON(Response):
    """A JSON answer; what JSON cannot hold is shown as text rather than failing."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "replace")


def reply(value: Item | Page[Any] | dict[str, object], status: int = 200) -> Response:
    """The JSON answer for an item, a list or an object; a schedule bears its version as ETag."""
    body = value.json() if isinstance(value, Item | Page) else plain_dict(value)
    answer = JSON(body, status)
    version = getattr(value, "version", None)
    if isinstance(value, Item) and isinstance(version, int):
        answer.headers["etag"] = f'"{version}"'
    return answer


def plain_dict(value: dict[str, object]) -> dict[str, object]:
    """The object with every value as JSON can hold it."""
    return {key: plain(one) for key, one in value.items()}


def limit(request: Request) -> int:
    """How many items are asked for: 1 to 500, 50 if nothing is said."""
    return number(request.query_params.get("limit"), "limit", 50, 1, MOST)


def cursor(request: Request) -> str | None:
    """Where the page asked for begins; what it means is the store's affair."""
    return text(request.query_params.get("cursor"), "cursor", 2_000) or None
