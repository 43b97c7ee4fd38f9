"""Newer zone rules: next runs are derived again, nothing runs twice, the log says it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rota import Rota
from rota.engine.upkeep.rezoning import Rezoning
from rota.engine.upkeep.zonedata import zone_version
from rota.instants import from_datetime
from rota.ports.records import ScheduleRow
from rota.testing import ManualNode

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRAGUE = "daily at 09:00 in Europe/Prague"  # 08:00 UTC by the rules of today


@pytest.fixture
def node() -> Iterator[ManualNode]:
    """A store whose next runs follow from rules that are older than 2026b."""
    rota = Rota("memory://")
    rota.task("t")(lambda: None)
    with ManualNode(rota, NOON) as node:
        node.store.keep("tzdata", "2026a", None)
        yield node


def look(node: ManualNode, version: str | None = "2026b") -> int:
    moved = lambda: node.node.dispatcher.mail.clear()  # noqa: E731
    return Rezoning(node.store, node.clock, version, "n-1", moved).look()


def add(node: ManualNode, name: str, rule: str, old: datetime | None, **fields: object) -> None:
    """A schedule whose stored next run follows from other rules than those of this process."""
    node.rota.schedules.add(name, "t", rule)
    due = None if old is None else from_datetime(old)
    node.store.change_schedule(name, None, {"next_due": due, **fields})


def due(node: ManualNode, name: str) -> datetime | None:
    return node.rota.schedules.get(name).next_run


def texts(node: ManualNode, kind: str = "") -> list[str]:
    found = node.rota.events.list(limit=1_000, kind=kind)
    return [event.text for event in reversed(found) if event.kind != "schedule.added"]


@pytest.mark.parametrize("off", [HOUR, -HOUR, timedelta(minutes=30)])
def test_a_next_run_by_other_rules_is_derived_again_and_said(
    node: ManualNode, off: timedelta
) -> None:
    right = datetime(2026, 3, 3, 8, tzinfo=UTC)
    add(node, "a", PRAGUE, right + off)
    add(node, "b", PRAGUE, right)
    assert look(node) == 1
    assert due(node, "a") == due(node, "b") == right
    was = (right + off).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = f"a: the next run was {was} and is 2026-03-03T08:00:00Z, because the zone rules"
    assert texts(node) == [
        f"{said} 2026a became 2026b",
        "The zone rules changed: 2026a became 2026b. 1 of 2 schedules moved.",
    ]
    assert node.store.kept("tzdata") == "2026b"


def test_it_happens_once(node: ManualNode) -> None:
    add(node, "a", PRAGUE, NOON + HOUR)
    assert (look(node), look(node)) == (1, 0)
    assert len(texts(node)) == 2


@pytest.mark.parametrize("version", ["2026a", "2025c", None, "garbage"])
def test_the_same_or_older_rules_change_nothing(node: ManualNode, version: str | None) -> None:
    add(node, "a", PRAGUE, NOON + HOUR)
    assert look(node, version) == 0
    assert due(node, "a") == NOON + HOUR
    assert node.store.kept("tzdata") == "2026a"


def test_older_rules_are_said(node: ManualNode, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "rota"):
        look(node, "2025c")
    (text,) = texts(node, "zones.")
    assert text == (
        "The zone rules of this node (2025c) are older than those that next runs follow from "
        "(2026a); update tzdata here."
    )
    assert caplog.messages == [text]


def test_a_store_that_knows_no_version_is_told_and_left_as_it_is() -> None:
    rota = Rota("memory://")
    rota.task("t")(lambda: None)
    with ManualNode(rota, NOON) as node:
        add(node, "a", PRAGUE, NOON + HOUR)
        assert look(node) == 0
        assert (node.store.kept("tzdata"), due(node, "a")) == ("2026b", NOON + HOUR)


def test_the_slot_that_ran_by_the_old_rules_does_not_run_again_by_the_new(
    node: ManualNode,
) -> None:
    """By the old rules today's nine o'clock was at 07:00 UTC, and ran; by these it is at 08:00."""
    node.rota.schedules.add("a", "t", PRAGUE)
    ran = NOON - 5 * HOUR
    node.store.change_schedule("a", None, {"next_due": from_datetime(ran)})
    row = node.store.schedule("a")
    assert row is not None
    at_seven = replace(
        row, name="b", decided_through=from_datetime(ran - 2 * HOUR), next_due=from_datetime(ran)
    )
    node.store.remove_schedule("a")
    node.store.add_schedule(at_seven)
    node.clock.step_wall(-5 * 3_600 + 1)  # one second past seven
    node.settle()
    (run,) = node.runs
    assert run.due == ran
    stored = node.store.schedule("b")
    assert stored is not None
    tomorrow = from_datetime(ran + timedelta(days=1))
    node.store.change_schedule("b", None, {"next_due": tomorrow})  # as by the old rules

    assert look(node) == 1
    assert due(node, "b") == datetime(2026, 3, 3, 8, tzinfo=UTC)
    node.advance(hours=5)
    assert len(node.runs) == 1  # not at eight


def test_a_slot_that_the_new_rules_put_into_the_past_has_its_decision(node: ManualNode) -> None:
    """Nobody ran it yet: it is caught up with like every late one."""
    old = datetime(2026, 3, 2, 13, tzinfo=UTC)
    add(node, "a", PRAGUE, old)
    row = node.store.schedule("a")
    assert row is not None
    node.store.remove_schedule("a")
    node.store.add_schedule(replace(row, decided_through=from_datetime(NOON - 20 * HOUR)))
    assert look(node) == 1
    node.settle()
    node.rota.context.poke()
    node.advance(minutes=1)
    assert [run.due for run in node.runs] == [datetime(2026, 3, 2, 8, tzinfo=UTC)]


def test_what_does_not_hang_on_a_zone_is_left_alone(node: ManualNode) -> None:
    odd = NOON + timedelta(minutes=7)
    add(node, "utc", "daily at 09:00", odd)
    add(node, "over", "at 2026-03-03T09:00 in Europe/Prague", None)
    add(node, "broken", PRAGUE, odd, trigger="sometimes")
    assert look(node) == 0
    assert due(node, "utc") == odd
    for name in ("over", "broken"):
        row = node.store.schedule(name)
        assert row is not None
        assert row.next_due == (from_datetime(odd) if name == "broken" else None)


def test_elapsed_time_is_the_same_by_any_rules(node: ManualNode) -> None:
    node.rota.schedules.add("a", "t", "every 7h in Europe/Prague")
    node.rota.schedules.add("b", "t", "every 5m after end in Europe/Prague")
    node.advance(hours=8)
    before = due(node, "a"), due(node, "b")
    assert look(node) == 0
    assert (due(node, "a"), due(node, "b")) == before


def test_a_rule_that_follows_the_last_run_moves_only_while_it_waits(node: ManualNode) -> None:
    rule = "every 1d after end between 09:00-10:00 in Europe/Prague"
    right = datetime(2026, 3, 3, 8, tzinfo=UTC)
    add(node, "a", rule, right + HOUR)
    expected = due_by_rule(node, rule)
    assert look(node) == (expected != right + HOUR)
    assert due(node, "a") == expected
    add(node, "late", rule, NOON - HOUR)  # owed already
    node.store.keep("tzdata", "2026a", "2026b")
    assert look(node) == 0


def due_by_rule(node: ManualNode, rule: str) -> datetime | None:
    return node.rota.schedules.add("fresh", "t", rule).next_run


def test_schedules_that_are_off_or_paused_move_too(node: ManualNode) -> None:
    right = datetime(2026, 3, 3, 8, tzinfo=UTC)
    add(node, "off", PRAGUE, right + HOUR, enabled=False)
    add(node, "paused", PRAGUE, right + HOUR, paused=True)
    assert look(node) == 2
    for name in ("off", "paused"):
        row = node.store.schedule(name)
        assert row is not None
        assert row.next_due == from_datetime(right)
        assert row.paused == (name == "paused")


def test_many_are_done_in_batches(node: ManualNode) -> None:
    for number in range(250):
        add(node, f"s{number:03}", PRAGUE, NOON + HOUR)
    assert look(node) == 250
    assert len(texts(node, "schedule.moved")) == 250
    assert texts(node, "zones.")[-1].endswith("250 of 250 schedules moved.")


def test_who_edits_meanwhile_wins(node: ManualNode) -> None:
    add(node, "a", PRAGUE, NOON + HOUR)
    read = [row for row in [node.store.schedule("a")] if row is not None]
    node.rota.schedules.update("a", trigger="daily at 10:00 in Europe/Prague")
    rezoning = Rezoning(node.store, node.clock, "2026b", "n-1", lambda: None)
    assert rezoning.derive(read, "2026a became 2026b") == 0
    assert due(node, "a") == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_a_stop_in_the_middle_leaves_the_rest_to_the_next_start(node: ManualNode) -> None:
    add(node, "a", PRAGUE, NOON + HOUR)
    rezoning = Rezoning(node.store, node.clock, "2026b", "n-1", lambda: None)
    rezoning.stop()
    assert rezoning.look() == 0
    assert node.store.kept("tzdata") == "2026a"
    assert look(node) == 1


def test_a_node_does_it_when_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rota.engine.node.zone_version", lambda: "2026b")
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    rota.task("t")(lambda: None)
    rota.open()
    rota.schedules.add("a", "t", "daily at 09:00 in Asia/Tokyo")
    store, right = rota.context.store, due_of(rota)
    store.change_schedule("a", None, {"next_due": right + 3_600_000_000})
    store.keep("tzdata", "2026a", None)
    rota.start()
    assert rota.node is not None
    rota.node.rezoning.thread.join(30)
    assert due_of(rota) == right
    rota.close()


def due_of(rota: Rota) -> int:
    row: ScheduleRow | None = rota.context.store.schedule("a")
    assert row is not None
    assert row.next_due is not None
    return row.next_due


def test_another_zone_of_the_application_moves_nothing(tmp_path: Path) -> None:
    """The zone is in the text of each trigger since it was saved."""
    url = f"sqlite:///{tmp_path}/rota.db"
    for zone in ("Europe/Prague", "Asia/Tokyo"):
        rota = Rota(url, zone=zone)
        rota.task("t")(lambda: None)
        rota.open()
        if zone == "Europe/Prague":
            rota.schedules.add("a", "t", "daily at 09:00")
        item = rota.schedules.get("a")
        assert (item.trigger, item.zone, item.version) == (PRAGUE, "Europe/Prague", 1)
        rota.close()


def test_the_version_is_that_of_the_rules_in_use(tmp_path: Path) -> None:
    system = tmp_path / "zoneinfo"
    assert zone_version((str(system),)) == zone_version(())  # not there: the package's
    assert zone_version(()) is not None
    (system / "Etc").mkdir(parents=True)
    assert zone_version((str(system),)) is None  # there, and it does not say
    (system / "tzdata.zi").write_text("# version 2031c\n# This zic input file\n")
    assert zone_version((str(tmp_path / "nothing"), str(system))) == "2031c"
