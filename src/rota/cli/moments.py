"""Times on the command line: read in a zone, shown exactly in a pipe and briefly on a terminal."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from rota.cli.style import terminal
from rota.engine.hosting.clock import SystemClock
from rota.errors import Problem, TriggerError
from rota.instants import from_datetime, from_iso, rfc3339, to_datetime

__all__ = ("ago", "instant", "now", "shown", "took", "zone_of")

FORM: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})?)?"
)
STEPS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
FAR: Final = 60 * 86_400  # beyond sixty days a date says more than a distance


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return to_datetime(SystemClock().now())


def zone_of(name: str) -> tzinfo:
    """The zone of a name that Rota gave out itself."""
    if name.upper() in ("UTC", "Z", ""):
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def instant(text: str, zone: str, part: str) -> datetime:
    """The moment a person typed, aware, in UTC; without an offset it is wall time in the zone.

    A wall time that does not exist keeps the offset from before the gap; one that comes twice is
    the first. TriggerError (`E_TIME`) names the part if it cannot be read.

    >>> instant("2026-03-01T09:00", "Europe/Prague", "--after").isoformat()
    '2026-03-01T08:00:00+00:00'
    """
    written = text.strip()
    reason = "this is no time"
    if FORM.fullmatch(written):
        try:
            moment = from_iso(written.upper().replace(" ", "T", 1))
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=zone_of(zone))
            return moment.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            reason = str(error)
    hint = "write 2026-03-02, 2026-03-02T09:00 or 2026-03-02T09:00:00Z"
    raise TriggerError(Problem("E_TIME", part, text, reason, hint))


def shown(moment: datetime | None) -> str:
    """A time for a table: `3 min ago` on a terminal, RFC 3339 in UTC elsewhere.

    >>> shown(datetime(2026, 3, 1, 9, tzinfo=UTC))
    '2026-03-01T09:00:00Z'
    """
    if moment is None:
        return "–" if terminal() else ""
    return ago(moment, now()) if terminal() else rfc3339(from_datetime(moment))


def ago(moment: datetime, present: datetime) -> str:
    """How far a moment is from the present, in the largest unit that fits.

    >>> present = datetime(2026, 3, 1, 9, tzinfo=UTC)
    >>> ago(present - timedelta(seconds=200), present), ago(present + timedelta(days=2), present)
    ('3 min ago', 'in 2 d')
    """
    away = (moment - present).total_seconds()
    if abs(away) < 1:
        return "now"
    if abs(away) > FAR:
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
    name, size = next((name, size) for name, size in STEPS if abs(away) >= size)
    count = int(abs(away) // size)
    return f"in {count} {name}" if away > 0 else f"{count} {name} ago"


def took(started: datetime | None, finished: datetime | None) -> str:
    """How long a run took, or has taken so far.

    >>> start = datetime(2026, 3, 1, 9, tzinfo=UTC)
    >>> took(start, start + timedelta(seconds=62.5))
    '1 min 2 s'
    """
    if started is None:
        return ""
    amount: timedelta = (finished or now()) - started
    seconds = max(0.0, amount.total_seconds())
    if seconds < 10:
        return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
    parts = []
    rest = int(seconds)
    for name, size in STEPS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
