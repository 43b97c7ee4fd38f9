"""When: triggers and the one occurrence engine. Pure: no clock, no input or output."""

from __future__ import annotations

from rota.when.combine import Term, Trigger
from rota.when.due import Due
from rota.when.inspect import Transition
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
