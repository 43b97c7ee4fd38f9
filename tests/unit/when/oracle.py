"""An independent, slow oracle: it walks every real minute of some days and looks at the clock.

Nothing of the engine is imported. Offsets come from zoneinfo, minute by minute, so that gaps and
folds are what the walk finds and not what somebody thinks about them. Times are whole seconds since
1970; those on the wall are counted as the clock shows them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAY, HOUR, MINUTE = 86_400, 3_600, 60
STEP = 30  # seconds; offsets were multiples of it since 1970
EPOCH = datetime(1970, 1, 1)


class Rule:
    """Minutes of the day on the days that a function of a date picks."""

    def __init__(self, day: Callable[[datetime], bool], minutes: Iterable[int]) -> None:
        self.day = lru_cache(maxsize=None)(lambda number: day(EPOCH + timedelta(days=number)))
        self.minutes = sorted(minutes)

    def walls(self, low: int, high: int) -> Iterator[int]:
        """The wall times it picks between two wall times, both included."""
        for number in range(low // DAY, high // DAY + 1):
            if self.day(number):
                for minute in self.minutes:
                    if low <= number * DAY + minute * MINUTE <= high:
                        yield number * DAY + minute * MINUTE

    def allows(self, wall: int) -> bool:
        """Whether it picks the minute that a wall time lies in."""
        return self.day(wall // DAY) and wall % DAY // MINUTE in self.minutes


class Around:
    """What the clocks of a zone show in every minute of some days, and what they leave out."""

    def __init__(self, zone: str, low: int, high: int) -> None:
        self.low, self.high = low, high
        info = ZoneInfo(zone)
        self.real: list[tuple[int, int]] = []
        self.shown: dict[int, list[int]] = {}  # by wall time: the instants that show it
        self.missing: dict[int, tuple[int, int]] = {}  # shifted over the gap; the end of the gap
        begin, end = low - 28 * HOUR, high + 28 * HOUR
        last = -1
        for instant in range(begin // MINUTE * MINUTE, end, STEP):
            offset = datetime.fromtimestamp(instant, info).utcoffset()
            assert offset is not None
            wall = instant + offset.days * DAY + offset.seconds
            assert wall % STEP == 0
            if self.real:
                before, shown_before = self.real[-1]
                for hole in range(shown_before + STEP, wall, STEP):
                    self.missing[hole] = before + hole - shown_before, instant
            self.real.append((instant, wall))
            if wall % MINUTE == 0:
                self.shown.setdefault(wall, []).append(instant)
            last = wall
        self.walls = self.real[0][1], last

    def fires(self, rule: Rule, gap: str = "shift", fold: str = "first") -> list[int]:
        """The instants at which a rule on wall time fires, under the policies."""
        found: set[int] = set()
        for wall in rule.walls(*self.walls):
            if instants := self.shown.get(wall):
                found |= {"first": {instants[0]}, "second": {instants[-1]}, "both": set(instants)}[
                    fold
                ]
            elif wall in self.missing:
                shifted, end = self.missing[wall]
                found |= {"shift": {shifted}, "after": {end}, "skip": set[int]()}[gap]
        return sorted(one for one in found if self.low < one <= self.high)

    def floats(self, rule: Rule) -> list[int]:
        """The instants at which a rule fires that looks at the clock every real minute."""
        return self.fires(rule, "skip", "both")

    def grid(self, anchor: int, minutes: int, rule: Rule) -> list[int]:
        """Every so many real minutes from an anchor, where the wall time is allowed."""
        return [
            instant
            for instant, wall in self.real
            if self.low < instant <= self.high
            and instant >= anchor
            and (instant - anchor) % (minutes * MINUTE) == 0
            and rule.allows(wall)
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
                    (abs(one - aim), one)
                    for one in range(1, length + 1)
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
                if today in {one % 7 for one in numbers(name, 0, 6, NAMES)} and (
                    day.day - 1
                ) // 7 + 1 == int(place):
                    return True
            elif item.endswith("L"):
                if (
                    today in {one % 7 for one in numbers(item[:-1], 0, 6, NAMES)}
                    and day.day + 7 > monthrange(day.year, day.month)[1]
                ):
                    return True
            elif today in {one % 7 for one in numbers(item, 0, 6, NAMES)}:
                return True
        return False

    minutes, hours = numbers(minute, 0, 59, []), numbers(hour, 0, 23, [])
    months = numbers(month, 1, 12, MONTHS, 1)
    both = dom[0] in "*?" or dow[0] in "*?"

    def picked(day: datetime) -> bool:
        of_month, of_week = on_month_day(day), on_week_day(day)
        return day.month in months and (of_month and of_week if both else of_month or of_week)

    of_day = (one * 60 + other for one in hours for other in minutes)
    return Rule(picked, of_day), hour[0] == "*"


def changes(zone: str, first: int = 1970, last: int = 2037) -> Iterator[int]:
    """The instants at which a zone's offset changes, by walking the years day by day."""
    info = ZoneInfo(zone)

    def offset(instant: int) -> timedelta | None:
        return datetime.fromtimestamp(instant, info).utcoffset()

    day = int(datetime(first, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(last + 1, 1, 1, tzinfo=UTC).timestamp())
    before = offset(day)
    for later in range(day + DAY, end + DAY, DAY):
        after = offset(later)
        if after != before:
            low, high = later - DAY, later
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == before else (low, middle)
            yield high
        before = after
