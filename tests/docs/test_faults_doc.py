"""docs/faults.md, promises.md, engine.md and security.md name tests, and each is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rota.engine.policies import NAMES

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)
TEST = re.compile(r"`(test_\w+|Test\w+)`")
DEFINED = re.compile(r"def (test_\w+)|^(?:class )?(Test\w+)\b", re.MULTILINE)
NONE = {48, 57, 61, 65, 75, 77, 79, 81, 89, 91}  # faults of what Rota does not do, or of nothing


@pytest.mark.parametrize("name", ["faults.md", "promises.md", "engine.md", "security.md"])
def test_every_test_that_is_named_is_there(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "src/rota/testing").rglob("*.py")]
    found = DEFINED.findall("\n".join(file.read_text("utf-8") for file in files))
    there = {test or group for test, group in found}
    named = set(TEST.findall(page))

    assert named
    assert named - there == set()


def test_every_promise_has_a_test() -> None:
    page = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    rows = {int(ROW.match(line)[1]): line for line in page.splitlines() if ROW.match(line)}  # type: ignore[index]

    assert set(rows) == set(range(1, 13))
    assert [number for number, line in rows.items() if not TEST.search(line)] == []


def test_every_row_of_the_engine_has_a_test_and_every_policy_a_row() -> None:
    page = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    bare = [line for line in rows if not TEST.search(line)]
    assert [line.split("|")[-2].strip() for line in bare] == ["shown by"] * 4 + ["where it is"]
    policies = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert set(policies) == set(NAMES)


def test_every_fault_is_in_the_table_and_has_a_test() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = {int(ROW.match(line)[1]): line for line in page.splitlines() if ROW.match(line)}  # type: ignore[index]

    assert set(range(1, 97)) - set(rows) == NONE
    assert [number for number, line in rows.items() if not TEST.search(line)] == []
