"""How often each page was read, by day: counted at each request, read by the weekly report."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

__all__ = ("Traffic",)


class Traffic:
    """Counts page views over one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def count(self, slug: str, day: date, views: int = 1) -> None:
        """Add views of a page."""
        self.connection.execute(
            "INSERT INTO views (day, slug, count) VALUES (?, ?, ?) "
            "ON CONFLICT (day, slug) DO UPDATE SET count = count + excluded.count",
            (day.isoformat(), slug, views),
        )

    def week(self, monday: date) -> list[int]:
        """The views of seven days, Monday first."""
        found = dict(
            self.connection.execute(
                "SELECT day, sum(count) FROM views WHERE day BETWEEN ? AND ? GROUP BY day",
                _span(monday),
            ).fetchall()
        )
        return [found.get((monday + timedelta(days=n)).isoformat(), 0) for n in range(7)]

    def top(self, monday: date, limit: int = 5) -> list[tuple[str, str, int]]:
        """The most read pages of a week: slug, title, views."""
        rows = self.connection.execute(
            "SELECT views.slug, coalesce(max(title), views.slug), sum(count) AS total "
            "FROM views LEFT JOIN pages ON pages.slug = views.slug WHERE day BETWEEN ? AND ? "
            "GROUP BY views.slug ORDER BY total DESC, views.slug LIMIT ?",
            (*_span(monday), limit),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def before(self, day: date) -> int:
        """How many rows are older than that day."""
        row = self.connection.execute(
            "SELECT count(*) FROM views WHERE day < ?", (day.isoformat(),)
        ).fetchone()
        return int(row[0])

    def forget(self, day: date) -> int:
        """Delete the rows older than that day and answer how many they were."""
        return self.connection.execute(
            "DELETE FROM views WHERE day < ?", (day.isoformat(),)
        ).rowcount


def _span(monday: date) -> tuple[str, str]:
    return monday.isoformat(), (monday + timedelta(days=6)).isoformat()
