"""`rota.accounts`: people who sign in with a name and a password, and their sessions."""

from __future__ import annotations

import builtins
import re
from dataclasses import replace

from rota.engine.client.context import Context
from rota.engine.client.items import AccountItem
from rota.engine.client.recording import audited
from rota.engine.people.passwords import check_password, hashed, key_hash, new_key
from rota.errors import AlreadyExists, Refused, UnknownAccount
from rota.instants import SECOND, to_datetime
from rota.ports.people import AccountRow, SessionRow
from rota.rules.access import ROLES

__all__ = ("SESSION", "Accounts", "check_role", "fit_name")

SESSION = 12 * 3_600  # seconds that a browser stays signed in
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")


class Accounts:
    """The local accounts of one application, for `rota serve`.

    >>> from rota import Rota
    >>> rota = Rota("memory://")
    >>> rota.accounts.add("ada", "correct horse battery", "run").role
    'run'
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    def add(
        self, name: str, password: str, role: str = "view", *, user: str | None = None
    ) -> AccountItem:
        """Make an account. `AlreadyExists` if the name is taken."""
        now = self.context.now()
        check_role(role)
        row = AccountRow(fit_name(name), role, hashed(password), now, now)
        with self.context.store.transaction():
            if self.context.store.account(row.name) is not None:
                raise AlreadyExists("there is an account of this name", part="name", text=name,
                                    hint="change it with rota user password or role")  # fmt: skip
            self.context.store.put_account(row)
            audited(self.context, "account.added", name, after={"role": role}, user=user)
        return account_item(row)

    def list(self) -> builtins.list[AccountItem]:
        """Every account, by name."""
        self.context.ready()
        return [account_item(row) for row in self.context.store.accounts()]

    def any(self) -> bool:
        """Whether there is an account at all: then everybody must sign in."""
        self.context.ready()
        return bool(self.context.store.accounts())

    def remove(self, name: str, *, user: str | None = None) -> None:
        """Delete an account; its sessions end at once."""
        with self.context.store.transaction():
            row = self.need(name)
            self.context.store.remove_account(name)
            audited(self.context, "account.removed", name, before={"role": row.role}, user=user)

    def set_password(self, name: str, password: str, *, user: str | None = None) -> None:
        """Give an account another password; whoever is signed in must sign in again."""
        self.need(name)
        digest = hashed(password)
        with self.context.store.transaction():
            row = self.need(name)
            now = self.context.now()
            self.context.store.put_account(replace(row, digest=digest, changed=now))
            self.context.store.end_sessions(name)
            audited(self.context, "account.password", name, user=user)

    def set_role(self, name: str, role: str, *, user: str | None = None) -> AccountItem:
        """Give an account another role, which counts from its next request on."""
        check_role(role)
        with self.context.store.transaction():
            row = self.need(name)
            changed = replace(row, role=role, changed=self.context.now())
            self.context.store.put_account(changed)
            audited(
                self.context, "account.role", name, before={"role": row.role},
                after={"role": role}, user=user,
            )  # fmt: skip
        return account_item(changed)

    # ------------------------------------------------------------- sessions

    def sign_in(self, name: str, password: str) -> str | None:
        """A new session's key, or None; an unknown name takes as long as a wrong password."""
        now = self.context.now()
        row = self.context.store.account(name) if NAME.fullmatch(name) else None
        if not check_password(row.digest if row is not None else None, password):
            self.context.say("account.refused", f"Somebody failed to sign in as {name[:100]!r}",
                             level="warning")  # fmt: skip
            return None
        key = new_key()
        session = SessionRow(key_hash(key), name, now, now + SESSION * SECOND)
        if not self.context.store.add_session(session, now):
            return None  # the account was removed meanwhile
        self.context.say("account.signed_in", f"{name} signed in", user=name)
        return key

    def session(self, key: str) -> AccountItem | None:
        """Whose session this is, as the account is now."""
        row = self.context.store.session(key_hash(key), self.context.now())
        return account_item(row) if row is not None else None

    def sign_out(self, key: str) -> None:
        """End a session; one that is over is no matter."""
        self.context.ready()
        self.context.store.end_session(key_hash(key))

    # -------------------------------------------------------------- helpers

    def need(self, name: str) -> AccountRow:
        self.context.ready()
        row = self.context.store.account(name)
        if row is None:
            raise UnknownAccount("there is no such account", part="name", text=str(name)[:200],
                                 hint="they are listed with rota user list")  # fmt: skip
        return row


def account_item(row: AccountRow) -> AccountItem:
    return AccountItem(row.name, row.role, to_datetime(row.created), to_datetime(row.changed))


def fit_name(name: str) -> str:
    """The name, if an account or a token may bear it."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Refused(
            "a name begins with a letter or digit and has at most 100 letters, digits, . _ @ + -",
            part="name", text=str(name)[:200],
        )  # fmt: skip
    return name


def check_role(role: str) -> None:
    """Refused if there is no such role."""
    if role not in ROLES:
        raise Refused("there is no such role", part="role", text=str(role)[:200],
                      hint=f"write one of {', '.join(ROLES)}")  # fmt: skip
