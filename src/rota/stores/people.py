"""Accounts, sessions and tokens in the SQL stores."""

from __future__ import annotations

from rota.ports.people import AccountRow, SessionRow, TokenRow
from rota.stores.relational import Relational, writing

__all__ = ("People",)


class People(Relational):
    """The verbs for accounts, sessions and tokens."""

    @writing
    def put_account(self, row: AccountRow) -> None:
        self.do("put_account", (row.name, row.role, row.digest, row.created, row.changed))

    def account(self, name: str) -> AccountRow | None:
        row = self.first("account", (name,))
        return None if row is None else AccountRow(*row)

    def accounts(self) -> list[AccountRow]:
        return [AccountRow(*row) for row in self.all("accounts")]

    @writing
    def remove_account(self, name: str) -> bool:
        self.do("end_sessions", (name,))
        return self.do("remove_account", (name,)) > 0

    @writing
    def add_session(self, row: SessionRow, now: int) -> bool:
        self.do("expire_sessions", (now,))
        return self.do("add_session", (row.key, row.account, row.created, row.expires)) > 0

    def session(self, key: str, now: int) -> AccountRow | None:
        row = self.first("session", (key, now))
        return None if row is None else AccountRow(*row)

    @writing
    def end_session(self, key: str) -> bool:
        return self.do("end_session", (key,)) > 0

    @writing
    def end_sessions(self, account: str) -> int:
        return self.do("end_sessions", (account,))

    @writing
    def add_token(self, row: TokenRow) -> bool:
        values = (row.name, row.role, row.key, row.created, row.expires, row.user)
        return self.do("add_token", values) > 0

    def token(self, key: str, now: int) -> TokenRow | None:
        row = self.first("token", (key, now))
        return None if row is None else TokenRow(*row)

    def tokens(self) -> list[TokenRow]:
        return [TokenRow(*row) for row in self.all("tokens")]

    @writing
    def remove_token(self, name: str) -> bool:
        return self.do("remove_token", (name,)) > 0
