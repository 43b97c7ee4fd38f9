"""The page of rows and scenarios says what the tests show, and refuses gaps."""

from __future__ import annotations

import ast

import cms_page

SOURCE = """
@pytest.mark.shows("UM 7", "U1")
def test_runs_each_period(): ...

@other.mark("UM 8")
def test_not_marked(): ...
"""


def test_marks_are_read_from_the_source_without_importing_it() -> None:
    found = {
        name: list(cms_page.keys_of(decorators))
        for name, decorators in cms_page.tests_in(ast.parse(SOURCE))
    }
    assert found == {"test_runs_each_period": ["UM 7", "U1"], "test_not_marked": []}


def test_a_row_without_a_test_and_a_mark_without_a_row_are_problems() -> None:
    listed = {"Rows": {"U1": "one", "U2": "two"}}
    shown = {"U1": [("tests/cms/test_a.py", "test_one")], "U9": [("tests/cms/test_a.py", "test_x")]}
    assert cms_page.problems(listed, shown) == [
        "U2: no test shows it",
        "U9: in no catalogue, but tests/cms/test_a.py shows it",
    ]


def test_the_page_links_every_row_to_its_tests() -> None:
    made = cms_page.page({"Rows": {"U1": "one"}}, {"U1": [("tests/cms/test_a.py", "test_one")]})
    assert "| U1 | one | [test_one](../tests/cms/test_a.py) |" in made
