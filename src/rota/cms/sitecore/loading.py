"""From a command's dotted name to the method to call, for packages of the application only."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Collection
from typing import Any

from rota.errors import Problem, Refused

__all__ = ("Method", "dotted", "find", "refused_type")

DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
FORM = "write execute(self) or execute(self, items, command, schedule)"


class Method:
    """A command's class with the method that is called, and how many arguments that takes."""

    __slots__ = ("code", "name", "takes")

    def __init__(self, code: type[Any], name: str, takes: int) -> None:
        self.code = code
        self.name = name
        self.takes = takes  # 0 or 3


def dotted(code: type[Any]) -> str:
    """The dotted name of a class, as a command item keeps it.

    >>> dotted(Method)
    'rota.cms.sitecore.loading.Method'
    """
    return f"{code.__module__}.{code.__qualname__}"


def refused_type(type_: str, packages: Collection[str]) -> Problem | None:
    """Why a text is no name of a class that may be imported; nothing has been imported by then.

    >>> print(refused_type("os.path.join", {"acme"}))
    type “os.path.join”: its package is not one of this application's; name os in packages= ...
    """
    if not DOTTED.fullmatch(type_):
        hint = "write package.module.Class"
        if "," in type_:
            hint += "; a class of .NET has to be written in Python first"
        return Problem("refused", "type", type_, "this is no dotted name of a class", hint)
    top = type_.partition(".")[0]
    if top not in packages:
        return Problem("refused", "type", type_, "its package is not one of this application's",
                       f"name {top} in packages= if its commands may run")  # fmt: skip
    return None


def find(type_: str, method: str, packages: Collection[str]) -> Method:
    """Import a command. `Refused` says “command not found” with the reason, or what its method
    should take.
    """
    if problem := refused_type(type_, packages):
        raise Refused(problem)
    module, _, name = type_.rpartition(".")
    try:
        code = getattr(importlib.import_module(module), name, None)
    except Exception as error:
        raise missing(type_, f"{type(error).__name__}: {error}") from error
    if not inspect.isclass(code):
        raise missing(type_, f"there is no class {name} in {module}")
    function = getattr(code, method, None)
    if method.startswith("_") or not callable(function):
        reason = f"{type_} has no method {method}"
        raise Refused(reason, part="method", text=method, hint=FORM)
    return Method(code, method, arguments(code, method, function))


def arguments(code: type[Any], method: str, function: Callable[..., object]) -> int:
    """3 if it takes items, command and schedule, 0 if it takes nothing; else Refused."""
    bound = inspect.isfunction(inspect.getattr_static(code, method))
    signature = inspect.signature(function)
    for given in (3, 0):
        try:
            signature.bind(*[None] * (given + bound))
        except TypeError:
            continue
        return given
    count = len(signature.parameters) - bound
    raise Refused(
        f"it takes {count} argument{'' if count == 1 else 's'}; a command's method takes none, or "
        "items, command and schedule", part="method", text=f"{dotted(code)}.{method}", hint=FORM,
    )  # fmt: skip


def missing(type_: str, reason: str) -> Refused:
    return Refused(f"command not found: {type_} ({reason})", part="type", text=type_,
                   hint="was it renamed, or not deployed?")  # fmt: skip
