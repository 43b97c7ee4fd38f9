"""What every kind of trigger promises, and the ground it is asked on.

A *kind* (`every`, `cron`, `daily` …) is a frozen value that knows when, for itself alone. A *term*
is a kind with its `from` and `until`. The trigger (`combine.py`) joins terms and adds what holds
for the whole text: the zone, the gap and fold policies and the excepted dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from rota.errors import Problem
from rota.when.zone import Zone

__all__ = ("Follows", "Ground", "Kind", "Often", "Reader", "Warning")

Follows = Literal["end", "start"]  # which end of the last run a rule hangs on
Often = Literal["never", "once", "again"]  # what starts it: only somebody, one instant, a rule


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the public word; nothing here warns in Python's sense
    """Something worth knowing about a valid trigger: a stable code and a sentence."""

    code: str
    text: str

    def json(self) -> dict[str, str]:
        """The warning as the public JSON object."""
        return {"code": self.code, "text": self.text}


class Ground(NamedTuple):
    """What a kind stands on when it is asked for slots.

    All instants are microseconds since 1970 UTC. `gap` and `fold` are None unless the
    text writes them; each kind has its own default.
    `start` and `until` are the term's `from` and `until`; `wall` is `from` as wall time in the zone
    (microseconds since 1970-01-01T00:00 on the wall, not UTC). `anchor` is the schedule's creation
    in whole seconds, or what stands for it; the trigger sets it whenever it asks for slots.
    """

    zone: Zone
    gap: str | None = None
    fold: str | None = None
    start: int | None = None
    wall: int | None = None
    until: int | None = None
    anchor: int | None = None
    seed: str = ""


class Kind(Protocol):
    """One way to say when: a frozen dataclass, hashable, compared by value."""

    @property
    def word(self) -> str:
        """The keyword its text begins with; a ClassVar will do."""

    @property
    def often(self) -> Often:
        """Whether it has no slot of its own, a single instant, or a rule; a ClassVar will do."""

    @property
    def options(self) -> frozenset[str]:
        """Which of from, until, on, between, after it accepts; a ClassVar will do."""

    @property
    def follows(self) -> Follows | None:
        """Which end of the last run the next slot hangs on; None for a rule of its own."""

    @property
    def zoned(self) -> bool:
        """Whether the zone changes when it fires, so that the words have to name it."""

    def body(self) -> str:
        """The canonical text with the options that are the kind's own, without from and until."""

    def words(self) -> str:
        """Plain English beginning in lower case, without zone, from, until and full stop."""

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """The slots strictly later than `after`, strictly increasing, each step of bounded work.

        The term never asks for slots before `from` and stops after `until` by itself. Ends where
        the calendar ends (year 9999); raises nothing.
        """

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """The last `count` slots in (after, until], ascending, without walking the whole span.

        A rule that follows the last run has at most one: its first slot after `after`.
        """

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """How many slots lie in (after, until], exact below `limit`, else `limit`."""

    def problems(self, ground: Ground) -> list[Problem]:
        """What only shows once zone and `from` are known: E_NEVER above all. Usually empty."""

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """What is worth knowing about this kind itself, whatever its window."""


Read = Callable[[str, Mapping[str, str], list[Problem]], "Kind | None"]


class Reader(NamedTuple):
    """How a kind is read: its keyword, the options of its own, and the function that reads it.

    `read(payload, options, problems)` gets the text after the keyword with blanks collapsed (case
    kept), and those of `own` that were written (`on`, `between`, `after`: their payload texts). It
    appends every problem it finds to `problems` and then returns None.
    """

    word: str
    read: Read
    own: frozenset[str] = frozenset()  # of on, between, after
    window: bool = True  # accepts from and until
    inner: frozenset[str] = frozenset()  # option words that are part of its payload: weekly ON
    needs_zone: bool = True
