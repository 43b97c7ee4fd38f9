"""The page of the four programming models is what the tests say, and nothing in it lacks a test."""

from __future__ import annotations

import cms_page


def test_every_row_and_scenario_has_a_test_and_the_page_says_which() -> None:
    listed, shown = cms_page.catalogue(), cms_page.marks(cms_page.ROOT / "tests")
    assert cms_page.problems(listed, shown) == []
    assert cms_page.PAGE.read_text(encoding="utf-8") == cms_page.page(listed, shown), (
        "run python tools/cms_page.py"
    )
