"""Grace: how much later than its slot a run may start, also where it waits for its turn."""

from __future__ import annotations

import pytest

from driving import Driven
from rota.engine.messages import Changed
from rota.ports.records import NewRun


@pytest.mark.parametrize(
    "grace, waits, ran", [("10s", 9, True), ("10s", 12, False), ("1s", 4, True)]
)
def test_a_slot_that_waited_for_its_turn_beyond_its_grace_is_skipped(
    grace: str, waits: int, ran: bool
) -> None:
    """The node's only place was taken all that time."""
    driven = Driven("t", "other", slots=1, grace=grace)
    first = driven.add("a", "every 1h")
    driven.store.add_run(NewRun("other", driven.clock.now()), driven.clock.now())
    driven.step(Changed())
    (busy,) = driven.started
    driven.advance(3_600)
    for _ in range(waits):
        driven.advance(1)
    driven.end(busy)
    driven.advance(0.5)
    (slot,) = driven.runs(schedule=first.name)
    assert [run.schedule for run in driven.started] == [None, "a"][: 1 + ran]
    expected = ("running", None) if ran else ("skipped", "too_late")
    assert (slot.state, slot.reason) == expected
    assert slot.attempt == ran
