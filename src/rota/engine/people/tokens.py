"""`rota.tokens`: keys for programs. A key is shown once, kept as a hash, and expires."""

from __future__ import annotations

import builtins

from rota.durations import duration
from rota.engine.client.acting import actor
from rota.engine.client.context import Context
from rota.engine.client.items import NewToken, TokenItem
from rota.engine.client.recording import audited
from rota.engine.people.accounts import check_role, fit_name
from rota.engine.people.passwords import key_hash, new_key
from rota.errors import AlreadyExists, Refused, UnknownAccount
from rota.instants import rfc3339, to_datetime
from rota.ports.people import TokenRow

__all__ = ("PREFIX", "Tokens")

PREFIX = "rota_"  # of every key: one that was pasted somewhere is found by it
EXPIRES = "90d"


class Tokens:
    """The API tokens of one application.

    >>> from rota import Rota
    >>> rota = Rota("memory://")
    >>> made = rota.tokens.add("deploy", "run", expires="30d")
    >>> rota.tokens.check(made.key).role
    'run'
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    def add(
        self, name: str, role: str = "view", *, expires: object = EXPIRES, user: str | None = None
    ) -> NewToken:
        """Make a token that expires after a duration; its key is in the answer and nowhere else."""
        now = self.context.now()
        check_role(role)
        try:
            life = duration(expires)
        except ValueError as error:
            raise Refused(str(error), part="expires", text=str(expires)) from None
        if not life:
            raise Refused("a token lives for some time", part="expires", text=str(expires),
                          hint="write for example 90d")  # fmt: skip
        key = new_key(PREFIX)
        row = TokenRow(fit_name(name), role, key_hash(key), now, now + life, user or actor().user)
        with self.context.store.transaction():
            if not self.context.store.add_token(row):
                raise AlreadyExists("there is a token of this name", part="name", text=name,
                                    hint="remove it first, or choose another name")  # fmt: skip
            told = {"role": role, "expires": rfc3339(row.expires)}
            audited(self.context, "token.added", name, after=told, user=user)
        return NewToken(token_item(row, now), key)

    def list(self) -> builtins.list[TokenItem]:
        """Every token, by name, also the expired ones; never a key."""
        now = self.context.now()
        return [token_item(row, now) for row in self.context.store.tokens()]

    def remove(self, name: str, *, user: str | None = None) -> None:
        """Revoke a token: the next request with its key is refused."""
        self.context.ready()
        with self.context.store.transaction():
            if not self.context.store.remove_token(name):
                raise UnknownAccount("there is no such token", part="name", text=name,
                                     hint="they are listed with rota token list")  # fmt: skip
            audited(self.context, "token.removed", name, user=user)

    def check(self, key: str) -> TokenItem | None:
        """The token of a key; None if there is none, or it has expired."""
        now = self.context.now()
        row = self.context.store.token(key_hash(key), now) if key.startswith(PREFIX) else None
        return token_item(row, now) if row is not None else None


def token_item(row: TokenRow, now: int) -> TokenItem:
    return TokenItem(
        name=row.name, role=row.role, created=to_datetime(row.created),
        expires=to_datetime(row.expires), expired=row.expires <= now, user=row.user,
    )  # fmt: skip
