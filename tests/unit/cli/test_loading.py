"""How `--app` becomes a Rota, and what is said when it does not."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from rota import Rota
from rota.cli.loading import load
from rota.errors import BadSetting, DuplicateTask

NUMBER = iter(range(1_000))


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write a module into the working directory; its name is a new one each time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def written(text: str) -> str:
        name = f"shop_{next(NUMBER)}"
        (tmp_path / f"{name}.py").write_text(dedent(text), encoding="utf-8")
        return name

    return written


GOOD = """
    from rota import Rota
    rota = Rota("memory://")
    class inner:
        other = Rota("memory://", app="other")
"""


def test_the_working_directory_is_searched_first(write, tmp_path):
    assert isinstance(load(write(GOOD)), Rota)
    assert sys.path[0] == str(tmp_path)


def test_an_attribute_may_be_dotted(write):
    name = write(GOOD)
    assert load(f"{name}:rota").app == "default"
    assert load(f"{name}:inner.other").app == "other"


@pytest.mark.parametrize(
    "after, said",
    [
        (":nobody", "there is no nobody in"),
        (":inner", "this is no Rota: inner in"),
        (":inner.nobody", "there is no inner.nobody in"),
    ],
)
def test_a_wrong_attribute_names_the_right_one(write, after, said):
    name = write(GOOD)
    with pytest.raises(BadSetting) as caught:
        load(name + after)
    (problem,) = caught.value.problems
    assert said in problem.reason
    assert problem.hint == f"write --app {name}:rota"


def test_a_module_that_python_has_already_hides_ones_own(write, tmp_path):
    write(GOOD)
    (tmp_path / "site.py").write_text(GOOD)
    with pytest.raises(BadSetting, match=r"it hides site\.py, which needs another name"):
        load("site")


@pytest.mark.parametrize("name", ["", ":rota", "shop.py/", "../shop", "a..b", "1shop", "shop main"])
def test_what_is_no_module_name(write, name):
    with pytest.raises(BadSetting, match="this names no module"):
        load(name)


@pytest.mark.parametrize(
    "text, said",
    [
        ("1 / 0", r"ZeroDivisionError: division by zero \(NAME.py:1\)"),
        ("def f():\n    raise KeyError('x')\nf()", r"KeyError: 'x' \(NAME.py:2\)"),
        ("import no_such_thing", r"ModuleNotFoundError: No module named .* \(NAME.py:1\)"),
        ("\nraise SystemExit(3)", r"SystemExit: 3 \(NAME.py:2\)"),
        ("def broken(:", r"SyntaxError: invalid syntax .* \(NAME.py:1\)"),
        ("import json\njson.loads('{')", r"JSONDecodeError: .*:1 .*|JSONDecodeError: .*py:\d+"),
        ("from rota import Rota\nRota('oracle://x')", r"oracle.*\(NAME.py:2\)"),
    ],
)
def test_an_import_that_fails_says_what_and_where(write, text, said):
    name = write(text)
    with pytest.raises(BadSetting, match=said.replace("NAME", name)):
        load(name)


def test_a_refusal_of_rotas_keeps_its_code_and_says_where(write):
    name = write("""
        from rota import Rota
        rota = Rota("memory://")
        @rota.task("a")
        def one(): ...
        @rota.task("a")
        def two(): ...
    """)
    with pytest.raises(DuplicateTask, match=rf"\({name}.py:\d\)") as caught:
        load(name)
    assert caught.value.problems[0].code == "already_exists"


def test_an_inner_module_that_is_missing_is_the_applications_affair(write):
    name = write("import shop_that_is_not_there")
    with pytest.raises(BadSetting, match="raised ModuleNotFoundError"):
        load(name)
