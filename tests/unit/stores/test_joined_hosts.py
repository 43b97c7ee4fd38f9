"""On connections of SQLAlchemy and Django: a run is there after commit, gone after rollback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from postgres import new_schema, server, with_schema
from rota import Rota

DJANGO = """
import sys
import django
from django.conf import settings
from rota import Rota

engine, name, url = sys.argv[1:]
settings.configure(DATABASES={"default": {"ENGINE": f"django.db.backends.{engine}", **eval(name)}})
django.setup()
from django.db import connection, transaction

rota = Rota(url)
rota.task("shop.invoice")(lambda order: str(order))
rota.open()
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS joined_orders (id int)")
    cursor.execute("DELETE FROM joined_orders")
for commits in (True, False):
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO joined_orders VALUES (7)")
            with rota.joined(connection.connection):
                rota.schedules.run("shop.invoice", {"order": 7})
            if not commits:
                raise RuntimeError
    except RuntimeError:
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM joined_orders")
        print(cursor.fetchone()[0], len(rota.runs.list()))
rota.close()
connection.close()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/host.db"
    return with_schema(server(), new_schema())


@pytest.fixture
def rota(url: str) -> Iterator[Rota]:
    rota = Rota(url)
    rota.task("shop.invoice")(lambda order: str(order))
    rota.open()
    yield rota
    rota.close()


@pytest.mark.parametrize("commits", [True, False])
def test_a_connection_of_sqlalchemy(rota: Rota, url: str, commits: bool) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    if url.startswith("sqlite"):
        engine = sqlalchemy.create_engine(url)
    else:
        connect = partial(psycopg.connect, server())
        engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=connect)
    with engine.connect() as host:
        host.execute(sqlalchemy.text("CREATE TEMPORARY TABLE orders (id int)"))
        host.commit()
        host.execute(sqlalchemy.text("INSERT INTO orders VALUES (7)"))
        with rota.joined(host.connection):
            run = rota.schedules.run("shop.invoice", {"order": 7})
        assert len(rota.runs.list()) == 0, "others see nothing before the commit"
        host.commit() if commits else host.rollback()
        assert host.execute(sqlalchemy.text("SELECT count(*) FROM orders")).scalar() == commits
    engine.dispose()
    assert [item.id for item in rota.runs.list()] == ([run.id] if commits else [])


def test_a_connection_of_django(url: str, tmp_path: Path) -> None:
    pytest.importorskip("django")
    engine, options = "sqlite3", {"NAME": f"{tmp_path}/host.db"}
    if url.startswith("postgresql"):
        given = conninfo_to_dict(server())
        engine = "postgresql"
        options = {
            "NAME": str(given["dbname"]), "USER": str(given["user"]), "HOST": str(given["host"]),
            "PORT": str(given.get("port", "")),
        }  # fmt: skip
    command = [sys.executable, "-c", DJANGO, engine, repr(options), url]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50)
    assert done.stdout.split() == ["1", "1", "1", "1"], done.stderr
