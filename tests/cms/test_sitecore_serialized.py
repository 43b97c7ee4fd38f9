"""Sitecore's serialized items: read, imported, and what an import leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rota import Rota
from rota.cms.sitecore import Report, ScheduleItem, Sitecore, import_serialized
from rota.cms.sitecore.serialized import read_serialized
from rota.errors import RotaError, TriggerError
from rota.testing.manual import ManualNode

COMMAND = "{0F1B1F9E-2C4B-4B35-9C0F-7A9D5B0F0001}"
SCHEDULE = "{0F1B1F9E-2C4B-4B35-9C0F-7A9D5B0F0002}"


class Tidy:
    def run_nightly(self) -> str:
        return "tidied"


def command_file(type_: str = "Acme.Tasks.Tidy, Acme", method: str = "RunNightly") -> str:
    """The classic form, with line ends as Windows has them."""
    return "\r\n".join((
        "----item----", "version: 1", f"id: {COMMAND}", "database: master",
        "path: /sitecore/system/Tasks/Commands/Tidy", "parent: {0}",
        "name: Tidy", "master: {00000000-0000-0000-0000-000000000000}",
        "template: {58119A3E-560E-4DA6-97C6-1ACE8A5B1219}", "templatekey: Command", "",
        "----field----", "field: {752579A7-EF2F-45B7-B9D1-9B682308B7A5}", "name: Type", "key: type",
        f"content-length: {len(type_)}", "", type_,
        "----field----", "field: {4BC75539-D5C4-487B-AF35-FF13D62BD286}", "name: Method",
        "key: method", f"content-length: {len(method)}", "", method,
        "----version----", "language: en", "version: 1", "revision: x", "",
        "----field----", "field: {25BED78C-4957-4165-998A-CA1B52F67497}", "name: __Created",
        "key: __created", "content-length: 16", "", "20190101T000000Z", "",
    ))  # fmt: skip


def schedule_file(
    text: str = "20190101|99990101|127|24:00:00",
    *,
    items: str = "",
    command: str = COMMAND,
    path: str = "/sitecore/system/Tasks/Schedules/Tidy nightly",
    more: str = "",
) -> str:
    """The YAML of Unicorn, with a Last run that nobody asked for."""
    return f"""---
ID: "{SCHEDULE.strip("{}").lower()}"
Parent: "a705d262-5714-4880-9962-051e25f1416d"
Template: "70244923-fa84-477c-8cbd-62f39642c42b"
Path: {path}
DB: master
SharedFields:
- ID: "50be51f8-746d-4dc2-9c3b-b14abc5ce9b7"
  Hint: Schedule
  Value: "{text}"
- ID: "62e64dbb-0a39-4dd7-ba05-7bd08c5404e0"
  Hint: Command
  Type: Internal Link
  Value: "{command}"
- ID: "b1e16562-f3f9-4ddd-84ca-6e099950ecc0"
  Value: 20251129T044629Z
- ID: "11111111-1111-1111-1111-111111111111"
  Hint: Items
  Value: |
    {items}
- ID: "11111111-1111-1111-1111-111111111112"
  Hint: Async
  Value: 1
{more}Languages:
- Language: en
  Versions:
  - Version: 1
    Fields:
    - ID: "25bed78c-4957-4165-998a-ca1b52f67497"
      Hint: __Created
      Value: 20190101T000000Z
