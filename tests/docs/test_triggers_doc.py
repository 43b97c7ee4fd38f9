"""Every example of docs/triggers.md is true."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rota.when import trigger

PAGE = Path(__file__).parents[2] / "docs" / "triggers.md"
TEXT = PAGE.read_text(encoding="utf-8")
AFTER = datetime(2026, 3, 27, 12, tzinfo=UTC)
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if line.startswith("| `")
]
BLOCK = TEXT.split("```text\n")[1].split("```")[0].splitlines()


@pytest.mark.parametrize("text, words, times", ROWS, ids=[row[0] for row in ROWS])
def test_row(text: str, words: str, times: str) -> None:
    found = trigger(text.strip("`"))
    assert found.words() == words
    wanted = (
        []
        if times == "never"
        else [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in times.split(", ")]
    )
    got = found.next(AFTER, max(len(wanted), 1))
    assert got == wanted


@pytest.mark.parametrize("text", BLOCK)
def test_text(text: str) -> None:
    assert str(trigger(str(trigger(text)))) == str(trigger(text))


def test_python() -> None:
    outcome = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert outcome.attempted >= 10
    assert outcome.failed == 0


def test_there_are_rows() -> None:
    assert len(ROWS) > 25
