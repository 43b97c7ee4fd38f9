"""Accounts, sessions and tokens as stores keep them: never a password, never a key, only hashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ("AccountRow", "People", "SessionRow", "TokenRow")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Somebody who may sign in."""

    name: str
    role: str
    digest: str  # the password's hash, with its own salt and cost
    created: int
    changed: int  # when the password or the role was last set


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser that signed in."""

    key: str  # hash of what the cookie holds
    account: str
    created: int
    expires: int


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A key for a program."""

    name: str
    role: str
    key: str  # hash of what the program sends
    created: int
    expires: int
    user: str | None = None  # who made it


class People(Protocol):
    """The verbs for accounts, sessions and tokens."""

    def put_account(self, row: AccountRow) -> None:
        """Insert an account or replace the one of that name; `created` of an old one stays."""
        ...

    def account(self, name: str) -> AccountRow | None:
        """One account; names are compared whole."""
        ...

    def accounts(self) -> list[AccountRow]:
        """Every account, by name."""
        ...

    def remove_account(self, name: str) -> bool:
        """Delete an account and its sessions."""
        ...

    def add_session(self, row: SessionRow, now: int) -> bool:
        """Keep a session, and forget those that expired by now; False if there is no such account,
        or a session of that key.
        """
        ...

    def session(self, key: str, now: int) -> AccountRow | None:
        """The account, as it is now, whose session this is; None if it has expired by now."""
        ...

    def end_session(self, key: str) -> bool:
        """Forget a session."""
        ...

    def end_sessions(self, account: str) -> int:
        """Forget every session of an account; how many there were."""
        ...

    def add_token(self, row: TokenRow) -> bool:
        """Insert; False if the name is taken."""
        ...

    def token(self, key: str, now: int) -> TokenRow | None:
        """The token of this key; None if it has expired by now."""
        ...

    def tokens(self) -> list[TokenRow]:
        """Every token, by name, also the expired ones."""
        ...

    def remove_token(self, name: str) -> bool:
        """Delete a token: it is worth nothing from then on."""
        ...
