"""A task that was renamed: what bears its former name goes on with it, and nothing is doubled."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rota import Rota
from rota.errors import BadSetting, DuplicateTask
from rota.rules.states import FINAL
from rota.testing import ManualNode
from waiting import eventually

START = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


def work(number: int = 0) -> str:
    """Do it."""
    return f"done {number}"


def former_release(url: str) -> int:
    """An older release: a schedule in its code, one that a person made, a run that waits."""
    rota = Rota(url)
    rota.task("acme.old", schedule="every 1h")(work)
    rota.open()
    rota.schedules.add("mine", "acme.old", "every 1s", parameters={"number": 7})
    run = rota.schedules.run("acme.old", {"number": 3}).id
    rota.close()
    return run


def test_schedules_and_runs_of_the_former_name_go_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rota.db"
    waiting = former_release(url)
    rota = Rota(url)
    rota.task("acme.new", schedule="every 2h", aliases=["acme.old"])(work)
    rota.start()
    try:
        item = eventually(lambda: (got := rota.runs.get(waiting)).state in FINAL and got)
        assert item.result == "done 3"
        eventually(lambda: rota.schedules.get("mine").last_result == "done 7")
        found = {one.name: one for one in rota.schedules.list()}
        assert set(found) == {"acme.old", "mine"}, "its schedule goes on, and no second one is made"
        assert found["acme.old"].trigger == "every 2h", "and it follows the code"
        assert "orphaned" not in {one.status for one in found.values()}
        assert rota.schedules.run("acme.new").task == "acme.new"
    finally:
        rota.close()


def test_a_policy_of_the_task_counts_for_what_bears_the_former_name() -> None:
    rota = Rota("memory://")

    @rota.task("acme.new", aliases=["acme.old", "acme.older"], retries=2, backoff="1s..1s")
    def fails() -> None:
        raise OSError("no")

    with ManualNode(rota, START) as node:
        rota.schedules.add("mine", "acme.older", "every 1h")
        node.advance(hours=1, minutes=5)
        (run,) = node.runs
        assert (run.task, run.state, run.attempt) == ("acme.older", "failed", 3)


def test_a_name_that_another_task_has_is_no_alias() -> None:
    rota = Rota("memory://")
    rota.task("acme.one")(lambda: None)
    with pytest.raises(DuplicateTask, match=r"acme\.one"):
        rota.task("acme.two", aliases=["acme.one"])(work)
    assert rota.registry.get("acme.two") is None, "nothing of it is registered"
    rota.task("acme.two", aliases=["acme.before"])(work)
    with pytest.raises(DuplicateTask, match=r"acme\.before"):
        rota.task("acme.before")(lambda: None)
    with pytest.raises(BadSetting):
        rota.task("acme.three", aliases=["no name"])(work)
