"""Placement, driven by hand: which node runs what, and what is said when one is gone."""

from __future__ import annotations

import logging

import pytest

from driving import Driven
from rota.engine.messages import Changed
from rota.engine.upkeep.missing import Missing
from rota.engine.upkeep.pinned import watch_pinned
from rota.engine.upkeep.recovery import recover
from rota.instants import SECOND
from rota.ports.records import EventQuery, NodeRow, Recovered, RunRow, TaskRow
from rota.rules.leases import Lease
from rota.rules.placement import placement, targets

LEASE = Lease().length


def pair(**fields: object) -> tuple[Driven, Driven]:
    """Two nodes on one store, on hosts of their own."""
    one = Driven(who=NodeRow("", "web1", 1, "0", machine="web1~1", labels=("eu",)))
    two = Driven(beside=one, who=NodeRow("", "web2", 1, "0", machine="web2~1"))
    return one, two


def add(node: Driven, where: str, rule: str = "every 10s") -> None:
    node.add("a", rule, policies={"placement": where})


def renew(*nodes: Driven) -> None:
    for node in nodes:
        node.store.renew(node.machine.holding.node, LEASE, node.clock.now())
        node.renew()


def advance(seconds: float, *nodes: Driven) -> None:
    nodes[0].clock.advance(seconds)
    renew(*nodes)
    for node in nodes:
        node.step(Changed())


@pytest.mark.parametrize("value", ["one", "every", "machine", "role:a", "label:a.b", "node:web-1"])
def test_placements_are_written_as_they_are_read(value: str) -> None:
    assert placement(value) == value


@pytest.mark.parametrize("value", ["", "all", "role", "role:", "node: x", "node:a:b", 1, None])
def test_other_words_are_no_placements(value: object) -> None:
    with pytest.raises(ValueError, match="label:NAME"):
        placement(value)


def test_a_pinned_host_is_the_whole_of_its_name() -> None:
    nodes = [NodeRow(f"{host}-1", host, 1, "", tasks=("t",), machine=host) for host in
             ("web1", "web10", "web1b", "db.web1")]  # fmt: skip
    assert targets("node:web1", "t", nodes) == ["machine:web1"]
    assert targets("node:web1-1", "t", nodes) == ["node:web1-1"]
    assert targets("node:web", "t", nodes) == []


def test_every_node_runs_the_slot_and_has_a_result_of_its_own() -> None:
    one, two = pair()
    add(one, "every")
    advance(0, one, two)
    advance(10, one, two)
    for node in (one, two):
        (run,) = node.started
        assert run.target == f"node:{node.machine.holding.node}"
        node.end(run)
    assert {run.state for run in one.runs()} == {"succeeded"}
    assert len(one.runs()) == 2
    advance(10, one, two)
    assert len(one.runs()) == 4


def test_a_label_chooses() -> None:
    one, two = pair()
    add(one, "label:eu")
    advance(0, one, two)
    advance(10, one, two)
    assert (len(one.started), len(two.started)) == (1, 0)


def test_who_comes_later_waits_for_the_next_slot() -> None:
    one, _ = pair()
    add(one, "every")
    one.step(Changed())
    one.advance(10)
    late = Driven(beside=one, who=NodeRow("", "web3", 1, "0", machine="web3~1"))
    late.step(Changed())
    assert late.started == []
    advance(10, one, late)
    assert len(late.started) == 1


def test_after_end_waits_for_the_ends_of_all() -> None:
    one, two = pair()
    add(one, "every", "every 10s after end")
    advance(0, one, two)
    advance(10, one, two)
    (first,), (second,) = one.started, two.started
    one.end(first)
    advance(30, one, two)
    assert (len(one.started), len(two.started)) == (1, 1)
    two.end(second)
    advance(11, one, two)
    assert (len(one.started), len(two.started)) == (2, 2)


@pytest.mark.parametrize("rule", ["every 10s after end", "every 10s"])
def test_without_a_fit_node_slots_are_skipped_and_the_next_one_comes(rule: str) -> None:
    one, two = pair()
    add(one, "role:publisher", rule)
    advance(0, one, two)
    for _ in range(8):
        advance(5, one, two)
    (row,) = one.runs()
    assert (row.state, row.reason, row.skips) == ("skipped", "no_node", 4)
    chosen = Driven(beside=one, who=NodeRow("", "web3", 1, "0", roles=("publisher",)))
    advance(10, one, chosen)
    advance(1, one, chosen)
    assert len(chosen.started) == 1


