"""What the editor asks of the services: a check that writes nothing, policies given back."""

from __future__ import annotations

import pytest

from rota import Rota
from rota.errors import RotaError, UnknownSchedule


@pytest.fixture
def rota() -> Rota:
    made = Rota("memory://")

    @made.task("desk.count", retries=1)
    def count(limit: int = 10) -> None: ...

    return made


def test_a_check_lists_all_that_is_wrong_and_writes_nothing(rota: Rota) -> None:
    with pytest.raises(RotaError) as caught:
        rota.schedules.check(
            "9 lives!", "desk.count", "daily at 25:00", parameters={"limit": "x"}, timeout="soon"
        )
    parts = {one.part for one in caught.value.problems}
    assert parts == {"name", "at", "limit", "timeout"}
    rota.schedules.check("fine", "desk.count", "daily at 09:00")
    with pytest.raises(UnknownSchedule):
        rota.schedules.get("fine")


def test_a_policy_that_is_reset_follows_the_task_again(rota: Rota) -> None:
    rota.schedules.add("mine", "desk.count", "daily at 09:00", retries=5, timeout="1m")
    saved = rota.schedules.update("mine", reset=("retries",), timeout="2m")
    assert saved.policies == {"timeout": "2m"}


def test_an_update_lists_all_that_is_wrong(rota: Rota) -> None:
    rota.schedules.add("mine", "desk.count", "daily at 09:00")
    with pytest.raises(RotaError) as caught:
        rota.schedules.update("mine", trigger="daily at 25:00", timeout="soon")
    assert {one.part for one in caught.value.problems} == {"at", "timeout"}
