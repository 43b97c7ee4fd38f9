"""What is typed, registered and deployed: it is refused with the cure, or it does what it says."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from rota import Rota, Run, trigger
from rota.cli.moments import instant
from rota.errors import DuplicateTask, TriggerError
from rota.instants import SECOND
from rota.rules.retry import delay
from rota.testing import ManualNode
from rota.web.bounds import moment

START = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
MODULE = """
from rota import Rota
rota = Rota("memory://")
"""
TASK = """
from fault84_host import rota

@rota.task("acme.sweep")
def sweep():
    ...
"""


@pytest.mark.parametrize(
    "text",
    ["every 0s", "every -5m", "every 1ms", "every 0.5s", "every 1e308s", "every nan", "every 101y"],
)
def test_fault_63_intervals_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(TriggerError) as caught:
        trigger(text)
    assert caught.value.problems[0].hint


def test_fault_64_an_interval_does_not_drift_in_a_year() -> None:
    rule = trigger("every 7m from 2026-01-01")
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    number = 365 * 24 * 60 // 7
    at = begin + number * timedelta(minutes=7)
    assert rule.next(at - timedelta(seconds=1)) == [at]


def test_fault_56_every_30_minutes_follows_real_time_where_the_wall_repeats() -> None:
    rule = trigger("every 30m from 2026-10-25T02:00 in Europe/Prague")
    first, last = datetime(2026, 10, 25, 0, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    times = rule.next(first - timedelta(seconds=1), 5)
    assert times == [first + n * timedelta(minutes=30) for n in range(5)]
    assert times[-1] == last, "four where the wall shows two, and then 03:00"


def test_fault_62_a_leap_second_is_the_second_before_it() -> None:
    (at,) = trigger("at 2016-12-31T23:59:60Z").next(datetime(2016, 1, 1, tzinfo=UTC))
    assert at == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert instant("2016-12-31T23:59:60Z", "UTC", "--after") == at
    assert moment("2017-01-01T00:59:60.5", "at", ZoneInfo("Europe/Prague")).second == 59
    with pytest.raises(TriggerError):
        trigger("at 2016-12-31T23:59:61Z")


def load(path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def test_fault_84_one_function_that_is_imported_by_two_paths_is_one_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("host.py", MODULE), ("tasks.py", TASK), ("others.py", TASK)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    host = load(tmp_path / "host.py", "fault84_host", monkeypatch)
    for name in ("shop.tasks", "tasks"):
        load(tmp_path / "tasks.py", name, monkeypatch)
    assert [task.identifier for task in host.rota.registry] == ["acme.sweep"]
    with pytest.raises(DuplicateTask, match=r"tasks\.py.*others\.py"):
        load(tmp_path / "others.py", "others", monkeypatch)


def test_fault_88_parameters_that_no_longer_fit_fail_by_name_before_the_call_and_only_once() -> (
    None
):
    rota = Rota("memory://")
    called: list[object] = []

    @rota.task("acme.mail", retries=5)
    def mail(run: Run, to: str = "ann") -> None:
        called.append(to)

    with ManualNode(rota, START) as node:
        rota.schedules.add("mail", "acme.mail", "every 1h", parameters={"to": "bob"})
        rota.registry.tasks.clear()

        @rota.task("acme.mail", retries=5)
        def mail_by_number(run: Run, number: int) -> None:
            called.append(number)

        node.advance(hours=1, minutes=5)
        (run,) = node.runs
        assert (run.state, run.reason, run.attempt) == ("failed", "bad_parameters", 1)
        assert "number" in (run.error or "") and "to" in (run.error or "")
        assert called == []


def test_fault_96_ten_thousand_failures_at_once_come_back_spread() -> None:
    chance = Random(7)
    backoff = (60 * SECOND, 3_600 * SECOND)
    waits = [delay(1, backoff, chance.random()) for _ in range(10_000)]
    each = Counter(wait // SECOND for wait in waits)
    assert max(each.values()) <= 2 * len(waits) / 60
