"""Who asks: what the host's callable answers, and what handlers and templates see."""

from __future__ import annotations

from dataclasses import dataclass

from rota.errors import BadSetting
from rota.rules.access import ROLES, allows

__all__ = ("User",)

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class User:
    """A person or a program: the name that goes with every change, and a role.

    The roles are view, run, edit and admin; each includes the one before it.

    >>> ada = User("ada", "run")
    >>> ada.may("view"), ada.may("run"), ada.may("edit")
    (True, True, False)
    """

    name: str
    role: str = "view"

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 0 < len(self.name) <= LONGEST_NAME:
            raise BadSetting(
                f"a user's name is text of 1 to {LONGEST_NAME} characters",
                part="user", text=str(self.name)[:200],
            )  # fmt: skip
        if self.role not in ROLES:
            raise BadSetting("there is no such role", part="role", text=str(self.role)[:200],
                             hint=f"write one of {', '.join(ROLES)}")  # fmt: skip

    def may(self, needed: str) -> bool:
        """Whether this user may do what needs that role."""
        return allows(self.role, needed)
