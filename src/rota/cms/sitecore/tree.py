"""The tree of items: a folder that stands for /sitecore/system/Tasks, read whole, written singly.

A file that cannot be used harms nobody else: its item is kept with its problems, or, where not even
an item can be read, its path and its problems are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rota.cms.sitecore.files import Definition, read_item, write_item
from rota.cms.sitecore.items import (
    COMMANDS,
    SCHEDULES,
    TASKS,
    CommandItem,
    ScheduleItem,
    path_problems,
)
from rota.errors import Problem, Refused, RotaError

__all__ = ("BadFile", "Tree")

SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file without a usable item, or an item with something wrong: where, and all that is."""

    path: str
    problems: tuple[str, ...]


class Tree:
    """Items by path. With a folder they come from its files and are written there; without one
    they live in this process.

    >>> tree = Tree()
    >>> tree.put(CommandItem("/sitecore/system/Tasks/Commands/Tidy", "acme.tasks.Tidy"))
    >>> tree.command("/SITECORE/system/tasks/commands/tidy").type
    'acme.tasks.Tidy'
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.items: dict[str, Definition] = {}
        self.bad: list[BadFile] = []
        self.lock = threading.Lock()
        self.load()

    def load(self) -> None:
        """Read the folder anew."""
        if self.folder is None:
            return
        items: dict[str, Definition] = {}
        bad: list[BadFile] = []
        for file in sorted(self.folder.rglob(f"*{SUFFIX}")):
            path = path_of(file, self.folder)
            item, problems = self.read(path, file)
            if item is None or path.lower() in items:
                if item is not None:
                    problems = [Problem("refused", "path", path, "two items have this path")]
                bad.append(BadFile(path, said(problems)))
            else:
                items[path.lower()] = replace(item, problems=said(problems))
        with self.lock:
            self.items, self.bad = items, bad

    def read(self, path: str, file: Path) -> tuple[Definition | None, list[Problem]]:
        try:
            item, problems = read_item(path, file.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            return None, [Problem("refused", "file", "", f"it cannot be read: {error}")]
        if item is not None:
            problems += path_problems(path, root_of(item))
        return item, problems

    def __iter__(self) -> Iterator[Definition]:
        with self.lock:
            return iter(sorted(self.items.values(), key=lambda item: item.path.lower()))

    @property
    def schedules(self) -> list[ScheduleItem]:
        """Every schedule, by path."""
        return [item for item in self if isinstance(item, ScheduleItem)]

    @property
    def commands(self) -> list[CommandItem]:
        """Every command, by path."""
        return [item for item in self if isinstance(item, CommandItem)]

    def command(self, path: str) -> CommandItem | None:
        """The command of a path, if there is one."""
        found = self.items.get(path.lower())
        return found if isinstance(found, CommandItem) else None

    def schedule(self, path: str) -> ScheduleItem | None:
        """The schedule of a path, if there is one."""
        found = self.items.get(path.lower())
        return found if isinstance(found, ScheduleItem) else None

    def by_id(self, identifier: str) -> Definition | None:
        """The item with that id of the vendor's; braces and case do not matter."""
        wanted = bare(identifier)
        return next((item for item in self if wanted and bare(item.id) == wanted), None)

    def put(self, item: Definition) -> None:
        """Keep an item, in its file if there is a folder. Raises if its path cannot be one, or if
        an item of the other kind has it.
        """
        if problems := path_problems(item.path, root_of(item)):
            raise Refused(problems)
        known = self.items.get(item.path.lower())
        if known is not None and type(known) is not type(item):
            raise Refused("an item of another kind has this path", part="path", text=item.path)
        if known is not None:
            item = replace(item, path=known.path)
        if self.folder is not None:
            write_file(self.folder / f"{item.path[len(TASKS) + 1 :]}{SUFFIX}", write_item(item))
        with self.lock:
            self.items[item.path.lower()] = item

    def remove(self, path: str) -> None:
        """Forget an item, and delete its file. Twice is once."""
        with self.lock:
            item = self.items.pop(path.lower(), None)
        if item is not None and self.folder is not None:
            (self.folder / f"{item.path[len(TASKS) + 1 :]}{SUFFIX}").unlink(missing_ok=True)


def root_of(item: Definition) -> str:
    return COMMANDS if isinstance(item, CommandItem) else SCHEDULES


def path_of(file: Path, folder: Path) -> str:
    return f"{TASKS}/{file.relative_to(folder).with_suffix('').as_posix()}"


def write_file(file: Path, text: str) -> None:
    """Replace a file in one step; one that says the same already is left alone."""
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.new")
    aside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(aside, file)  # noqa: PTH105  the same on every system


def said(problems: list[Problem] | tuple[Problem, ...]) -> tuple[str, ...]:
    return tuple(str(RotaError([problem])) for problem in problems)


def bare(identifier: str) -> str:
    return identifier.strip("{} ").replace("-", "").lower()
