"""`rota user`, `rota token` and `rota audit`, on a real store."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from rota import Rota

PASSWORD = "correct horse battery"


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/rota.db"
    rota = Rota(url)
    rota.open()
    rota.close()
    return url


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    def lines(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return lines


def opened(url: str) -> Rota:
    rota = Rota(url)
    rota.open()
    return rota


def test_an_account_from_its_making_to_its_end(call, typed, database) -> None:
    typed(f"{PASSWORD}\n")
    made = call("user", "add", "ada", "--role", "edit", "--database", database)
    assert (made.code, made.out) == (0, "Made the account ada with the role edit.\n")
    rota = opened(database)
    assert rota.accounts.sign_in("ada", PASSWORD)
    assert call("user", "role", "ada", "--role", "run", "--database", database).code == 0
    typed("another long password\n")
    assert call("user", "password", "ada", "--database", database).code == 0
    assert rota.accounts.sign_in("ada", PASSWORD) is None
    listed = call("user", "list", "--json", "--database", database).json["items"]
    assert [(one["name"], one["role"]) for one in listed] == [("ada", "run")]
    assert set(listed[0]) == {"name", "role", "created", "changed"}
    assert call("user", "remove", "ada", "--database", database).code == 0
    assert "no account" in call("user", "list", "--database", database).out
    actions = call("audit", "--action", "account.", "--json", "--database", database).json["items"]
    assert [one["action"] for one in actions] == [
        "account.removed", "account.password", "account.role", "account.added",
    ]  # fmt: skip
    assert {one["origin"] for one in actions} == {"cli"}
    rota.close()


def test_what_is_wrong_is_said(call, typed, database) -> None:
    typed("")
    missing = call("user", "add", "ada", "--role", "view", "--json", "--database", database)
    assert (missing.code, missing.error["part"]) == (1, "password")
    typed("short\n")
    assert call("user", "add", "ada", "--role", "view", "--database", database).code == 1
    assert call("user", "add", "ada", "--role", "root", "--database", database).code == 2
    unknown = call("user", "remove", "eve", "--json", "--database", database)
    assert (unknown.code, unknown.error["code"]) == (2, "unknown_account")
    assert call("token", "remove", "eve", "--database", database).code == 2
    forever = call("token", "add", "ci", "--role", "run", "--expires", "soon", "--json",
                   "--database", database)  # fmt: skip
    assert (forever.code, forever.error["part"]) == (1, "expires")


def test_a_tokens_key_is_shown_once_and_alone(call, database) -> None:
    made = call("token", "add", "ci", "--role", "run", "--expires", "30d", "--database", database)
    key = made.out.strip()
    assert key.startswith("rota_")
    rota = opened(database)
    assert rota.tokens.check(key).role == "run"
    listed = call("token", "list", "--json", "--database", database)
    assert [one["name"] for one in listed.json["items"]] == ["ci"]
    audit = call("audit", "--subject", "ci", "--json", "--database", database)
    assert key not in listed.out + audit.out
    assert "valid" in call("token", "list", "--database", database).out
    assert call("token", "remove", "ci", "--database", database).code == 0
    assert rota.tokens.check(key) is None
    rota.close()


def test_nobody_has_changed_anything(call, database) -> None:
    assert "Nobody has changed" in call("audit", "--database", database).out
