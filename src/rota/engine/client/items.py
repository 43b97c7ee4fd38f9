"""What lists show: one frozen class an item, in the words and JSON of the public contract."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from rota.instants import from_datetime, rfc3339

__all__ = (
    "AccountItem",
    "Answer",
    "AuditItem",
    "Backfill",
    "Beat",
    "EventItem",
    "Item",
    "LogItem",
    "NewToken",
    "NodeItem",
    "OutcomeItem",
    "Page",
    "RevisionItem",
    "RunItem",
    "ScheduleItem",
    "SystemItem",
    "TallyItem",
    "TaskItem",
    "TokenItem",
    "Why",
    "plain",
)


def plain(value: object) -> object:
    """A value as JSON can hold it: datetimes as RFC 3339 in UTC, items as objects.

    >>> from datetime import UTC
    >>> plain(datetime(2026, 3, 1, tzinfo=UTC))
    '2026-03-01T00:00:00Z'
    """
    if isinstance(value, datetime):
        return rfc3339(from_datetime(value))
    if isinstance(value, Item):
        return value.json()
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list."""

    def json(self) -> dict[str, object]:
        """The item as the public JSON object."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class ScheduleItem(Item):
    """A schedule as lists show it. Times are aware UTC datetimes or None."""

    name: str
    title: str
    task: str
    trigger: str
    words: str
    zone: str
    enabled: bool
    paused: bool
    status: str  # waiting queued running paused disabled orphaned invalid finished
    last_run: datetime | None
    last_result: str | None
    next_run: datetime | None
    runs: int
    # beyond the contract's columns
    last_state: str | None = None
    paused_until: datetime | None = None
    pause_reason: str = ""
    parameters: object = None
    policies: object = None
    origin: str = "person"
    problem: str = ""  # why it is orphaned or invalid
    version: int = 1
    edited: tuple[str, ...] = ()  # fields and policies that no longer follow the code
    code: object = None  # what the code says: title, trigger, parameters, policies, enabled
    warnings: tuple[dict[str, str], ...] = ()  # code and text; not looked for in lists
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunItem(Item):
    """A run, or a skip, as lists show it."""

    id: int
    schedule: str | None
    task: str
    kind: str
    due: datetime
    state: str
    attempt: int
    fence: int
    node: str | None
    started: datetime | None
    finished: datetime | None
    result: str | None
    error: str | None
    reason: str | None
    # beyond the contract's columns
    parameters: object = None
    progress: float | None = None
    message: str = ""
    cancelling: bool = False
    abandoned: bool = False
    of: int | None = None
    user: str | None = None
    due_last: datetime | None = None
    skips: int = 0
    target: str = ""  # node:NAME or machine:NAME where a slot has a run for each of several nodes
    others: tuple[int, ...] = ()  # of a run that was just asked for: those of the other nodes


class OutcomeItem(NamedTuple):
    """A run or a skip, as little of it as a drawing needs; made by the thousand."""

    id: int
    schedule: str | None
    task: str
    kind: str
    state: str
    due: datetime
    started: datetime | None
    finished: datetime | None
    due_last: datetime | None = None
    skips: int = 0
    reason: str | None = None
    node: str | None = None


class Beat(NamedTuple):
    """How one of a schedule's last runs went, as little of it as a sparkline needs."""

    state: str
    seconds: float  # that it took, or has been taking


@dataclass(frozen=True, slots=True)
class TallyItem(Item):
    """How many schedules stand alike."""

    status: str  # as of a ScheduleItem, or late
    outcome: str  # state of the last run, or never
    enabled: bool
    origin: str
    troubled: bool  # a person should look at them
    count: int


@dataclass(frozen=True, slots=True)
class TaskItem(Item):
    """A task as lists show it."""

    identifier: str
    title: str
    parameters: object  # JSON Schema
    schedules: int
    source: str
    missing: bool  # no live node and not this application knows it
    # beyond the contract's columns
    policies: object = None  # its defaults


