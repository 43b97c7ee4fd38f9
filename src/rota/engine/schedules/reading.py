"""One schedule as people read it: what it is, was and will do, and what became of its slots."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import islice

from rota.engine.client.context import Context
from rota.engine.client.itemize import revision_item, schedule_item
from rota.engine.client.items import Page, RevisionItem, ScheduleItem, Why
from rota.engine.client.paging import LARGEST_PAGE, bounded, page_of, read_cursor
from rota.engine.deciding import read_trigger
from rota.engine.policies import resolve
from rota.engine.schedules.warning import warnings_of
from rota.engine.schedules.why import explain
from rota.errors import TriggerError
from rota.instants import from_datetime, to_datetime
from rota.ports.records import ScheduleRow

__all__ = ("Reading",)


class Reading:
    """The part of `rota.schedules` that reads one of them."""

    context: Context

    def get(self, name: str) -> ScheduleItem:
        """One schedule. `UnknownSchedule` names the nearest one."""
        return self.item(self.context.need_schedule(name))

    def next(self, name: str, count: int = 1) -> list[datetime]:
        """The next starts of a schedule, as aware UTC datetimes; none while it is off."""
        row, now, count = self.context.need_schedule(name), self.context.now(), bounded(count)
        item = self.item(row)
        if item.next_run is None:
            return []
        first = from_datetime(item.next_run)
        rule = read_trigger(row.trigger)
        later = rule.instants(max(first, now), anchor=row.created, seed=row.name)
        return [to_datetime(instant) for instant in (first, *islice(later, count - 1))]

    def slots(
        self, name: str, after: datetime, until: datetime, limit: int = 300
    ) -> list[datetime]:
        """The latest slots of a schedule after one instant and not after another, oldest first,
        as its trigger has them today; none before it was made.
        """
        row = self.context.need_schedule(name)
        try:
            rule = read_trigger(row.trigger)
        except TriggerError:
            return []
        if rule.follows is not None:
            return []
        begin = max(from_datetime(after), row.created)
        end = from_datetime(until)
        if begin >= end:
            return []
        found = rule.latest(begin, end, limit, anchor=row.created, seed=row.name)
        return [to_datetime(instant) for instant in sorted(found)]

    def why(self, name: str, at: datetime) -> Why:
        """What became of the slot at an aware datetime: ran, skipped, ignored, planned or none;
        where it was for several nodes, also for each of them.
        """
        row, instant = self.context.need_schedule(name), from_datetime(at)
        decided = self.context.store.decisions_at(name, instant, LARGEST_PAGE)
        return explain(row, instant, self.context.now(), decided)

    def revisions(
        self, name: str, limit: int = 50, cursor: str | int | None = None
    ) -> Page[RevisionItem]:
        """What a schedule was after each change, newest first, also of one that was removed; the
        newest hundred are kept.
        """
        self.context.ready()
        limit, before = bounded(limit), read_cursor(cursor)
        rows = self.context.store.revisions(name, before, limit + 1)
        if not rows:
            self.context.need_schedule(name)
        return page_of(rows, limit, revision_item, lambda row: row.number)

    # ------------------------------------------------------------- helpers

    def item(self, row: ScheduleRow) -> ScheduleItem:
        context = self.context
        known = context.known_tasks()
        item = schedule_item(row, now=context.now(), known=known, title=context.title(row.task))
        policies = resolve(context.defaults(row.task), row.policies)
        return replace(context.kept(item), warnings=warnings_of(row, policies, context.now()))
