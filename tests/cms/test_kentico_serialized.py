"""Serialized configurations: read tolerantly, written without state, the same twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from rota import Rota
from rota.cms.kentico import Kentico
from rota.testing.manual import ManualNode

ALL = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"


def xml(**fields: object) -> str:
    given = {
        "Name": "Import", "DisplayName": "Import products", "Enabled": "True",
        "Interval": f"day;3/2/2026 2:00:00 AM;1;{ALL}", "ScheduledTaskIdentifier": "Acme.Import",
        "IsSystem": "False", **fields,
    }  # fmt: skip
    body = "".join(
        f"<ScheduledTaskConfiguration{key}>{value}</ScheduledTaskConfiguration{key}>"
        for key, value in given.items()
    )
    return f"<cms.scheduledtaskconfiguration>{body}</cms.scheduledtaskconfiguration>"


@pytest.fixture
def kentico() -> Iterator[Kentico]:
    rota = Rota("memory://")
    made = Kentico(rota)
    made.register_scheduled_task("Acme.Import", lambda task, token: "imported")
    with ManualNode(rota, datetime(2026, 3, 2, tzinfo=UTC)) as node:
        made.node = node  # type: ignore[attr-defined]
        yield made


@pytest.mark.shows("SK 59", "K14")
def test_an_environment_that_disables_it_stays_disabled_and_says_so(kentico: Kentico) -> None:
    report = kentico.configurations.import_serialized({"a.xml": xml()}, overlay={"Import": False})
    (one,) = report.items
    assert (one.action, one.enabled) == ("created", False)
    assert "overlay" in one.notes[0]
    assert kentico.configurations.get("Import").enabled is False


@pytest.mark.shows("SK 59")
def test_twice_is_once(kentico: Kentico) -> None:
    actions = [
        kentico.configurations.import_serialized({"a.xml": xml()}).items[0].action for _ in range(2)
    ]
    assert actions == ["created", "unchanged"]
    assert len(kentico.configurations.list()) == 1


@pytest.mark.shows("SK 59")
@pytest.mark.parametrize("interval", ["", "fortnight;x", "day;2/30/2026 2:00:00 AM;1;Monday"])
def test_an_unreadable_interval_arrives_disabled_with_the_reason(
    kentico: Kentico, interval: str
) -> None:
    (one,) = kentico.configurations.import_serialized({"a.xml": xml(Interval=interval)}).items
    assert (one.action, one.enabled) == ("created", False)
    assert any("cannot be read" in note for note in one.notes)
    assert kentico.configurations.get("Import").next_run is None


@pytest.mark.shows("K14")
def test_a_task_that_nobody_registered_arrives_disabled_and_can_be_relinked(
    kentico: Kentico,
) -> None:
    text = xml(ScheduledTaskIdentifier="Acme.Gone", Data="&lt;feed/&gt;")
    (one,) = kentico.configurations.import_serialized({"a.xml": text}).items
    assert (one.action, one.enabled) == ("created", False)
    (kept,) = kentico.configurations.missing()
    assert (kept.identifier, kept.data, kept.enabled) == ("Acme.Gone", "<feed/>", False)
    linked = kentico.configurations.update("Import", identifier="Acme.Import", enabled=True)
    assert linked.problem == ""
    assert linked.next_run is not None


@pytest.mark.shows("K14")
def test_a_dry_run_says_what_it_would_do_and_does_nothing(kentico: Kentico) -> None:
    report = kentico.configurations.import_serialized({"a.xml": xml()}, dry_run=True)
    assert report.items[0].action == "created"
    assert "created   Import (enabled)" in str(report)
    assert kentico.configurations.list() == []


@pytest.mark.shows("K14")
@pytest.mark.parametrize(
    "text",
    ["", "not xml", "<other/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><cms.scheduledtask/>", xml()[:-9]],
)
def test_a_file_that_is_none_is_refused_by_name_and_stops_nothing(
    kentico: Kentico, text: str
) -> None:
    report = kentico.configurations.import_serialized({"bad.xml": text, "good.xml": xml()})
    assert [one.action for one in report.items] == ["refused", "created"]
    assert report.items[0].name == "bad.xml"


@pytest.mark.shows("K14")
def test_the_older_products_files_are_read_too(kentico: Kentico) -> None:
    text = xml().replace("ScheduledTaskConfiguration", "Task")
    text = text.replace("cms.scheduledtaskconfiguration", "cms.scheduledtask")
    text = text.replace("TaskScheduledTaskIdentifier", "TaskClass")
    (one,) = kentico.configurations.import_serialized({"a.xml": text}).items
    assert (one.action, one.enabled) == ("created", True)


@pytest.mark.shows("SK 59", "SK 34")
def test_what_is_written_is_the_definition_only_and_reads_back(kentico: Kentico) -> None:
    kentico.configurations.import_serialized({"a.xml": xml(Data="feed &amp; more")})
    kentico.node.advance(days=3)  # type: ignore[attr-defined]
    before = kentico.configurations.get("Import")
    assert before.runs == 3
    written = kentico.configurations.export()
    assert "ConfigurationLastRun" not in written["Import"]
    assert "imported" not in written["Import"]
    (again,) = kentico.configurations.import_serialized(written).items
    assert again.action == "unchanged"
    assert kentico.configurations.get("Import") == before