"""


TYPES = {"Acme.Tasks.Tidy": f"{__name__}.Tidy"}


class Site:
    def __init__(self, folder: Path) -> None:
        self.rota = Rota("memory://")
        self.sitecore = Sitecore(self.rota, folder)
        self.node = ManualNode(self.rota, datetime(2026, 3, 2, 10, tzinfo=UTC))

    def take(self, *texts: str, types: dict[str, str] = TYPES, dry_run: bool = False) -> Report:
        sources = {f"{n}": text for n, text in enumerate(texts)}
        return import_serialized(self.sitecore, sources, types=types, dry_run=dry_run)

    @property
    def item(self) -> ScheduleItem:
        return self.sitecore.schedules.get("Tidy nightly")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "items")
    with made.node:
        yield made


@pytest.mark.shows("S10")
def test_both_forms_are_read() -> None:
    command, schedule = read_serialized(command_file()), read_serialized(schedule_file(items="a|b"))
    assert (command.id, command.path) == (COMMAND, "/sitecore/system/Tasks/Commands/Tidy")
    assert command.fields["type"] == "Acme.Tasks.Tidy, Acme"
    assert command.fields["method"] == "RunNightly"
    assert schedule.fields["schedule"] == "20190101|99990101|127|24:00:00"
    assert (schedule.fields["command"], schedule.fields["items"]) == (COMMAND, "a|b")
    assert (schedule.fields["async"], schedule.fields["last run"]) == ("1", "20251129T044629Z")


@pytest.mark.shows("S10", "SK 12")
def test_an_import_takes_what_can_be_used_and_runs_it(site: Site, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/Tidy.item").write_text(command_file(), encoding="utf-8-sig")
    (tmp_path / "in/Tidy nightly.yml").write_text(schedule_file("||127|1.00:00:00"))
    (tmp_path / "in/readme.txt").write_text("not for us")
    report = import_serialized(site.sitecore, [tmp_path / "in"], types=TYPES)
    assert [(one.action, one.enabled, one.notes) for one in report.items] == [
        ("created", True, ()), ("created", True, ()),
    ]  # fmt: skip
    assert (site.item.is_async, site.item.auto_remove, site.item.last_run) == (True, False, None)
    assert "Last run" not in (tmp_path / "items/Schedules/Tidy nightly.toml").read_text()
    done = [run for run in site.node.advance(minutes=1) if run.schedule == "Tidy-nightly"]
    assert [run.result for run in done] == ["tidied"]


@pytest.mark.shows("SK 12", "S3")
def test_twenty_four_hours_are_refused_when_written_and_days_when_imported(site: Site) -> None:
    text = "20190101|99990101|127|24:00:00"
    site.take(command_file())
    with pytest.raises(TriggerError) as caught:
        site.sitecore.schedules.create("Mine", "Tidy", text)
    (problem,) = caught.value.problems
    assert problem.code == "E_INTERVAL"
    assert "1.00:00:00" in problem.hint
    assert "24.00:00:00" in problem.hint
    (one,) = site.take(schedule_file(text)).items
    assert one.enabled
    assert one.notes == ("the interval “24:00:00” was read as .NET does, as 24 days",)
    assert site.item.schedule == "20190101T000000|99990101T000000|127|24.00:00:00"


@pytest.mark.shows("S10")
def test_a_dry_run_says_the_same_and_does_nothing(site: Site, tmp_path: Path) -> None:
    wanted = site.take(command_file(), schedule_file(), dry_run=True)
    assert wanted.dry_run
    assert site.sitecore.schedules.list() == site.sitecore.commands.list() == []
    assert not (tmp_path / "items").exists()
    assert site.take(command_file(), schedule_file()).items == wanted.items
    assert "Tidy nightly (enabled)" in str(wanted)


@pytest.mark.shows("S10", "SK 34")
def test_twice_is_once(site: Site) -> None:
    site.take(command_file(), schedule_file())
    version = site.rota.schedules.get("Tidy-nightly").version
    again = site.take(command_file(), schedule_file())
    assert [one.action for one in again.items] == ["unchanged", "unchanged"]
    assert site.rota.schedules.get("Tidy-nightly").version == version


@pytest.mark.shows("S10")
@pytest.mark.parametrize(
    "command, schedule, reason",
    [
        (command_file("Acme.Tasks.Other, Acme"), schedule_file(), "written in Python first"),
        (command_file(method="Gone"), schedule_file(), "has no method Gone"),
        (command_file(), schedule_file(command="{0}"), "its command {0} is not among the items"),
        (
            command_file(),
            schedule_file(items="/sitecore/content/Home//*"),
            "no item source takes this query",
        ),
        (command_file(), schedule_file("now||127|01:00"), "such a word would mean another day"),
    ],
)
def test_what_cannot_be_used_arrives_disabled_with_its_reason(
    site: Site, command: str, schedule: str, reason: str
) -> None:
    report = site.take(command, schedule)
    one = report.items[-1]
    assert (one.action, one.enabled) == ("created", False)
    assert reason in "; ".join(one.notes)
    assert reason in site.item.note
    assert not site.item.enabled
    assert not site.rota.schedules.get("Tidy-nightly").enabled
    assert [run for run in site.node.advance(days=1) if run.schedule == "Tidy-nightly"] == []
    assert [item.action for item in site.take(command, schedule).items] == ["unchanged"] * 2


@pytest.mark.shows("S10")
def test_nothing_is_dropped_and_what_is_none_of_ours_is_named(site: Site) -> None:
    folder = schedule_file().replace("70244923", "a87a00b1").replace("62e64dbb", "00000000")
    folder = folder.replace("Hint: Command", "Hint: Other")
    report = site.take(
        "nothing at all", folder, schedule_file(path="/sitecore/content/Odd*name. "), command_file()
    )
    assert [(one.action, one.name.rpartition("/")[2]) for one in report.items] == [
        ("refused", "0"), ("left out", "Tidy nightly"), ("created", "Tidy"),
        ("created", "Odd-name"),
    ]  # fmt: skip
    assert "begins neither with" in report.items[0].notes[0]
    assert "it was at /sitecore/content/Odd*name." in report.items[-1].notes


def test_a_command_may_come_after_its_schedule_and_a_later_import_mends(site: Site) -> None:
    (first,) = site.take(schedule_file()).items
    assert not first.enabled
    report = site.take(schedule_file(), command_file())
    assert [(one.action, one.enabled) for one in report.items] == [
        ("created", True), ("updated", True),
    ]  # fmt: skip
    assert site.rota.schedules.get("Tidy-nightly").enabled


@pytest.mark.shows("SK 34")
def test_export_then_import_leaves_run_state_and_history_alone(site: Site, tmp_path: Path) -> None:
    site.take(command_file(), schedule_file("||127|01:00:00"))
    site.node.advance(hours=3)
    before = site.rota.schedules.get("Tidy-nightly")
    assert before.runs >= 3
    site.sitecore.export(tmp_path / "out")
    written = (tmp_path / "out/Schedules/Tidy nightly.toml").read_text()
    assert "2026" not in written
    other = Site(tmp_path / "out")
    with other.node:
        other.node.advance(minutes=5)
        runs = other.rota.schedules.get("Tidy-nightly").runs
        assert runs == 1
        other.sitecore.synchronise()
        other.take(command_file(), schedule_file("||127|01:00:00"))
        after = other.rota.schedules.get("Tidy-nightly")
        assert (after.runs, after.last_result) == (1, "tidied")
        assert len(other.rota.runs.list("Tidy-nightly")) == 1
    assert site.rota.schedules.get("Tidy-nightly") == before


@pytest.mark.parametrize("text", ["", "---", "----item----", "---\nPath:", "x" * 1_000_001])
def test_what_is_no_item_is_refused(text: str) -> None:
    with pytest.raises(RotaError, match="no serialized item"):
        read_serialized(text)


# ----------------------------------------------------------------- every bad recurrence

LONG = "1" * 1_001
INVALID = [
    # text, codes and a part of what is said when written, what an import makes of it
    ("", "E_PARTS", "the schedule is empty", None),
    ("20260220|99990101|127", "E_PARTS", "3 parts, 4 expected (the interval is missing)", None),
    ("20260220|99990101|127|01:00:00|x", "E_PARTS", "5 parts", None),
    ("2026-02-20|99990101|127|01:00", "E_START", "write 20260220", None),
    ("20260230|99990101|127|01:00", "E_START", "30 February 2026 does not exist", None),
    ("20260220T250000|99990101|127|01:00", "E_START", "no hour 25", None),
    ("20260401|20260301|127|01:00", "E_WINDOW", "the end is before the start", None),
    ("20260220|99990101|128|01:00", "E_DAYS", "from 1 to 127", None),
    ("20260220|99990101|0|01:00", "E_DAYS", "leave it empty for every day", "every day"),
    ("20260220|99990101|Mon,Tue|01:00", "E_DAYS", "write 6", None),
    ("20260220|99990101|127|", "E_ZERO", "interval", None),
    ("20260220|99990101|127|00:00:00", "E_ZERO", "interval", None),
    ("20260220|99990101|127|-01:00:00", "E_INTERVAL", "interval", None),
    ("20260220|99990101|127|00:60:00", "E_INTERVAL", "write 01:00:00", None),
    ("20260220|99990101|127|5", "E_INTERVAL", "5.00:00:00", "as 5 days"),
    ("20260220|99990101|127|1h", "E_INTERVAL", "write 01:00:00", None),
    ("20260220|99990101|127|@04:00:00", "E_INTERVAL", "interval", None),
    ("now||127|01:00", "E_START", "give a date or leave it empty", None),
    ("0 4 * * *", "E_PARTS", "write cron 0 4 * * *", None),
    (LONG, "E_LENGTH", "longer than", None),
]


@pytest.mark.shows("SK 35", "S3")
@pytest.mark.parametrize("text, code, words, warning", INVALID)
def test_every_invalid_recurrence_is_refused_when_written(
    site: Site, text: str, code: str, words: str, warning: str | None
) -> None:
    site.take(command_file())
    with pytest.raises(TriggerError) as caught:
        site.sitecore.schedules.create("Mine", "Tidy", text)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert words in str(caught.value)
    assert site.sitecore.schedules.list() == []


@pytest.mark.shows("SK 35", "S3", "S10")
@pytest.mark.parametrize("text, code, words, warning", INVALID)
def test_the_same_imported_is_disabled_or_read_with_a_warning(
    site: Site, text: str, code: str, words: str, warning: str | None
) -> None:
    *_, one = site.take(command_file(), schedule_file(text)).items
    notes = "; ".join(one.notes)
    assert one.enabled == (warning is not None)
    assert (warning or words) in notes
    assert site.rota.schedules.get("Tidy-nightly").enabled == one.enabled


@pytest.mark.shows("SK 35")
def test_one_that_is_over_is_taken_as_it_is_with_a_warning(site: Site) -> None:
    site.take(command_file())
    text = "20250101|20251231|127|01:00"
    item = site.sitecore.schedules.create("Mine", "Tidy", text)
    assert any("already over" in warning for warning in item.warnings)
    assert site.take(schedule_file(text)).items[0].action == "created"
    assert site.item.status == "expired"


@pytest.mark.shows("S3")
def test_all_that_is_wrong_with_a_schedule_is_said_at_once(site: Site) -> None:
    with pytest.raises(RotaError) as caught:
        site.sitecore.schedules.create("Mine", "Nobody", "now|x|128|1h", items="nobody:knows")
    parts = [problem.part for problem in caught.value.problems]
    assert parts == ["Command", "Items", "start", "end", "days", "interval"]
