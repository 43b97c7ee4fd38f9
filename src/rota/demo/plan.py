"""What an editor's form says about when a page comes out."""

from __future__ import annotations

from rota.demo.times import typed

__all__ = ("PlanError", "planned")


class PlanError(ValueError):
    """The form cannot be saved as it is; the text says what to change."""


def planned(title: str, when: str, at: str, now: int) -> int | None:
    """The planned publication, or None for none.

    `when` is a number of seconds from now, "at" for the date in `at`, or "never".

    >>> planned("A title", "60", "", now=1000)
    1060
    """
    if not title.strip():
        raise PlanError("The page has no title. Write one; its address is made from it.")
    if when == "never":
        return None
    if when.isdigit():
        return now + min(int(when), 31_536_000)
    if when != "at" or not at:
        raise PlanError("Choose when the page comes out, or give the date and time.")
    try:
        return typed(at)
    except ValueError:
        raise PlanError(f"“{at[:40]}” is no date and time; write 2026-12-24T18:00.") from None
