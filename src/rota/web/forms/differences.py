"""What differs between two versions of a schedule, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ("Difference", "conflicts", "differences", "flat")

FIELDS = (
    "title", "task", "trigger", "enabled", "paused", "paused_until", "pause_reason",
)  # fmt: skip
WITHIN = ("parameters", "policies")
NOTHING = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field with its two texts."""

    field: str  # such as trigger, or policies.timeout
    before: str
    after: str
    ours: bool = True  # of a conflict: whether it was changed here

    @property
    def label(self) -> str:
        """The field as people read it.

        >>> Difference("policies.max_running", "", "3").label
        'max running'
        """
        return self.field.partition(".")[2].replace("_", " ") or self.field


def flat(version: Mapping[str, object]) -> dict[str, str]:
    """The fields of a version as texts, those of parameters and policies one by one.

    >>> flat({"title": "A", "parameters": {"days": 7}})
    {'title': 'A', 'parameters.days': '7'}
    """
    found = {name: worded(version[name]) for name in FIELDS if name in version}
    for name in WITHIN:
        inner = version.get(name)
        if isinstance(inner, Mapping):
            found |= {f"{name}.{key}": worded(value) for key, value in sorted(inner.items())}
    return found


def worded(value: object) -> str:
    """A value as text: a text as it is, anything else as JSON."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[Difference]:
    """The fields that differ.

    >>> differences({"title": "A", "task": "t"}, {"title": "B", "task": "t"})
    [Difference(field='title', before='A', after='B', ours=True)]
    """
    old, new = flat(before), flat(after)
    return [
        Difference(field, old.get(field, NOTHING), new.get(field, NOTHING))
        for field in {**old, **new} if old.get(field) != new.get(field)
    ]  # fmt: skip


def conflicts(
    base: Mapping[str, object], theirs: Mapping[str, object], ours: Mapping[str, object]
) -> list[Difference]:
    """Where their version and ours differ; `ours` says whether we changed the field from `base`."""
    began = flat(base)
    return [
        Difference(one.field, one.before, one.after, one.after != began.get(one.field, NOTHING))
        for one in differences(theirs, ours)
    ]
