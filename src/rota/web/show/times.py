"""Times as people read them: relative first, exact with its zone behind it. Never a bare time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from markupsafe import Markup

from rota.instants import from_datetime, rfc3339
from rota.web.bounds import zone_named

__all__ = ("Viewer", "exact", "instant", "on_clock", "relative", "took")

STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, for machines."""
    return rfc3339(from_datetime(moment))


def took(seconds: float | timedelta | None) -> str:
    """A duration in one or two words.

    >>> took(0.0124), took(3.21), took(75), took(3725)
    ('12 ms', '3.2 s', '1 min 15 s', '1 h 2 min')
    """
    if seconds is None:
        return "–"
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if seconds < 1:
        return f"{max(0, round(seconds * 1000))} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for index, (size, word) in enumerate(STEPS):
        if whole >= size:
            count, rest = divmod(whole, size)
            if index + 1 < len(STEPS):
                smaller, small_word = STEPS[index + 1]
                if rest // smaller:
                    return f"{count} {word} {rest // smaller} {small_word}"
            return f"{count} {word}"
    return "0 s"


def relative(moment: datetime, now: datetime) -> str:
    """How far away a time is, in one unit.

    >>> now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> relative(now + timedelta(minutes=4), now), relative(now - timedelta(hours=2), now)
    ('in 4 min', '2 h ago')
    """
    seconds = (moment - now).total_seconds()
    away = abs(seconds)
    if away < 1:
        return "now"
    for size, word in STEPS:
        # From 90 s on minutes, from 90 min on hours: "1 h" for 61 min would be no help.
        if away >= size * (1 if size == 1 else 1.5):
            count = round(away / size) if size > 1 else int(away)
            return f"in {count} {word}" if seconds > 0 else f"{count} {word} ago"
    return "now"


def on_clock(moment: datetime, zone: tzinfo) -> datetime:
    """The moment on the clocks of a zone; in UTC at the ends of time, where these have no such day.

    >>> on_clock(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), zone_named("Asia/Tokyo")).hour
    23
    """
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def exact(moment: datetime, zone: tzinfo) -> str:
    """A time in full, with the name of its zone.

    >>> exact(datetime(2026, 3, 1, 12, tzinfo=UTC), UTC)
    'Sun 1 Mar 2026, 12:00 UTC'
    """
    local = on_clock(moment, zone)
    where = zone_word(local.tzinfo or zone)
    return f"{local:%a} {local.day} {local:%b %Y}, {clock(local)} {where}"


def clock(local: datetime) -> str:
    """Wall time, with seconds only where there are some."""
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def zone_word(zone: tzinfo) -> str:
    """The zone's name as people write it: Europe/Prague, UTC."""
    return getattr(zone, "key", None) or str(zone)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks at a page: their zone, and the one *now* that the page is made for."""

    zone: tzinfo
    now: datetime

    @classmethod
    def of(cls, zone: str) -> Viewer:
        """A viewer in the zone of that name; an unknown one reads UTC."""
        return cls(zone_named(zone) or UTC, datetime.now(UTC))

    @property
    def zone_name(self) -> str:
        return zone_word(self.zone)

    def exact(self, moment: datetime, other: str = "") -> str:
        """The exact time in the viewer's zone, and in the schedule's own where that differs."""
        shown = exact(moment, self.zone)
        zone = zone_named(other) if other else None
        if zone is not None:
            there = on_clock(moment, zone)
            here = on_clock(moment, self.zone)
            if there.utcoffset() != here.utcoffset():
                day = "" if there.date() == here.date() else f"{there:%a} {there.day} {there:%b}, "
                shown += f" ({day}{clock(there)} {zone_word(zone)})"
        return shown

    def differs(self, moment: datetime, other: str) -> bool:
        """Whether the clocks of another zone show another time than the viewer's."""
        zone = zone_named(other)
        there = on_clock(moment, zone) if zone is not None else moment
        return there.utcoffset() != on_clock(moment, self.zone).utcoffset()

    def there(self, moment: datetime, other: str) -> str:
        """The time on the clocks of another zone, with its city, and the day where that differs.

        >>> look = Viewer.of("America/New_York")
        >>> look.there(datetime(2026, 3, 1, 2, 30, tzinfo=UTC), "Europe/Prague")
        'Sun 03:30 Prague'
        """
        zone = zone_named(other) or self.zone
        local = on_clock(moment, zone)
        day = "" if local.date() == on_clock(moment, self.zone).date() else f"{local:%a} "
        return f"{day}{clock(local)} {zone_word(zone).rpartition('/')[2].replace('_', ' ')}"

    def in_zone(self, moment: datetime, other: str) -> str:
        """The exact time in another zone, with the zone's name."""
        return exact(moment, zone_named(other) or self.zone)

    def when(self, moment: datetime | None, zone: str = "", empty: str = "–") -> Markup:
        """A `<time>` element: relative words that tick, exact ones on hover."""
        if moment is None:
            return Markup('<span class="none">{}</span>').format(empty)
        return Markup('<time datetime="{}" title="{}" data-tick>{}</time>').format(
            instant(moment), self.exact(moment, zone), relative(moment, self.now)
        )

    def full(self, moment: datetime | None, zone: str = "", empty: str = "–") -> Markup:
        """A `<time>` element that shows the exact time and has the relative one behind it."""
        if moment is None:
            return Markup('<span class="none">{}</span>').format(empty)
        return Markup('<time datetime="{}" title="{}" data-hint>{}</time>').format(
            instant(moment), relative(moment, self.now), self.exact(moment, zone)
        )

    def brief(self, moment: datetime, zone: str = "") -> Markup:
        """A `<time>` element with day and wall time, in a list whose heading names the zone."""
        local = on_clock(moment, self.zone)
        said = f"{local:%a} {local.day} {local:%b}, {clock(local)}"
        if local.year != self.now.astimezone(self.zone).year:
            said = f"{local:%a} {local.day} {local:%b %Y}, {clock(local)}"
        return Markup('<time datetime="{}" title="{}" data-hint>{}</time>').format(
            instant(moment), self.exact(moment, zone), said
        )

    def clock(self, moment: datetime) -> str:
        """Wall time of the viewer's day, for places that name the zone once."""
        return f"{on_clock(moment, self.zone):%H:%M:%S}"
