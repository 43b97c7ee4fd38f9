"""Triggers from Python: `every("5m")`, `cron("0 9 * * 1-5")` … build what the texts build.

Every function writes the text and parses it, so that there is one way to be valid.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TypedDict, Unpack

from rota.errors import Problem, TriggerError
from rota.when.combine import Trigger
from rota.when.text import parse
from rota.when.window import moment_of

__all__ = (
    "Options",
    "at",
    "cron",
    "daily",
    "every",
    "manual",
    "monthly",
    "rrule",
    "trigger",
    "weekly",
    "yearly",
)

When = str | date | datetime


class Options(TypedDict, total=False):
    """What every kind takes by name: its window and what holds for the whole trigger.

    A time is text such as `2026-03-02` or `2026-03-02T10:00`, a date or a datetime; without an
    offset it is wall time in the trigger's zone.

    >>> str(daily("09:00", start=date(2026, 3, 2), except_="12-24", zone="Europe/Prague"))
    'daily at 09:00 from 2026-03-02 except 12-24 in Europe/Prague'
    """

    start: When | None  # the first slot is no earlier, and grids are counted from it
    from_: When | None  # the same as start
    until: When | None  # the last slot is no later
    zone: str | None  # an IANA name; UTC, or the application's zone, where there is none
    gap: str | None  # a wall time that the clocks jump over: shift, after or skip
    fold: str | None  # one that comes twice: first, second or both
    except_: str | date | list[str | date] | None  # days without slots, as texts write them


def trigger(text: str | Trigger) -> Trigger:
    """The trigger of a text such as `daily at 02:30 in Europe/Prague`; a trigger is returned as it
    is. `TriggerError` lists all that is wrong with a text. The grammar is in docs/triggers.md.

    >>> trigger("daily at 09:00 or daily at 17:00").words()
    'Every day at 09:00, or every day at 17:00, UTC'
    """
    return text if isinstance(text, Trigger) else parse(text)


def every(
    duration: str | timedelta,
    *,
    on: str | None = None,
    between: str | None = None,
    after_end: bool = False,
    **options: Unpack[Options],
) -> Trigger:
    """Again and again after this duration, on a grid that does not drift, however long runs take.

    `duration` is text or a timedelta of whole seconds, from 1 second to 100 years. `s m h` and a
    timedelta count elapsed time; `d w mo y` count on the wall clock, so that `1d` keeps its hour
    where the clocks change. `on` (days of the week) and `between` (`HH:MM-HH:MM`, its last minute
    included) leave slots out and move none. `after_end` counts from the end of the last run
    instead. Else the grid begins at `start`, or when the schedule is made. `TriggerError` if it
    makes no sense; `Options` says what else every kind takes.

    >>> str(every("30m", on="mon-fri", between="08:00-18:00"))
    'every 30m on mon-fri between 08:00-18:00'
    """
    if isinstance(duration, timedelta):
        seconds, rest = divmod(duration, timedelta(seconds=1))
        if rest or seconds < 0:
            raise TriggerError(
                Problem(
                    "E_DURATION",
                    "every",
                    str(duration),
                    "it is not whole seconds",
                    "the shortest is 1 second",
                )
            )
        duration = f"{seconds}s"
    words = ["every", plain(duration)]
    if on is not None:
        words += ["on", plain(on)]
    if between is not None:
        words += ["between", plain(between)]
    return made([*words, "after end"] if after_end else words, options)


def cron(expression: str, **options: Unpack[Options]) -> Trigger:
    """When a cron expression says: 5 fields, or 6 with seconds first, or a word such as `@daily`.

    Fields take names, ranges, steps, lists and `L W # ? H`. Of day of month and day of week either
    suffices, unless one begins with `*` or is `?`. Where the clocks jump, a slot of the missing
    hour comes at the gap's end, unless `gap` says otherwise. `TriggerError` names the field that
    is wrong. Takes `Options`.

    >>> str(cron("0 9 * * mon-fri", zone="Europe/Prague"))
    'cron 0 9 * * MON-FRI in Europe/Prague'
    """
    return made(["cron", plain(expression)], options)


def daily(*times: str | time, **options: Unpack[Options]) -> Trigger:
    """Every day at these times of the wall clock: `HH:MM`, `HH:MM:SS` or `datetime.time`.

    `TriggerError` for none, or for what is no time. Takes `Options`.

    >>> str(daily("02:30", time(14)))
    'daily at 02:30,14:00'
    """
    return made(["daily", "at", clock(times)], options)


def weekly(on: str, *times: str | time, **options: Unpack[Options]) -> Trigger:
    """On days of the week, such as `mon,thu` or `mon-fri`, at these times of the wall clock.

    `TriggerError` names the day or the time that is none. Takes `Options`.

    >>> str(weekly("mon,thu", "09:00"))
    'weekly on mon,thu at 09:00'
    """
    return made(["weekly", "on", plain(on), "at", clock(times)], options)


def monthly(on: str | int, *times: str | time, **options: Unpack[Options]) -> Trigger:
    """On days of the month, at these times of the wall clock.

    `on` is a day's number or text: numbers, `last`, or a weekday such as `first mon`, `last fri`,
    by commas. A month without the day named runs on its last. `TriggerError` for what is no day or
    time. Takes `Options`.

    >>> str(monthly("1,15,last", "06:00")), str(monthly("first mon", "06:00"))
    ('monthly on 1,15,last at 06:00', 'monthly on first mon at 06:00')
    """
    return made(["monthly", "on", plain(str(on)), "at", clock(times)], options)


def yearly(on: str, *times: str | time, **options: Unpack[Options]) -> Trigger:
    """On days of the year, each `MM-DD`, by commas, at these times of the wall clock.

    `02-29` is 28 February in years without it. `TriggerError` for what is no day or time. Takes
    `Options`.

    >>> str(yearly("12-24", "18:00"))
    'yearly on 12-24 at 18:00'
    """
    return made(["yearly", "on", plain(on), "at", clock(times)], options)


def at(
    moment: When, *, zone: str | None = None, gap: str | None = None, fold: str | None = None
) -> Trigger:
    """Once, at this time: text such as `2026-03-02T10:00`, a date (its first minute) or a datetime.

    Without an offset it is wall time in `zone`, else in the application's; `gap` and `fold` say
    what becomes of one that the clocks skip or repeat. `TriggerError` if it cannot be read.

    >>> str(at("2026-03-02T10:00", zone="Europe/Prague"))
    'at 2026-03-02T10:00 in Europe/Prague'
    """
    return made(["at", time_text(moment)], {"zone": zone, "gap": gap, "fold": fold})


def manual() -> Trigger:
    """Never by itself: its schedule runs when somebody asks.

    >>> manual().is_manual
    True
    """
    return parse("manual")


def rrule(rule: str, **options: Unpack[Options]) -> Trigger:
    """When a recurrence rule says, as calendars exchange it (RFC 5545, section 3.3.10).

    `rule` is the text after `RRULE:`; `start` stands for DTSTART, `until` and `except_` for what
    else such a calendar may say. `TriggerError` names the part that is wrong. Takes `Options`.

    >>> str(rrule("FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9", start="2026-01-01"))
    'rrule FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9 from 2026-01-01'
    """
    return made(["rrule", plain(rule)], options)


def made(words: list[str], options: Options) -> Trigger:
    """The trigger of a kind's words and the common options."""
    unknown = set(options) - Options.__annotations__.keys()
    if unknown:
        raise TypeError(
            f"unknown option {min(unknown)!r}; there are {', '.join(Options.__annotations__)}"
        )
    start = options.get("start", options.get("from_"))
    if start is not None:
        words += ["from", time_text(start)]
    if (until := options.get("until")) is not None:
        words += ["until", time_text(until)]
    if (excepted := options.get("except_")) is not None:
        many = excepted if isinstance(excepted, list | tuple) else [excepted]
        words += [
            "except",
            ",".join(one if isinstance(one, str) else one.isoformat()[:10] for one in many),
        ]
    if (name := options.get("zone")) is not None:
        words += ["in", plain(name)]
    if (gap := options.get("gap")) is not None:
        words += ["gap", plain(gap)]
    if (fold := options.get("fold")) is not None:
        words += ["fold", plain(fold)]
    return parse(" ".join(words))


def plain(text: str) -> str:
    """Text that goes into a trigger text as it is."""
    if not isinstance(text, str):
        raise TypeError(f"text is needed here, not {type(text).__name__}")
    return text


def clock(times: tuple[str | time, ...]) -> str:
    """Times of day as `09:00,17:30`."""
    return ",".join(one if isinstance(one, str) else one.isoformat() for one in times)


def time_text(moment: When) -> str:
    """A time as texts write it."""
    return moment if isinstance(moment, str) else str(moment_of(moment))
