"""The vendor's own examples, rewritten, at work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from rota.testing import ManualNode


@pytest.mark.shows("U1")
def test_the_minimal_one_runs_every_hour() -> None:
    from examples import umbraco_minimal as example

    with ManualNode(example.rota) as node:
        runs = node.advance(minutes=125)
        assert [f"{run.due:%H:%M}" for run in runs] == ["00:03", "01:03", "02:03"]
        assert example.rota.schedules.get("CleanUpYourRoom").title == "Clean up your room"


@pytest.mark.shows("U1")
def test_the_injected_one_empties_the_bin() -> None:
    from examples import umbraco_injected as example

    with ManualNode(example.rota) as node:
        runs = node.advance(minutes=65)
        assert [run.result for run in runs] == ["3 removed", "0 removed"]
        assert example.content.bin == []


@pytest.mark.shows("U1", "U2")
def test_the_complex_one_says_what_it_does_and_follows_the_settings() -> None:
    from examples import umbraco_complex as example

    with ManualNode(example.rota) as node:
        (run,) = node.advance(minutes=5)
        texts = [line.text for line in example.rota.runs.log(run.id)]
        assert texts[:3] == [
            "Go clean your room - single", "You have 3 items to clean",
            "Mum, I am emptying out the bin",
        ]  # fmt: skip
        assert texts[3].startswith("It's all clean now (")
        example.health_checks.set(example.HealthChecksSettings(timedelta(minutes=10)))
        assert [f"{run.due:%H:%M}" for run in node.advance(minutes=20)] == ["00:13", "00:23"]
        example.umbraco.dispose()
        assert example.health_checks.listeners == []


@pytest.mark.shows("U3")
def test_the_triggered_one_answers_a_route() -> None:
    from examples import umbraco_triggered as example

    web = TestClient(example.app)  # its lifespan is left out: the node is driven by hand
    assert web.post("/clean-up").json() is False
    with ManualNode(example.rota) as node:
        node.advance(minutes=10)
        assert web.post("/clean-up?strategy=reset").json() is True
        runs = [f"{run.due:%H:%M} {run.kind}" for run in node.advance(hours=1)]
        assert runs == ["00:10 manual", "01:10 slot"]
    assert web.post("/clean-up").json() is False


@pytest.mark.shows("U4")
def test_the_manual_one_waits_for_a_trigger() -> None:
    from examples import umbraco_manual as example

    with ManualNode(example.rota) as node:
        assert node.advance(days=30) == []
        assert example.umbraco.trigger(example.MyJob)
        assert [run.result for run in node.advance(days=30)] == ["rebuilt"]


@pytest.mark.shows("U10")
def test_the_distributed_one_runs_and_logs() -> None:
    from examples import umbraco_distributed as example

    with ManualNode(example.rota) as node:
        runs = node.advance(minutes=2)
        assert [f"{run.due:%M:%S}" for run in runs] == ["01:20", "01:40", "02:00"]
        (line,) = example.rota.runs.log(runs[0].id)
        assert line.text == "MyCustomBackgroundJob is executing."
