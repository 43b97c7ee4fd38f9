"""The rules of the house that a machine can check, beyond ruff, mypy and the import contracts.

Every exception is a literal in this file, with its reason. To add one is a decision, not a fix.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import gates

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "rota"
FILES = sorted(SOURCE.rglob("*.py"))

LONGEST_FILE = 500  # lines
LONGEST_FUNCTION = 60  # lines, its docstring not counted

# Who may ask what time it is, and who may be surprised. A path ending in / is a whole folder.
CLOCKS = (
    "engine/hosting/clock.py",  # the seam: everything else is handed a time
    "web/show/",  # what a person at a screen calls now; nothing is decided by it
    "demo/",  # an application that happens to live here
)
CHANCE = (
    "engine/node.py",  # hands it to those that spread
    "testing/",  # seeded generators only
    "demo/",  # a task that fails now and then
)
# Where another product's own words are the subject.
OTHER_WORDS = ("cms/", "demo/models/")

WALL_CLOCKS = re.compile(
    r"^(datetime\.)?(datetime\.(now|utcnow|today)|date\.today)$|^time\.(time|time_ns|localtime)$"
)
FORBIDDEN_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill"}
FORBIDDEN_CALLS = {"eval", "exec", "compile"}
FORBIDDEN_WORDS = re.compile(r"(^|_)(job|jobs|worker|workers)(_|$)", re.IGNORECASE)


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def excused(path: Path, places: tuple[str, ...]) -> bool:
    name = name_of(path)
    return any(
        name == place or (place.endswith("/") and name.startswith(place)) for place in places
    )


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def dotted(node: ast.AST) -> str:
    """`datetime.now` for the expression that is spelt so; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := dotted(node.value)):
        return f"{head}.{node.attr}"
    return ""


def imported(path: Path) -> Iterator[tuple[int, str, str]]:
    """Each import as (line, module, name), the name empty for `import module`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((node.lineno, node.module or "", alias.name) for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    promised = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - promised


def exported(path: Path) -> tuple[str, ...] | None:
    """The literal `__all__` of a module; None without one."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and dotted(node.targets[0]) == "__all__":
            value = ast.literal_eval(node.value)
            assert isinstance(value, tuple), f"{name_of(path)}: __all__ is a tuple"
            return value
    return None


def test_files_are_short() -> None:
    long = {
        name_of(path): lines
        for path in FILES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_functions_are_short() -> None:
    long = {
        f"{name_of(path)}:{function.lineno} {function.name}": lines
        for path in FILES
        for function in functions(path)
        if (lines := length(function)) > LONGEST_FUNCTION
    }
    assert long == {}


def test_only_the_clock_asks_the_wall_clock() -> None:
    asked = [
        f"{name_of(path)}:{node.lineno} {spelt}"
        for path in FILES
        if not excused(path, CLOCKS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and WALL_CLOCKS.match(spelt := dotted(node))
    ]
    asked += [
        f"{name_of(path)}:{line} from time import {name}"
        for path in FILES
        if not excused(path, CLOCKS)
        for line, module, name in imported(path)
        if module == "time" and name in ("time", "time_ns", "localtime")
    ]
    assert asked == []


def test_only_the_seams_throw_dice() -> None:
    thrown = [
        f"{name_of(path)}:{line}"
        for path in FILES
        if not excused(path, CHANCE)
        for line, module, _ in imported(path)
        if module == "random"
    ]
    assert thrown == []


def test_nothing_stored_or_typed_becomes_code() -> None:
    found = [
        f"{name_of(path)}:{line} {module}"
        for path in FILES
        for line, module, _ in imported(path)
        if module.split(".")[0] in FORBIDDEN_MODULES
    ]
    for path in FILES:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
                found.append(f"{name_of(path)}:{node.lineno} {node.func.id}(…)")
            if any(
                word.arg == "shell" and getattr(word.value, "value", True) for word in node.keywords
            ):
                found.append(f"{name_of(path)}:{node.lineno} shell=True")
    assert found == []


def test_every_module_says_what_it_offers_and_has_it() -> None:
    wrong = []
    for path in FILES:
        if path.name == "__main__.py" or not tree(path).body:
            continue
        names = exported(path)
        if names is None:
            if any(not node.name.startswith("_") for node in definitions(path)):
                wrong.append(f"{name_of(path)}: no __all__")
            continue
        module = importlib.import_module(module_of(path))
        wrong += [f"{name_of(path)}: no {name}" for name in names if not hasattr(module, name)]
        if len(set(names)) != len(names):
            wrong.append(f"{name_of(path)}: a name twice in __all__")
    assert wrong == []


def definitions(path: Path) -> list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in tree(path).body if isinstance(node, kinds)]


def test_a_room_takes_only_what_another_one_offers() -> None:
    """What is not in `__all__` stays in its package, whatever its name."""
    offers = {module_of(path): exported(path) for path in FILES}
    wrong = [
        f"{name_of(path)}:{line} {module} does not offer {name}"
        for path in FILES
        for line, module, name in imported(path)
        if (names := offers.get(module)) is not None
        and room(module) != room(module_of(path))
        and name not in names
        and f"{module}.{name}" not in offers
    ]
    assert wrong == []


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def test_there_is_one_word_for_one_thing() -> None:
    """Task, run, node: never job, never worker, in any name of ours."""
    wrong = []
    for path in FILES:
        if excused(path, OTHER_WORDS):
            continue
        for node in ast.walk(tree(path)):
            name = (
                getattr(node, "name", None) or getattr(node, "id", None) or getattr(node, "arg", "")
            )
            if isinstance(name, str) and FORBIDDEN_WORDS.search(name):
                wrong.append(f"{name_of(path)}:{getattr(node, 'lineno', 0)} {name}")
    assert wrong == []


TESTS = sorted((ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("word", ["sleep"])
def test_no_test_sleeps(word: str) -> None:
    """A test waits for a signal or moves the clock; `waiting.eventually` is the last resort."""
    sleeping = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in TESTS
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and dotted(node) == f"time.{word}")
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "time"
            and any(alias.name == word for alias in node.names)
        )
    ]
    assert sleeping == []


def test_every_folder_of_tests_runs_in_a_gate() -> None:
    folders = {file.parent.name for file in (ROOT / "tests").glob("*/test_*.py")}
    folders |= {"unit"}
    assert folders == set(gates.FOLDERS)
