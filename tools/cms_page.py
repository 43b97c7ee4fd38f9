"""Makes docs/cms.md: which test shows which row and scenario of the four programming models.

    python tools/cms_page.py            # write the page
    python tools/cms_page.py --check    # 1 if it is not what the tests say

`tests/cms/catalogue.toml` lists every row and scenario in our words. A test says which it shows by
`@pytest.mark.shows("UM 7", "U1")`. A row or scenario without a test, and a mark that is in no
catalogue, is an error: the page is not written.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

__all__ = ("Shown", "main", "marks", "page", "problems")

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "tests" / "cms" / "catalogue.toml"
PAGE = ROOT / "docs" / "cms.md"
MARK = "shows"

Shown = dict[str, list[tuple[str, str]]]
"""Key of a row or scenario, such as “UM 7”: the tests that show it, as file and name."""


def marks(folder: Path) -> Shown:
    """Which tests below that folder show what, as their marks say."""
    shown: Shown = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        place = file.relative_to(ROOT).as_posix()
        for name, decorators in tests_in(tree):
            for key in keys_of(decorators):
                shown[key].append((place, name))
    return shown


def tests_in(tree: ast.Module) -> Iterator[tuple[str, list[ast.expr]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
            "test_"
        ):
            yield node.name, node.decorator_list


def keys_of(decorators: list[ast.expr]) -> Iterator[str]:
    for decorator in decorators:
        if (
            isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Attribute)
            and decorator.func.attr == MARK
        ):
            for argument in decorator.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def catalogue() -> dict[str, dict[str, str]]:
    """Section title: key: our words."""
    found: dict[str, dict[str, str]] = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return found


def problems(listed: dict[str, dict[str, str]], shown: Shown) -> list[str]:
    """What keeps the page from being true."""
    known = {key for rows in listed.values() for key in rows}
    missing = [f"{key}: no test shows it" for key in sorted(known) if not shown.get(key)]
    unknown = [
        f"{key}: in no catalogue, but {tests[0][0]} shows it"
        for key, tests in sorted(shown.items())
        if key not in known
    ]
    return missing + unknown


def page(listed: dict[str, dict[str, str]], shown: Shown) -> str:
    """The page as Markdown."""
    lines = [
        "# The four programming models, row by row",
        "",
        "Made by `python tools/cms_page.py` from the marks of the tests; do not edit it by hand.",
        "Each line is a row of what the four schedulers can do, or a scenario of how they behave,",
        "and the tests that show that Rota does it.",
    ]
    for title, rows in listed.items():
        lines += ["", f"## {title}", "", "| | what | shown by |", "| --- | --- | --- |"]
        for key, words in rows.items():
            tests = "<br>".join(
                f"[{name}](../{place})" for place, name in dict.fromkeys(shown.get(key, []))
            )
            lines.append(f"| {key} | {words} | {tests} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """0 if the page is true (and written), 1 if it is not."""
    listed, shown = catalogue(), marks(ROOT / "tests")
    found = problems(listed, shown)
    if found:
        print(*found, sep="\n", file=sys.stderr)
        return 1
    made = page(listed, shown)
    if "--check" in sys.argv[1:]:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made
        if not same:
            print("docs/cms.md is not what the tests say: run tools/cms_page.py", file=sys.stderr)
        return 0 if same else 1
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
