"""Lists for people, as PostgreSQL is asked for them."""

from __future__ import annotations

from collections.abc import Iterable

from rota.ports.records import ScheduleRow
from rota.stores import browsing
from rota.stores.postgresql.arrays import listed
from rota.stores.postgresql.database import Database
from rota.stores.postgresql.rows import schedule_record
from rota.stores.postgresql.schedules import like
from rota.stores.relational import Row

__all__ = ("Browsing",)


class Browsing(Database, browsing.Browsing):
    """The verbs for lists and drawings."""

    def many(self, values: Iterable[str]) -> str:
        return listed(values)

    def containing(self, search: str) -> str:
        return like(search)

    def schedule_row(self, row: Row) -> ScheduleRow:
        return schedule_record(row)
