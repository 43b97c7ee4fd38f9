"""Verbs on the caller's own psycopg connection: there after its commit, gone after its rollback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from postgres import server, with_schema
from rota import Rota
from rota.errors import AlreadyExists, Refused, StoreRefused, Unreachable
from rota.rules.states import FINAL
from waiting import eventually

Host = psycopg.Connection[Any]


@pytest.fixture
def rota() -> Iterator[Rota]:
    rota = Rota(with_schema(server()))

    @rota.task("shop.invoice", schedule="manual")
    def invoice(order: int = 0) -> str:
        return f"order {order}"

    rota.open()
    yield rota
    rota.close()


@pytest.fixture
def host() -> Iterator[Host]:
    """The host's own connection, set up in its own way, with a table of its own."""
    with psycopg.connect(server(), row_factory=dict_row) as connection:
        connection.execute("CREATE TEMP TABLE orders (id int)")
        connection.commit()
        yield connection
        connection.rollback()


@pytest.mark.parametrize("commits", [True, False])
def test_there_after_commit_gone_after_rollback(rota: Rota, host: Host, commits: bool) -> None:
    path = host.execute("SHOW search_path").fetchone()
    with rota.joined(host):
        host.execute("INSERT INTO orders VALUES (7)")
        rota.schedules.add("orders", "shop.invoice", "every 1h", parameters={"order": 7})
        run = rota.schedules.run("shop.invoice", {"order": 7})
        rota.schedules.pause("orders", reason="at first")
        assert rota.runs.get(run.id).state == "queued"  # one sees one's own
        assert rota.schedules.get("orders").paused
        assert host.execute("SHOW search_path").fetchone() == path
    assert len(rota.runs.list()) == 0, "others see nothing before the commit"
    if commits:
        host.commit()
    else:
        host.rollback()
    assert host.execute("SHOW search_path").fetchone() == path
    assert len(host.execute("SELECT id FROM orders").fetchall()) == commits
    assert [item.id for item in rota.runs.list()] == ([run.id] if commits else [])
    assert ("orders" in [item.name for item in rota.schedules.list()]) == commits


def test_a_node_hears_of_the_commit_and_begins_the_run(rota: Rota, host: Host) -> None:
    rota.start()
    with rota.joined(host):
        run = rota.schedules.run("shop.invoice", {"order": 9}).id
    host.commit()
    item = eventually(lambda: (got := rota.runs.get(run)).state in FINAL and got, 20)
    assert item.result == "order 9"


def test_a_transaction_block_of_a_connection_in_autocommit_will_do(rota: Rota) -> None:
    with psycopg.connect(server(), autocommit=True) as host:
        with host.transaction(), rota.joined(host):
            rota.schedules.run("shop.invoice")
        assert len(rota.runs.list()) == 1
        with pytest.raises(ZeroDivisionError), host.transaction(), rota.joined(host):
            rota.schedules.run("shop.invoice")
            1 / 0  # noqa: B018
    assert len(rota.runs.list()) == 1


def test_a_verb_that_is_refused_leaves_the_callers_transaction_as_it_was(
    rota: Rota, host: Host
) -> None:
    host.execute("INSERT INTO orders VALUES (1)")
    with rota.joined(host):
        rota.schedules.add("once", "shop.invoice", "every 1h")
        with pytest.raises(AlreadyExists):
            rota.schedules.add("once", "shop.invoice", "every 2h")
        host.execute("INSERT INTO orders VALUES (2)")
    host.commit()
    assert rota.schedules.get("once").trigger == "every 1h"
    assert len(host.execute("SELECT id FROM orders").fetchall()) == 2


def refused(rota: Rota, connection: object, *words: str) -> None:
    with pytest.raises(Refused) as caught, rota.joined(connection):
        pytest.fail("it was joined")
    for word in words:
        assert word in str(caught.value)


def test_what_cannot_be_joined_is_refused_with_the_cure(rota: Rota, host: Host) -> None:
    refused(rota, object(), "no psycopg.Connection but object")
    with psycopg.connect(server(), autocommit=True) as other:
        refused(rota, other, "autocommit", "with connection.transaction()")
        if not other.execute("SELECT FROM pg_database WHERE datname = 'another'").fetchone():
            other.execute("CREATE DATABASE another")
    with psycopg.connect(server(), dbname="another") as another:
        refused(rota, another, "another database", "the store's own database")
    refused(rota, another, "it is closed")
    with host.pipeline():
        refused(rota, host, "pipeline")
    with pytest.raises(psycopg.Error):
        host.execute("SELECT 1 / 0")
    refused(rota, host, "its transaction has failed")


def test_a_transaction_that_has_ended_is_not_carried_on(rota: Rota, host: Host) -> None:
    with rota.joined(host):
        rota.schedules.run("shop.invoice")
        host.commit()
        with pytest.raises(Unreachable, match="joined has failed or ended"):
            rota.schedules.run("shop.invoice")
    assert len(rota.runs.list()) == 1


def test_a_user_without_rights_on_the_schema_is_told_so(rota: Rota, host: Host) -> None:
    with psycopg.connect(server(), autocommit=True) as admin:
        if not admin.execute("SELECT FROM pg_roles WHERE rolname = 'stranger'").fetchone():
            admin.execute("CREATE ROLE stranger")
    host.execute("SET LOCAL ROLE stranger")
    with rota.joined(host), pytest.raises(StoreRefused, match="not as Rota made"):
        rota.schedules.run("shop.invoice")
