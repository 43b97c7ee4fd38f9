"""The two kinds of items: a command says what runs, a schedule says when and with what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rota.errors import Problem

__all__ = (
    "COMMANDS",
    "COMMAND_TEMPLATE",
    "SCHEDULES",
    "SCHEDULE_TEMPLATE",
    "TASKS",
    "CommandItem",
    "ScheduleItem",
    "is_below",
    "path_problems",
    "place_of",
)

TASKS = "/sitecore/system/Tasks"
COMMANDS = f"{TASKS}/Commands"
SCHEDULES = f"{TASKS}/Schedules"
COMMAND_TEMPLATE = "{58119A3E-560E-4DA6-97C6-1ACE8A5B1219}"
SCHEDULE_TEMPLATE = "{70244923-FA84-477C-8CBD-62F39642C42B}"

NAME = re.compile(r"[\w*$(][\w\- .$()*]{0,99}")  # what the vendor lets an item be called
STRANGE = re.compile(r"[*]|[ .]$")  # what no file should be called


@dataclass(frozen=True, slots=True)
class CommandItem:
    """What is run: a class by its dotted name, and one of its methods.

    >>> CommandItem("/sitecore/system/Tasks/Commands/Tidy", "acme.tasks.Tidy").name
    'Tidy'
    """

    path: str
    type: str  # dotted: package.module.Class
    method: str = "execute"
    id: str = ""  # the vendor's, kept so that imports find it again
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ScheduleItem:
    """When a command runs, and with which items. Times are aware UTC datetimes or None.

    Everything up to `problems` is its definition and stands in its file; the rest is how it stands.
    """

    path: str
    command: str  # the path of a command item
    schedule: str = ""  # start|end|days|interval, or any trigger of Rota's
    items: str = ""  # a query, resolved when it runs
    is_async: bool = False
    auto_remove: bool = False
    enabled: bool = True
    anchored: bool = False  # a grid from the start, instead of counting from the last run
    zone: str = ""
    policies: Mapping[str, object] = field(default_factory=dict)
    id: str = ""
    note: str = ""  # for people; an import says here why it arrived disabled
    problems: tuple[str, ...] = field(default=(), compare=False)
    # --- how it stands, never in a file
    key: str = field(default="", compare=False)  # the name of Rota's schedule
    status: str = field(default="", compare=False)  # as in lists, or expired
    last_run: datetime | None = field(default=None, compare=False)
    next_run: datetime | None = field(default=None, compare=False)
    last_result: str | None = field(default=None, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


def place_of(name: str, root: str) -> str:
    """The whole path of an item that is named below a root, or by its path already.

    >>> place_of("Nightly/Tidy", SCHEDULES)
    '/sitecore/system/Tasks/Schedules/Nightly/Tidy'
    """
    return name.rstrip("/") if name.startswith("/") else f"{root}/{name.strip('/')}"


def is_below(path: str, root: str) -> bool:
    """Whether an item lies below a root; upper and lower case are the same."""
    return path.lower().startswith(root.lower().rstrip("/") + "/")


def path_problems(path: str, root: str) -> list[Problem]:
    """What is wrong with an item's path: it lies below the root, and every part is a file name."""
    if not is_below(path, root):
        return [Problem("refused", "path", path, f"it is not below {root}", f"write {root}/…")]
    parts = path[len(root) + 1 :].split("/")
    return [
        Problem("refused", "path", part, "an item cannot have this name",
                "write letters, digits, blanks, - _ . ( ) and at most 100 of them")
        for part in parts
        if not NAME.fullmatch(part) or STRANGE.search(part)
    ]  # fmt: skip
