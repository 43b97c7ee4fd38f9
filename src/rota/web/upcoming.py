"""The next times of schedules, remembered until the schedule changes or its next run has been."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from rota.engine.items import ScheduleItem
from rota.errors import RotaError
from rota.web.inside import Inside

__all__ = ("Upcoming",)

MOST = 500  # schedules remembered


class Upcoming:
    """Next times by schedule; a page that refreshes itself asks for the same ones each second."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], list[datetime]] = OrderedDict()

    def drawn_until(self, known: list[list[datetime]], count: int) -> datetime | None:
        """The earliest time at which one of these lists was cut off, or None if none was."""
        return min((times[-1] for times in known if len(times) == count), default=None)

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
