"""Accounts, sessions and tokens in memory."""

from __future__ import annotations

from dataclasses import replace

from rota.ports.people import AccountRow, SessionRow, TokenRow
from rota.stores.memory.tables import Tables

__all__ = ("People",)


class People(Tables):
    """The verbs for accounts, sessions and tokens."""

    def put_account(self, row: AccountRow) -> None:
        with self.transaction():
            old = self.account_rows.get(row.name)
            self.account_rows[row.name] = replace(row, created=old.created) if old else row

    def account(self, name: str) -> AccountRow | None:
        with self.lock:
            return self.account_rows.get(name)

    def accounts(self) -> list[AccountRow]:
        with self.lock:
            return [self.account_rows[name] for name in sorted(self.account_rows)]

    def remove_account(self, name: str) -> bool:
        with self.transaction():
            found = name in self.account_rows
            self.account_rows.drop(name)
            self.end_sessions(name)
            return found

    def add_session(self, row: SessionRow, now: int) -> bool:
        with self.transaction():
            for old in list(self.session_rows.values()):
                if old.expires <= now:
                    self.session_rows.drop(old.key)
            if row.account not in self.account_rows or row.key in self.session_rows:
                return False
            self.session_rows[row.key] = row
            return True

    def session(self, key: str, now: int) -> AccountRow | None:
        with self.lock:
            row = self.session_rows.get(key)
            if row is None or row.expires <= now:
                return None
            return self.account_rows.get(row.account)

    def end_session(self, key: str) -> bool:
        with self.transaction():
            found = key in self.session_rows
            self.session_rows.drop(key)
            return found

    def end_sessions(self, account: str) -> int:
        with self.transaction():
            keys = [row.key for row in self.session_rows.values() if row.account == account]
            for key in keys:
                self.session_rows.drop(key)
            return len(keys)

    def add_token(self, row: TokenRow) -> bool:
        with self.transaction():
            if row.name in self.token_rows:
                return False
            self.token_rows[row.name] = row
            return True

    def token(self, key: str, now: int) -> TokenRow | None:
        with self.lock:
            for row in self.token_rows.values():
                if row.key == key and row.expires > now:
                    return row
            return None

    def tokens(self) -> list[TokenRow]:
        with self.lock:
            return [self.token_rows[name] for name in sorted(self.token_rows)]

    def remove_token(self, name: str) -> bool:
        with self.transaction():
            found = name in self.token_rows
            self.token_rows.drop(name)
            return found
