"""A schedule from code follows the code, field by field, until somebody edits it (design 17)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rota import Rota
from rota.engine.schedules.settling import settle
from rota.testing.clock import SettableClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Deploy = Callable[..., Rota]


@pytest.fixture
def deploy(tmp_path: Path) -> Iterator[Deploy]:
    """A release: the task `report`, on one store, settled in as a node would."""
    clock = SettableClock()
    clock.step_wall(12 * 3_600)
    opened: list[Rota] = []

    def release(trigger: str, **task: Any) -> Rota:
        rota = Rota(f"sqlite:///{tmp_path}/rota.db")
        rota.clock = rota.context.clock = clock  # type: ignore[assignment]
        rota.task("report", schedule=trigger, **task)(lambda month="all": month)
        rota.open()
        settle(rota.context, update=True)
        opened.append(rota)
        return rota

    release.clock = clock  # type: ignore[attr-defined]
    yield release
    for rota in opened:
        rota.close()


def test_what_nobody_edited_follows(deploy: Deploy) -> None:
    deploy("daily at 09:00", title="Report", retries=1)
    rota = deploy("daily at 15:00", title="The report", retries=2, enabled=False)
    item = rota.schedules.get("report")
    assert (item.trigger, item.title, item.enabled) == ("daily at 15:00", "The report", False)
    assert rota.context.defaults("report") == {"retries": 2, "enabled": False}
    assert item.policies == {}
    assert item.edited == ()
    assert item.code == {
        "title": "The report", "trigger": "daily at 15:00", "parameters": {},
        "policies": {"retries": 2}, "enabled": False,
    }  # fmt: skip
    texts = [event.text for event in rota.events.list(kind="schedule.changed")]
    assert texts == [
        "report follows the code: enabled True became False",
        "report follows the code: trigger daily at 09:00 became daily at 15:00",
    ]


@pytest.mark.parametrize(
    "edit, name, kept",
    [
        ({"trigger": "daily at 10:00"}, "trigger", "daily at 10:00"),
        ({"title": "Mine"}, "title", "Mine"),
        ({"enabled": False}, "enabled", False),
        ({"parameters": {"month": "may"}}, "parameters", {"month": "may"}),
    ],
)
def test_what_somebody_edited_stays_and_the_rest_follows(
    deploy: Deploy, edit: dict[str, Any], name: str, kept: object
) -> None:
    rota = deploy("daily at 09:00", title="Report")
    rota.schedules.update("report", **edit)
    rota = deploy("daily at 15:00", title="The report", grace="1h")
    item = rota.schedules.get("report")
    assert getattr(item, name) == kept
    assert item.edited == (name,)
    expected = {"trigger": "daily at 15:00", "title": "The report", "enabled": True,
                "parameters": {}, name: kept}  # fmt: skip
    assert {key: getattr(item, key) for key in expected} == expected
    assert isinstance(item.code, dict)
    assert item.code["trigger"] == "daily at 15:00"
    assert item.code["title"] == "The report"


def test_policies_are_followed_one_by_one(deploy: Deploy) -> None:
    rota = deploy("daily at 09:00", retries=1, timeout="1m")
    rota.schedules.update("report", retries=5)
    rota = deploy("daily at 09:00", retries=2, timeout="2m")
    item = rota.schedules.get("report")
    assert (item.policies, item.edited) == ({"retries": 5}, ("retries",))
    assert isinstance(item.code, dict)
    assert item.code["policies"] == {"retries": 2, "timeout": "2m"}
    (event,) = rota.events.list(kind="schedule.changed", search="code says")
    assert event.text == "report: the code says retries 2; what was edited stays"


def test_saying_what_the_code_says_anyway_is_no_edit(deploy: Deploy) -> None:
    rota = deploy("daily at 09:00", title="Report", retries=1)
    before = rota.schedules.get("report")
    after = rota.schedules.update(
        "report", title="Report", trigger="daily at 09:00", retries=1, grace=None, enabled=True,
        overlap="skip",
    )  # fmt: skip
    assert after == before

    rota.schedules.update("report", retries=3)
    item = rota.schedules.update("report", retries=1)  # back, and it stays so whatever code says
    assert (item.policies, item.edited) == ({"retries": 1}, ("retries",))


def test_a_deploy_never_lifts_a_pause(deploy: Deploy) -> None:
    rota = deploy("daily at 09:00")
    rota.schedules.pause("report", reason="stocktaking")
    rota = deploy("daily at 15:00", enabled=False)
    rota = deploy("daily at 16:00")
    item = rota.schedules.get("report")
    assert (item.paused, item.pause_reason) == (True, "stocktaking")
    assert (item.enabled, item.trigger, item.edited) == (True, "daily at 16:00", ())


def test_the_same_code_again_writes_nothing(deploy: Deploy) -> None:
    rota = deploy("daily at 09:00", retries=1)
    version = rota.schedules.get("report").version
    again = deploy("daily at 09:00", retries=1)
    assert again.schedules.get("report").version == version


def test_a_schedule_that_a_person_made_has_no_code(deploy: Deploy) -> None:
    rota = deploy("daily at 09:00")
    item = rota.schedules.add("mine", "report", "daily at 10:00", retries=0)
    assert (item.code, item.edited, item.policies) == ({}, (), {"retries": 0})


def test_slots_missed_before_the_code_changed_have_their_decision(deploy: Deploy) -> None:
    deploy("daily at 09:00")
    deploy.clock.advance(2 * 86_400)  # type: ignore[attr-defined]
    rota = deploy("daily at 15:00")
    (skip,) = rota.runs.list("report")
    assert (skip.state, skip.reason, skip.skips) == ("skipped", "no_node", 2)
    assert rota.schedules.get("report").next_run == NOON + timedelta(days=2, hours=3)


def test_slots_of_the_time_it_was_off_by_code_are_disabled(deploy: Deploy) -> None:
    deploy("daily at 09:00", enabled=False)
    deploy.clock.advance(86_400)  # type: ignore[attr-defined]
    rota = deploy("daily at 09:00")
    (skip,) = rota.runs.list("report")
    assert (skip.state, skip.reason, skip.skips) == ("skipped", "disabled", 1)


def test_a_client_inserts_and_never_updates(deploy: Deploy, tmp_path: Path) -> None:
    deploy("daily at 09:00")
    client = Rota(f"sqlite:///{tmp_path}/rota.db")
    client.task("report", schedule="daily at 15:00")(lambda: None)
    client.open()
    assert client.schedules.get("report").trigger == "daily at 09:00"
    client.close()
