"""The vendor's own example, rewritten, at work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rota.testing.manual import ManualNode


@pytest.mark.shows("K1", "K2")
def test_the_hello_task_says_hello_every_hour_of_weekdays() -> None:
    from examples import kentico_hello as example

    with ManualNode(example.rota, datetime(2026, 3, 6, 21, 30, tzinfo=UTC)) as node:  # a Friday
        example.configure()
        runs = node.advance(days=2, hours=4)
        assert [run.due.strftime("%a %H") for run in runs] == [
            "Fri 22",
            "Fri 23",
            "Mon 00",
            "Mon 01",
        ]
        (line,) = example.rota.runs.log(runs[0].id)
        assert line.text == "Hello from my scheduled task!"
