"""Copy the site's database, and believe the copy only after reading it back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rota import Failed, Run
from rota.demo.database import moment, opened
from rota.demo.parts import Site
from rota.demo.times import local

__all__ = ("Backup",)


class Backup:
    """Makes a copy with SQLite's own backup, verifies it, and keeps the newest few."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def execute(self, run: Run, keep: int = 5) -> str | Failed:
        """Copy, verify, keep `keep` copies."""
        now = moment()
        target = self.site.folder.backups / f"site-{local(now):%Y-%m-%d-%H%M%S}.db"
        with run.trace(f"copying to {target.name}", "copied"):
            expected = self._copy(target)
        wrong = _verified(target, expected)
        if wrong:
            target.unlink()
            return Failed(f"the copy is not what was copied: {wrong}")
        rows = sum(expected.values())
        run.log.info("verified %d rows in %d tables", rows, len(expected))
        self.site.connection.execute(
            "INSERT OR REPLACE INTO backups (name, made_at, size, rows) VALUES (?, ?, ?, ?)",
            (target.name, now, target.stat().st_size, rows),
        )
        self._drop_old(run, max(1, keep))
        return f"{rows:,} rows, {target.stat().st_size / 1000:,.0f} kB, verified"

    def _copy(self, target: Path) -> dict[str, int]:
        """Copy one moment of the database and answer how many rows each table had then."""
        with opened(self.site.folder.content) as source, closing(sqlite3.connect(target)) as copy:
            source.execute("BEGIN")  # what is counted and what is copied are the same moment
            expected = _rows(source)
            source.backup(copy)
            source.execute("ROLLBACK")
        return expected

    def _drop_old(self, run: Run, keep: int) -> None:
        names = [
            row["name"]
            for row in self.site.connection.execute(
                "SELECT name FROM backups ORDER BY made_at DESC LIMIT -1 OFFSET ?", (keep,)
            )
        ]
        for name in names:
            (self.site.folder.backups / name).unlink(missing_ok=True)
            self.site.connection.execute("DELETE FROM backups WHERE name = ?", (name,))
            run.log.info("deleted %s", name)


def _verified(target: Path, expected: dict[str, int]) -> str:
    """What is wrong with the copy; nothing if it is sound."""
    with closing(sqlite3.connect(f"{target.absolute().as_uri()}?immutable=1", uri=True)) as copy:
        told = str(copy.execute("PRAGMA integrity_check").fetchone()[0])
        if told != "ok":
            return told
        found = _rows(copy)
    return ", ".join(
        f"{table} has {found.get(table, 0)} rows, not {rows}"
        for table, rows in expected.items()
        if found.get(table) != rows
    )


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    tables = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        )
    ]
    # the names come from our own schema
    return {
        table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        for table in tables
    }
