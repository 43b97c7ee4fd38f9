"""The way through a list by cursors, and back: an address remembers the pages one came through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ("LONGEST", "Steps", "steps")

LONGEST = 1_500  # characters that an address spends on the way back
BETWEEN = "."  # in no cursor: those are numbers and base64 for addresses


@dataclass(frozen=True, slots=True)
class Steps:
    """Where the links of a list's page lead: what each changes in the address, None for no link."""

    first: dict[str, str] | None
    previous: dict[str, str] | None
    next: dict[str, str] | None


def steps(given: Mapping[str, str], following: str | None) -> Steps:
    """The links of the page at `given["cursor"]`, reached through those in `given["trail"]`.

    A cursor only leads on, so the pages before this one are written into the address, the first
    one left out. Of a way that is too long the oldest steps are forgotten: then the trail begins
    with nothing, and where it ends there is only the way to the first page.

    >>> way = steps({"cursor": "17", "trail": "80.40"}, "3")
    >>> way.previous, way.next
    ({'cursor': '40', 'trail': '80'}, {'cursor': '3', 'trail': '80.40.17'})
    >>> steps({"cursor": "80"}, None).previous
    {'cursor': '', 'trail': ''}
    """
    cursor, trail = given.get("cursor", ""), given.get("trail", "")
    if len(trail) > 2 * LONGEST:
        trail = BETWEEN  # none of ours
    if not cursor:
        on = {"cursor": following, "trail": ""} if following else None
        return Steps(None, None, on)
    before, _, last = trail.rpartition(BETWEEN)
    back: dict[str, str] | None = {"cursor": last, "trail": before}
    if trail.startswith(BETWEEN) and not last:
        back = None
    elif trail.startswith(BETWEEN) and not before:
        back = {"cursor": last, "trail": BETWEEN}
    whole = shortened(f"{trail}{BETWEEN}{cursor}" if trail else cursor)
    on = {"cursor": following, "trail": whole} if following else None
    return Steps({"cursor": "", "trail": ""}, back, on)


def shortened(trail: str) -> str:
    """The trail without its oldest steps, as far as it is too long; it then begins with nothing."""
    while len(trail) > LONGEST:
        trail = BETWEEN + trail.lstrip(BETWEEN).partition(BETWEEN)[2]
    return trail
