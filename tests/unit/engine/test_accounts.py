"""Accounts and tokens: what may be said of them, what is kept, what is written down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rota import Rota
from rota.engine.client.acting import acting
from rota.errors import AlreadyExists, Refused, RotaError, UnknownAccount

PASSWORD = "correct horse battery"


@pytest.fixture
def rota() -> Iterator[Rota]:
    made = Rota("memory://")
    yield made
    made.close()


@pytest.mark.parametrize(
    "name, password, role, part",
    [
        ("", PASSWORD, "view", "name"), ("a b", PASSWORD, "view", "name"),
        ("a" * 101, PASSWORD, "view", "name"), ("ada\n", PASSWORD, "view", "name"),
        ("ada", "short", "view", "password"), ("ada", "x" * 1_001, "view", "password"),
        ("ada", PASSWORD, "root", "role"),
    ],
)  # fmt: skip
def test_what_makes_no_account(rota: Rota, name: str, password: str, role: str, part: str) -> None:
    with pytest.raises(Refused) as caught:
        rota.accounts.add(name, password, role)
    assert [one.part for one in caught.value.problems] == [part]
    assert rota.accounts.list() == []


def test_a_password_is_kept_as_argon2id(rota: Rota) -> None:
    rota.accounts.add("ada", PASSWORD)
    digest = rota.context.store.accounts()[0].digest
    assert digest.startswith("$argon2id$")
    assert rota.accounts.sign_in("ada", PASSWORD)
    for name, password in [("ada", "wrong"), ("Ada", PASSWORD), ("", ""), ("ada", "x" * 10**6)]:
        assert rota.accounts.sign_in(name, password) is None


def test_changes_of_accounts_and_tokens_are_audited(rota: Rota) -> None:
    with acting("cli", "root"):
        rota.accounts.add("ada", PASSWORD, "view")
        rota.accounts.set_role("ada", "edit")
        rota.accounts.set_password("ada", "another password")
        rota.accounts.remove("ada")
        made = rota.tokens.add("deploy", "run")
        rota.tokens.remove("deploy")
    audit = rota.audit.list()
    assert [one.action for one in audit] == [
        "token.removed", "token.added", "account.removed", "account.password", "account.role",
        "account.added",
    ]  # fmt: skip
    assert {(one.user, one.origin) for one in audit} == {("root", "cli")}
    assert (audit[4].before, audit[4].after) == ({"role": "view"}, {"role": "edit"})
    assert PASSWORD not in repr(audit)
    assert made.key not in repr(audit)
    assert made.token.user == "root"


def test_names_are_given_once(rota: Rota) -> None:
    rota.accounts.add("ada", PASSWORD)
    with pytest.raises(AlreadyExists):
        rota.accounts.add("ada", PASSWORD)
    rota.tokens.add("deploy")
    with pytest.raises(AlreadyExists):
        rota.tokens.add("deploy")
    for act in (rota.accounts.remove, rota.tokens.remove):
        with pytest.raises(UnknownAccount):
            act("nobody")


@pytest.mark.parametrize("expires", ["0s", "", "soon", -1, None])
def test_a_token_expires_some_day(rota: Rota, expires: object) -> None:
    with pytest.raises(RotaError):
        rota.tokens.add("deploy", expires=expires)
