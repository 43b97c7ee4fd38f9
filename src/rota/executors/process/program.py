"""What a child process imports: the application by `module:attribute`, and where its tasks are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType

from rota.errors import BadSetting, Problem

__all__ = ("Program", "importable_module", "importable_name", "program_of")

MAIN = "__main__"
CURE = (
    "move it into a module of its own and import that, start the program with python -m, "
    "or set ROTA_APP=module:attribute"
)


@dataclass(frozen=True, slots=True)
class Program:
    """What a child is to import, and from where."""

    application: str  # module:attribute
    modules: tuple[str, ...]  # where else its tasks may be registered
    database: str
    version: str

    def hello(self) -> dict[str, object]:
        """The first message to a child."""
        return {
            "application": self.application, "modules": list(self.modules),
            "database": self.database, "version": self.version, "path": sys.path,
        }  # fmt: skip


def program_of(
    application: object,
    tasks: Mapping[str, str],
    wanted: Iterable[str],
    *,
    database: str,
    version: str,
) -> Program:
    """The program for an application with these tasks, each with its module. BadSetting names those
    of the `wanted` ones that no child can import.
    """
    modules = {task: importable_module(module) for task, module in tasks.items()}
    named = bool(os.environ.get("ROTA_APP"))
    hidden = [] if named else [task for task in wanted if not modules[task]]
    if hidden:
        raise BadSetting([
            Problem(
                "bad_setting", f"task {task}, executor", "process",
                f"a child process imports the task's module, and {tasks[task]} cannot be imported",
                CURE,
            )
            for task in hidden
        ])  # fmt: skip
    found = tuple(dict.fromkeys(module for module in modules.values() if module))
    return Program(importable_name(application, found), found, database, version)


def importable_name(thing: object, modules: Iterable[str]) -> str:
    """`module:attribute` of an object, looked for in these modules first; ROTA_APP wins unless it
    is the name of something else. BadSetting if nothing can be imported that holds it.

    >>> importable_name(os.path, ["os"])
    'os:path'
    """
    given = os.environ.get("ROTA_APP", "")
    if given and is_or_may_be(given, thing):
        module, _, attribute = given.partition(":")
        return f"{module}:{attribute or 'rota'}"
    first = [name for name in dict.fromkeys(modules) if name in sys.modules]
    for name in (*first, *sys.modules.copy()):
        attribute = attribute_of(sys.modules.get(name), thing)
        if attribute:
            importable = importable_module(name)
            if importable:
                return f"{importable}:{attribute}"
    raise BadSetting(
        "a child process imports the application by name, and this one is no attribute of a "
        "module that can be imported",
        part="executor", text="process", hint=CURE,
    )  # fmt: skip


def importable_module(name: str) -> str:
    """The name under which another process can import a module of this one; "" if there is none.

    >>> importable_module("os.path"), importable_module("no.such.module")
    ('os.path', '')
    """
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    if name == MAIN:  # under `python -m shop.main` it can be imported as shop.main too
        return getattr(spec, "name", "")
    return name if spec is not None else ""


def attribute_of(module: ModuleType | None, thing: object) -> str:
    """The public name that a module has for an object; "" if it has none."""
    names = getattr(module, "__dict__", None)
    if not isinstance(names, dict):
        return ""
    found = [key for key, value in names.copy().items() if value is thing and isinstance(key, str)]
    return min(found, key=lambda key: (key.startswith("_"), found.index(key)), default="")


def is_or_may_be(name: str, thing: object) -> bool:
    """Whether a name means this object, as far as what has been imported can tell."""
    module, _, attribute = name.partition(":")
    found: object = sys.modules.get(module)
    if found is None:
        return True
    for part in (attribute or "rota").split("."):
        found = getattr(found, part, None)
    return found is thing
