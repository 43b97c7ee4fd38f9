"""A Sitecore recurrence in plain English."""

from __future__ import annotations

from rota.when.names import MONTHS
from rota.when.sitecore_text import EVERY_DAY, Recurrence, Stamp
from rota.when.term import Follows
from rota.when.timespan import described
from rota.when.window import days_words

__all__ = ("date_words", "recurrence_words")


def recurrence_words(recurrence: Recurrence, follows: Follows | None) -> str:
    """What the recurrence says.

    >>> from rota.when.sitecore_text import read_recurrence
    >>> recurrence_words(read_recurrence("20260220|99990101|127|12.00:00"), "end")
    'every 12 days after the last run, from 20 February 2026'
    """
    length = described(recurrence.seconds)
    one = length.removeprefix("1 ") if " and " not in length else length
    words = f"every {one}"
    if follows is not None:
        words += " after the last run" if follows == "end" else " after the last run's start"
    start, end = recurrence.start, recurrence.end
    if recurrence.days != EVERY_DAY:
        words += f", {days_words(sum(1 << day for day in recurrence.weekdays))}"
    if start is not None:
        words += f", from {date_words(start, clock=start.wall % DAY != 0)}"
    if end is not None and end.moment.year != 9999:
        words += f", until {date_words(end, clock=True)}"
    return words


DAY = 86_400_000_000


def date_words(stamp: Stamp, *, year: bool = True, clock: bool = False) -> str:
    """A stamp as `5 March 2026 at 10:00`."""
    at = stamp.moment
    words = f"{at.day} {MONTHS[at.month - 1]}"
    if year:
        words += f" {at.year}"
    if clock:
        words += f" at {at.hour:02}:{at.minute:02}" + (f":{at.second:02}" if at.second else "")
    if stamp.utc:
        words += " UTC"
    return words
