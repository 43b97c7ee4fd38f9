"""A day of skips at one second: at most ten rows, and an answer for every slot within."""

from __future__ import annotations

from datetime import timedelta

import pytest

from driving import Driven
from rota import Rota
from rota.engine.client.items import Why
from rota.engine.messages import Changed
from rota.engine.schedules.why import explain
from rota.instants import SECOND
from rota.ports.records import RunRow
from rota.testing import ManualNode
from stores import Make, any_store

__all__ = ("any_store",)

DAY = 86_400
HOUR = 3_600
WHILE = 600
ROWS = 10


def node(make: Make, **policies: object) -> Driven:
    driven = Driven(make=make, **policies)
    driven.add("s", "every 1s")
    driven.step(Changed())
    return driven


def why(driven: Driven, at: int) -> Why:
    """What `rota why` says of a slot so many seconds after the schedule was made."""
    row = driven.store.schedule("s")
    assert row is not None
    instant = row.created // SECOND * SECOND + at * SECOND
    return explain(row, instant, driven.clock.now(), driven.store.decisions_at("s", instant, 9))


def skips(driven: Driven) -> list[RunRow]:
    return [row for row in driven.runs() if row.state == "skipped"]


def said(answer: Why) -> tuple[str, str | None]:
    return answer.decision, answer.reason


def long_run(driven: Driven, seconds: int) -> None:
    """The first run goes on and on while its schedule is due each second."""
    driven.advance(1)
    assert len(driven.started) == 1
    for _ in range(seconds):
        driven.advance(1)


def test_a_run_that_overlaps_itself(any_store: Make) -> None:
    driven = node(any_store)
    long_run(driven, WHILE)
    (row,) = skips(driven)
    assert (row.reason, row.skips) == ("overlap", WHILE)
    for second in (2, WHILE // 2, WHILE + 1):
        assert said(why(driven, second)) == ("skipped", "overlap")
    assert said(why(driven, WHILE + 2)) == ("planned", None)
    driven.end(driven.started[0])
    driven.advance(1)
    assert len(driven.started) == 2
    assert said(why(driven, 1))[0] == said(why(driven, WHILE + 2))[0] == "ran"


@pytest.mark.parametrize("catch_up", ["latest", 3])
def test_a_run_that_overlaps_itself_on_a_store_that_is_slower_than_its_slots(
    any_store: Make, catch_up: str | int
) -> None:
    driven = node(any_store, catch_up=catch_up)
    driven.advance(1)
    for seconds in (4, 5, 7) * 20:
        driven.advance(seconds)
    (row,) = skips(driven)
    assert (row.reason, row.skips) == ("overlap", 320)
    driven.end(driven.started[0])
    driven.advance(7)
    assert {row.reason for row in skips(driven)} <= {"overlap", "no_node"}
    assert len(driven.started) > 1


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_a_whole_day_of_overlap(any_store: Make) -> None:
    driven = node(any_store)
    long_run(driven, DAY)
    assert len(driven.runs()) <= ROWS
    assert said(why(driven, DAY // 2)) == ("skipped", "overlap")


def test_a_day_of_pause_open_and_over(any_store: Make) -> None:
    driven = node(any_store)
    now = driven.clock.now()
    driven.store.change_schedule("s", None, {"paused": True, "paused_at": now,
                                             "paused_until": now + DAY * SECOND})  # fmt: skip
    driven.step(Changed())
    for _ in range(DAY // 60 - 1):
        driven.advance(60)
    assert driven.runs() == []
    for second in (1, DAY // 2, DAY - 60):
        assert said(why(driven, second)) == ("skipped", "paused"), "while it is open"
    assert said(why(driven, DAY)) == ("planned", "paused")
    driven.advance(61)
    assert len(driven.runs()) <= ROWS
    assert len(driven.started) == 1
    for second in (1, DAY // 2, DAY):
        assert said(why(driven, second)) == ("skipped", "paused"), "when it is over"


@pytest.mark.parametrize("catch_up", ["none", "latest", 3])
def test_a_day_without_a_node_open_and_over(any_store: Make, catch_up: str | int) -> None:
    driven = node(any_store, catch_up=catch_up, overlap=10)
    driven.clock.advance(DAY)
    for second in (1, DAY // 2, DAY):
        assert said(why(driven, second)) == ("planned", "no_node"), "while it is open"
    driven.renew()
    driven.advance(1)
    assert len(driven.runs()) <= ROWS
    for second in (1, DAY // 2):
        assert said(why(driven, second)) == ("skipped", "no_node"), "when it is over"
    assert said(why(driven, DAY + 1))[0] == "ran"


def test_the_api_answers_while_a_pause_and_an_outage_are_open() -> None:
    from starlette.testclient import TestClient

    rota = Rota("memory://")
    rota.task("t", schedule="every 1s")(lambda: None)
    with ManualNode(rota) as driven:
        web = TestClient(rota.web(), base_url="http://127.0.0.1", client=("127.0.0.1", 1))

        def asked(seconds: int) -> tuple[str, str | None]:
            at = (began + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
            answer = web.get("/api/v1/schedules/t/why", params={"at": at}).json()
            return answer["decision"], answer["reason"]

        began = driven.now
        driven.advance(seconds=10)
        assert asked(5) == ("ran", None)
        rota.schedules.pause("t", reason="stock-taking")
        driven.advance(hours=24)
        assert asked(HOUR) == ("skipped", "paused")
        assert len(driven.skips) == 0
        rota.schedules.resume("t")
        assert asked(HOUR) == ("skipped", "paused")
        driven.clock.advance(DAY)
        assert asked(DAY + HOUR) == ("planned", "no_node")
        driven.advance(seconds=1)
        assert asked(DAY + HOUR) == ("skipped", "no_node")
        assert len(driven.skips) <= ROWS
