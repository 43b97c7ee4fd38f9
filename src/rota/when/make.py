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
    """What every kind takes: its window and what holds for the whole trigger."""

    start: When | None
    from_: When | None  # the same as start
    until: When | None
    zone: str | None
    gap: str | None
    fold: str | None
    except_: str | date | list[str | date] | None


def trigger(text: str | Trigger) -> Trigger:
    """The trigger of a text; a trigger is returned as it is.

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
    """A grid of this duration; a timedelta is elapsed time.

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
    """A cron expression.

    >>> str(cron("0 9 * * mon-fri", zone="Europe/Prague"))
    'cron 0 9 * * MON-FRI in Europe/Prague'
    """
    return made(["cron", plain(expression)], options)


def daily(*times: str | time, **options: Unpack[Options]) -> Trigger:
    """Every day at these times.

    >>> str(daily("02:30", time(14)))
    'daily at 02:30,14:00'
    """
    return made(["daily", "at", clock(times)], options)


def weekly(on: str, *times: str | time, **options: Unpack[Options]) -> Trigger:
    """On days of the week.

    >>> str(weekly("mon,thu", "09:00"))
    'weekly on mon,thu at 09:00'
    """
    return made(["weekly", "on", plain(on), "at", clock(times)], options)


def monthly(on: str | int, *times: str | time, **options: Unpack[Options]) -> Trigger:
    """On days of the month.

    >>> str(monthly("1,15,last", "06:00")), str(monthly("first mon", "06:00"))
    ('monthly on 1,15,last at 06:00', 'monthly on first mon at 06:00')
    """
    return made(["monthly", "on", plain(str(on)), "at", clock(times)], options)


def yearly(on: str, *times: str | time, **options: Unpack[Options]) -> Trigger:
    """On days of the year, as MM-DD.

    >>> str(yearly("12-24", "18:00"))
    'yearly on 12-24 at 18:00'
    """
    return made(["yearly", "on", plain(on), "at", clock(times)], options)


def at(
    moment: When, *, zone: str | None = None, gap: str | None = None, fold: str | None = None
) -> Trigger:
    """Once. A naive datetime is wall time in the trigger's zone.

    >>> str(at("2026-03-02T10:00", zone="Europe/Prague"))
    'at 2026-03-02T10:00 in Europe/Prague'
    """
    return made(["at", time_text(moment)], {"zone": zone, "gap": gap, "fold": fold})


def manual() -> Trigger:
    """Never by itself.

    >>> manual().is_manual
    True
    """
    return parse("manual")


def rrule(rule: str, **options: Unpack[Options]) -> Trigger:
    """An RFC 5545 recurrence rule, counted from `start`."""
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
