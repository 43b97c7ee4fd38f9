"""What a schedule's item says is worth knowing, and that it comes true."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rota import Rota
from rota.testing import ManualNode

START = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "policies, warned, ran",
    [
        ({"catch_up": 3}, [], 3),
        ({"catch_up": 3, "overlap": "queue"}, [], 3),
        ({"catch_up": 3, "overlap": 3}, [], 3),
        ({"catch_up": 3, "overlap": "cancel"}, ["catch_up_overlaps"], 1),
        ({"catch_up": 3, "unique": True}, ["catch_up_overlaps"], 1),
        ({"catch_up": 1, "unique": True}, [], 1),
        ({"catch_up": "latest"}, [], 1),
    ],
)
def test_missed_starts_that_the_overlap_policy_does_not_let_in(
    policies: dict[str, object], warned: list[str], ran: int
) -> None:
    rota = Rota("memory://")
    rota.task("work")(lambda: None)
    with ManualNode(rota, START) as node:
        item = rota.schedules.add("work", "work", "every 1h from 2026-03-02", **policies)
        assert [one["code"] for one in item.warnings] == warned
        node.miss(hours=6)
        node.advance(minutes=1)
        assert [run.state for run in node.runs].count("succeeded") == ran
