"""A whole application on a real PostgreSQL: slots, runs, two nodes, and a pause from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postgres import new_schema, server, with_schema
from rota import Rota, Run, every
from rota.engine.hosting.clock import SystemClock
from rota.errors import BadSetting, StoreRefused
from rota.instants import SECOND
from rota.rules.states import FINAL
from waiting import eventually


@pytest.fixture
def url() -> str:
    return with_schema(server(), new_schema())


def application(url: str, fired: list[Run]) -> Rota:
    rota = Rota(url)

    @rota.task("acme.tick", schedule=every("1s"))
    def tick(run: Run) -> str:
        run.log.info("tick %s", run.due)
        fired.append(run)
        return "ticked"

    return rota


@pytest.fixture
def both(url: str) -> Iterator[tuple[Rota, Rota, list[Run]]]:
    fired: list[Run] = []
    first, second = application(url, fired), application(url, fired)
    yield first, second, fired
    first.close()
    second.close()


def test_two_nodes_share_the_slots_and_start_each_once(
    both: tuple[Rota, Rota, list[Run]],
) -> None:
    first, second, fired = both
    first.start()
    second.start()
    eventually(lambda: len(fired) >= 4, within=20)
    first.stop()
    second.stop()

    dues = [run.due for run in fired]
    assert len(set(dues)) == len(dues)
    assert {item.result for item in first.runs.list(states=("succeeded",))} == {"ticked"}
    done = first.runs.list(states=("succeeded",))[0]
    assert first.runs.log(done.id)[0].text.startswith("tick ")
    assert {node.state for node in first.nodes.list()} == {"stopped"}


def test_a_run_that_another_process_asks_for_starts_at_once(
    both: tuple[Rota, Rota, list[Run]],
) -> None:
    node, client, _ = both
    node.start()
    run = client.schedules.run("acme.tick").id
    item = eventually(lambda: (got := client.runs.get(run)).state in FINAL and got, within=10)
    assert item.state == "succeeded"
    client.schedules.pause("acme.tick", reason="moving")
    count = node.schedules.get("acme.tick").runs
    assert node.schedules.get("acme.tick").status in ("paused", "running")
    client.schedules.resume("acme.tick")
    eventually(lambda: node.schedules.get("acme.tick").runs > count, within=10)


def test_the_store_of_another_application_and_a_bad_schema_are_refused(url: str) -> None:
    rota = Rota(url, app="shop")
    rota.open()
    rota.close()
    with pytest.raises(StoreRefused, match="shop"):
        Rota(url, app="blog").open()
    with pytest.raises(BadSetting, match="schema"):
        Rota("postgresql://localhost/x?schema=Not-One").open()


def test_a_machine_whose_clock_is_off_is_seen(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda self: right(self) + 7 * SECOND)
    rota = Rota(url, lease="1s")
    rota.task("nothing")(lambda: None)
    rota.start()
    try:
        renewed = rota.nodes.list()[0].seen
        eventually(lambda: rota.nodes.list()[0].seen > renewed)
        (node,) = rota.nodes.list()
        assert -8_000 < node.clock_offset_ms < -6_000
    finally:
        rota.close()
