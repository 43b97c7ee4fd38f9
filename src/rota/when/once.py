"""`at <time>`: once. `manual`: never by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rota.errors import Problem
from rota.when.term import Follows, Ground, Kind, Often, Reader, Warning
from rota.when.window import Moment, read_moment
from rota.when.zone import DAY, FIRST, LAST, Zone

__all__ = ("READERS", "At", "Manual", "moment_words")

MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True, slots=True)
class At:
    """One slot."""

    moment: Moment

    word: ClassVar[str] = "at"
    often: ClassVar[Often] = "once"
    options: ClassVar[frozenset[str]] = frozenset()

    @property
    def follows(self) -> Follows | None:
        """Never: it has a rule of its own."""
        return None

    @property
    def zoned(self) -> bool:
        """Only if the time names no offset."""
        return self.moment.offset is None

    def body(self) -> str:
        """The canonical text."""
        return f"at {self.moment}"

    def words(self) -> str:
        """`once, on 2 March 2026 at 10:00`."""
        return f"once, on {moment_words(self.moment)}"

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """The slot, if it is later than `after`."""
        return (one for one in self._both(ground) if one > after)

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """The slot, if it lies in (after, until]."""
        found = [one for one in self._both(ground) if after < one <= until]
        return found[-count:] if count > 0 else []

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """One or none; two only for a repeated time with fold both."""
        return min(limit, len(self.latest(after, until, 2, ground)))

    def problems(self, ground: Ground) -> list[Problem]:
        """E_NEVER for a time that does not exist, with gap skip."""
        if next(self._both(ground), None) is not None:
            return []
        if ground.zone.resolve(self.moment.wall, "shift", "first")[0] > LAST - DAY:
            return [
                Problem(
                    "E_TIME",
                    "at",
                    str(self.moment),
                    "this is outside the years 1 to 9999",
                    "write an earlier time",
                )
            ]
        return [
            Problem(
                "E_NEVER",
                "at",
                str(self.moment),
                "the clocks jump over this time",
                "leave gap skip out",
            )
        ]

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """None of its own."""
        return []

    def _both(self, ground: Ground) -> Iterator[int]:
        if self.moment.offset is not None:
            return iter((self.moment.wall - self.moment.offset,))
        zone: Zone = ground.zone
        found = zone.resolve(self.moment.wall, ground.gap or "shift", ground.fold or "first")
        return (one for one in found if FIRST <= one <= LAST)


@dataclass(frozen=True, slots=True)
class Manual:
    """No slot at all: somebody starts it."""

    word: ClassVar[str] = "manual"
    often: ClassVar[Often] = "never"
    options: ClassVar[frozenset[str]] = frozenset()

    @property
    def follows(self) -> Follows | None:
        """Never."""
        return None

    @property
    def zoned(self) -> bool:
        """Never."""
        return False

    def body(self) -> str:
        """The canonical text."""
        return "manual"

    def words(self) -> str:
        """`only when somebody starts it`."""
        return "only when somebody starts it"

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """None."""
        return iter(())

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """None."""
        return []

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """None."""
        return 0

    def problems(self, ground: Ground) -> list[Problem]:
        """None."""
        return []

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """None."""
        return []


def moment_words(moment: Moment) -> str:
    """`2 March 2026 at 10:00`, with ` UTC` or ` UTC+02:00` if the offset is written."""
    text = str(moment)
    year, month, day = text[:10].split("-")
    words = f"{int(day)} {MONTHS.split()[int(month) - 1]} {int(year)} at "
    if moment.offset is None:
        return words + (text[11:] or "00:00")
    if text.endswith("Z"):
        return words + text[11:-1] + " UTC"
    return words + text[11:-6] + " UTC" + text[-6:]


def read_at(payload: str, _: Mapping[str, str], problems: list[Problem]) -> Kind | None:
    """`2026-03-02T10:00`."""
    moment = read_moment(payload, "at", problems)
    return None if moment is None else At(moment)


def read_manual(payload: str, _: Mapping[str, str], problems: list[Problem]) -> Kind | None:
    """Nothing follows."""
    if payload:
        problems.append(
            Problem("E_WORD", "manual", payload, "nothing may follow", "write manual alone")
        )
        return None
    return Manual()


READERS = {
    "at": Reader("at", read_at, window=False),
    "manual": Reader("manual", read_manual, window=False, needs_zone=False),
}
