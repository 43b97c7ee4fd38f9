"""What is worth knowing about a trigger that is valid and may yet not do what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rota.instants import rfc3339
from rota.when.due import first_owed
from rota.when.once import At, moment_words
from rota.when.term import Ground, Warning
from rota.when.window import clock_text
from rota.when.zone import DAY, FIRST

if TYPE_CHECKING:
    from rota.when.combine import Trigger
    from rota.when.joined import Term

__all__ = ("trigger_warnings",)


@runtime_checkable
class Swallowing(Protocol):
    """A kind whose last run may swallow the first one at a new start: `sitecore`."""

    def swallowed(self, last: int | None, ground: Ground) -> Warning | None:
        """That it does; None if not."""


def trigger_warnings(trigger: Trigger, now: int | None, last: int | None) -> list[Warning]:
    """All warnings: of each kind, of each window, and with `now` whether nothing is left."""
    found: list[Warning] = []
    for term, ground in zip(trigger.terms, trigger.grounds(now or 0, None, ""), strict=True):
        found += term.kind.warnings(ground, now)
        if isinstance(term.kind, Swallowing) and (one := term.kind.swallowed(last, ground)):
            found.append(one)
        found += window_warnings(trigger, term, ground)
    if trigger.is_manual:
        return found
    if not any_left(trigger, FIRST):
        found.append(Warning("no_times", "It never runs: no time lies between from and until."))
    elif now is not None and not any_left(trigger, now + 1):
        found.append(Warning("over", "It is already over: there are no more times."))
    return found


def any_left(trigger: Trigger, begin: int) -> bool:
    """Whether a start comes at `begin` or later, if nothing has run yet."""
    grounds = trigger.grounds(begin - 1, None, "")
    return any(
        (
            first_owed(trigger, term, ground, begin, None, None)
            if term.kind.follows
            else next(trigger.slots_of(term, begin - 1, ground), None)
        )
        is not None
        for term, ground in zip(trigger.terms, grounds, strict=True)
    )


def window_warnings(trigger: Trigger, term: Term, ground: Ground) -> list[Warning]:
    """What from and until of one term, or the time of `at`, may not mean as meant."""
    found = []
    if term.until and term.until.wall % DAY == 0:
        found.append(
            Warning(
                "until_midnight",
                f"It ends on {moment_words(term.until)}, which is at the start of "
                "that day; to include the day write its last minute.",
            )
        )
    if term.start and term.kind.word == "every" and ground.start is not None:
        first = next(trigger.slots_of(term, ground.start - 1, ground), None)
        if first is not None and first != ground.start:
            found.append(
                Warning(
                    "first_run",
                    "The start itself is outside the days and times allowed; the first "
                    f"run is at {rfc3339(first)}.",
                )
            )
    if isinstance(term.kind, At) and term.kind.moment.offset is None:
        wall = term.kind.moment.wall
        first, second = ground.zone.offsets(wall)
        if first < second and (slot := next(term.kind.slots(FIRST, ground), None)) is not None:
            runs = clock_text(ground.zone.wall(slot) % DAY)
            found.append(Warning("gap", f"The clocks jump over this time; it runs at {runs}."))
        elif first > second:
            found.append(Warning("fold", "The clocks show this time twice; say which with fold."))
    return found
