"""The wire between a node and its child processes, and the names by which children import."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.engine.attempts.away import (
    line_from,
    line_said,
    outcome_from,
    outcome_said,
    previous_from,
    previous_said,
    row_from,
    row_said,
)
from rota.engine.client.itemize import run_item
from rota.errors import BadSetting
from rota.executors.process.program import importable_module, importable_name, program_of
from rota.executors.process.wire import LONGEST, STRAYS, TooLong, Wire
from rota.ports.records import LogLine, RunRow
from rota.rules.endings import Outcome

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A wire that hears itself."""
    wire = Wire(*os.pipe())
    yield wire
    wire.close()


def raw(wire: Wire, data: bytes) -> None:
    os.write(wire.writes, data)


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=3))
def test_what_is_said_is_heard_in_order(messages: list[dict[str, object]]) -> None:
    wire = Wire(*os.pipe())
    for message in messages:
        assert wire.send(message)
    wire.hang_up()
    assert [wire.receive() for _ in messages] == messages
    assert wire.receive() is None
    assert wire.strays == ""
    wire.close()


def test_a_message_longer_than_a_pipe_takes_arrives_whole(wire: Wire) -> None:
    message = {"text": "\ud800é\n" * 100_000}
    thread = threading.Thread(target=wire.send, args=(message,))
    thread.start()
    assert wire.receive() == message
    thread.join()


def test_a_message_beyond_the_bound_is_refused_before_it_is_sent(wire: Wire) -> None:
    with pytest.raises(TooLong):
        wire.send({"text": "x" * LONGEST})
    assert wire.send({"text": "short"})
    assert wire.receive() == {"text": "short"}


def test_a_line_without_an_end_is_not_read_for_ever(wire: Wire) -> None:
    thread = threading.Thread(target=raw, args=(wire, b"{" * (LONGEST + 100_000)))
    thread.start()
    with pytest.raises(TooLong):
        wire.receive()
    wire.cut()  # the one who writes learns that nobody listens
    thread.join()


def test_what_is_no_message_is_kept_beside_them(wire: Wire) -> None:
    raw(wire, b"Fatal Python error\n\n[1]\n{not json\n")
    wire.send({"n": 1})
    raw(wire, b"last \xff words")
    wire.hang_up()
    assert wire.receive() == {"n": 1}
    assert wire.receive() is None
    assert wire.strays == "Fatal Python error\n[1]\n{not json\nlast \ufffd words\n"


def test_what_is_kept_is_bounded(wire: Wire) -> None:
    for _ in range(10):
        raw(wire, b"x" * 1_000 + b"\n")
    wire.hang_up()
    assert wire.receive() is None
    assert len(wire.strays) <= STRAYS + 10


def test_who_does_not_want_to_wait_is_told_that_somebody_is_writing(wire: Wire) -> None:
    with wire.lock:
        assert wire.send({"cancel": "user"}, wait=False) is False
    assert wire.send({"cancel": "user"}, wait=False) is True


def test_nobody_at_the_other_end_is_no_error() -> None:
    reads, writes = os.pipe()
    other = os.dup(reads)
    wire = Wire(other, writes)
    os.close(other)
    os.close(reads)
    assert wire.send({"n": 1}) is False
    assert wire.receive() is None
    wire.close()
    assert wire.send({"n": 1}) is False


def test_a_forked_process_has_no_part_in_the_wire(wire: Wire) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0 if wire.writes == wire.reads == -1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert wire.send({"n": 1})


# ------------------------------------------------------------------ what is said


def test_a_run_a_line_and_an_outcome_come_through() -> None:
    row = RunRow(7, "t", 5, schedule="s", attempt=2, fence=9, parameters={"a": [1, {"b": None}]})
    assert row_from(row_said(row)) == row
    line = LogLine(7, 3, 99, "info", "x", "text")
    assert line_from(line_said(line)["log"], 7) == line
    outcome = Outcome("raised", error="Traceback")
    assert outcome_from(outcome_said(outcome)["outcome"]) == outcome


def test_the_run_before_comes_through_with_its_times() -> None:
    item = run_item(RunRow(7, "t", 5_000_000, schedule="s", finished=6_000_000, result="12"))
    found = previous_from(previous_said(item)["previous"])
    assert found == item
    assert found is not None
    assert found.due == datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)
    assert previous_from(previous_said(None)["previous"]) is None


@pytest.mark.parametrize(
    "nonsense", [None, {}, {"how": "exploded"}, {"how": []}, "text", 3, {"how": None}]
)
def test_an_outcome_that_makes_no_sense_is_refused(nonsense: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        outcome_from(nonsense)


# ------------------------------------------------------------------ names


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("shop")
    module.__spec__ = type(sys.__spec__)("shop", None)  # type: ignore[arg-type, misc]
    monkeypatch.setitem(sys.modules, "shop", module)
    return module


def test_an_attribute_of_a_module_has_a_name(shop: ModuleType) -> None:
    thing = shop.rota = shop._hidden = object()
    assert importable_name(thing, ["shop"]) == "shop:rota"
    assert importable_name(thing, []) == "shop:rota"


def test_rota_app_wins_unless_it_means_another(
    shop: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing = shop.rota = object()
    shop.other = object()
    monkeypatch.setenv("ROTA_APP", "not_imported_here")
    assert importable_name(thing, ["shop"]) == "not_imported_here:rota"
    monkeypatch.setenv("ROTA_APP", "shop:other")
    assert importable_name(thing, ["shop"]) == "shop:rota"


def test_what_no_module_holds_has_no_name_and_the_cure_is_said() -> None:
    with pytest.raises(BadSetting, match="ROTA_APP=module:attribute"):
        importable_name(object(), [])


def test_the_program_itself_has_the_name_that_m_gave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    main = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert importable_module("__main__") == ""
    main.__spec__ = type(sys.__spec__)("shop.main", None)  # type: ignore[arg-type, misc]
    assert importable_module("__main__") == "shop.main"


def test_tasks_of_a_script_are_refused_by_name(
    shop: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing = shop.rota = object()
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    tasks = {"one": "__main__", "two": "__main__", "three": "shop"}
    with pytest.raises(BadSetting) as refused:
        program_of(thing, tasks, ["one", "three"], database="memory://", version="1")
    assert [problem.part for problem in refused.value.problems] == ["task one, executor"]
    assert "python -m" in refused.value.problems[0].hint
    found = program_of(thing, tasks, ["three"], database="memory://", version="1")
    assert (found.application, found.modules) == ("shop:rota", ("shop",))
    monkeypatch.setenv("ROTA_APP", "shop")
    program_of(thing, tasks, ["one"], database="memory://", version="1")
