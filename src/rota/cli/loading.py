"""The application's Rota, found by the name on the command line."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from rota.errors import BadSetting, Problem, RotaError

if TYPE_CHECKING:
    from rota.app import Rota

__all__ = ("load",)

ATTRIBUTE: Final = "rota"
OURS: Final = str(Path(__file__).resolve().parent.parent)


def load(name: str) -> Rota:
    """The Rota that `module[:attribute]` names; BadSetting says why there is none.

    The working directory comes first on the path, as `python -m` has it.

    >>> load("no_such_module")
    Traceback (most recent call last):
    rota.errors.BadSetting: --app “no_such_module”: there is no module no_such_module; ...
    """
    from rota.app import Rota

    module_name, _, path = name.partition(":")
    if not all(part.isidentifier() for part in module_name.split(".")):
        raise BadSetting("this names no module", part="--app", text=name,
                         hint="write module[:attribute], such as shop.main:rota")  # fmt: skip
    module = imported(module_name, name)
    found: object = module
    for part in (path or ATTRIBUTE).split("."):
        found = getattr(found, part, None)
    if not isinstance(found, Rota):
        what = "there is no" if found is None else "this is no Rota:"
        raise BadSetting(f"{what} {path or ATTRIBUTE} in {place(module)}", part="--app", text=name,
                         hint=suggestion(module_name, module))  # fmt: skip
    return found


def imported(module_name: str, name: str) -> ModuleType:
    """The module, or one line a problem that says what its import raised, and where."""
    here = str(Path.cwd())
    if sys.path[0] != here:
        sys.path.insert(0, here)
    try:
        return import_module(module_name)
    except RotaError as error:  # a duplicate task, a trigger that cannot be read …
        raise told(error, where(error)) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is not our code
        if isinstance(error, ModuleNotFoundError) and is_part(error.name, module_name):
            raise BadSetting(f"there is no module {error.name}", part="--app", text=name,
                             hint=f"{here} was searched first: call rota from the folder that "
                                  f"holds {module_name.partition('.')[0]}") from None  # fmt: skip
        said = " ".join(str(error).split())[:300]
        kind = type(error).__name__
        reason = f"importing {module_name} raised {kind}" + (f": {said}" if said else "")
        raise BadSetting(f"{reason} ({where(error)})", part="--app", text=name) from None


def is_part(missing: str | None, module_name: str) -> bool:
    """Whether the module that is missing is the one that was asked for, or a package it is in."""
    return missing is not None and (module_name + ".").startswith(missing + ".")


def told(error: RotaError, place: str) -> RotaError:
    """The same refusal, whose problems also say which line of the application caused it."""
    problems = [
        Problem(one.code, one.part, one.text, f"{one.reason} ({place})", one.hint)
        for one in error.problems
    ]
    return type(error)(problems)


def where(error: BaseException) -> str:
    """File and line of the application's code that raised: the innermost that is not Rota's."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{short(error.filename)}:{error.lineno}"
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(("<", OURS))
        and "importlib" not in Path(frame.filename).parts
    ]
    return f"{short(frames[-1].filename)}:{frames[-1].lineno}" if frames else "in the import"


def short(file: str) -> str:
    """A file's path as seen from the working directory, where that is shorter."""
    path = Path(file)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def place(module: ModuleType) -> str:
    """Where a module stands."""
    return short(module.__file__) if module.__file__ else module.__name__


def suggestion(module_name: str, module: ModuleType) -> str:
    """What to write instead, if the module holds a Rota under another name."""
    from rota.app import Rota

    names = [name for name, value in vars(module).items() if isinstance(value, Rota)]
    if names:
        return f"write --app {module_name}:{names[0]}"
    if (meant := hidden(module_name, module)) is not None:
        return f"it hides {meant}, which needs another name"
    return f"write --app {module_name}:NAME with the name of your Rota(…)"


def hidden(module_name: str, module: ModuleType) -> str | None:
    """What in the working directory bears the name of a module that Python had already: `site`."""
    top = module_name.partition(".")[0]
    found = [path for path in (Path(f"{top}.py"), Path(top, "__init__.py")) if path.exists()]
    if not found or module.__file__ is None or Path(module.__file__).is_relative_to(Path.cwd()):
        return None
    return str(found[0])
