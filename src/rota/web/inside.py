"""What the web application asks of a Rota: nothing but this, so that a stand-in is easy to make."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from rota.engine.client.items import (
    AccountItem,
    AuditItem,
    Backfill,
    Beat,
    EventItem,
    LogItem,
    NodeItem,
    OutcomeItem,
    Page,
    RevisionItem,
    RunItem,
    ScheduleItem,
    SystemItem,
    TallyItem,
    TaskItem,
    TokenItem,
    Why,
)

__all__ = (
    "Accounts",
    "Audit",
    "Events",
    "Inside",
    "Nodes",
    "Runs",
    "Schedules",
    "System",
    "Tasks",
    "Tokens",
)


class Schedules(Protocol):
    """`rota.schedules`, as far as the page and the API use it."""

    def add(
        self, name: str, task: str, trigger: str, *, parameters: dict[str, object] = ...,
        title: str | None = ..., user: str | None = ..., reason: str = ..., **policies: object,
    ) -> ScheduleItem: ...  # fmt: skip

    def check(
        self, name: str, task: str, trigger: str, *, parameters: dict[str, object] = ...,
        title: str | None = ..., **policies: object,
    ) -> None: ...  # fmt: skip

    def get(self, name: str) -> ScheduleItem: ...

    def list(
        self, limit: int = ..., cursor: str | None = ..., *, search: str = ...,
        task: str | None = ...,
    ) -> Page[ScheduleItem]: ...  # fmt: skip

    def browse(
        self, *, search: str = ..., task: str | None = ..., statuses: Sequence[str] = ...,
        outcomes: Sequence[str] = ..., enabled: bool | None = ..., origin: str | None = ...,
        troubled: bool = ..., sort: str = ..., limit: int = ..., cursor: str | None = ...,
    ) -> Page[ScheduleItem]: ...  # fmt: skip

    def update(
        self, name: str, *, version: int | None = ..., user: str | None = ...,
        reason: str = ..., reset: Sequence[str] = ..., clear_last_run: bool = ...,
        **changes: object,
    ) -> ScheduleItem: ...  # fmt: skip

    def tally(
        self, *, search: str = ..., task: str | None = ..., statuses: Sequence[str] = ...,
        outcomes: Sequence[str] = ..., enabled: bool | None = ..., origin: str | None = ...,
        troubled: bool = ..., limit: int = ...,
    ) -> tuple[builtins.list[TallyItem], builtins.list[tuple[str, int]]]: ...  # fmt: skip

    def upcoming(self, until: datetime, limit: int = ...) -> builtins.list[ScheduleItem]: ...

    def named(self, names: Sequence[str]) -> builtins.list[ScheduleItem]: ...

    def titles(self, names: Sequence[str]) -> dict[str, str]: ...

    def slots(
        self, name: str, after: datetime, until: datetime, limit: int = ...
    ) -> builtins.list[datetime]: ...

    def remove(
        self, name: str, *, version: int | None = ..., user: str | None = ..., reason: str = ...
    ) -> None: ...

    def revisions(
        self, name: str, limit: int = ..., cursor: str | None = ...
    ) -> Page[RevisionItem]: ...

    def revert(
        self, name: str, revision: int, *, version: int | None = ..., user: str | None = ...,
        reason: str = ...,
    ) -> ScheduleItem: ...  # fmt: skip

    def pause(
        self, name: str, *, until: datetime | None = ..., reason: str = ..., user: str | None = ...
    ) -> ScheduleItem: ...

    def resume(self, name: str, *, user: str | None = ...) -> ScheduleItem: ...

    def run(
        self, name: str, parameters: dict[str, object] | None = ..., *, user: str | None = ...
    ) -> RunItem: ...

    def clear_last_run(
        self, name: str, *, user: str | None = ..., reason: str = ...
    ) -> ScheduleItem: ...

    def backfill(
        self, name: str, start: datetime, until: datetime, *, limit: int = ...,
        parameters: dict[str, object] | None = ..., dry_run: bool = ..., user: str | None = ...,
    ) -> Backfill: ...  # fmt: skip

    def next(self, name: str, count: int = ...) -> Sequence[datetime]: ...

    def why(self, name: str, at: datetime) -> Why: ...


class Runs(Protocol):
    """`rota.runs`."""

    def get(self, run: int) -> RunItem: ...

    def list(
        self, schedule: str | None = ..., *, task: str | None = ..., states: Sequence[str] = ...,
        kinds: Sequence[str] = ..., limit: int = ..., cursor: str | None = ...,
    ) -> Page[RunItem]: ...  # fmt: skip

    def latest(
        self, schedules: Sequence[str], count: int = ...
    ) -> dict[str, builtins.list[OutcomeItem]]: ...

    def beats(
        self, schedules: Sequence[str], count: int = ...
    ) -> dict[str, builtins.list[Beat]]: ...

    def between(
        self, since: datetime, until: datetime, limit: int = ...
    ) -> builtins.list[OutcomeItem]: ...

    def cancel(self, run: int, *, user: str | None = ...) -> RunItem: ...

    def again(
        self, run: int, parameters: dict[str, object] | None = ..., *, user: str | None = ...
    ) -> RunItem: ...

    def log(self, run: int, after: int = ..., limit: int = ...) -> Sequence[LogItem]: ...


class Tasks(Protocol):
    """`rota.tasks`."""

    def list(self, limit: int = ..., cursor: str | None = ...) -> Page[TaskItem]: ...


class Nodes(Protocol):
    """`rota.nodes`."""

    def list(self, limit: int = ..., cursor: str | None = ...) -> Page[NodeItem]: ...


class System(Protocol):
    """`rota.system`."""

    def list(self, limit: int = ..., cursor: str | None = ...) -> Page[SystemItem]: ...


class Events(Protocol):
    """`rota.events`."""

    def list(
        self, limit: int = ..., cursor: str | None = ..., *, levels: Sequence[str] = ...,
        kind: str = ..., schedule: str | None = ..., run: int | None = ..., search: str = ...,
    ) -> Page[EventItem]: ...  # fmt: skip


class Audit(Protocol):
    """`rota.audit`."""

    def list(
        self, limit: int = ..., cursor: str | None = ..., *, action: str = ...,
        subject: str | None = ..., user: str | None = ...,
    ) -> Page[AuditItem]: ...  # fmt: skip


class Accounts(Protocol):
    """`rota.accounts`, as far as signing in needs it."""

    def any(self) -> bool: ...

    def sign_in(self, name: str, password: str) -> str | None: ...

    def session(self, key: str) -> AccountItem | None: ...

    def sign_out(self, key: str) -> None: ...


class Tokens(Protocol):
    """`rota.tokens`, as far as the door needs it."""

    def check(self, key: str) -> TokenItem | None: ...


class WebCron(Protocol):
    """`rota.webcron`."""

    def valid(self, expires: str, signature: str) -> bool: ...

    def tick(self, limit: float = ...) -> dict[str, object]: ...


class Inside(Protocol):
    """A Rota, seen from the web application."""

    @property
    def title(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def running(self) -> bool: ...
    @property
    def observing(self) -> str: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def nodes(self) -> Nodes: ...
    @property
    def webcron(self) -> WebCron: ...
    @property
    def system(self) -> System: ...
    @property
    def events(self) -> Events: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def tokens(self) -> Tokens: ...

    def changes(self) -> int: ...

    def health(self) -> str: ...
