"""Schedules as people look for them: by name, filter, order and count."""

from __future__ import annotations

import base64
import builtins
import json
from collections.abc import Callable, Sequence
from datetime import datetime

from rota.engine.client.context import Context
from rota.engine.client.itemize import schedule_item, titled
from rota.engine.client.items import Page, ScheduleItem, TallyItem
from rota.engine.client.paging import LARGEST_PAGE, bounded, page_of
from rota.errors import BadParameters
from rota.instants import from_datetime
from rota.ports.browsing import SORTS, Browse
from rota.ports.records import ScheduleQuery, ScheduleRow

__all__ = ("Browsing",)


class Browsing:
    """The part of `rota.schedules` that lists are made with."""

    context: Context

    def list(
        self,
        limit: int = 50,
        cursor: str | None = None,
        *,
        search: str = "",
        task: str | None = None,
    ) -> Page[ScheduleItem]:
        """A page of schedules by name; `page.next` is the cursor of the next one."""
        self.context.ready()
        limit = bounded(limit)
        rows = self.context.store.schedules(
            ScheduleQuery(after=cursor or "", limit=limit + 1, search=search, task=task)
        )
        return page_of(rows, limit, self.shown(self.context.known_tasks()), lambda row: row.name)

    def browse(
        self,
        *,
        search: str = "",
        task: str | None = None,
        statuses: Sequence[str] = (),
        outcomes: Sequence[str] = (),
        enabled: bool | None = None,
        origin: str | None = None,
        troubled: bool = False,
        sort: str = "name",
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[ScheduleItem]:
        """A page of the schedules that all filters leave, in the order asked for.

        `statuses` knows `late` besides the words of a schedule's status, `outcomes` are states of
        the last run or `never`, `troubled` leaves those that a person should look at, `sort` is
        name, next, last, runs or status.
        """
        if sort not in SORTS:
            raise BadParameters("there is no such order", part="sort", text=str(sort),
                                hint=f"write one of {', '.join(SORTS)}")  # fmt: skip
        known = self.context.known_tasks()
        query = Browse(
            self.context.now(), in_order(known), search, task, tuple(statuses), tuple(outcomes),
            enabled, origin, troubled, sort, read_cursor(cursor), min(limit, LARGEST_PAGE) + 1,
        )  # fmt: skip
        found = self.context.store.browse(query)
        shown = found[: query.limit - 1]
        rows = self.rows([name for name, _, _ in shown])
        more = written_cursor(shown[-1]) if len(found) > len(shown) and shown else None
        return Page(self.items(rows, known), more)

    def tally(
        self,
        *,
        search: str = "",
        task: str | None = None,
        statuses: Sequence[str] = (),
        outcomes: Sequence[str] = (),
        enabled: bool | None = None,
        origin: str | None = None,
        troubled: bool = False,
        limit: int = 20,
    ) -> tuple[builtins.list[TallyItem], builtins.list[tuple[str, int]]]:
        """How many of the schedules that the search and the task leave stand alike; and the tasks
        with the most schedules that all filters but the task leave, and how many.
        """
        known = in_order(self.context.known_tasks())
        query = Browse(
            self.context.now(), known, search, task, tuple(statuses), tuple(outcomes),
            enabled, origin, troubled, limit=limit,
        )  # fmt: skip
        alike, tasks = self.context.store.tally(query)
        return [
            TallyItem(one.status, one.outcome, one.enabled, one.origin, one.troubled, one.count)
            for one in alike
        ], tasks

    def upcoming(self, until: datetime, limit: int = 200) -> builtins.list[ScheduleItem]:
        """The schedules whose next start comes no later than that, the soonest first."""
        self.context.ready()
        rows = self.context.store.upcoming(from_datetime(until), limit)
        return self.items(rows, self.context.known_tasks()) if rows else []

    def named(self, names: Sequence[str]) -> builtins.list[ScheduleItem]:
        """The schedules of these names in their order, those that are gone left out."""
        rows = self.rows(names)
        return self.items(rows, self.context.known_tasks()) if rows else []

    def titles(self, names: Sequence[str]) -> dict[str, str]:
        """What people call the schedules of these names, those that are gone left out."""
        return {row.name: titled(row, self.context.title(row.task)) for row in self.rows(names)}

    # ------------------------------------------------------------- helpers

    def rows(self, names: Sequence[str]) -> Sequence[ScheduleRow]:
        """What the store keeps of the schedules of these names, in one reading."""
        self.context.ready()
        return self.context.store.schedules_named(names) if names else ()

    def items(
        self, rows: Sequence[ScheduleRow], known: set[str] | None
    ) -> builtins.list[ScheduleItem]:
        """Rows as lists show them, where these tasks can be run."""
        return [*map(self.shown(known), rows)]

    def shown(self, known: set[str] | None) -> Callable[[ScheduleRow], ScheduleItem]:
        """How lists show a row just now."""
        context = self.context
        now, title = context.now(), context.title

        def item(row: ScheduleRow) -> ScheduleItem:
            return context.kept(schedule_item(row, now=now, known=known, title=title(row.task)))

        return item


def in_order(known: set[str] | None) -> tuple[str, ...] | None:
    """The tasks that somebody alive can run, as a query names them; None if nobody can tell."""
    return None if known is None else tuple(sorted(known))


def written_cursor(last: tuple[str, int, str]) -> str:
    """Where the page after this schedule begins, as text for an address."""
    name, place, title = last
    return base64.urlsafe_b64encode(
        json.dumps([place, title, name], ensure_ascii=False).encode()
    ).decode()


def read_cursor(cursor: str | None) -> tuple[int, str, str] | None:
    """What `written_cursor` wrote; anything else is refused.

    >>> read_cursor(written_cursor(("name", 3, "title")))
    (3, 'title', 'name')
    """
    if not cursor:
        return None
    try:
        place, title, name = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, RecursionError):
        place = title = name = None
    whole = isinstance(place, int) and not isinstance(place, bool) and abs(place) < 2**63
    if not (whole and isinstance(title, str) and isinstance(name, str)):
        raise BadParameters("this is no cursor of this list", part="cursor", text=cursor,
                            hint="take it from next of the page before")  # fmt: skip
    return place, title, name
