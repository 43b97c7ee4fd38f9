"""A real PostgreSQL goes away under a running application and comes back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from postgres import Own, own_server, with_schema
from rota import Rota, Run, every
from rota.errors import Unreachable
from waiting import eventually

LINES = 20
BACK = 5.0  # seconds after the server answers
SLACK = 10.0  # seconds for a machine that has other things to do


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Own]:
    with own_server() as server:
        yield server


class Host:
    """An application whose tasks say what they do."""

    def __init__(self, url: str, schema: str) -> None:
        self.rota = Rota(with_schema(url, schema))
        self.fired: list[datetime] = []
        self.began, self.go_on = threading.Event(), threading.Event()
        self.rota.task("beat", schedule=every("1s"))(self.beat)
        self.rota.task("long", schedule="manual")(self.long)

    def beat(self, run: Run) -> None:
        self.fired.append(run.due)

    def long(self, run: Run) -> str:
        self.began.set()
        self.go_on.wait(60)
        run.log.info("said while nobody listened")
        return "worth keeping"


@pytest.mark.timeout(120)
def test_the_host_never_notices(postgresql: Own, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rota")
    host = Host(postgresql.url, "away")
    rota = host.rota
    rota.start()
    try:
        run = rota.schedules.run("long").id
        assert host.began.wait(10)
        eventually(lambda: host.fired, 10)

        postgresql.stop()
        try:
            host.go_on.set()  # it ends while there is nobody to tell
            eventually(lambda: rota.health() == "degraded", 20)
            with pytest.raises(Unreachable):
                rota.schedules.list()
            count = len(host.fired)
            threading.Event().wait(3)  # three slots nobody can decide
            # A slot is taken up to 300 ms ahead: one more may have been durable before.
            assert len(host.fired) <= count + 1, "nothing starts that is not durable"
        finally:
            postgresql.start()
        answers = time.monotonic()
        count = len(host.fired)
        eventually(lambda: rota.runs.get(run).state == "succeeded", SLACK)
        eventually(lambda: len(host.fired) > count, SLACK)
        eventually(lambda: rota.health() == "ok", SLACK)
        took = time.monotonic() - answers
        assert rota.runs.get(run).result == "worth keeping"
        assert "said while nobody listened" in [line.text for line in rota.runs.log(run)]
        assert took < BACK + SLACK
        assert len(set(host.fired)) == len(host.fired)
        assert set(host.fired) <= {one.due for one in rota.runs.list("beat", limit=1_000)}
        assert rota.runs.list(states=("lost",)) == []
    finally:
        host.go_on.set()
        rota.close()
    said = [one.getMessage() for one in caplog.records if one.name.startswith("rota")]
    assert 2 <= len(said) <= LINES, said


@pytest.mark.timeout(120)
def test_a_host_starts_without_its_database_and_the_node_follows(
    postgresql: Own, caplog: pytest.LogCaptureFixture
) -> None:
    host = Host(postgresql.url, "late")
    rota = host.rota
    postgresql.stop()
    try:
        try:
            rota.start()
            assert (rota.running, rota.health()) == (False, "unavailable")
            rota.start()  # twice is once
        finally:
            postgresql.start()
        eventually(lambda: rota.health() == "ok", SLACK)
        eventually(lambda: host.fired, SLACK)
        assert len(caplog.records) <= LINES
    finally:
        rota.close()


def test_a_stop_ends_the_waiting(postgresql: Own) -> None:
    host = Host(postgresql.url, "never")
    postgresql.stop()
    try:
        host.rota.start()
        assert host.rota.patience is not None
        thread = host.rota.patience.thread
        host.rota.stop()
        thread.join(10)
        assert not thread.is_alive()
    finally:
        postgresql.start()
    assert not host.rota.running
