"""The next times of schedules, remembered until the schedule changes or its next run has been."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from rota.engine.client.items import ScheduleItem
from rota.engine.client.paging import LARGEST_PAGE
from rota.errors import RotaError
from rota.web.inside import Inside

__all__ = ("Upcoming",)

MOST = 500  # schedules remembered


def cut_off(times: Sequence[datetime], count: int, until: datetime) -> bool:
    """Whether there are likely more starts until then than were asked for."""
    return len(times) >= count and times[-1] < until


class Upcoming:
    """Next times by schedule; a page that refreshes itself asks for the same ones each second."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], list[datetime]] = OrderedDict()

    def drawn_until(self, known: list[list[datetime]], count: int) -> datetime | None:
        """The earliest time at which one of these lists was cut off, or None if none was."""
        return min((times[-1] for times in known if len(times) == count), default=None)

    def all_of(
        self, rota: Inside, items: Sequence[ScheduleItem], until: datetime, count: int, most: int
    ) -> tuple[list[tuple[datetime, ScheduleItem]], dict[str, datetime]]:
        """The starts of these schedules until then, `count` of each, and of the most frequent ones
        together `most` more; and, by name, how far those are known that do not end there.
        """
        known = {item.name: self.of(rota, item, count) for item in items}
        longer = [item for item in items if cut_off(known[item.name], count, until)]
        share = min(LARGEST_PAGE, most // max(1, len(longer)))
        for item in longer if share > count else ():
            known[item.name] = self.of(rota, item, share)
        found = [(time, item) for item in items for time in known[item.name] if time <= until]
        counts = {item.name: max(count, share) for item in longer}
        return found, {
            name: known[name][-1]
            for name, asked in counts.items()
            if cut_off(known[name], asked, until)
        }

    def of(self, rota: Inside, item: ScheduleItem, count: int) -> list[datetime]:
        """The next times of a schedule; none if it will not start, or its text cannot be read."""
        if item.next_run is None or item.paused or not item.enabled:
            return []
        key = (item.name, item.version, item.next_run, count)
        times = self._known.get(key)
        if times is None:
            try:
                times = list(rota.schedules.next(item.name, count))
            except RotaError:
                times = []
            self._known[key] = times
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return times
