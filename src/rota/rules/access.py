"""Who may: four roles, each of which includes the one before it."""

from __future__ import annotations

__all__ = ("ROLES", "allows")

ROLES = ("view", "run", "edit", "admin")
"""view sees everything; run also starts, cancels, pauses and resumes; edit also makes, changes and
removes schedules; admin also looks after accounts, tokens and the audit."""


def allows(role: str, needed: str) -> bool:
    """Whether somebody of this role may do what needs the other; an unknown word allows nothing.

    >>> allows("edit", "run"), allows("view", "run"), allows("root", "view")
    (True, False, False)
    """
    return role in ROLES and needed in ROLES and ROLES.index(role) >= ROLES.index(needed)
