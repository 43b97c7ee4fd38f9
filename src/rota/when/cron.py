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
from rota.when.cron_table import DayField, Table
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
    def hashed(self) -> bool:
        """Whether it depends on the schedule's name."""
        return self.text[0] != "@" and any(field.startswith("H") for field in self.fields[:5])

    @property
    def floats(self) -> bool:
        """Whether it follows real time through changes of the clocks: the hours begin with `*`."""
        return self.fields[2].startswith("*")

    @property
    def policies(self) -> tuple[str, str]:
        """What it does about gaps and folds unless the text says otherwise."""
        return ("skip", "both") if self.floats else ("after", "first")

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
        fields = self.fields
        if fields[3] in ("*", "?"):
            return []  # every weekday comes in every month, even for the fifth time some year
        if not table(self.text, ground.seed).days.empty():
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

    def _plan(self, ground: Ground) -> Local:
        rows = table(self.text, ground.seed)
        gap, fold = self.policies
        return Local(rows.days, rows.clock, ground.zone, ground.gap or gap, ground.fold or fold)


@lru_cache(maxsize=512)
def table(text: str, seed: str) -> Table:
    """What a valid expression matches under a seed."""
    parts = WORDS.get(text, text).split()
    cells = cells_of(tuple(parts), seed, [])
    second, minute, hour, dom, month, dow = cells
    both = any(part[0] == "*" or part == "?" for part in (parts[-3], parts[-1]))
    day = DayField(
        frozenset(dom.values),
        dom.last,
        dom.last_weekday,
        frozenset(dom.nearest),
        frozenset([(one - 1) % 7 for one in dow.values]),
        frozenset([(one - 1) % 7 for one in dow.last_of]),
        frozenset([((one - 1) % 7, place) for one, place in dow.nth]),
        both,
    )
    return Table(second.values, minute.values, hour.values, month.values, day)


def cells_of(parts: tuple[str, ...], seed: str, problems: list[Problem]) -> list[Cell]:
    """The six fields read; those that cannot be read are left out."""
    six = parts if len(parts) == 6 else ("0", *parts)
    cells = []
    for field, part in zip(FIELDS, six, strict=True):
        cell = read_field(field, part, seed if part[0] == "H" else NO_SEED)
        if isinstance(cell, Problem):
            problems.append(cell)
        else:
            cells.append(cell)
    return cells


def read(payload: str, _: Mapping[str, str], problems: list[Problem]) -> Kind | None:
    """`0 9 * * mon-fri` or `@daily`."""
    text = payload.lower() if payload[:1] == "@" else payload.upper()
    if text[:1] == "@":
        if text not in WORDS:
            problems.append(Problem("E_CRON", "cron", payload, "there is no such word", hint(text)))
            return None
        return Cron(text)
    parts = tuple(text.split())
    if len(parts) not in (5, 6):
        problems.append(
            Problem(
                "E_CRON",
                "cron",
                payload,
                f"it has {len(parts)} fields",
                "write 5: minute hour day month weekday, or 6 with seconds first",
            )
        )
        return None
    before = len(problems)
    cells_of(parts, "", problems)
    return Cron(text) if len(problems) == before else None


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
