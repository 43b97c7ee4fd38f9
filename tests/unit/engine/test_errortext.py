"""Errors and results as text: bounded, and safe against whatever a task makes."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from rota.engine.tasks.errortext import describe, result_text, summary, type_name


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as raised:  # noqa: BLE001  the test asked for it
        return raised


def test_the_last_line_names_type_and_message() -> None:
    text = describe(caught(ValueError("no such page")))
    assert text.splitlines()[0] == "Traceback (most recent call last):"
    assert "raise error" in text
    assert text.splitlines()[-1] == "ValueError: no such page"
    assert describe(KeyError("a")) == "KeyError: 'a'"
    assert describe(ValueError()) == "ValueError"
    assert describe(OSError(2, "No such file", "x.txt")).endswith("No such file: 'x.txt'")


def test_leading_frames_of_the_machinery_are_left_out() -> None:
    source = "def call(task):\n    task()\n"
    import rota.engine.tasks.errortext as module

    space: dict[str, Any] = {}
    ours = module.__file__.replace("errortext.py", "attempt_of_a_test.py")
    exec(compile(source, ours, "exec"), space)

    def task() -> None:
        raise ValueError("x")

    with pytest.raises(ValueError, match="x") as caught:
        space["call"](task)
    # What catches it stands in this file; drop it as the wrapper's own frame would be.
    assert caught.value.__traceback__ is not None
    lines = describe(caught.value.with_traceback(caught.value.__traceback__.tb_next))
    assert "attempt_of_a_test" not in lines
    assert "in task" in lines


def test_causes_come_first_and_endless_chains_end() -> None:
    try:
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer") from error
    except ValueError as error:
        text = describe(error)
    assert text.index("KeyError: 'inner'") < text.index("direct cause") < text.index("outer")

    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert describe(one).count("ValueError") == 2

    last: BaseException = ValueError("0")
    for number in range(1, 10_000):
        error = ValueError(str(number))
        error.__context__ = last
        last = error
    text = describe(last)
    assert "left out" in text
    assert text.endswith("ValueError: 9999")
    hidden = ValueError("shown")
    hidden.__context__, hidden.__suppress_context__ = ValueError("hidden"), True
    assert "hidden" not in describe(hidden)


def test_a_recursion_error_is_short() -> None:
    def forever() -> None:
        forever()

    try:
        forever()
    except RecursionError as error:
        text = describe(error)
    assert "frames are left out" in text
    assert len(text) < 8_000


def test_groups_show_their_members() -> None:
    group = ExceptionGroup("two", [caught(ValueError("a")), ExceptionGroup("in", [KeyError("b")])])  # type: ignore[list-item]
    text = describe(group)
    assert "ExceptionGroup: two (2 sub-exceptions)" in text
    assert "  ValueError: a" in text
    assert "    KeyError: 'b'" in text
    assert "more are left out" in describe(ExceptionGroup("", [ValueError()] * 1_000))


def test_notes_are_shown() -> None:
    error = ValueError("x")
    error.add_note("while reading page 7")
    assert describe(error) == "ValueError: x\nwhile reading page 7"


class Grim(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise SystemExit(1)

    def __repr__(cls) -> str:
        raise SystemExit(1)

    def __instancecheck__(cls, other: object) -> bool:
        raise SystemExit(1)


class Hostile(Exception, metaclass=Grim):
    def __str__(self) -> str:
        raise SystemExit(1)

    def __repr__(self) -> str:
        raise KeyboardInterrupt

    @property
    def __cause__(self) -> Any:  # type: ignore[override]
        raise SystemExit(1)

    @property
    def __class__(self) -> Any:
        raise SystemExit(1)

    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(1)


class Text(str):
    __slots__ = ()

    def __getitem__(self, key: object) -> str:
        raise SystemExit(1)

    def __len__(self) -> int:
        raise SystemExit(1)

    def replace(self, *_: Any) -> str:  # type: ignore[override]
        raise SystemExit(1)


class Talking(Exception):
    def __str__(self) -> str:
        return Text("hello")


def test_hostile_exceptions_are_described() -> None:
    assert "Hostile" in describe(caught(Hostile()))
    assert "cannot be shown" in summary(Hostile())
    assert describe(Talking()).endswith("Talking: hello")
    assert "Hostile" in describe(ExceptionGroup("x", [Hostile()]))
    weird = ValueError("x")
    weird.__dict__["__notes__"] = [Text("note"), 3, Hostile()]
    assert describe(weird) == "ValueError: x\nnote"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x" * 100_000_000),
        KeyError("x" * 100_000_000),
        ValueError("a", "x" * 100_000_000),
        ValueError(b"x" * 100_000_000),
        ValueError([0] * 10_000_000),
        OSError(5, "x" * 100_000_000),
    ],
    ids=["text", "key", "two", "bytes", "list", "os"],
)
def test_monstrous_messages_are_not_copied(error: Exception) -> None:
    tracemalloc.start()
    text = describe(error)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(text) < 5_000
    assert peak < 1_000_000


def test_the_whole_is_bounded_and_can_be_stored() -> None:
    group = ExceptionGroup("g", [caught(ValueError("é" * 3_000)) for _ in range(50)])  # type: ignore[misc]
    assert len(describe(group).encode()) <= 16_000
    assert describe(ValueError("a\x00b\ud800")) == "ValueError: a\\x00b\\ud800"


def test_a_source_file_that_never_ends_is_not_read() -> None:
    space: dict[str, Any] = {}
    exec(compile("def go():\n    raise ValueError('x')", "/dev/zero", "exec"), space)
    with pytest.raises(ValueError, match="x") as caught:
        space["go"]()
    assert "/dev/zero" in describe(caught.value)


def test_results() -> None:
    assert result_text(None) is None
    assert result_text("") == ""
    assert result_text([1, {"a": None}]) == '[1, {"a": null}]'
    assert result_text({"name": "Ådne"}) == '{"name": "Ådne"}'
    assert result_text(True) == "true"
    assert result_text(object()) == "(an object was returned, which is not text or JSON)"
    assert result_text({1}) == "(a set was returned, which is not text or JSON)"
    assert result_text(float("nan")) == "(a float was returned, which is not text or JSON)"
    assert result_text({1: 2}) == "(a dict was returned, which is not text or JSON)"
    assert result_text(10**50_000) == "(an int was returned, which is not text or JSON)"
    assert result_text(10**500_000) == "(an int was returned, which is too large to keep)"
    assert result_text(Text("hello")) == "hello"
    assert result_text(type("C", (), {})()).endswith("not text or JSON)")  # type: ignore[union-attr]


def test_monstrous_results_are_bounded() -> None:
    tracemalloc.start()
    long = result_text("x" * 100_000_000) or ""
    deep: list[object] = []
    deep.append(deep)
    assert "too large" in (result_text(["x" * 10] * 10_000_000) or "")
    assert "too large" in (result_text(deep) or "")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(long.encode()) <= 64 * 1024
    assert "100,000,000 characters" in long
    assert peak < 200_000_000  # the values themselves
    assert len((result_text("é" * 60_000) or "").encode()) <= 64 * 1024


def test_type_names_do_not_run_code_of_the_value() -> None:
    assert type_name(Hostile()).endswith("Hostile")
