"""What lists for people ask of PostgreSQL: schedules by filter and order, and outcomes to draw."""

from __future__ import annotations

from collections.abc import Sequence

from rota.ports.browsing import Browse, Outcome, Tally
from rota.ports.records import ScheduleRow
from rota.stores.common import bounded, clean, first_since
from rota.stores.postgresql.arrays import listed
from rota.stores.postgresql.database import Database
from rota.stores.postgresql.rows import schedule_record
from rota.stores.postgresql.schedules import like
from rota.stores.relational import Values

__all__ = ("Browsing",)


class Browsing(Database):
    """The verbs for lists and drawings."""

    def browse(self, query: Browse) -> list[tuple[str, int, str]]:
        after = query.after or (None, None, None)
        values = (*asked(query, query.task), *filters(query), query.sort, *after)
        return [
            (name, place, title)
            for name, place, title in self.all("browse", (*values, bounded(query.limit)))
        ]

    def tally(self, query: Browse) -> list[Tally]:
        return [
            Tally(status, outcome, bool(enabled), origin, bool(troubled), count)
            for status, outcome, enabled, origin, troubled, count in self.all(
                "tally", asked(query, query.task)
            )
        ]

    def tally_tasks(self, query: Browse) -> list[tuple[str, int]]:
        values = (*asked(query, None), *filters(query), bounded(query.limit))
        return [(task, count) for task, count in self.all("tally_tasks", values)]

    def schedules_named(self, names: Sequence[str]) -> list[ScheduleRow]:
        wanted = listed(map(clean, names))
        return [schedule_record(row) for row in self.all("schedule_rows", (wanted,))]

    def latest_outcomes(self, schedules: Sequence[str], count: int) -> list[Outcome]:
        wanted = listed(dict.fromkeys(map(clean, schedules)))
        return [Outcome(*row) for row in self.all("latest_outcomes", (wanted, bounded(count)))]

    def outcomes(self, since: int, until: int, limit: int) -> list[Outcome]:
        ((last,),) = self.all("last_run_id")
        first = first_since(since, last, self._made)
        end = first_since(until, last, self._made)
        return [Outcome(*row) for row in self.all("outcomes", (first, end, bounded(limit)))]

    def _made(self, run: int) -> tuple[int, int] | None:
        return self.first("run_from", (run,))


def asked(query: Browse, task: str | None) -> Values:
    """The values that every one of these statements begins with."""
    known = None if query.known is None else listed(query.known)
    return query.now, known, like(query.search), task


def filters(query: Browse) -> Values:
    """The values of the filters beyond search and task."""
    return (
        listed(query.statuses), listed(query.outcomes), query.enabled, query.origin,
        query.troubled,
    )  # fmt: skip
