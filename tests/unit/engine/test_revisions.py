"""Every change is recorded with it: in the audit, and of a schedule as a revision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rota import Rota, every
from rota.engine.client.acting import acting
from rota.errors import AlreadyExists, Conflict, UnknownRevision, UnknownSchedule


@pytest.fixture(params=["memory", "sqlite"])
def rota(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rota]:
    made = Rota("memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/rota.db")

    @made.task("news.tidy")
    def tidy(days: int = 7) -> None: ...

    @made.task("news.code", schedule=every("1h"))
    def code() -> None: ...

    made.open()
    yield made
    made.close()


def told(rota: Rota, name: str = "tidy") -> list[tuple[Any, ...]]:
    return [
        (one.number, one.action, one.user, one.reason) for one in rota.schedules.revisions(name)
    ]


def test_each_change_of_a_schedule_is_a_revision(rota: Rota) -> None:
    schedules = rota.schedules
    schedules.add("tidy", "news.tidy", "every 1h", user="ada", reason="wanted")
    schedules.update("tidy", trigger="every 2h", user="ida", reason="too often", retries=2)
    schedules.update("tidy", trigger="every 2h")  # nothing to change
    until = datetime(2199, 1, 1, tzinfo=UTC)
    schedules.pause("tidy", until=until, reason="holidays", user="ada")
    schedules.resume("tidy", user="ada")
    schedules.put("tidy", "news.tidy", "every 3h", user="bob")
    schedules.remove("tidy", user="eve", reason="not needed")
    assert told(rota) == [
        (6, "removed", "eve", "not needed"), (5, "changed", "bob", ""), (4, "resumed", "ada", ""),
        (3, "paused", "ada", "holidays"), (2, "changed", "ida", "too often"),
        (1, "added", "ada", "wanted"),
    ]  # fmt: skip
    second, first = list(schedules.revisions("tidy"))[-2:]
    assert first.fields["trigger"] == "every 1h"
    assert (second.fields["trigger"], second.fields["policies"]) == ("every 2h", {"retries": 2})
    paused = schedules.revisions("tidy")[3].fields
    assert (paused["paused"], paused["paused_until"]) == (True, "2199-01-01T00:00:00Z")


def test_the_audit_tells_who_when_what_from_where(rota: Rota) -> None:
    rota.schedules.add("tidy", "news.tidy", "every 1h", user="ada")
    with acting("cli", "root"):
        rota.schedules.update("tidy", trigger="every 2h", parameters={"days": 3}, reason="why")
        run = rota.schedules.run("tidy")
        rota.runs.cancel(run.id)
        rota.runs.again(run.id)
    assert run.user == "root"
    audit = rota.audit.list(subject="tidy")
    assert [one.action for one in audit] == [
        "run.again", "run.cancelled", "run.asked", "schedule.changed", "schedule.added",
    ]  # fmt: skip
    changed = audit[3]
    assert (changed.user, changed.origin, changed.reason) == ("root", "cli", "why")
    assert changed.before == {"trigger": "every 1h", "parameters": {}}
    assert changed.after == {"trigger": "every 2h", "parameters": {"days": 3}}
    assert audit[2].after == {"run": run.id, "parameters": {"days": 3}}
    assert (audit[4].user, audit[4].origin, audit[4].before) == ("ada", "code", None)
    assert [one.action for one in rota.audit.list(action="run.", user="root", limit=2)] == [
        "run.again", "run.cancelled",
    ]  # fmt: skip


def test_a_refused_change_leaves_no_trace(rota: Rota) -> None:
    rota.schedules.add("tidy", "news.tidy", "every 1h")
    before = [one.id for one in rota.audit.list()]
    with pytest.raises(AlreadyExists):
        rota.schedules.add("tidy", "news.tidy", "every 1h")
    with pytest.raises(Conflict):
        rota.schedules.update("tidy", version=9, trigger="every 5h")
    with pytest.raises(Conflict):
        rota.schedules.remove("tidy", version=9)
    with pytest.raises(UnknownRevision):
        rota.schedules.revert("tidy", 9)
    with pytest.raises(UnknownSchedule):
        rota.schedules.revert("nobody", 1)
    with pytest.raises(UnknownSchedule):
        rota.schedules.revisions("nobody")
    assert [one.id for one in rota.audit.list()] == before
    assert len(told(rota)) == 1


def test_going_back_to_a_revision(rota: Rota) -> None:
    schedules = rota.schedules
    schedules.add("tidy", "news.tidy", "every 1h", title="Tidy", parameters={"days": 1}, retries=1)
    changed = {"trigger": "daily at 09:00", "title": "x", "parameters": {}, "enabled": False}
    schedules.update("tidy", timeout="5m", **changed)
    schedules.pause("tidy", reason="away")
    back = schedules.revert("tidy", 1, user="ada", reason="it was better")
    assert (back.trigger, back.title, back.parameters) == ("every 1h", "Tidy", {"days": 1})
    assert (back.policies, back.enabled, back.paused) == ({"retries": 1}, True, True)
    assert back.next_run is not None or back.paused
    assert told(rota)[0] == (4, "reverted", "ada", "it was better")
    with pytest.raises(Conflict):
        schedules.revert("tidy", 2, version=1)


def test_a_removed_schedule_comes_back(rota: Rota) -> None:
    rota.schedules.add("tidy", "news.tidy", "every 1h", title="Tidy")
    rota.schedules.remove("tidy")
    again = rota.schedules.revert("tidy", 1)
    assert (again.title, again.status, again.version) == ("Tidy", "waiting", 1)
    assert [number for number, *_ in told(rota)] == [3, 2, 1]


def test_code_is_an_author_too(rota: Rota) -> None:
    (first,) = rota.schedules.revisions("news.code")
    assert (first.user, first.origin, first.reason) == (None, "code", "it follows the code")


def test_revisions_come_in_pages(rota: Rota) -> None:
    rota.schedules.add("tidy", "news.tidy", "every 1h")
    for hours in range(2, 7):
        rota.schedules.update("tidy", trigger=f"every {hours}h")
    first = rota.schedules.revisions("tidy", limit=4)
    rest = rota.schedules.revisions("tidy", limit=4, cursor=first.next)
    assert [one.number for one in [*first, *rest]] == [6, 5, 4, 3, 2, 1]
    assert rest.next is None


def test_a_schedule_older_than_its_revisions_can_go_back(rota: Rota) -> None:
    from rota.ports.records import ScheduleRow

    rota.context.store.add_schedule(ScheduleRow("old", "news.tidy", "every 1h", created=1))
    rota.schedules.update("old", trigger="every 2h")
    assert [action for _, action, *_ in told(rota, "old")] == ["changed", "added"]
    assert rota.schedules.revert("old", 1).trigger == "every 1h"
