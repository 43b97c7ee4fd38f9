"""The README is the way in: it leads to every page there is, and to none that is not."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_its_table_names_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| \[(docs/[a-z0-9-]+\.md)\]\(\1\) \|", text, re.MULTILINE)

    assert len(named) == len(set(named))
    there = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert set(named) - LATER == there - LATER


def test_what_it_links_to_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)

    assert [link for link in links if not (ROOT / link).exists()] == []


LATER = {"docs/cms.md"}  # a table for those who check, made by tools/cms_page.py
