"""The vendor's own examples, rewritten, at work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rota.testing.manual import ManualNode


@pytest.mark.shows("S1", "S2", "S6")
def test_the_simple_and_the_complex_command_run_as_their_files_say() -> None:
    from examples import sitecore_tasks as example

    with ManualNode(example.rota, datetime(2026, 3, 2, tzinfo=UTC)) as node:
        report = example.sitecore.synchronise()
        assert (report.refused, report.gone) == ((), ())
        runs = [run for run in node.advance(days=13) if run.kind == "slot"]
        simple = [run for run in runs if run.schedule == "Run-my-simple-task"]
        complex_ = [run for run in runs if run.schedule == "Run-my-complex-task"]
        assert [run.state for run in simple] == ["succeeded", "succeeded"]  # every twelve days
        assert [f"{run.started:%a %H:%M}" for run in complex_[:3]] == [
            "Mon 00:00", "Tue 02:05", "Wed 04:10",
        ]  # fmt: skip
        assert (complex_[0].result or "").endswith("items for Run my complex task, last run never")
        lines = [line.text for line in example.rota.runs.log(complex_[0].id)]
        assert lines[0] == "Starting: Run my complex task"
        assert any("sitecore_tasks.py" in line for line in lines)
