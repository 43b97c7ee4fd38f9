"""A store that this process should not fire is only observed, until somebody adopts it."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from postgres import server, with_schema
from rota import Rota, every
from rota.engine.hosting.environment import Foreign, foreign
from rota.errors import BadSetting
from waiting import eventually

KEPT = '{"environment": "%s", "identity": "a"}'


@pytest.mark.parametrize(
    "kept, environment, expected",
    [
        (None, "", ""),
        (None, "production", ""),
        (KEPT % "", "", ""),
        (KEPT % "", "production", ""),
        (KEPT % "production", "production", ""),
        (KEPT % "production", "", "names none"),
        (KEPT % "production", "laptop", "is “laptop”"),
        ('{"environment": "", "identity": "b"}', "", "copy"),
        ("nonsense", "", "copy"),
        ("[]", "production", "copy"),
    ],
)
def test_what_speaks_against_firing_it(kept: str | None, environment: str, expected: str) -> None:
    reason = foreign(kept, "a", environment)
    assert (expected in reason) if expected else reason == ""


def application(url: str, ran: list[str], environment: str | None = None) -> Rota:
    rota = Rota(url, environment=environment)
    rota.task("tick", schedule=every("1s"))(lambda: ran.append("ran"))
    return rota


def test_a_copy_of_the_file_does_not_fire_until_it_is_adopted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    original, copy, ran = tmp_path / "shop.db", tmp_path / "copy.db", list[str]()
    first = application(f"sqlite:///{original}", [])
    first.start()
    first.close()
    shutil.copy(original, copy)
    second = application(f"sqlite:///{copy}", ran)
    with caplog.at_level(logging.WARNING, "rota"):
        second.start()
    try:
        assert not second.running
        assert "copy" in second.observing
        assert second.health() == "unavailable"
        assert "only observes" in caplog.text
        with pytest.raises(Foreign, match="rota adopt"):
            second.tick()
        assert ran == []
        assert second.schedules.get("tick").next_run is not None  # it shows everything
        second.adopt(user="eva")
        eventually(lambda: second.running, within=10)
        assert second.observing == ""
        eventually(lambda: ran, within=10)
        adopted = [event for event in second.events.list() if event.kind == "store.adopted"]
        assert [event.user for event in adopted] == ["eva"]
    finally:
        second.close()


def test_a_file_that_was_moved_fires_as_before(tmp_path: Path) -> None:
    first = application(f"sqlite:///{tmp_path}/shop.db", [])
    first.start()
    first.close()
    (tmp_path / "shop.db").rename(tmp_path / "moved.db")
    second = application(f"sqlite:///{tmp_path}/moved.db", [])
    second.start()
    assert second.running
    second.close()


def test_a_laptop_on_production_s_database_only_observes() -> None:
    url, ran = with_schema(server()), list[str]()
    production = application(url, [], "production")
    laptop = application(url, ran)
    production.start()
    try:
        laptop.start()
        assert not laptop.running
        assert "production" in laptop.observing
        production.stop()
        assert not laptop.running
    finally:
        laptop.close()
        production.close()
    assert ran == []


def test_an_environment_gets_its_name_where_none_was_given_before(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    for environment, runs in ((None, True), ("production", True), (None, False)):
        rota = application(url, [], environment)
        rota.start()
        assert rota.running is runs
        rota.close()


def test_it_can_be_told_to_observe_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROTA_OBSERVE", "1")
    rota = application(f"sqlite:///{tmp_path}/shop.db", [])
    rota.start()
    assert not rota.running
    assert "told to observe" in rota.observing
    rota.close()


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(BadSetting, match="environment"):
        Rota("memory://", environment="a\nb")
