"""A node starts over a large store as over a small one: nothing is read in whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest

from postgres import new_schema, server, with_schema
from rota import Rota
from rota.stores.sqlite.connections import Connections
from waiting import eventually

MANY = 5_000
NEVER = "at 2199-01-01T00:00:00Z"
SERIES = "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {many})"
SCHEDULES = """INSERT INTO rota_schedule (
        name, trigger, next_due, task, title, parameters, policies, enabled, paused, pause_reason,
        origin, edited, created, version, awaits_end, decided_through, runs
    )
    SELECT 'far-' || n, trigger, next_due, task, title, parameters, policies, enabled, paused,
        pause_reason, origin, edited, created, version, awaits_end, decided_through, runs
    FROM rota_schedule, s WHERE name = 'far'"""
RUNS = """INSERT INTO rota_run (
        id, task, due, kind, state, schedule, target, attempt, created, started, finished
    )
    SELECT n, 't', n, 'slot', 'succeeded', 'far-' || n, '', 1, n, n, n FROM s"""
LARGE = [f"{SERIES.format(many=MANY)} {statement}" for statement in (SCHEDULES, RUNS)]


def made(url: str) -> Rota:
    rota = Rota(url)
    rota.task("t")(lambda: None)
    return rota


def start(url: str) -> None:
    """Become a node, look for what is due, run something, and leave."""
    rota = made(url)
    rota.start()
    rota.schedules.run("far")
    eventually(lambda: rota.schedules.get("far").last_state == "succeeded", within=30)
    rota.close()


def test_on_sqlite_it_takes_no_more_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    connect = Connections.connect

    def counted(self: Connections) -> sqlite3.Connection:
        connection = connect(self)
        connection.set_progress_handler(count, 100)
        return connection

    def count() -> None:
        nonlocal steps
        steps += 100

    monkeypatch.setattr(Connections, "connect", counted)
    found = []
    for large in (False, True):
        path = tmp_path / f"{large}.db"
        made(f"sqlite:///{path}").schedules.add("far", "t", NEVER)
        if large:
            with sqlite3.connect(path) as connection:
                for statement in LARGE:
                    connection.execute(statement)
                connection.execute("UPDATE rota_counter SET value = 100000 WHERE name = 'run'")
            connection.close()
        steps = 0
        start(f"sqlite:///{path}")
        found.append(steps)
    assert found[1] < found[0] + MANY, found


def test_on_postgresql_it_reads_no_more_rows() -> None:
    schema = new_schema()
    url = with_schema(server(), schema)
    rota = made(url)
    rota.schedules.add("far", "t", NEVER)
    rota.close()
    with psycopg.connect(server(), options=f"-c search_path={schema}") as connection:
        for statement in LARGE:
            connection.execute(statement.encode())
        connection.execute("SELECT setval('rota_run_id', 100000)")
    before = rows_read(schema)
    start(url)
    read = eventually(lambda: rows_read(schema) - before)
    assert read < MANY // 5


def rows_read(schema: str) -> int:
    """Rows of the large tables that statements have read, as the server counts them."""
    with psycopg.connect(server()) as connection:
        row = connection.execute(
            """SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
            FROM pg_stat_all_tables
            WHERE schemaname = %s AND relname IN ('rota_schedule', 'rota_run')""",
            [schema],
        ).fetchone()
    assert row is not None
    return int(row[0])
