"""The filters of the list of schedules, as the query of an address says them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from rota.ports.browsing import SORTS
from rota.rules.standing import RANKS
from rota.web.bounds import choices
from rota.web.show.facets import ORIGINS, OUTCOMES

__all__ = ("NAMES", "WORDS", "browsed")

TRUTH = ("true", "false")
WORDS: dict[str, tuple[str, ...]] = {
    "status": RANKS, "outcome": OUTCOMES, "enabled": TRUTH, "origin": tuple(ORIGINS),
    "troubled": TRUTH, "sort": SORTS,
}  # fmt: skip
NAMES = tuple(WORDS)


def browsed(request: Request) -> dict[str, Any]:
    """What the query asks of `rota.schedules.browse`; nothing if it names no filter and no order.

    `status` and `outcome` may be given several times, and then either suffices.
    """
    asked = request.query_params
    given = {name: choices(asked.getlist(name), name, words) for name, words in WORDS.items()}
    if not any(given.values()):
        return {}
    return {
        "statuses": given["status"], "outcomes": given["outcome"],
        "enabled": given["enabled"][-1] == "true" if given["enabled"] else None,
        "origin": given["origin"][-1] if given["origin"] else None,
        "troubled": given["troubled"][-1:] == ("true",),
        "sort": given["sort"][-1] if given["sort"] else "name",
    }  # fmt: skip
