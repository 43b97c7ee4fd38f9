"""A trigger: terms joined by `or`, less the excepted dates, in one zone. It alone knows when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from rota.errors import Problem, TriggerError
from rota.instants import SECOND, from_datetime, to_datetime
from rota.when.joined import Term, ground_of, span, upto
from rota.when.term import Follows, Ground, Kind, Warning
from rota.when.wallclock import number
from rota.when.zone import DAY, FIRST, LAST, UTC_ZONE, zone

if TYPE_CHECKING:
    from rota.when.due import Due
    from rota.when.excepted import Except
    from rota.when.inspect import Transition

__all__ = ("Trigger", "build")

TRIES = 1_000  # slots found on excepted days one after another
LONGEST_WAIT = 401 * 366 * DAY
YEAR_2000 = 946_684_800_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Trigger:
    """When: an immutable value that is asked for its slots and never looks at a clock itself.

    >>> from rota.when import trigger
    >>> weekdays = trigger("cron 0 9 * * mon-fri in Europe/Prague")
    >>> weekdays.words()
    'Monday to Friday at 09:00, Prague time'

    `rota.trigger` reads one from text, and `str()` gives its canonical text; equal triggers have
    equal texts. Where a method takes and gives integers, they are instants: whole microseconds
    since 1970 in UTC. `anchor` is when the schedule was made, from which grids are counted that
    name no start; `seed` is its name, which spreads `H` in cron.
    """

    terms: tuple[Term, ...]
    excepted: Except | None = None
    zone_name: str | None = None
    gap: str | None = None
    fold: str | None = None

    def __str__(self) -> str:
        parts = [" or ".join(map(str, self.terms))]
        for word, value in (
            ("except", self.excepted),
            ("in", self.zone_name),
            ("gap", self.gap),
            ("fold", self.fold),
        ):
            if value is not None:
                parts.append(f"{word} {value}")
        return " ".join(parts)

    def __repr__(self) -> str:
        return f"trigger({str(self)!r})"

    @property
    def zone(self) -> str:
        """The IANA name of the zone it is evaluated in."""
        return self.zone_name or "UTC"

    @property
    def zone_given(self) -> bool:
        """Whether the text names its zone."""
        return self.zone_name is not None

    def with_zone(self, name: str) -> Trigger:
        """The same rule in the zone of this IANA name, which the text then bears; `TriggerError`
        for a name that stands for none.
        """
        found = zone(name).name
        return (
            self
            if found == self.zone_name
            else build(self.terms, self.excepted, found, self.gap, self.fold)
        )

    @property
    def follows(self) -> Follows | None:
        """Which end of the last run the next slot hangs on; None if it has slots of its own."""
        if len(self.terms) == 1:  # nearly always
            return self.terms[0].kind.follows
        ends = {term.kind.follows for term in self.terms} - {None}
        return "start" if ends == {"start"} else "end" if ends else None

    @property
    def is_manual(self) -> bool:
        """Whether nothing ever starts it but somebody."""
        return all(term.kind.often == "never" for term in self.terms)

    def words(self) -> str:
        """The trigger in plain English."""
        from rota.when.words import trigger_words

        return trigger_words(self)

    def next(
        self, after: datetime, count: int = 1, *, anchor: datetime | None = None, seed: str = ""
    ) -> list[datetime]:
        """The next `count` slots, aware UTC, each strictly later than `after`, an aware datetime;
        fewer if there are no more. A rule that hangs on the last run takes `after` as its end.

        >>> from datetime import UTC, datetime
        >>> from rota.when import trigger
        >>> trigger("daily at 02:30 in Europe/Prague").next(datetime(2026, 3, 28, 12, tzinfo=UTC))
        [datetime.datetime(2026, 3, 29, 1, 30, tzinfo=datetime.timezone.utc)]
        """
        begun = None if anchor is None else from_datetime(anchor)
        slots = self.instants(from_datetime(after), anchor=begun, seed=seed)
        return [to_datetime(slot) for slot in islice(slots, max(count, 0))]

    def instants(self, after: int, *, anchor: int | None = None, seed: str = "") -> Iterator[int]:
        """All slots strictly later than `after`, strictly increasing, worked out one at a time."""
        after = min(max(after, FIRST - 1), LAST)
        grounds = self.grounds(after, anchor, seed)
        if len(grounds) == 1:
            return self.slots_of(self.terms[0], after, grounds[0])
        return self._merged(after, grounds)

    def latest(
        self, after: int, until: int, count: int = 1, *, anchor: int | None = None, seed: str = ""
    ) -> list[int]:
        """The last `count` slots in (after, until], ascending; never walks through the span.

        A rule that follows the last run owes one start at most, however long the span.
        """
        after, until = min(max(after, FIRST - 1), LAST), min(until, LAST)
        if count <= 0 or until <= after:
            return []
        found: set[int] = set()
        for term, ground in zip(self.terms, self.grounds(after, anchor, seed), strict=True):
            low, high = span(after, until, ground)
            if low < high:
                found.update(self._latest(term, low, high, count, ground))
        return sorted(found)[-count:]

    def count(
        self,
        after: int,
        until: int,
        limit: int = 1_000,
        *,
        anchor: int | None = None,
        seed: str = "",
    ) -> int:
        """How many slots lie in (after, until]: exact below `limit`, else `limit`."""
        after, until = min(max(after, FIRST - 1), LAST), min(until, LAST)
        if limit <= 0 or until <= after:
            return 0
        if self.follows and len(self.terms) == 1:
            return min(limit, len(self.latest(after, until, 1, anchor=anchor, seed=seed)))
        if len(self.terms) == 1 and not self.excepted:
            ground = self.grounds(after, anchor, seed)[0]
            low, high = span(after, until, ground)
            return self.terms[0].kind.count(low, high, limit, ground) if low < high else 0
        return number(self.instants(after, anchor=anchor, seed=seed), until, limit)

    def warnings(self, now: int | None = None, last: int | None = None) -> list[Warning]:
        """What is worth knowing about this valid trigger, each with a `code` and a `text`.

        With `now` also whether it is over; with `last`, when the last run began of a schedule that
        is given this trigger, also whether that run swallows the first one at a new start.
        """
        from rota.when.warn import trigger_warnings

        return trigger_warnings(self, now, last)

    def due(
        self,
        now: datetime,
        last_start: datetime | None = None,
        last_end: datetime | None = None,
        *,
        anchor: datetime | None = None,
        seed: str = "",
    ) -> Due:
        """Whether a start is owed at `now`, why not, and when the next one will be.

        All times are aware datetimes; of `last_start` and `last_end` one stands for both, and
        without either the schedule has never run. The answer is a `Due`: `due`, `reason`, `next`
        (an instant, or None).
        """
        from rota.when.due import due

        return due(self, now, last_start, last_end, anchor, seed)

    def transitions(self, after: datetime | int, count: int = 1) -> list[Transition]:
        """The next `count` changes of the zone's clocks after then, and what each slot near them
        will do.
        """
        from rota.when.inspect import transitions

        return transitions(self, after if isinstance(after, int) else from_datetime(after), count)

    def grounds(self, after: int, anchor: int | None, seed: str) -> list[Ground]:
        """What each term stands on."""
        begun = after if anchor is None else anchor - anchor % SECOND
        where = zone(self.zone_name) if self.zone_name else UTC_ZONE
        return [ground_of(term, where, self.gap, self.fold, begun, seed) for term in self.terms]

    def slots_of(self, term: Term, after: int, ground: Ground) -> Iterator[int]:
        """The slots of one term within its window and off the excepted days."""
        low = after if ground.start is None else max(after, ground.start - 1)
        if self.excepted:
            slots = self._off(self.excepted, term.kind, low, ground)
        else:
            slots = term.kind.slots(low, ground)
        if ground.until is None:
            return slots
        return upto(slots, ground.until)

    def _off(self, excepted: Except, kind: Kind, low: int, ground: Ground) -> Iterator[int]:
        """The slots that are on no excepted day; jumps over excepted days, never walks them."""
        where = ground.zone
        misses, last = 0, low
        slots = kind.slots(low, ground)
        while misses < TRIES:
            for slot in slots:
                day = where.day(slot)
                if excepted.has(day):
                    break
                misses, last = 0, slot
                yield slot
            else:
                return
            misses += 1
            free = excepted.free_from(day)
            if free is None or slot - last > LONGEST_WAIT:
                return
            begin = max(where.start_of(free), slot + 1)
            if kind.follows:  # no run, no end to count from: its start moves to the day's beginning
                slots = kind.slots(begin - 1, ground._replace(start=begin))
            else:
                slots = kind.slots(begin - 1, ground)

    def _latest(self, term: Term, low: int, high: int, count: int, ground: Ground) -> list[int]:
        """The last slots of one term in (low, high]."""
        kind, excepted = term.kind, self.excepted
        if excepted is None:
            return kind.latest(low, high, count, ground)
        if kind.follows:
            first = next(self._off(excepted, kind, low, ground), None)
            return [] if first is None or first > high else [first]
        found: list[int] = []
        for _ in range(TRIES):
            batch = kind.latest(low, high, count - len(found), ground)
            if not batch:
                break
            good = [one for one in batch if not excepted.has(ground.zone.day(one))]
            found = good + found
            if len(found) >= count:
                break
            high = batch[0] - 1
            if not good:
                free = excepted.free_until(ground.zone.day(batch[0]))
                if free is None:
                    break
                high = min(high, ground.zone.start_of(free + 1) - 1)
        return found

    def _merged(self, after: int, grounds: list[Ground]) -> Iterator[int]:
        """The slots of several terms in order; those that follow a run count from every slot."""
        pairs = list(zip(self.terms, grounds, strict=True))
        streams = [self.slots_of(term, after, ground) for term, ground in pairs]
        heads = [next(stream, None) for stream in streams]
        while (slot := min((one for one in heads if one is not None), default=None)) is not None:
            yield slot
            for index, (term, ground) in enumerate(pairs):
                if term.kind.follows:
                    streams[index] = self.slots_of(term, slot, ground)
                    heads[index] = next(streams[index], None)
                elif heads[index] == slot:
                    heads[index] = next(streams[index], None)


def build(
    terms: tuple[Term, ...],
    excepted: Except | None = None,
    zone_name: str | None = None,
    gap: str | None = None,
    fold: str | None = None,
) -> Trigger:
    """The trigger of these parts, if it can ever fire; else TriggerError with all problems."""
    made = Trigger(terms, excepted, zone_name, gap, fold)
    problems: list[Problem] = []
    silent = 0
    where = zone(zone_name) if zone_name else UTC_ZONE
    for term in terms:
        ground = ground_of(term, where, gap, fold, None, "")
        if ground.start is not None and ground.until is not None and ground.start > ground.until:
            problems.append(
                Problem(
                    "E_WINDOW",
                    "until",
                    str(term.until),
                    "it ends before it begins",
                    f"write a time after {term.start}",
                )
            )
        found = term.kind.problems(ground)
        problems += found
        if excepted and not found and term.kind.often != "never":
            begin = FIRST - 1 if term.kind.often == "once" else YEAR_2000
            begin = begin if ground.start is None else ground.start - 1
            near_end = begin > LAST - LONGEST_WAIT
            begun = ground._replace(anchor=begin)
            first = next(made._off(excepted, term.kind, begin, begun), None)
            silent += first is None and not near_end
    if excepted and silent == len(terms):
        problems.append(
            Problem(
                "E_NEVER",
                "except",
                str(excepted),
                "every day it would run on is excepted",
                "except fewer days",
            )
        )
    if problems:
        raise TriggerError(problems)
    return made
