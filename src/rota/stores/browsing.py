"""What lists for people ask of the SQL stores: schedules by filter and order, outcomes to draw."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence

from rota.ports.browsing import Browse, Outcome, Tally
from rota.ports.records import ScheduleRow
from rota.rules.standing import troubled
from rota.stores.common import bounded, clean
from rota.stores.relational import Relational, Row, Values

__all__ = ("Browsing",)


class Browsing(Relational):
    """The verbs for lists and drawings."""

    @abstractmethod
    def many(self, values: Iterable[str]) -> str:
        """Texts as one value of a statement."""

    @abstractmethod
    def containing(self, search: str) -> str:
        """The pattern of texts that contain this one."""

    @abstractmethod
    def schedule_row(self, row: Row) -> ScheduleRow:
        """The record of a row of `schedule_rows`."""

    def browse(self, query: Browse) -> list[tuple[str, int, str]]:
        after = query.after or (None, None, None)
        values = (*self._asked(query), query.sort, *after, bounded(query.limit))
        return [(name, place, title) for name, place, title in self.all("browse", values)]

    def tally(self, query: Browse) -> tuple[list[Tally], list[tuple[str, int]]]:
        alike, tasks = [], []
        for status, outcome, enabled, origin, task, count in self.all(
            "tally", (*self._asked(query), bounded(query.limit))
        ):
            if task is None:
                needs = troubled(status, outcome)
                alike.append(Tally(status, outcome, bool(enabled), origin, needs, count))
            else:
                tasks.append((task, count))
        order = [(-count, task) for task, count in tasks]
        return (
            sorted(alike, key=lambda one: (one.status, one.outcome, one.enabled, one.origin)),
            [(task, -count) for count, task in sorted(order)],
        )

    def schedules_named(self, names: Sequence[str]) -> list[ScheduleRow]:
        wanted = self.many(map(clean, names))
        return [self.schedule_row(row) for row in self.all("schedule_rows", (wanted,))]

    def latest_outcomes(self, schedules: Sequence[str], count: int) -> list[Outcome]:
        wanted = self.many(dict.fromkeys(map(clean, schedules)))
        return list(map(Outcome._make, self.all("latest_outcomes", (wanted, bounded(count)))))

    def outcomes(self, since: int, until: int, limit: int) -> list[Outcome]:
        return list(map(Outcome._make, self.all("outcomes", (since, until, bounded(limit)))))

    def _asked(self, query: Browse) -> Values:
        """The values that both statements about standing begin with."""
        known = None if query.known is None else self.many(query.known)
        return (
            query.now, known, self.containing(query.search), query.task,
            self.many(query.statuses), self.many(query.outcomes), query.enabled, query.origin,
            query.troubled,
        )  # fmt: skip
