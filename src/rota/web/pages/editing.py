"""What the pages that make and edit schedules show, gathered once for pages and fragments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

from rota.engine.client.items import ScheduleItem, TaskItem
from rota.errors import Problem
from rota.web.forms.draft import Draft, draft_of
from rota.web.forms.parameters import Field, fields
from rota.web.forms.policies import groups
from rota.web.forms.typed import Typed
from rota.web.forms.when import When
from rota.web.inside import Inside
from rota.web.show.outlook import Outlook, outlook
from rota.web.show.times import Viewer

__all__ = ("TABS", "Editing", "all_tasks", "editor_values", "kept", "outlook_of", "places", "soon")

TABS = (
    ("every", "Every …"), ("daily", "Daily"), ("weekly", "Weekly"), ("monthly", "Monthly"),
    ("yearly", "Yearly"), ("at", "On a date"), ("manual", "By hand"), ("rrule", "Calendar rule"),
    ("cron", "Cron"), ("sitecore", "Sitecore"), ("kentico", "Kentico"), ("text", "As text"),
)  # fmt: skip
MOST_TASKS = 2_000


@dataclass(frozen=True, slots=True)
class Editing:
    """A form as it stands: what it is about, what is in it, and what is wrong."""

    item: ScheduleItem | None
    tasks: list[TaskItem]
    when: When
    draft: Draft
    name: str = ""
    typed: Typed | None = None
    problems: Mapping[str, list[Problem]] = field(default_factory=dict)
    base: Mapping[str, object] | None = None  # the version that was opened

    @property
    def task(self) -> TaskItem | None:
        """The chosen task, if anybody knows it."""
        return next((one for one in self.tasks if one.identifier == self.draft.task), None)


def all_tasks(rota: Inside) -> list[TaskItem]:
    """Every task that some application registered, by title."""
    found: list[TaskItem] = []
    cursor: str | None = None
    while len(found) < MOST_TASKS:
        got = rota.tasks.list(limit=500, cursor=cursor)
        found.extend(got)
        cursor = got.next
        if cursor is None:
            break
    return sorted(found, key=lambda one: ((one.title or one.identifier).casefold(), one.identifier))


def soon(look: Viewer) -> str:
    """Tomorrow morning as a date-and-time field holds it, for blanks that name a moment."""
    day = look.now.astimezone(look.zone) + timedelta(days=1)
    return f"{day:%Y-%m-%d}T09:00"


@cache
def zone_names() -> tuple[str, ...]:
    """The time zones to choose from, without the old aliases."""
    plain = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ("UTC", *sorted(plain))


def places(rota: Inside) -> tuple[tuple[str, str], ...]:
    """Where a schedule may run, in words: what the living nodes offer."""
    alive = [node for node in rota.nodes.list(limit=500) if node.state == "alive"]
    roles = sorted({role for node in alive for role in node.roles})
    labels = sorted({label for node in alive for label in node.labels})
    found = [("one", "one node"), ("every", "every node"), ("machine", "one node of each machine")]
    found += [(f"role:{one}", f"every node with the role {one}") for one in roles]
    found += [(f"label:{one}", f"every node with the label {one}") for one in labels]
    # A node's own name is new with each start of its process; its host stays.
    found += [(f"node:{one}", f"the host {one}") for one in sorted({node.host for node in alive})]
    return tuple(found)


def outlook_of(when: When, item: ScheduleItem | None, name: str, rota: Inside,
               look: Viewer) -> Outlook:  # fmt: skip
    """What the trigger in the form will do for this schedule."""
    created: datetime | None = item.created if item is not None else None
    last = item.last_run if item is not None else None
    return outlook(when.text, look, zone=rota.zone, seed=name, created=created, last=last)


def editor_values(editing: Editing, rota: Inside, look: Viewer) -> dict[str, object]:
    """What the editor's template takes."""
    task, draft = editing.task, editing.draft
    schema = task.parameters if task is not None and isinstance(task.parameters, Mapping) else {}
    defaults = task.policies if task is not None and isinstance(task.policies, Mapping) else {}
    known = draft_of(editing.item) if editing.item is not None else Draft()
    base = editing.base if editing.base is not None else known.json()
    return {
        "editing": editing, "item": editing.item, "said": editing.when, "draft": draft,
        "name": editing.name, "tasks": editing.tasks, "task": task, "tabs": TABS,
        "zones": zone_names(),
        "outlook": outlook_of(editing.when, editing.item, editing.name, rota, look),
        "fields": kept(fields(schema, draft.parameters, look.zone), editing.typed),
        "groups": groups(defaults, draft.policies, places(rota), editing.typed),
        "problems": editing.problems,
        "wrong": sum(len(some) for some in editing.problems.values()),
        "base_version": json.dumps(base, ensure_ascii=False),
        "reason": editing.typed.one("reason") if editing.typed else "",
        "clear_last": bool(editing.typed and editing.typed.one("clear_last")),
    }  # fmt: skip


def kept(found: list[Field], typed: Typed | None) -> list[Field]:
    """The fields with what was typed into them, also where it could not be read."""
    if typed is None or not any(one.name in typed for one in found):
        return found
    return [replace(one, value=typed.raw(one.name)) for one in found]
