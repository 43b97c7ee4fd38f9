"""Importing serialized items: what can be used is, the rest arrives disabled with its reason.

*Last run* is never read: it is state, and stays on the system it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rota.cms.report import Imported, Report
from rota.cms.sitecore.items import (
    COMMAND_TEMPLATE,
    COMMANDS,
    SCHEDULE_TEMPLATE,
    SCHEDULES,
    CommandItem,
    ScheduleItem,
    is_below,
)
from rota.cms.sitecore.loading import find
from rota.cms.sitecore.placing import place, problems_of
from rota.cms.sitecore.serialized import Serialized, read_serialized
from rota.cms.sitecore.tree import bare
from rota.errors import Refused, RotaError
from rota.when.sitecore_text import import_recurrence

if TYPE_CHECKING:
    from rota.cms.sitecore.model import Sitecore

__all__ = ("import_serialized",)

SUFFIXES = (".item", ".yml", ".yaml")
NOTES = 2_000  # characters of an item's note


def import_serialized(
    model: Sitecore,
    sources: Mapping[str, str] | Iterable[Path],
    *,
    types: Mapping[str, str] | None = None,
    dry_run: bool = False,
    user: str | None = None,
) -> Report:
    """Take serialized commands and schedules into the tree, and report commands first, then
    schedules, in the order of the files.

    `sources` maps a name for people to a file's text, or gives files and folders. `types` says
    which Python class stands for a .NET type, by its text in the item or its first part. Twice is
    once.
    """
    texts = sources if isinstance(sources, Mapping) else read_files(sources)
    work = Import(model, types or {}, dry_run, user)
    commands: list[Imported] = []
    schedules: list[tuple[str, Serialized]] = []
    for source, text in texts.items():
        try:
            read = read_serialized(text)
        except RotaError as error:
            commands.append(Imported(source, source, "refused", notes=(str(error),)))
            continue
        kind = kind_of(read)
        if kind == "command":
            commands.append(work.command(source, read))
        elif kind == "schedule":
            schedules.append((source, read))
        else:
            note = "it is neither a command nor a schedule"
            commands.append(Imported(source, read.path, "left out", notes=(note,)))
    done = [work.schedule(source, read) for source, read in schedules]
    return Report((*commands, *done), dry_run)


def read_files(paths: Iterable[Path]) -> dict[str, str]:
    found = {}
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.suffix.lower() in SUFFIXES or file == path:
                found[str(file)] = file.read_text(encoding="utf-8-sig", errors="replace")
    return found


def kind_of(read: Serialized) -> str:
    """command, schedule or nothing of ours; items of derived templates go by their fields."""
    template = bare(read.template)
    if template == bare(COMMAND_TEMPLATE) or {"type", "method"} <= read.fields.keys():
        return "command"
    if template == bare(SCHEDULE_TEMPLATE) or {"command", "schedule"} <= read.fields.keys():
        return "schedule"
    return ""


class Import:
    """One import under way; what it has read is there for what comes after, also in a dry run."""

    def __init__(
        self, model: Sitecore, types: Mapping[str, str], dry_run: bool, user: str | None
    ) -> None:
        self.model = model
        self.types = {key.strip(): value for key, value in types.items()}
        self.dry_run = dry_run
        self.user = user
        self.seen: dict[str, CommandItem] = {}  # by id
        self.broken: dict[str, str] = {}  # paths of commands that cannot run, and why

    def command(self, source: str, read: Serialized) -> Imported:
        """Take a command in; one whose class is not there yet is kept, and cannot run."""
        given = read.fields.get("type", "")
        spelt = self.types.get(given) or self.types.get(given.partition(",")[0].strip()) or given
        path, notes = placed(read.path, COMMANDS)
        item = CommandItem(path, spelt, read.fields.get("method", "") or "execute", read.id)
        item, problem = self.callable(item)
        if problem:
            notes = (*notes, problem)
            if spelt == given and "," in given:
                notes = (*notes, f'say which Python class it is: types={{"{given}": "…"}}')
            self.broken[path.lower()] = problem
        known = self.model.tree.command(path)
        self.seen[bare(read.id)] = item
        if not self.dry_run and known != item:
            self.model.tree.put(item)
        return Imported(source, path, became(known, item), not problem, notes)

    def callable(self, item: CommandItem) -> tuple[CommandItem, str]:
        """The command with its method as Python writes it, and why it cannot be called."""
        problem = ""
        for method in dict.fromkeys((item.method, snake(item.method))):
            try:
                find(item.type, method, self.model.packages)
            except Refused as error:
                problem = problem or str(error)
            else:
                return replace(item, method=method), ""
        return item, problem

    def schedule(self, source: str, read: Serialized) -> Imported:
        """Take a schedule in; disabled, with every reason, if it cannot run as it is."""
        path, notes = placed(read.path, SCHEDULES)
        said = read.fields
        recurrence = import_recurrence(said.get("schedule", ""))
        notes += tuple(warning.text for warning in recurrence.warnings)
        reasons = [str(RotaError([problem])) for problem in recurrence.problems]
        command = self.command_of(said.get("command", ""))
        if not command:
            reasons.append(f"its command {said.get('command') or '(none)'} is not among the items")
        elif reason := self.broken.get(command.lower()):
            reasons.append(f"its command cannot run: {reason}")
        if problem := self.model.sources.problem(said.get("items", "")):
            reasons.append(str(RotaError([problem])))
        found = recurrence.recurrence
        item = ScheduleItem(
            path, command or said.get("command", ""),
            said.get("schedule", "") if found is None else str(found), said.get("items", ""),
            is_on(said.get("async")), is_on(said.get("auto remove")), enabled=not reasons,
            id=read.id, note="; ".join(reasons)[:NOTES],
        )  # fmt: skip
        known = self.model.tree.schedule(path)
        action = became(known, item)
        if not self.dry_run:
            if known != item:
                self.model.tree.put(item)
            problems = tuple(map(str, problems_of(self.model, item)))
            place(self.model, replace(item, problems=problems), user=self.user)
        return Imported(source, path, action, item.enabled, (*notes, *reasons))

    def command_of(self, identifier: str) -> str:
        """The path of the command that a schedule names, by id or by path."""
        if not identifier:
            return ""
        if bare(identifier) in self.seen:
            return self.seen[bare(identifier)].path
        known = self.model.tree.by_id(identifier) or self.model.tree.command(identifier)
        return known.path if isinstance(known, CommandItem) else ""


def placed(path: str, root: str) -> tuple[str, tuple[str, ...]]:
    """Where an item belongs here, and a note if that is elsewhere than it was."""
    below = path[len(root) + 1 :] if is_below(path, root) else path.rpartition("/")[2]
    parts = [re.sub(r"[^\w\- .$()]", "-", part).strip(". ")[:100] for part in below.split("/")]
    found = f"{root}/{'/'.join(part.lstrip('-') or 'item' for part in parts)}"
    return found, () if found.lower() == path.lower() else (f"it was at {path}",)


def became(known: object, item: object) -> str:
    return "created" if known is None else "unchanged" if known == item else "updated"


def is_on(text: str | None) -> bool:
    return (text or "").strip().lower() in ("1", "true")


def snake(method: str) -> str:
    """A method's name as Python writes it.

    >>> snake("RunNightly")
    'run_nightly'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", method).lower()
