"""What lists for people ask of a store: schedules by filter and order, and outcomes to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from rota.ports.records import ScheduleRow

__all__ = ("SORTS", "Browse", "Browsing", "Outcome", "Tally")

SORTS = ("name", "next", "last", "runs", "status")


@dataclass(frozen=True, slots=True)
class Browse:
    """Which schedules a list shows, in which order, and after which one.

    Words of one filter are alternatives, filters narrow each other. `statuses` are those of
    `rota.rules.standing`; `outcomes` are final states of the last run, or `never`.
    """

    now: int
    known: tuple[str, ...] | None = None  # tasks that somebody alive can run; None: nobody can tell
    search: str = ""  # in name, title or task, any case
    task: str | None = None
    statuses: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    enabled: bool | None = None
    origin: str | None = None
    troubled: bool = False  # only those that a person should look at
    sort: str = "name"  # one of SORTS
    after: tuple[int, str, str] | None = None  # place, title and name of the last one shown
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Tally:
    """How many schedules stand alike."""

    status: str
    outcome: str
    enabled: bool
    origin: str
    troubled: bool
    count: int


class Outcome(NamedTuple):
    """A run or a skip, as little of it as a drawing needs."""

    id: int
    schedule: str | None
    task: str
    kind: str
    state: str
    due: int
    started: int | None
    finished: int | None
    due_last: int | None
    skips: int
    reason: str | None
    node: str | None


class Browsing(Protocol):
    """The part of a store that lists for people are made with."""

    def browse(self, query: Browse) -> list[tuple[str, int, str]]:
        """A page of schedules as the query filters and orders them: name, place, folded title.
        Equal places are ordered by title, A to Z like a to z, then by name. A schedule without a
        title bears its task's, else its name. The last two of an answer, with its name, are `after`
        of the next page.
        """
        ...

    def tally(self, query: Browse) -> tuple[list[Tally], list[tuple[str, int]]]:
        """How many of the schedules that `search` and `task` leave stand alike, all other filters
        of the query apart; and the tasks with the most schedules that all filters but `task`
        leave, at most `limit`, the most first, then by identifier. One reading for both, whatever
        their number.
        """
        ...

    def schedules_named(self, names: Sequence[str]) -> list[ScheduleRow]:
        """The schedules of these names in their order, those that are gone left out."""
        ...

    def latest_outcomes(self, schedules: Sequence[str], count: int) -> list[Outcome]:
        """The last `count` runs and skips of each of these schedules, newest first."""
        ...

    def outcomes(self, since: int, until: int, limit: int) -> list[Outcome]:
        """Runs and skips that were made from `since` to before `until`, newest first. Found by
        their ids, which grow with time: a clock that was set back blurs the edges.
        """
        ...
