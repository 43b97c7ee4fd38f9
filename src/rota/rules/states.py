"""The states of a run, and every way from one to another, as one table.

Final states never change: running again makes a new run that names the old one. The picture in
ARCHITECTURE.md is compared with this table by a test.
"""

from __future__ import annotations

__all__ = ("FINAL", "OPEN", "REASONS", "STATES", "TRANSITIONS", "WAITING", "advance")

WAITING = ("queued", "retrying")
OPEN = ("queued", "running", "retrying")
FINAL = ("succeeded", "failed", "cancelled", "skipped", "ignored", "lost")
STATES = OPEN + FINAL

TRANSITIONS: dict[tuple[str, str], str] = {
    # (state, what happened): new state
    ("queued", "taken"): "running",
    ("queued", "cancelled"): "cancelled",
    ("queued", "expired"): "failed",  # its task stayed unknown for too long
    ("retrying", "taken"): "running",
    ("retrying", "cancelled"): "cancelled",
    ("retrying", "expired"): "failed",
    ("queued", "forsaken"): "skipped",  # whom it was addressed to is gone
    ("retrying", "forsaken"): "lost",
    ("running", "returned"): "succeeded",
    ("running", "failed"): "failed",
    ("running", "retried"): "retrying",
    ("running", "cancelled"): "cancelled",
    ("running", "ignored"): "ignored",  # a gate was shut
    ("running", "skipped"): "skipped",  # its condition was not met
    ("running", "returned to queue"): "queued",  # shutdown, idempotent; postponed
    ("running", "lost"): "lost",
    ("running", "lost, idempotent"): "retrying",
}

REASONS: dict[str, tuple[str, ...]] = {
    "failed": ("error", "timeout", "task_missing", "bad_parameters", "killed"),
    "cancelled": ("user", "shutdown", "overlap"),
    "skipped": (
        "overlap", "paused", "disabled", "window", "too_late", "no_node", "condition", "gap",
    ),
    "ignored": ("runtime", "role", "main_instance"),
}  # fmt: skip


def advance(state: str, happened: str) -> str | None:
    """The state that follows, or None where this cannot happen in that state.

    >>> advance("running", "returned")
    'succeeded'
    >>> advance("succeeded", "taken") is None
    True
    """
    return TRANSITIONS.get((state, happened))