def test_a_pause_takes_back_what_no_node_has_begun() -> None:
    one, two = pair()
    add(one, "every")
    advance(0, one, two)
    advance(9.9, one, two)
    assert [run.state for run in one.runs()] == ["running", "running"]
    one.store.change_schedule("a", None, {"paused": True})
    pending = one.store.withdraw("a", "skipped", "paused", None, one.clock.now())
    assert len(pending) == 2
    advance(0.05, one, two)
    advance(1, one, two)
    assert (one.started, two.started) == ([], [])
    assert [(run.state, run.reason) for run in one.runs()] == [("skipped", "paused")] * 2


def test_a_death_is_told_once_with_all_that_it_had(caplog: pytest.LogCaptureFixture) -> None:
    one, two = pair()
    add(one, "every")
    one.add("b", "every 10s", policies={"idempotent": True, "placement": "node:web2"})
    advance(0, one, two)
    advance(9.9, one, two)
    advance(0.1, one, two)
    dead = two.machine.holding.node
    one.end(one.started[0])
    one.clock.advance(14)
    renew(one)
    one.clock.advance(2)
    caplog.set_level(logging.ERROR, "rota")
    assert recover(one.store, one.clock.now()).nodes == (dead,)
    assert recover(one.store, one.clock.now()).nodes == ()
    (event,) = one.store.events(EventQuery(kind="node.lost"))
    assert (event.level, event.node) == ("error", dead)
    assert event.text.startswith(f"Node {dead} is gone: its lease ran out. It had 2 runs: ")
    assert "a (run" in event.text
    assert "is lost" in event.text
    assert [record.message for record in caplog.records] == [event.text]
    assert next(run.state for run in one.runs() if run.schedule == "b") == "lost"


def test_an_alarm_names_ten_runs_and_counts_the_rest() -> None:
    from rota.engine.upkeep.recovery import alarm

    runs = [RunRow(n, "t", 0, state="lost", node="n") for n in range(12)]
    assert alarm("n", runs, 0).text.endswith("t (run 9) is lost, and 2 more.")
    assert alarm("n", [], 0).text.endswith("It had no runs.")
    assert Recovered(runs, ["n"]).nodes == ("n",)


def test_a_pinned_node_that_stays_away_is_told_after_five_minutes_once_a_day() -> None:
    one, two = pair()
    add(one, "node:web2")
    one.store.put_tasks([TaskRow("t")])
    eldest, other = one.machine.holding.node, two.machine.holding.node

    def watch(node: str = eldest) -> list[str]:
        return [event.text for event in watch_pinned(one.store, node, one.clock.now())]

    assert watch() == []
    one.store.leave(other, one.clock.now())
    one.clock.advance(299)
    assert watch() == []
    one.clock.advance(1)
    (text,) = watch()
    assert text.startswith("a is pinned to web2, and no node there that knows t has been alive")
    assert watch() == []
    one.clock.advance(86_398)
    assert watch() == []
    one.clock.advance(2)
    assert len(watch()) == 1
    again = one.store.join(
        NodeRow("", "web2", 1, "0", tasks=("t",), started=one.clock.now(), seen=one.clock.now()),
        900 * SECOND,
    )
    assert watch() == []
    one.store.leave(again.name, one.clock.now())
    one.clock.advance(301)
    assert len(watch()) == 1
    assert watch("somebody-else") == []


def test_a_task_that_nobody_knows_fails_by_name_wherever_it_was_to_run() -> None:
    one = Driven("other")
    one.store.put_tasks([TaskRow("t"), TaskRow("other")])
    one.add("a", "every 1h", policies={"placement": "every"})
    for seconds in (3_606, 70):
        one.clock.advance(seconds)
        one.store.renew(one.machine.holding.node, LEASE, one.clock.now())
        Missing(one.store).round(one.machine.holding.node, one.clock.now())
    (row,) = one.runs()
    assert (row.state, row.reason, row.target) == ("failed", "task_missing", "")
