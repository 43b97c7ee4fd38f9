"""Rota runs scheduled and background work inside any Python web application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rota.errors import Failed, RotaError, TriggerError
from rota.version import __version__
from rota.when import (
    Trigger,
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

if TYPE_CHECKING:
    from rota.app import Rota
    from rota.engine.tasks.run import Run

__all__ = (
    "Failed",
    "Rota",
    "RotaError",
    "Run",
    "Trigger",
    "TriggerError",
    "__version__",
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

LATER = {"Rota": "rota.app", "Run": "rota.engine.tasks.run"}


def __getattr__(name: str) -> object:
    """Load the engine on its first use, so that `rota next` answers without it."""
    if name not in LATER:
        raise AttributeError(f"module 'rota' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(LATER[name]), name)
    globals()[name] = value
    return value
