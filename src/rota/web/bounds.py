"""What comes in from outside, with bounds: numbers, times, words, JSON bodies and forms."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from starlette.requests import Request

from rota.errors import Problem, RotaError
from rota.instants import from_iso

__all__ = (
    "BODY",
    "BadRequest",
    "TooLarge",
    "choices",
    "form",
    "form_lists",
    "json_body",
    "moment",
    "number",
    "text",
    "version",
    "zone_named",
)

BODY = 256 * 1024  # bytes of a request's body
FIELDS = 60  # fields of a form
LARGE_FORM = 600  # fields of one with a field for each parameter, blank and policy
DEPTH = 60  # levels of nested JSON


class BadRequest(RotaError, ValueError):
    """The request itself cannot be read: a number out of bounds, a body that is no JSON."""

    code = "bad_parameters"


class TooLarge(BadRequest):
    """The body is larger than anything this application is sent on purpose."""


def number(given: str | None, part: str, default: int, low: int, high: int) -> int:
    """The whole number that was given, or `default`; outside of its bounds it is refused.

    >>> number("20", "limit", 50, 1, 500), number(None, "limit", 50, 1, 500)
    (20, 50)
    """
    if given is None:
        return default
    if len(given) <= 19 and given.isascii() and given.isdigit() and low <= int(given) <= high:
        return int(given)
    raise BadRequest(
        f"not a whole number from {low:,} to {high:,}", part=part, text=given,
        hint=f"write a number, for example {default}",
    )  # fmt: skip


def text(given: object, part: str, most: int = 500) -> str:
    """A short text, or "" if nothing was given; a longer one is refused."""
    if given is None:
        return ""
    if not isinstance(given, str):
        raise BadRequest("not a text", part=part, text=str(given), hint="write it in quotes")
    if len(given) > most or "\x00" in given:
        raise BadRequest(f"longer than {most:,} characters", part=part, text=given)
    return given


def version(given: str) -> int:
    """The version of a schedule that a form or an If-Match was made for; what is none of ours
    matches nothing.

    >>> version("3"), version("³"), version("9" * 5_000)
    (3, -1, -1)
    """
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else -1


def choices(given: Iterable[str], part: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The words that were given, each of which must be allowed; empty ones are left out.

    >>> choices(["failed,lost", ""], "state", ("failed", "lost"))
    ('failed', 'lost')
    """
    words = [word for one in given for word in one.split(",") if word]
    for word in words:
        if word not in allowed:
            raise BadRequest(
                "not one of the words allowed here", part=part, text=word,
                hint=f"write one of {', '.join(allowed)}",
            )  # fmt: skip
    return tuple(dict.fromkeys(words))


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of that name, or None; a name that is a path or a novel is no name."""
    if not name or len(name) > 64 or not all(c.isalnum() or c in "_+-/" for c in name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def moment(given: str, part: str, zone: ZoneInfo | None) -> datetime:
    """An aware UTC time from RFC 3339; without an offset it is wall time in `zone`.

    >>> moment("2026-03-02T09:00", "at", ZoneInfo("Europe/Prague")).isoformat()
    '2026-03-02T08:00:00+00:00'
    """
    try:
        read = from_iso(given.strip()[:64])
        if read.tzinfo is None:
            read = read.replace(tzinfo=zone or UTC)
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequest(
            "not a time", part=part, text=given, hint="write for example 2026-03-02T09:00:00Z"
        ) from None


async def read(request: Request) -> bytes:
    """The body, read no further than allowed."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY:
            raise TooLarge(f"the body is larger than {BODY // 1024} KB", part="body")
        parts.append(part)
    return b"".join(parts)


def media_type(request: Request) -> str:
    """The body's media type, without its parameters."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


async def json_body(request: Request) -> dict[str, object]:
    """The JSON object in the body, or {} for no body; anything else is refused.

    Another content type is refused although its text might be JSON: a foreign page may send
    text/plain without asking, JSON it may not.
    """
    raw = await read(request)
    if not raw.strip():
        return {}
    if media_type(request) != "application/json":
        raise BadRequest(
            "the body is not declared as JSON", part="Content-Type",
            text=request.headers.get("content-type", ""),
            hint="send Content-Type: application/json",
        )  # fmt: skip
    try:
        value = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "nested too deeply"
        raise BadRequest(f"not JSON: {reason[:200]}", part="body") from None
    if not isinstance(value, dict):
        raise BadRequest("not a JSON object", part="body", hint='send for example {"reason": "…"}')
    if _depth(value) > DEPTH:
        raise BadRequest(f"nested deeper than {DEPTH} levels", part="body")
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        children: list[object] = []
        for one in level:
            if isinstance(one, dict):
                children.extend(one.values())
            elif isinstance(one, list):
                children.extend(one)
        level = children
    return deepest


async def form(request: Request) -> dict[str, str]:
    """The fields of a posted form; each once, the last one wins."""
    return {name: values[-1] for name, values in (await form_lists(request, FIELDS)).items()}


async def form_lists(request: Request, most: int = LARGE_FORM) -> dict[str, list[str]]:
    """The fields of a posted form, each with all its values."""
    raw = await read(request)
    if not raw:
        return {}
    if media_type(request) != "application/x-www-form-urlencoded":
        raise BadRequest(
            "the body is not a form", part="Content-Type",
            text=request.headers.get("content-type", ""),
        )  # fmt: skip
    try:
        return parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise BadRequest("the form cannot be read", part="body") from None


def unknown_keys(body: dict[str, object], allowed: Iterable[str]) -> None:
    """Refuse a body with keys nobody reads: a typing error must not pass in silence."""
    known = tuple(allowed)
    wrong = [
        Problem("bad_parameters", key, "", "there is no such field",
                f"write one of {', '.join(known)}" if known else "send no body")
        for key in body if key not in known
    ]  # fmt: skip
    if wrong:
        raise BadRequest(wrong)
