"""Serialized configurations: the vendor's XML read and written, definitions only.

Last run, counters, history and results are never in it. What cannot be used arrives disabled with
the reason; nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from rota.cms.kentico.configuration import OPTIONS, ScheduledTaskConfigurationInfo
from rota.cms.kentico.options import NAMES, read_schedule
from rota.cms.naming import code_name
from rota.cms.report import Imported, Report
from rota.engine.schedules.saving import start_row
from rota.errors import Problem, RotaError
from rota.ports.records import ScheduleRow, TaskRow
from rota.when.kentico_text import import_encoded

if TYPE_CHECKING:
    from rota.cms.kentico.model import Kentico

__all__ = ("export_configurations", "import_configurations")

ROOTS = {
    "cms.scheduledtaskconfiguration": "ScheduledTaskConfiguration",
    "cms.scheduledtask": "Task",
}
LARGEST = 1_000_000  # characters of one file
MANUAL = "once;1/1/0001 12:00:00 AM"


@dataclass(slots=True)
class Read:
    """One configuration as its file has it."""

    name: str = ""
    display_name: str = ""
    identifier: str = ""
    interval: str = ""
    enabled: bool = False
    is_system: bool = False
    options: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def import_configurations(
    model: Kentico,
    sources: Mapping[str, str] | Iterable[Path],
    *,
    overlay: Mapping[str, bool] | None = None,
    dry_run: bool = False,
    user: str | None = None,
) -> Report:
    """Create or update the configurations of serialized files.

    `sources` maps a name for people to XML text, or gives files and folders. `overlay` says for
    code names whether they may be enabled here, whatever the files say. Twice is once.
    """
    texts = sources if isinstance(sources, Mapping) else read_files(sources)
    done = [
        one_import(model, source, text, overlay or {}, dry_run=dry_run, user=user)
        for source, text in texts.items()
    ]
    return Report(tuple(done), dry_run)


def read_files(paths: Iterable[Path]) -> dict[str, str]:
    found = {}
    for path in paths:
        for file in sorted(path.rglob("*.xml")) if path.is_dir() else [path]:
            found[str(file)] = file.read_text(encoding="utf-8-sig")
    return found


def one_import(
    model: Kentico,
    source: str,
    text: str,
    overlay: Mapping[str, bool],
    *,
    dry_run: bool,
    user: str | None,
) -> Imported:
    try:
        read = read_xml(text)
        name = read.name or code_name(read.display_name)
    except RotaError as error:
        return Imported(source, source, "refused", notes=(str(error),))
    if read.is_system:
        note = "a system task of the vendor's: Rota has its own housekeeping"
        return Imported(source, name, "refused", notes=(note,))
    notes, enabled, interval = list(read.problems), read.enabled, read.interval
    found = import_encoded(interval)
    notes += [warning.text for warning in found.warnings]
    if found.encoded is None:
        notes += [str(problem) for problem in found.problems]
        notes.append(f"the interval “{interval}” cannot be read: it is disabled and manual here")
        enabled, interval = False, MANUAL
    else:
        interval = str(found.encoded)
    if read.identifier not in model.known:
        notes.append(f"no task is registered as “{read.identifier}”: disabled until it is relinked")
        enabled = False
    if enabled and overlay.get(name) is False:
        enabled = False
        notes.append("the file enables it, this environment's overlay does not: it stays disabled")
    action = act(model, name, read, interval, enabled=enabled, dry_run=dry_run, user=user)
    return Imported(source, name, action, enabled, tuple(notes))


def act(
    model: Kentico,
    name: str,
    read: Read,
    interval: str,
    *,
    enabled: bool,
    dry_run: bool,
    user: str | None,
) -> str:
    """created, updated or unchanged."""
    known = {one.name: one for one in model.configurations.list()}.get(name)
    wanted = dict(
        display_name=read.display_name or name, identifier=read.identifier, enabled=enabled,
        interval=interval, **read.options,
    )  # fmt: skip
    if known is not None and all(getattr(known, key) == value for key, value in wanted.items()):
        return "unchanged"
    if not dry_run:
        wanted["schedule"] = wanted.pop("interval")
        if known is not None:
            model.configurations.update(name, user=user, **wanted)
        elif read.identifier not in model.known:
            add_orphan(model, name, read, interval, user)
        else:
            title, identifier = str(wanted.pop("display_name")), str(wanted.pop("identifier"))
            schedule = str(wanted.pop("schedule"))
            wanted.pop("enabled")
            model.configurations.create(
                title, identifier, schedule, name=name, enabled=enabled, user=user, **wanted
            )
    return "created" if known is None else "updated"


def add_orphan(model: Kentico, name: str, read: Read, interval: str, user: str | None) -> None:
    """A disabled configuration of a task that nobody has registered: kept, not dropped."""
    rota = model.rota
    rule = read_schedule(interval, rota.zone)
    parameters = {key: value for key, value in read.options.items() if key in OPTIONS}
    policies = {key: value for key, value in read.options.items() if key not in NAMES}
    row = ScheduleRow(
        name=name, task=read.identifier, trigger=str(rule), title=read.display_name,
        parameters=parameters, policies=policies, enabled=False,
    )  # fmt: skip
    store = rota.context.store
    if read.identifier not in {task.identifier for task in store.tasks()}:
        store.put_tasks([TaskRow(read.identifier)])
    rota.schedules.insert(start_row(row, rule, rota.context.now()), rule, user)


def read_xml(text: str) -> Read:
    """The configuration of one file. RotaError if it is none."""
    if len(text) > LARGEST or "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise not_one("it is too long, or declares document types or entities")
    try:
        root = ET.fromstring(text)  # noqa: S314  without types and entities there is no attack
    except ET.ParseError as error:
        raise not_one(f"it is not XML: {error}") from None
    prefix = ROOTS.get(root.tag.lower())
    if prefix is None:
        raise not_one(f"its root is <{root.tag}>")
    given = {child.tag.removeprefix(prefix): (child.text or "").strip() for child in root}
    read = Read(
        given.get("Name", ""), given.get("DisplayName", ""),
        given.get("ScheduledTaskIdentifier") or given.get("Class", ""), given.get("Interval", ""),
        is_true(given.get("Enabled")), is_true(given.get("IsSystem")),
    )  # fmt: skip
    if given.get("Data"):
        read.options["data"] = given["Data"]
    if is_true(given.get("DeleteAfterLastRun")):
        read.options["delete_after_last_run"] = True
    if given.get("ServerName"):
        read.options["server_name"] = given["ServerName"]
    if is_true(given.get("RunIndividually")):
        read.problems.append("it ran individually for each site: give it its sites here")
    if given.get("Condition"):
        read.problems.append(f"its condition is a macro: {given['Condition']}")
        read.enabled = False
    return read


def not_one(reason: str) -> RotaError:
    return RotaError(
        Problem("refused", "file", "", f"this is no serialized configuration: {reason}",
                "give files of cms.scheduledtaskconfiguration")
    )  # fmt: skip


def is_true(text: str | None) -> bool:
    return (text or "").strip().lower() in ("true", "1")


def export_configurations(
    configurations: Iterable[ScheduledTaskConfigurationInfo],
) -> dict[str, str]:
    """One XML text for each configuration, by code name: the definition and no state."""
    return {one.name: write_xml(one) for one in configurations}


def write_xml(one: ScheduledTaskConfigurationInfo) -> str:
    root = ET.Element("cms.scheduledtaskconfiguration")
    fields = {
        "Data": one.data, "DeleteAfterLastRun": str(one.delete_after_last_run),
        "DisplayName": one.display_name, "Enabled": str(one.enabled), "Interval": one.interval,
        "IsSystem": "False", "Name": one.name, "ScheduledTaskIdentifier": one.identifier,
    }  # fmt: skip
    for key, value in fields.items():
        ET.SubElement(root, f"ScheduledTaskConfiguration{key}").text = value
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
