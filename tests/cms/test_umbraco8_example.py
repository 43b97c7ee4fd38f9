"""The vendor's own example, rewritten, at work; composers, components and server roles."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Iterator

import pytest

from rota import Rota
from rota.cms.umbraco8 import (
    BackgroundTaskRunner,
    Component,
    ComponentComposer,
    Composition,
    ProfilingLogger,
    RuntimeState,
    ServerRole,
    Umbraco8,
)
from rota.errors import BadSetting
from rota.testing import ManualNode


@pytest.fixture
def example() -> Iterator[object]:
    """A fresh copy: its content is used up by a test."""
    sys.modules.pop("examples.umbraco8_clean_room", None)
    yield importlib.import_module("examples.umbraco8_clean_room")
    sys.modules.pop("examples.umbraco8_clean_room", None)


@pytest.mark.shows("B1", "B2", "B4")
def test_the_room_is_cleaned_by_a_runner_with_its_events(example) -> None:  # type: ignore[no-untyped-def]
    with ManualNode(example.rota) as node:
        runs = node.advance(minutes=11, seconds=30)
        assert [run.due.strftime("%M:%S") for run in runs] == ["01:00", "06:00", "11:00"]
        assert {run.state for run in runs} == {"succeeded"}
        assert runs[0].result == "CleanRoom: again in 300 s"
        lines = [line.text.partition(" (")[0] for line in example.rota.runs.log(runs[0].id)]
        assert lines == [
            "CleanUpYourRoom starting",
            "Go clean your room - Single",
            "You have 2",
            "Mum, I am emptying out the bin",
            "Its all clean now!",
            "CleanUpYourRoom run finished",
        ]
        assert [line.text for line in example.rota.runs.log(runs[1].id)][2] == "You have 0"
        item = example.rota.schedules.get("CleanYourRoom")
        assert (item.title, item.words) == ("Clean your room", "A queue on each node")
        assert item.next_run.strftime("%M:%S") == "16:00"
        (component,) = example.rota.local.around[0].components
        runner = component.runner
        assert runner.task_completed.handlers
    assert not runner.task_completed.handlers  # unsubscribed in terminate
    assert runner.is_completed


@pytest.mark.shows("B2")
@pytest.mark.parametrize("role, line", [
    ("subscriber", "Does not run on replica servers."),
    ("unknown", "Does not run on servers with unknown role."),
])  # fmt: skip
def test_elsewhere_it_leaves_early_and_tries_again(example, role: str, line: str) -> None:  # type: ignore[no-untyped-def]
    example.rota.fixed_role = role
    with ManualNode(example.rota) as node:
        runs = node.advance(minutes=7)
        assert len(runs) == 2
        assert line in [one.text for one in example.rota.runs.log(runs[0].id)]
        assert example.content.bin


@pytest.mark.shows("B2")
@pytest.mark.parametrize("ours, theirs", [
    ("scheduling_publisher", "Master"), ("subscriber", "Replica"), ("single", "Single"),
    ("unknown", "Unknown"),
])  # fmt: skip
def test_server_roles_have_the_names_of_release_8(ours: str, theirs: str) -> None:
    runtime = RuntimeState(Rota("memory://", server_role=ours))
    assert runtime.server_role == ServerRole(theirs)
    assert f"{runtime.server_role}" == theirs
    assert not runtime.is_main_dom


class Settings:
    """A service."""

    room = "kitchen"


@pytest.mark.shows("B1")
def test_components_begin_and_end_with_the_node() -> None:
    rota, said = Rota("memory://"), []

    class First:
        def __init__(self, rota: Rota, settings: Settings, logger: logging.Logger) -> None:
            said.append(f"{settings.room} {logger.name.rpartition('.')[2]}")

        def initialize(self) -> None:
            said.append("first begins")

        def terminate(self) -> None:
            said.append("first ends")

    class Second:
        def initialize(self) -> None:
            said.append("second begins")

        def terminate(self) -> None:
            raise OSError("it does not end")

    class FirstComposer:
        def compose(self, composition: Composition) -> None:
            composition.register(Settings, Settings)
            composition.components.append(First)

    class SecondComposer(ComponentComposer):
        component = Second

    Umbraco8(rota).compose(FirstComposer, SecondComposer)
    assert said == ["kitchen First"]
    for _ in range(2):  # also with the next node
        with ManualNode(rota):
            assert said[1:] == ["first begins", "second begins"]
        assert said[3:] == ["first ends"]
        del said[1:]


@pytest.mark.shows("B1")
def test_what_cannot_be_composed_is_refused_at_once() -> None:
    rota = Rota("memory://")

    class Empty(ComponentComposer): ...

    class Wants:
        def __init__(self, settings: Settings) -> None: ...

    class WantsComposer(ComponentComposer):
        component = Wants

    class Closing:
        def __enter__(self) -> Closing:
            return self

        def __exit__(self, *error: object) -> None: ...

    with pytest.raises(BadSetting, match="component = YourComponent"):
        Umbraco8(rota).compose(Empty)
    with pytest.raises(BadSetting, match="settings"):
        Umbraco8(rota).compose(WantsComposer)
    rota.provide(Settings, Closing)
    with pytest.raises(BadSetting, match="opened and closed with every run"):
        Umbraco8(rota).compose(WantsComposer)


@pytest.mark.shows("B1")
def test_a_component_that_cannot_begin_refuses_the_start() -> None:
    rota = Rota("memory://")

    class Bad:
        def initialize(self) -> None:
            raise OSError("no room")

        def terminate(self) -> None: ...

    class BadComposer(ComponentComposer):
        component: type[Component] = Bad

    BackgroundTaskRunner("Room", rota)
    Umbraco8(rota).compose(BadComposer)
    with pytest.raises(OSError, match="no room"):
        rota.start()
    assert not rota.running
    rota.close()


def test_outside_of_a_run_the_logger_is_the_standard_one(caplog: pytest.LogCaptureFixture) -> None:
    logger = ProfilingLogger("acme.room")
    with caplog.at_level(logging.DEBUG, "acme.room"):
        logger.debug("looks %s", "around")
        logger.warning("smells")
        logger.error("cannot")
        with logger.trace_duration("begins", "ends"):
            pass
    assert [record.levelname for record in caplog.records] == [
        "DEBUG", "WARNING", "ERROR", "INFO", "INFO",
    ]  # fmt: skip
    assert caplog.records[0].getMessage() == "looks around"
    assert "ends (0.0" in caplog.text
