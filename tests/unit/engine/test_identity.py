"""Who a node is."""

from __future__ import annotations

from pathlib import Path

import pytest

from rota import Rota
from rota.engine.roles import identity
from rota.errors import BadSetting
from rota.testing.clock import SettableClock


def test_a_machine_keeps_its_name_over_restarts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SettableClock()
    (tmp_path / "id").write_text("c0ffee\n")
    monkeypatch.setattr(identity, "MACHINE_ID", str(tmp_path / "id"))
    name = identity.machine_name("web", clock)
    assert name.startswith("web~")
    assert identity.machine_name("web-2", clock) != name
    monkeypatch.setattr(clock, "boot_id", lambda: "another")
    assert identity.machine_name("web", clock) == name
    monkeypatch.setattr(identity, "MACHINE_ID", str(tmp_path / "none"))
    assert identity.machine_name("web", clock) != name


def test_roles_and_labels_come_from_the_application_else_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROTA_ROLES", "publisher, web,")
    monkeypatch.setenv("ROTA_LABELS", "eu")
    rota = Rota("memory://", labels=["gpu", "big", "gpu"])
    assert (rota.roles, rota.labels) == (("publisher", "web"), ("big", "gpu"))
    rota.announce(roles=["only"])
    assert (rota.roles, rota.labels) == (("only",), ("big", "gpu"))


def test_every_wrong_name_is_said_at_once() -> None:
    with pytest.raises(BadSetting) as caught:
        Rota("memory://", roles=["a b"], labels=["", "ok", "role:x"])
    assert [problem.text for problem in caught.value.problems] == ["a b", "", "role:x"]


def test_a_node_tells_who_it_is() -> None:
    with_names = Rota("memory://", roles=["web"], labels=["eu"])
    with_names.start()
    try:
        (item,) = with_names.nodes.list()
        assert (item.roles, item.labels) == (("web",), ("eu",))
        assert item.machine.startswith(f"{item.host}~")
    finally:
        with_names.close()
