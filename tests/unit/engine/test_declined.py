"""A task that declines its run: skipped or ignored with its reason, and no failure."""

from __future__ import annotations

import pytest

from rota import Rota, every
from rota.errors import Declined
from rota.testing.manual import ManualNode


@pytest.mark.parametrize(
    "state, reason", [("skipped", "condition"), ("ignored", "runtime"), ("ignored", "role")]
)
def test_a_declined_run_ends_in_that_state_for_that_reason(state: str, reason: str) -> None:
    rota = Rota("memory://")

    @rota.task("shop.sweep", schedule=every("1h"), retries=3)
    def sweep() -> None:
        raise Declined(state, reason, "the shop is closed")

    with ManualNode(rota) as node:
        node.advance(hours=2)
        rows = list(node.history())
        assert [(row.state, row.reason, row.result) for row in rows] == [
            (state, reason, "the shop is closed")
        ] * 2
        assert not [event for event in rota.events.list() if event.level == "error"]


def test_a_declined_run_keeps_its_slot_decided() -> None:
    rota = Rota("memory://")

    @rota.task("shop.sweep", schedule=every("1h"))
    def sweep() -> None:
        raise Declined("skipped", "condition")

    with ManualNode(rota) as node:
        node.advance(hours=1)
        why = rota.schedules.why("shop.sweep", node.now)
        assert (why.decision, why.reason) == ("skipped", "condition")


def test_only_skipped_and_ignored_can_be_declined() -> None:
    with pytest.raises(ValueError, match="not failed"):
        Declined("failed", "error")
