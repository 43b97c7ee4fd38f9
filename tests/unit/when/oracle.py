"""An independent, slow oracle: it walks every wall minute, or every real one, and asks a rule.

Nothing of the engine is imported. Offsets come from zoneinfo through datetime, minute by minute.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
Rule = Callable[[datetime], bool]  # of a naive wall time on a whole minute
NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN",
          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


class Around:
    """Every wall minute and every real minute of some days in a zone."""

    def __init__(self, zone: str, low: datetime, high: datetime) -> None:
        self.zone = ZoneInfo(zone)
        self.low, self.high = low, high
        begin = low.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0)
        end = high.astimezone(self.zone).replace(tzinfo=None)
        begin, end = begin - timedelta(hours=26), end + timedelta(hours=26)
        self.walls: list[tuple[datetime, list[datetime], bool]] = []
        wall = begin
        while wall < end:
            self.walls.append((wall, *self.meaning(wall)))
            wall += MINUTE
        # Real time in half minutes, as some offsets had seconds.
        self.real: list[tuple[datetime, datetime]] = []
        moment = low.replace(second=0, microsecond=0)
        while moment <= high:
            self.real.append((moment, moment.astimezone(self.zone).replace(tzinfo=None)))
            moment += timedelta(seconds=30)

    def meaning(self, wall: datetime) -> tuple[list[datetime], bool]:
        """The instants that show this wall time; and whether there are none."""
        found = []
        for fold in (0, 1):
            moment = wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
            back = moment.astimezone(self.zone).replace(tzinfo=None)
            if back == wall and moment not in found:
                found.append(moment)
        if found:
            return sorted(found), False
        if self.walls and self.walls[-1][2]:  # the same gap goes on
            _, (shifted, gap_end), _ = self.walls[-1]
            return [shifted + MINUTE, gap_end], True
        return [self.shifted(wall), self.gap_end(wall)], True

    def shifted(self, wall: datetime) -> datetime:
        """With the offset from before the gap: found by walking back to a time that exists."""
        earlier = wall
        while True:
            earlier -= timedelta(minutes=5)
            moment = earlier.replace(tzinfo=self.zone).astimezone(UTC)
            if moment.astimezone(self.zone).replace(tzinfo=None) == earlier:
                return moment + (wall - earlier)

    def gap_end(self, wall: datetime) -> datetime:
        """The first instant after the gap: walking on in real time until the wall is past it."""
        moment = self.shifted(wall).replace(second=0) - timedelta(hours=26)
        while moment.astimezone(self.zone).replace(tzinfo=None) <= wall:
            moment += timedelta(minutes=1)
        while (moment - timedelta(seconds=1)).astimezone(self.zone).replace(tzinfo=None) > wall:
            moment -= timedelta(seconds=1)
        return moment

    def fires(self, rule: Rule, gap: str = "shift", fold: str = "first") -> list[datetime]:
        """The instants at which a rule on wall time fires, under the policies."""
        found: set[datetime] = set()
        for wall, instants, missing in self.walls:
            if not rule(wall):
                continue
            if missing:
                found |= {"shift": {instants[0]}, "after": {instants[1]}, "skip": set()}[gap]
            else:
                found |= {"first": {instants[0]}, "second": {instants[-1]},
                          "both": set(instants)}[fold]
        return sorted(one for one in found if self.low < one <= self.high)

    def floats(self, rule: Rule) -> list[datetime]:
        """The instants at which a rule fires that looks at the clock every real minute."""
        return [moment for moment, wall in self.real
                if moment > self.low and wall.second == 0 and rule(wall)]

    def grid(self, anchor: datetime, minutes: int, allow: Rule) -> list[datetime]:
        """Every so many real minutes from an anchor, where the wall time is allowed."""
        size = timedelta(minutes=minutes)
        return [
            moment for moment, wall in self.real
            if moment > self.low and moment >= anchor and (moment - anchor) % size == timedelta()
            and allow(wall)
        ]


def cron(expression: str) -> tuple[Rule, bool]:  # noqa: C901 - one walk through the whole rule
    """A five-field expression as a rule, and whether it follows real time (hours begin with *)."""
    minute, hour, dom, month, dow = expression.upper().split()

    def numbers(text: str, low: int, high: int, names: list[str], base: int = 0) -> set[int]:
        found: set[int] = set()
        for item in text.split(","):
            body, _, step = item.partition("/")
            first, _, last = body.partition("-")

            def number(one: str) -> int:
                return names.index(one) + base if one in names else int(one)

            if body == "*":
                begin, end = low, high
            else:
                begin = number(first)
                end = number(last) if last else high if step else begin
            found |= set(range(begin, end + 1, int(step or 1)))
        return found

    def on_month_day(day: datetime) -> bool:
        length = monthrange(day.year, day.month)[1]
        for item in dom.replace("?", "*").split(","):
            if item == "L":
                if day.day == length:
                    return True
            elif item.endswith("W"):
                aim = length if item == "LW" else int(item[:-1])
                if aim > length:
                    continue
                nearest = min(
                    (abs(one - aim), one) for one in range(1, length + 1)
                    if day.replace(day=one).weekday() < 5
                )[1]
                if day.day == nearest:
                    return True
            elif day.day in numbers(item, 1, 31, []):
                return True
        return False

    def on_week_day(day: datetime) -> bool:
        today = day.isoweekday() % 7
        for item in dow.replace("?", "*").split(","):
            if "#" in item:
                name, _, place = item.partition("#")
                if today in {one % 7 for one in numbers(name, 0, 6, NAMES)} \
                        and (day.day - 1) // 7 + 1 == int(place):
                    return True
            elif item.endswith("L"):
                if today in {one % 7 for one in numbers(item[:-1], 0, 6, NAMES)} \
                        and day.day + 7 > monthrange(day.year, day.month)[1]:
                    return True
            elif today in {one % 7 for one in numbers(item, 0, 6, NAMES)}:
                return True
        return False

    minutes, hours = numbers(minute, 0, 59, []), numbers(hour, 0, 23, [])
    months = numbers(month, 1, 12, MONTHS, 1)
    both = dom[0] in "*?" or dow[0] in "*?"
    days: dict[tuple[int, int, int], bool] = {}

    def rule(wall: datetime) -> bool:
        if wall.minute not in minutes or wall.hour not in hours or wall.month not in months:
            return False
        key = wall.year, wall.month, wall.day
        if key not in days:
            of_month, of_week = on_month_day(wall), on_week_day(wall)
            days[key] = of_month and of_week if both else of_month or of_week
        return days[key]

    return rule, hour[0] == "*"


def changes(zone: str, first: int = 1970, last: int = 2037) -> Iterator[datetime]:
    """The hours in which a zone's offset changes, by walking the years hour by hour, day by day."""
    info = ZoneInfo(zone)
    day = datetime(first, 1, 1, tzinfo=UTC)
    before = day.astimezone(info).utcoffset()
    while day.year <= last:
        later = day + timedelta(days=1)
        after = later.astimezone(info).utcoffset()
        if after != before:
            hour = day
            while hour.astimezone(info).utcoffset() == before:
                hour += timedelta(minutes=30)
            yield hour
        day, before = later, after
