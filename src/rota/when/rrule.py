"""The kind `rrule`: a recurrence rule of RFC 5545, with the trigger's `from` as its start.

Without `from` the rule starts when the schedule was created. Its times are wall times; days that do
not exist are skipped, never clamped. BYWEEKNO without a day means the start's weekday, as RFC 5545
has it, and weekdays with and without a number may be mixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import ClassVar

from rota.errors import Problem
from rota.when.rrule_instants import backward, forward
from rota.when.rrule_rule import Rule
from rota.when.rrule_sets import Expansion, expansion
from rota.when.rrule_text import read_rule_parts
from rota.when.rrule_words import rule_words
from rota.when.term import Follows, Ground, Kind, Often, Reader, Warning
from rota.when.zone import DAY, FIRST, LAST

__all__ = ("READERS", "RRule")

SECOND = 1_000_000
YEAR_2000 = 946_684_800  # the start for a question that does not depend on it
CENTURIES = 401 * 366 * DAY


@dataclass(frozen=True, slots=True)
class RRule:
    """When a recurrence rule says.

    >>> from rota.when import trigger
    >>> str(trigger("rrule freq=monthly;byday=-1fr;byhour=9 from 2026-01-01"))
    'rrule FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9 from 2026-01-01'
    """

    rule: Rule

    word: ClassVar[str] = "rrule"
    often: ClassVar[Often] = "again"
    options: ClassVar[frozenset[str]] = frozenset(("from", "until"))

    @property
    def follows(self) -> Follows | None:
        """Never: it has a rule of its own."""
        return None

    @property
    def zoned(self) -> bool:
        """Always: the times are those of a clock on the wall."""
        return True

    def body(self) -> str:
        """The canonical text."""
        return f"rrule {self.rule}"

    def words(self) -> str:
        """The rule in plain English."""
        return rule_words(self.rule)

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """The slots later than `after`."""
        found = forward(self._sets(after, ground), ground.zone, *policies(ground), after)
        last = self._last(ground)
        for slot in found:
            if slot > last:
                return
            yield slot

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """The last `count` slots in (after, until], ascending."""
        until = min(until, self._last(ground), LAST)
        if count <= 0 or until <= after:
            return []
        found: list[int] = []
        for slot in backward(self._sets(after, ground), ground.zone, *policies(ground), until):
            if slot <= after:
                break
            found.append(slot)
            if len(found) == count:
                break
        return found[::-1]

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """How many slots lie in (after, until], exact below `limit`."""
        return sum(slot <= until for slot in islice(self.slots(after, ground), max(limit, 0)))

    def problems(self, ground: Ground) -> list[Problem]:
        """E_NEVER if nothing matches in 400 years; without `from` only what no start could help."""
        if ground.start is None:
            sets = expansion(replace(self.rule, interval=1, count=None), YEAR_2000)
        elif ground.start > LAST - CENTURIES:
            return []  # the calendar ends before 400 years are over
        else:
            sets = self._sets(ground.start, ground)
        if not sets.never():
            return []
        return [
            Problem(
                "E_NEVER",
                "rrule",
                str(self.rule),
                "it never matches within 400 years",
                "change the BY… parts so that a day has them all",
            )
        ]

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """An UNTIL at midnight leaves its day out."""
        until = self.rule.until
        if until is None or until.wall % 86_400:
            return []
        reason = (
            f"UNTIL is midnight at the start of {str(until)[:8]}, so nothing later that day runs."
        )
        return [Warning("until_midnight", reason)]

    def _sets(self, after: int, ground: Ground) -> Expansion:
        """The rule's sets from its start: `from`, else the creation, else `after`."""
        if ground.wall is not None:
            wall = ground.wall
        else:
            wall = ground.zone.wall(after if ground.anchor is None else ground.anchor)
        return expansion(self.rule, min(max(wall, FIRST), LAST) // SECOND)

    def _last(self, ground: Ground) -> int:
        """The last instant that UNTIL allows."""
        until = self.rule.until
        if until is None:
            return LAST
        wall = until.wall * SECOND
        return wall if until.utc else ground.zone.resolve(wall, "shift", "second")[0]


def policies(ground: Ground) -> tuple[str, str]:
    """What to do about gaps and folds."""
    return ground.gap or "shift", ground.fold or "first"


def read(payload: str, own: Mapping[str, str], problems: list[Problem]) -> Kind | None:
    """The kind of a rule's text."""
    rule = read_rule_parts(payload, problems)
    return None if rule is None else RRule(rule)


READERS = {"rrule": Reader("rrule", read)}
