"""Accounts, sessions and tokens: put, found, expired, gone."""

from __future__ import annotations

from dataclasses import replace

from rota.instants import SECOND
from rota.ports.people import AccountRow, SessionRow, TokenRow
from rota.testing.conformance.base import Base

__all__ = ("People",)

ADA = AccountRow("ada", "admin", "hash-1", 1, 1)
IDA = AccountRow("Ida", "view", "hash-2", 2, 2)


class People(Base):
    """The verbs for accounts, sessions and tokens."""

    def session(self, key: str = "k", account: str = "ada", expires: int = SECOND) -> bool:
        return self.store.add_session(SessionRow(key, account, self.now, expires), self.now)

    def test_accounts_are_put_and_found_by_their_whole_name(self) -> None:
        self.store.put_account(ADA)
        self.store.put_account(IDA)
        assert self.store.accounts() == [IDA, ADA]  # by code points
        assert self.store.account("ada") == ADA
        assert self.store.account("Ada") is None
        assert self.store.account("ad%") is None

    def test_an_account_put_again_keeps_when_it_was_made(self) -> None:
        self.store.put_account(ADA)
        self.store.put_account(replace(ADA, role="run", digest="other", created=9, changed=9))
        assert self.store.accounts() == [replace(ADA, role="run", digest="other", changed=9)]

    def test_a_session_stands_for_its_account_as_it_is_now(self) -> None:
        self.store.put_account(ADA)
        assert self.session(expires=self.now + SECOND)
        assert self.store.session("k", self.now) == ADA
        self.store.put_account(changed := replace(ADA, role="view"))
        assert self.store.session("k", self.now) == changed
        assert self.store.session("K", self.now) is None

    def test_a_session_ends_at_its_instant(self) -> None:
        self.store.put_account(ADA)
        self.session(expires=self.now + SECOND)
        assert self.store.session("k", self.now + SECOND - 1) == ADA
        assert self.store.session("k", self.now + SECOND) is None

    def test_there_is_no_session_of_nobody_and_none_twice(self) -> None:
        assert not self.session(account="nobody", expires=self.now + SECOND)
        self.store.put_account(ADA)
        assert self.session(expires=self.now + SECOND)
        assert not self.session(expires=self.now + 2 * SECOND)

    def test_a_new_session_sweeps_the_expired(self) -> None:
        self.store.put_account(ADA)
        self.session("old", expires=self.now + 1)
        self.store.add_session(SessionRow("new", "ada", 0, self.now + SECOND), self.now + 1)
        assert self.store.end_session("old") is False
        assert self.store.end_session("new") is True
        assert self.store.end_session("new") is False

    def test_an_account_goes_with_its_sessions(self) -> None:
        self.store.put_account(ADA)
        self.store.put_account(IDA)
        self.session("a", expires=self.now + SECOND)
        self.session("b", "Ida", expires=self.now + SECOND)
        assert self.store.remove_account("ada") is True
        assert self.store.remove_account("ada") is False
        self.store.put_account(ADA)  # the same name again is somebody else
        assert self.store.session("a", self.now) is None
        assert self.store.session("b", self.now) == IDA
        assert self.store.end_sessions("Ida") == 1
        assert self.store.end_sessions("Ida") == 0

    def test_tokens_are_found_by_key_until_they_expire(self) -> None:
        token = TokenRow("deploy", "run", "key", self.now, self.now + SECOND, "ada")
        assert self.store.add_token(token)
        assert not self.store.add_token(replace(token, key="other"))
        assert self.store.token("key", self.now) == token
        assert self.store.token("other", self.now) is None
        assert self.store.token("key", self.now + SECOND) is None
        assert self.store.add_token(second := replace(token, name="backup", key="k2", user=None))
        assert self.store.tokens() == [second, token]
        assert self.store.remove_token("deploy") is True
        assert self.store.remove_token("deploy") is False
        assert self.store.token("key", self.now) is None
