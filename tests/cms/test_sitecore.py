"""Sitecore's model at work on a node driven by hand, each scenario by its number."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from rota import Failed, Rota
from rota.cms.sitecore import CommandItem, DatabaseAgent, FileItems, ScheduleItem, Sitecore
from rota.engine.client.items import RunItem
from rota.errors import BadSetting, DuplicateTask, Refused, Unknown
from rota.testing.manual import ManualNode

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOURLY = "20260220T000000|99990101|127|01:00:00"


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


class Work:
    """A command that does what the test tells it; `seen` is what it was called with."""

    seen: ClassVar[list[tuple[list[object], CommandItem, ScheduleItem]]] = []
    returns: ClassVar[object] = None
    takes: ClassVar[float] = 0
    node: ClassVar[ManualNode]

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    def execute(self, items: list[object], command: CommandItem, schedule: ScheduleItem) -> object:
        Work.seen.append((items, command, schedule))
        self.logger.info("at work")
        if Work.takes:
            Work.node.clock.advance(Work.takes)
        if isinstance(Work.returns, Exception):
            raise Work.returns
        return Work.returns

    def plain(self) -> str:
        return "plain"

    async def later(self) -> str:
        await asyncio.sleep(0)
        return "later"

    def two(self, items: object, command: object) -> None: ...

    def fails(self) -> None:
        raise ZeroDivisionError("nothing left to divide")


class Site:
    """An application with a tree of items and a node."""

    def __init__(self, folder: Path | None = None, **settings: Any) -> None:
        self.rota = Rota("memory://")
        self.sitecore = Sitecore(self.rota, folder, **settings)
        Work.seen, Work.returns, Work.takes = [], None, 0

    def create(self, name: str = "Task", text: str = HOURLY, **more: Any) -> ScheduleItem:
        method = more.pop("method", "execute")
        command = self.sitecore.commands.create(f"Do {method}", Work, method)
        return self.sitecore.schedules.create(name, command, text, **more)

    def item(self, name: str = "Task") -> ScheduleItem:
        return self.sitecore.schedules.get(name)

    def run_until(self, moment: datetime, name: str = "Task") -> list[RunItem]:
        return [run for run in self.node.advance_to(moment) if run.schedule == name]  # type: ignore[attr-defined]


def on_a_node(site: Site, start: datetime = TEN) -> ManualNode:
    site.node = Work.node = ManualNode(site.rota, start)  # type: ignore[attr-defined]
    return Work.node


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "items")
    with on_a_node(made):
        yield made


# ----------------------------------------------------------------------- the tree


@pytest.mark.shows("S1")
def test_items_are_files_that_hold_the_definition_and_no_state(site: Site, tmp_path: Path) -> None:
    site.create("Nightly/Tidy up", "20260220|99990101|127|1.00:00:00", retries=2)
    site.run_until(at(11), "Nightly-Tidy-up")
    assert (tmp_path / "items/Commands/Do execute.toml").read_text() == (
        "# /sitecore/system/Tasks/Commands/Do execute\n"
        'template = "Command"\n'
        f'type = "{__name__}.Work"\n'
        'method = "execute"\n'
    )
    assert (tmp_path / "items/Schedules/Nightly/Tidy up.toml").read_text() == (
        "# /sitecore/system/Tasks/Schedules/Nightly/Tidy up\n"
        'template = "Schedule"\n'
        'command = "/sitecore/system/Tasks/Commands/Do execute"\n'
        'schedule = "20260220T000000|99990101T000000|127|1.00:00:00"\n'
        "\n[policies]\nretries = 2\n"
    )
    found = site.sitecore.schedules.get("/SITECORE/system/tasks/schedules/nightly/TIDY up")
    assert (found.name, str(found.last_run)[:19], found.policies) == (
        "Tidy up", "2026-03-02 10:00:00", {"retries": 2},
    )  # fmt: skip


@pytest.mark.shows("S1")
def test_another_application_loads_the_files_and_loading_twice_is_once(
    site: Site, tmp_path: Path
) -> None:
    site.create("One")
    site.create("Two", items="", is_async=True, zone="Europe/Prague")
    other = Site(tmp_path / "items")
    with on_a_node(other):  # a node that starts has loaded them
        assert {one.name for one in other.sitecore.schedules.list()} == {"One", "Two"}
        trigger = other.rota.schedules.get("Two").trigger
        assert trigger.endswith("01:00:00 async in Europe/Prague")
        events = len(other.rota.events.list())
        report = other.sitecore.synchronise()
        assert [path.rpartition("/")[2] for path in report.unchanged] == ["One", "Two"]
        assert not (report.created or report.changed or report.refused or report.gone)
        assert len(other.rota.events.list()) == events
        assert [run.state for run in other.node.advance(minutes=1) if run.schedule] != []  # type: ignore[attr-defined]


@pytest.mark.shows("S1")
def test_a_client_command_makes_what_is_missing_and_changes_nothing(
    site: Site, tmp_path: Path
) -> None:
    site.create("One")
    url = f"sqlite:///{tmp_path}/site.db"
    client = Rota(url)
    Sitecore(client, tmp_path / "items")
    client.open()
    assert client.schedules.get("One").enabled
    client.close()
    file = tmp_path / "items/Schedules/One.toml"
    file.write_text(file.read_text() + "enabled = false\n")
    later = Rota(url)
    Sitecore(later, tmp_path / "items")
    later.open()
    assert later.schedules.get("One").enabled
    later.start()
    assert not later.schedules.get("One").enabled
    later.close()


@pytest.mark.shows("S1")
def test_a_bad_file_disables_only_itself_and_is_listed_with_all_its_errors(
    site: Site, tmp_path: Path
) -> None:
    site.create("Good")
    folder = tmp_path / "items/Schedules"
    (folder / "Bad.toml").write_text(
        'template = "Schedule"\ncomand = "x"\nasync = "yes"\ncommand = "Nowhere"\n'
        'schedule = "2026-02-20|99990101|128|1h"\nitems = "nobody:knows"\n'
    )
    (folder / "Broken.toml").write_text("template = \n")
    report = site.sitecore.synchronise()
    bad = {one.path.rpartition("/")[2]: "\n".join(one.problems) for one in report.refused}
    for part in ("comand", "did you mean command", "async", "Command “Nowhere”", "Items",
                 "start “2026-02-20”", "write 20260220", "days “128”", "“1h”"):  # fmt: skip
        assert part in bad["Bad"]
    assert "not TOML" in bad["Broken"]
    items = {one.name: one for one in site.sitecore.schedules.list()}
    assert {name: one.status for name, one in items.items()} == {
        "Bad": "invalid", "Good": "waiting",
    }  # fmt: skip
    assert "\n".join(items["Bad"].problems) == bad["Bad"]
    assert not site.rota.schedules.get("Bad").enabled
    assert {run.schedule for run in site.node.advance(hours=3)} >= {"Good"}  # type: ignore[attr-defined]
    assert {run.schedule for run in site.node.runs} & {"Bad", "Broken"} == set()  # type: ignore[attr-defined]
    mended = (folder / "Good.toml").read_text().replace("01:00:00", "02:00:00")
    (folder / "Bad.toml").write_text(mended)
    assert site.sitecore.synchronise().changed == ("/sitecore/system/Tasks/Schedules/Bad",)
    assert site.item("Bad").status == "waiting"


@pytest.mark.shows("S1")
def test_what_was_changed_on_the_page_stays_and_the_rest_follows_the_file(
    site: Site, tmp_path: Path
) -> None:
    site.create("Task")
    site.rota.schedules.update("Task", trigger="sitecore ||127|03:00:00", user="eva")
    file = tmp_path / "items/Schedules/Task.toml"
    file.write_text(
        file.read_text().replace("01:00:00", "02:00:00") + 'items = ""\nenabled = false\n'
    )
    site.sitecore.synchronise()
    known = site.rota.schedules.get("Task")
    assert (known.trigger, known.enabled) == ("sitecore ||127|03:00:00", False)
    written = site.sitecore.export(tmp_path / "out")
    assert "/sitecore/system/Tasks/Schedules/Task" in written
    assert (
        'schedule = "sitecore ||127|03:00:00"' in (tmp_path / "out/Schedules/Task.toml").read_text()
    )


@pytest.mark.shows("S1")
def test_what_is_in_no_file_any_more_is_named_and_only_removed_when_asked(
    site: Site, tmp_path: Path
) -> None:
    site.create("Task")
    site.run_until(at(10, 1))
    (tmp_path / "items/Schedules/Task.toml").unlink()
    assert site.sitecore.synchronise().gone == ("/sitecore/system/Tasks/Schedules/Task",)
    assert site.rota.schedules.get("Task").enabled
    site.sitecore.synchronise(remove=True, user="eva")
    with pytest.raises(Unknown):
        site.item("Task")
    assert site.rota.runs.list("Task")  # its history stays


@pytest.mark.shows("S1")
@pytest.mark.parametrize(
    "name", ["../../etc/x", "a//b", "a/../b", ".hidden", "a\\b", "x*", "/elsewhere/x"]
)
def test_a_path_that_cannot_be_an_items_is_refused(site: Site, tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="path"):
        site.create(name)
    assert not list((tmp_path / "items/Schedules").glob("**/*"))


@pytest.mark.shows("S1")
def test_two_items_of_one_name_are_refused(site: Site) -> None:
    site.create("Nightly/Tidy")
    with pytest.raises(Refused, match="there is a schedule of this path"):
        site.create("nightly/TIDY")
    with pytest.raises(Refused, match="the same as that of"):
        site.create("Nightly-Tidy")
    site.rota.task("elsewhere")(lambda: None)
    site.rota.schedules.add("Mine", "elsewhere", "every 1h")
    with pytest.raises(Refused, match="another schedule of this name"):
        site.create("Mine")


# ----------------------------------------------------------------------- commands


@pytest.mark.shows("S2", "SK 30")
def test_a_method_takes_nothing_or_items_command_and_schedule(site: Site) -> None:
    site.create("Three")
    site.create("None", method="plain")
    site.create("Later", method="later")
    done = {run.schedule: run.result for run in site.node.advance(minutes=1)}  # type: ignore[attr-defined]
    assert (done["Three"], done["None"], done["Later"]) == (None, "plain", "later")
    ((items, command, schedule),) = Work.seen
    assert (items, command.name, schedule.name) == ([], "Do execute", "Three")
    assert schedule.last_run is None  # the one before this
    site.node.advance(hours=1)  # type: ignore[attr-defined]
    assert str(Work.seen[-1][2].last_run)[:19] == "2026-03-02 10:00:00"


@pytest.mark.shows("S2", "SK 30")
@pytest.mark.parametrize(
    "type_, method, reason",
    [
        (f"{__name__}.Work", "two", "it takes 2 arguments"),
        (f"{__name__}.Work", "nothing", "has no method nothing"),
        (f"{__name__}.Work", "__init__", "has no method __init__"),
        (f"{__name__}.Gone", "execute", "command not found"),
        (f"{__name__}.at", "execute", "there is no class at"),
        ("os.path.join", "execute", "not one of this application's"),
        ("Acme.Tasks.Tidy, Acme", "Execute", "written in Python first"),
        ("Work", "execute", "no dotted name"),
    ],
)
def test_a_command_that_cannot_be_called_is_refused_when_it_is_saved(
    site: Site, tmp_path: Path, type_: str, method: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        site.sitecore.commands.create("Wrong", type_, method)
    assert site.sitecore.commands.list() == []
    assert not (tmp_path / "items/Commands").exists()


@pytest.mark.shows("S2")
def test_nothing_outside_the_applications_packages_is_ever_imported(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil_package.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Refused, match="name evil_package in packages="):
        site.sitecore.commands.create("Evil", "evil_package.Evil")


@pytest.mark.shows("SK 30", "S8")
def test_a_class_that_is_gone_fails_its_own_runs_by_name(site: Site, tmp_path: Path) -> None:
    site.create("Good", method="plain")
    site.create("Bad")
    file = tmp_path / "items/Commands/Do execute.toml"
    file.write_text(file.read_text().replace(".Work", ".Gone"))
    report = site.sitecore.synchronise()
    assert [one.path.rpartition("/")[2] for one in report.refused] == ["Do execute"]
    done = {run.schedule: run for run in site.node.advance(minutes=1)}  # type: ignore[attr-defined]
    assert (done["Good"].state, done["Bad"].state) == ("succeeded", "failed")
    assert f"command not found: {__name__}.Gone" in (done["Bad"].result or "")
    assert "command not found" in (site.item("Bad").last_result or "")
    site.sitecore.tree.remove("/sitecore/system/Tasks/Commands/Do execute")
    (again,) = [run for run in site.node.advance(hours=1) if run.schedule == "Bad"]  # type: ignore[attr-defined]
    assert "command not found: /sitecore/system/Tasks/Commands/Do execute" in (again.result or "")


@pytest.mark.shows("S2")
def test_a_command_that_schedules_name_is_not_deleted(site: Site) -> None:
    site.create("Task")
    with pytest.raises(Refused, match="schedules name it: Task"):
        site.sitecore.commands.delete("Do execute")
    site.sitecore.schedules.delete("Task", user="eva")
    site.sitecore.commands.delete("Do execute")
    with pytest.raises(Unknown):
        site.sitecore.commands.get("Do execute")


@pytest.mark.shows("S8", "SK 25")
def test_one_that_raises_never_stops_the_others_of_the_pass(site: Site) -> None:
    for name, method in (("A", "plain"), ("B", "fails"), ("C", "plain")):
        site.create(name, method=method)
    done = {run.schedule: run for run in site.node.advance(minutes=1) if run.schedule in "ABC"}  # type: ignore[attr-defined]
    assert {name: run.state for name, run in done.items()} == {
        "A": "succeeded", "B": "failed", "C": "succeeded",
    }  # fmt: skip
    assert "ZeroDivisionError: nothing left to divide" in (done["B"].error or "")
    assert "in fails" in (done["B"].error or "")


@pytest.mark.shows("S9")
def test_the_log_has_the_vendors_wording(site: Site) -> None:
    site.create("Task Schedule")
    site.create("Weekend", "||65|1.00:00:00", is_async=True)
    site.create("Spring", "20260401||127|1.00:00:00")
    site.create("Off", enabled=False)
    done = site.node.advance(minutes=11)  # type: ignore[attr-defined]
    mine = next(run for run in done if run.schedule == "Task-Schedule")
    lines = [line.text for line in site.rota.runs.log(mine.id)]
    assert lines == ["Starting: Task Schedule", "at work", "Ended: Task Schedule"]
    agent = next(run for run in done if run.task == "sitecore.Master_Database_Agent")
    assert [line.text for line in site.rota.runs.log(agent.id)] == [
        "Examining schedules (count: 4)",
        "Not due: Off (disabled)",
        "Not due: Spring (not_started)",
        "Not due: Task Schedule (interval_not_elapsed)",
        "Not due: Weekend (wrong_day)",
    ]
    assert agent.result == "4 examined"
    site.sitecore.schedules.execute("Weekend")
    run = next(run for run in site.node.advance() if run.schedule == "Weekend")  # type: ignore[attr-defined]
    assert site.rota.runs.log(run.id)[0].text == "Starting: Weekend (asynchronously)"


@pytest.mark.shows("S2")
def test_what_a_method_returns_is_the_last_result(site: Site) -> None:
    site.create("Task")
    for value, state, result in (
        ("12 imported", "succeeded", "12 imported"),
        (Failed("the feed was empty"), "failed", "the feed was empty"),
        (17, "failed", None),
    ):
        Work.returns = value
        site.sitecore.schedules.execute("Task")
        (run,) = [run for run in site.node.advance() if run.schedule == "Task"][-1:]  # type: ignore[attr-defined]
        assert (run.state, run.result) == (state, result)


@pytest.mark.shows("S11")
def test_agents_that_cannot_be_are_refused() -> None:
    for agents, reason in (
        ((), "no agent"),
        ((DatabaseAgent(), DatabaseAgent()), "two agents"),
        ((DatabaseAgent(interval="24:00:00"),), "24.00:00:00"),
        ((DatabaseAgent(name="a b", root="/elsewhere", slots=0),), "slots"),
    ):
        with pytest.raises(BadSetting, match=reason):
            Sitecore(Rota("memory://"), agents=agents)
    rota = Rota("memory://")
    Sitecore(rota)
    with pytest.raises(DuplicateTask, match="such an agent is there already"):
        Sitecore(rota)


def test_a_schedule_that_nobody_looks_after_is_refused() -> None:
    root = "/sitecore/system/Tasks/Schedules/Web"
    site = Site(agents=[DatabaseAgent(root=root)])
    with pytest.raises(Refused, match="no agent looks after it"):
        site.create("Task")
    assert site.create("Web/Task").key == "Web-Task"


def test_files_of_items_outside_their_folder_are_never_found(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "in/link.txt").symlink_to(tmp_path / "secret.txt")
    source = FileItems(tmp_path / "in")
    assert list(source("*.txt")) == []
    with pytest.raises(ValueError, match="not below"):
        list(source("../secret.txt"))


def test_times_pass_only_as_they_are_told(site: Site) -> None:
    Work.takes = 90
    site.create("Task")
    (run,) = site.run_until(at(10, 30))
    assert run.finished and run.started and run.finished - run.started == timedelta(seconds=90)
