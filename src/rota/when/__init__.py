"""When: triggers and the one occurrence engine. Pure: no clock, no input or output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rota.when.combine import Trigger
from rota.when.joined import Term
from rota.when.make import (
    at,
    cron,
    daily,
    every,
    manual,
    monthly,
    rrule,
    trigger,
    weekly,
    yearly,
)
from rota.when.term import Warning

if TYPE_CHECKING:
    from rota.when.due import Due
    from rota.when.inspect import Transition

__all__ = (
    "Due",
    "Term",
    "Transition",
    "Trigger",
    "Warning",
    "at",
    "cron",
    "daily",
    "every",
    "manual",
    "monthly",
    "rrule",
    "trigger",
    "weekly",
    "yearly",
)


def __getattr__(name: str) -> object:
    """The two records that few need, imported when somebody asks for them."""
    if name == "Due":
        from rota.when.due import Due

        return Due
    if name == "Transition":
        from rota.when.inspect import Transition

        return Transition
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