@dataclass(frozen=True, slots=True)
class NodeItem(Item):
    """A node as lists show it."""

    name: str
    host: str
    pid: int
    version: str
    roles: tuple[str, ...]
    labels: tuple[str, ...]
    state: str
    started: datetime
    seen: datetime
    leader: bool
    clock_offset_ms: float
    running: int
    # beyond the contract's columns
    machine: str = ""


@dataclass(frozen=True, slots=True)
class SystemItem(Item):
    """One of Rota's own tasks, and what it last did."""

    identifier: str
    title: str
    words: str  # what it does and what it leaves alone
    often: str
    last_run: datetime | None  # when it was last heard of
    last_result: str | None
    node: str | None
    acted: datetime | None  # when it last found something to do
    acted_result: str | None


@dataclass(frozen=True, slots=True)
class EventItem(Item):
    """A line of the event log."""

    id: int
    time: datetime
    level: str
    kind: str
    schedule: str | None
    run: int | None
    node: str | None
    user: str | None
    text: str


@dataclass(frozen=True, slots=True)
class AuditItem(Item):
    """One change: who, when, what, from where; of the fields only those that differ."""

    id: int
    time: datetime
    user: str | None
    origin: str  # page, api, cli, code
    action: str
    subject: str
    before: object
    after: object
    reason: str


@dataclass(frozen=True, slots=True)
class RevisionItem(Item):
    """A schedule as one change left it."""

    schedule: str
    number: int
    time: datetime
    user: str | None
    origin: str
    action: str  # added, changed, removed, paused, resumed, reverted
    reason: str
    version: int
    fields: object


@dataclass(frozen=True, slots=True)
class AccountItem(Item):
    """Somebody who may sign in."""

    name: str
    role: str
    created: datetime
    changed: datetime  # when the password or the role was last set


@dataclass(frozen=True, slots=True)
class TokenItem(Item):
    """A key for a program, without the key."""

    name: str
    role: str
    created: datetime
    expires: datetime
    expired: bool
    user: str | None  # who made it


@dataclass(frozen=True, slots=True)
class NewToken(Item):
    """A token that was just made, with the key that nobody can show again."""

    token: TokenItem
    key: str

    def json(self) -> dict[str, object]:
        """The token's fields, and the key."""
        return {**self.token.json(), "key": self.key}


@dataclass(frozen=True, slots=True)
class LogItem(Item):
    """A line that a run logged or printed."""

    number: int
    time: datetime
    level: str
    logger: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer(Item):
    """What became of a slot for one of those it was for."""

    target: str
    decision: str
    reason: str | None
    run: RunItem


@dataclass(frozen=True, slots=True)
class Why(Item):
    """What became of a slot: ran, skipped, ignored, planned or none, and the reason."""

    due: datetime
    decision: str
    reason: str | None
    run: RunItem | None
    targets: tuple[Answer, ...] = ()  # of each node or machine, where the slot was for such

    def json(self) -> dict[str, object]:
        """The answer as the public JSON object; `targets` only where there are any."""
        return {key: one for key, one in Item.json(self).items() if one != [] or key != "targets"}


@dataclass(frozen=True, slots=True)
class Backfill(Item):
    """The slots of a schedule in a range of the past, and the runs that were queued for them."""

    slots: tuple[datetime, ...]
    runs: tuple[RunItem, ...]  # fewer than slots where a slot has a backfill that waits or runs


T = TypeVar("T")


class Page(list[T], Generic[T]):
    """A list of items that knows where the next page begins; `next` is None on the last."""

    def __init__(self, items: list[T], next: str | None = None) -> None:
        super().__init__(items)
        self.next = next

    def json(self) -> dict[str, object]:
        """The public JSON object: items and cursor."""
        return {"items": [plain(one) for one in self], "next": self.next}
