"""`rota doctor` on a real store."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from rota.engine.hosting.clock import SystemClock
from rota.instants import SECOND


@pytest.fixture(autouse=True)
def _a_client_for_this_test_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("rota.engine.hosting.process.clients_only", lambda: None)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)


def states(answer) -> dict[str, str]:
    assert all(set(check) == {"name", "state", "text", "hint"} for check in answer.json["checks"])
    return {check["name"]: check["state"] for check in answer.json["checks"]}


def test_without_a_store_that_is_what_is_wrong(call):
    answer = call("doctor", "--json")
    assert (answer.code, answer.json["ok"]) == (1, False)
    assert states(answer)["store"] == "wrong"
    assert states(answer)["python"] == "ok"


def test_schedules_without_a_node_are_wrong(call, tmp_path):
    (tmp_path / "shop_doctor.py").write_text(
        "from rota import Rota, every\n"
        'rota = Rota("sqlite:///shop.db")\n'
        'rota.task("a", schedule=every("1h"))(lambda: None)\n',
        encoding="utf-8",
    )
    answer = call("--app", "shop_doctor", "doctor", "--json")
    found = states(answer)
    assert answer.code == 1
    assert found["nodes"] == "wrong"
    assert (found["application"], found["store"], found["tasks"]) == ("ok", "ok", "ok")
    told = call("--app", "shop_doctor", "doctor").out
    assert "✗ wrong: nodes" in told
    assert "start rota serve or rota node" in told
    assert "synchronous FULL" in told


def test_a_node_that_nobody_is_left_to_declare_dead_is_not_called_alive(call, tmp_path):
    (tmp_path / "shop_silent.py").write_text(
        'from rota import Rota\nrota = Rota("sqlite:///silent.db")\n'
        'rota.task("a", schedule="every 1h")(lambda: None)\n',
        encoding="utf-8",
    )
    call("--app", "shop_silent", "list")
    with closing(sqlite3.connect(tmp_path / "silent.db")) as link, link:
        link.execute(
            "INSERT INTO rota_node (name, host, pid, version, state, roles, labels, tasks, "
            "started, seen, lease_until, boot_id) "
            "VALUES ('web-1', 'web', 1, '0', 'alive', '[]', '[]', '[]', 0, ?, 0, 'b')",
            (time.time_ns() // 1_000 - 300_000_000,),
        )
    answer = call("--app", "shop_silent", "doctor")
    assert answer.code == 1
    assert "web-1 is silent since" in answer.out
    assert "none is alive: nothing will run" in answer.out
    assert "no node is alive" in call("--app", "shop_silent", "run", "a").err


def test_a_node_with_a_long_lease_is_alive_however_long_ago_it_renewed_it(call, tmp_path):
    (tmp_path / "shop_long.py").write_text(
        'from rota import Rota\nrota = Rota("sqlite:///long.db", lease="1h")\n'
        'rota.task("a", schedule="every 1h")(lambda: None)\n',
        encoding="utf-8",
    )
    call("--app", "shop_long", "list")
    clock = SystemClock()
    with closing(sqlite3.connect(tmp_path / "long.db")) as link, link:
        link.execute(
            "INSERT INTO rota_node (name, host, pid, version, state, roles, labels, tasks, "
            "started, seen, lease_until, boot_id) "
            "VALUES ('web-1', 'web', 1, '0', 'alive', '[]', '[]', '[]', 0, ?, ?, ?)",
            (clock.now() - 600 * SECOND, clock.boot() + 3_000 * SECOND, clock.boot_id()),
        )
    answer = call("--app", "shop_long", "doctor")
    assert "web-1" in answer.out
    assert "silent" not in answer.out
    assert "none is alive" not in answer.out


def test_a_store_that_is_none_is_wrong_and_left_alone(call, tmp_path):
    (tmp_path / "x.db").write_bytes(b"no database")
    answer = call("doctor", "--database", "sqlite:///x.db", "--json")
    assert states(answer)["store"] == "wrong"
    assert (tmp_path / "x.db").read_bytes() == b"no database"


def test_an_application_that_cannot_be_imported_is_wrong(call):
    assert states(call("doctor", "--app", "no_such_shop", "--json"))["application"] == "wrong"
