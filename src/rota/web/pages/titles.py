"""What people call the schedules that a list names."""

from __future__ import annotations

from collections.abc import Iterable

from rota.web.inside import Inside

__all__ = ("titles_of",)

MOST = 500  # names looked up for one page


def titles_of(rota: Inside, names: Iterable[str | None]) -> dict[str, str]:
    """Title by name, of those that are there still: one reading for all of them."""
    return rota.schedules.titles(list(dict.fromkeys(name for name in names if name))[:MOST])
