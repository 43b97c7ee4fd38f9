"""What lists for people ask, in memory: the reference for the words that SQL says elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rota.ports.browsing import Browse, Outcome, Tally
from rota.ports.records import RunRow, ScheduleRow
from rota.rules.standing import place_of, standing, troubled
from rota.stores.common import SEARCH, bounded, clean, fold
from rota.stores.memory.tables import Tables

__all__ = ("Browsing",)


class Stood(NamedTuple):
    """A schedule and how it stands."""

    row: ScheduleRow
    title: str
    status: str
    outcome: str
    troubled: bool


class Browsing(Tables):
    """The verbs for lists and drawings."""

    def browse(self, query: Browse) -> list[tuple[str, int, str]]:
        with self.lock:
            found = sorted(
                (place(one, query), one.title, one.row.name)
                for one in self._stood(query, query.task)
                if passes(one, query)
            )
            after = query.after
            rest = [key for key in found if after is None or key > after]
            return [(name, at, title) for at, title, name in rest[: bounded(query.limit)]]

    def tally(self, query: Browse) -> tuple[list[Tally], list[tuple[str, int]]]:
        with self.lock:
            counts = Counter(
                (one.status, one.outcome, one.row.enabled, one.row.origin, one.troubled)
                for one in self._stood(query, query.task)
            )
            found = (one for one in self._stood(query, None) if passes(one, query))
            tasks = Counter(one.row.task for one in found)
            ordered = sorted(tasks.items(), key=lambda pair: (-pair[1], pair[0]))
            alike = [Tally(*key, count) for key, count in sorted(counts.items())]
            return alike, ordered[: bounded(query.limit)]

    def schedules_named(self, names: Sequence[str]) -> list[ScheduleRow]:
        with self.lock:
            rows = (self.schedule_rows.get(name) for name in names)
            return [self.counted(row) for row in rows if row is not None]

    def _stood(self, query: Browse, task: str | None) -> Iterator[Stood]:
        search = fold(clean(query.search)[:SEARCH])
        known = None if query.known is None else frozenset(query.known)
        for row in self.schedule_rows.values():
            texts = (row.name, row.title, row.task)
            if task in (None, row.task) and any(search in fold(text) for text in texts):
                yield self._stands(row, query.now, known is None or row.task in known)

    def _stands(self, row: ScheduleRow, now: int, known: bool) -> Stood:
        states = {run.state for run in self.open_of.get(row.name, {}).values()}
        task = self.task_rows.get(row.task)
        status = standing(
            known=known, running="running" in states, queued=bool(states), enabled=row.enabled,
            paused=is_paused(row, now), next_due=row.next_due, now=now,
            planned=row.awaits_end or f"{row.trigger} ".startswith("manual "),
        )  # fmt: skip
        outcome = row.last_state or "never"
        title = fold(row.title or (task.title if task else "") or row.name)
        return Stood(row, title, status, outcome, troubled(status, outcome))

    # ------------------------------------------------------------ outcomes

    def latest_outcomes(self, schedules: Sequence[str], count: int) -> list[Outcome]:
        with self.lock:
            found: list[Outcome] = []
            for name in dict.fromkeys(schedules):
                newest = sorted(self.history_of.get(name, ()), reverse=True)[: bounded(count)]
                found += [outcome_of(self.run_rows[run]) for run in newest]
            return found

    def outcomes(self, since: int, until: int, limit: int) -> list[Outcome]:
        with self.lock:
            made = [row for row in self.run_rows.values() if since <= row.created < until]
            made.sort(key=lambda row: -row.id)
            return [outcome_of(row) for row in made[: bounded(limit)]]


def is_paused(row: ScheduleRow, now: int) -> bool:
    """Whether a pause is on and has not run out."""
    return row.paused and (row.paused_until is None or row.paused_until > now)


def place(one: Stood, query: Browse) -> int:
    """The schedule's place in the query's order."""
    row = one.row
    return place_of(
        query.sort, status=one.status, outcome=one.outcome, enabled=row.enabled,
        paused=is_paused(row, query.now), paused_until=row.paused_until, next_due=row.next_due,
        last_run=row.last_run, runs=row.runs,
    )  # fmt: skip


def passes(one: Stood, query: Browse) -> bool:
    """Whether a schedule is left by the filters beyond search and task."""
    return (
        (not query.statuses or one.status in query.statuses)
        and (not query.outcomes or one.outcome in query.outcomes)
        and query.enabled in (None, one.row.enabled)
        and query.origin in (None, one.row.origin)
        and (one.troubled or not query.troubled)
    )


def outcome_of(row: RunRow) -> Outcome:
    """As little of a run as a drawing needs."""
    return Outcome(row.id, row.schedule, row.task, row.kind, row.state, row.due, row.started,
                   row.finished, row.due_last, row.skips, row.reason, row.node)  # fmt: skip
