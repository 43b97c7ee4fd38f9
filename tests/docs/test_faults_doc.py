"""docs/faults.md, promises.md and security.md name tests, and each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)
TEST = re.compile(r"`(test_\w+)`")


@pytest.mark.parametrize("name", ["faults.md", "promises.md", "security.md"])
def test_every_test_that_is_named_is_there(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "src/rota/testing").rglob("*.py")]
    there = set(re.findall(r"def (test_\w+)", "".join(file.read_text("utf-8") for file in files)))
    named = set(TEST.findall(page))

    assert named
    assert named - there == set()


def test_every_promise_has_a_test() -> None:
    page = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    rows = {int(ROW.match(line)[1]): line for line in page.splitlines() if ROW.match(line)}  # type: ignore[index]

    assert set(rows) == set(range(1, 13))
    assert [number for number, line in rows.items() if not TEST.search(line)] == []


def test_every_fault_on_the_store_is_in_the_table_and_has_a_test() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = {int(ROW.match(line)[1]): line for line in page.splitlines() if ROW.match(line)}  # type: ignore[index]

    assert set(range(19, 36)) <= set(rows)
    assert [number for number, line in rows.items() if not TEST.search(line)] == []
