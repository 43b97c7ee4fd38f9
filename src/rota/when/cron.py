"""`cron`: five fields, or six with seconds first, with what Quartz and Jenkins added.

The day fields: if neither begins with `*` or is `?`, either suffices; else both must hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from rota.errors import Problem
from rota.when import wallclock
from rota.when.cron_field import FIELDS, NO_SEED, Cell, read_field
from rota.when.cron_table import Table
from rota.when.term import Follows, Ground, Kind, Often, Reader, Warning
from rota.when.wallclock import Local

__all__ = ("READERS", "Cron")

WORDS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression as written, names in capitals."""

    text: str

    word: ClassVar[str] = "cron"
    often: ClassVar[Often] = "again"
    options: ClassVar[frozenset[str]] = frozenset(("from", "until"))

    @property
    def follows(self) -> Follows | None:
        """Never: it has a rule of its own."""
        return None

    @property
    def zoned(self) -> bool:
        """Always: wall clocks differ."""
        return True

    @property
    def fields(self) -> list[str]:
        """The six fields as text, seconds first."""
        parts = WORDS.get(self.text, self.text).split()
        return parts if len(parts) == 6 else ["0", *parts]

    @property
    def policies(self) -> tuple[str, str]:
        """What it does about gaps and folds unless the text says otherwise."""
        return self._table("").policies

    def body(self) -> str:
        """The canonical text."""
        return f"cron {self.text}"

    def words(self) -> str:
        """The expression in English."""
        from rota.when.cron_words import cron_words

        return cron_words(self.fields)

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """The slots later than `after`."""
        return wallclock.forth(self._plan(ground), after)

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """The last `count` slots in (after, until]."""
        return wallclock.latest(self._plan(ground), after, until, count)

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """How many slots lie in (after, until]."""
        return wallclock.number(self.slots(after, ground), until, limit)

    def problems(self, ground: Ground) -> list[Problem]:
        """E_NEVER for a day that no year has."""
        if self._table(ground.seed).every_month:
            return []  # every weekday comes in every month, even for the fifth time some year
        if not self._table(ground.seed).days.empty():
            return []
        return [
            Problem(
                "E_NEVER",
                "cron",
                self.text,
                "no year has such a day",
                "change the day of month, the month or the day of week",
            )
        ]

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """`* 4 * * *`, which runs every minute of the hour."""
        second, minute, hour = self.fields[:3]
        if minute == "*" and second == "0" and hour.isdigit():
            shown = int(hour)
            return [
                Warning(
                    "every_minute",
                    f"This runs every minute from {shown:02}:00 to "
                    f"{shown:02}:59; write 0 {hour} … to run once, at {shown:02}:00.",
                )
            ]
        return []

    def _table(self, seed: str) -> Table:
        found = table(self.text, seed if "H" in self.text else NO_SEED)
        assert isinstance(found, Table)
        return found

    def _plan(self, ground: Ground) -> Local:
        rows = self._table(ground.seed)
        gap, fold = rows.policies
        return Local(rows.days, rows.clock, ground.zone, ground.gap or gap, ground.fold or fold)


@lru_cache(maxsize=512)
def table(text: str, seed: str) -> Table | tuple[Problem, ...]:
    """What an expression in capitals matches under a seed, or what is wrong with it."""
    parts = WORDS.get(text, text).split()
    if len(parts) == 5:
        parts.insert(0, "0")
    cells: list[Cell] = []
    problems: list[Problem] = []
    for field, part in zip(FIELDS, parts, strict=True):
        cell = read_field(field, part, seed if "H" in part else NO_SEED)
        if isinstance(cell, Cell):
            cells.append(cell)
        else:
            problems.append(cell)
    if problems:
        return tuple(problems)
    both = parts[3][0] in "*?" or parts[5][0] in "*?"
    return Table(cells, both, floats=parts[2][0] == "*")


def read(payload: str, _: Mapping[str, str], problems: list[Problem]) -> Kind | None:
    """`0 9 * * mon-fri` or `@daily`."""
    text = payload.lower() if payload[:1] == "@" else payload.upper()
    if text[:1] == "@":
        if text not in WORDS:
            problems.append(Problem("E_CRON", "cron", payload, "there is no such word", hint(text)))
            return None
        return Cron(text)
    blanks = text.count(" ")
    if blanks not in (4, 5):
        problems.append(
            Problem(
                "E_CRON",
                "cron",
                payload,
                f"it has {len(text.split())} fields",
                "write 5: minute hour day month weekday, or 6 with seconds first",
            )
        )
        return None
    found = table(text, NO_SEED)
    if isinstance(found, Table):
        return Cron(text)
    problems += found
    return None


def hint(text: str) -> str:
    """What to write instead of an unknown @word."""
    if text.startswith("@every"):
        return f"write every {text[6:].strip() or '5m'} without cron"
    if text == "@reboot":
        return "start the task when the application starts"
    from difflib import get_close_matches

    close = get_close_matches(text[:20], list(WORDS), 1, 0.5)
    return f"write {close[0] if close else ', '.join(WORDS)}"


READERS = {"cron": Reader("cron", read)}
