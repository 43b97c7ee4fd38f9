"""The sentences of Sitecore's and Kentico's recurrences: their fields by name, and back."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Protocol

from rota.web.forms.blanks import WEEKDAYS, clocks, comma, local_time

__all__ = ("kentico_blanks", "kentico_text", "sitecore_blanks", "sitecore_text")

SITECORE_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")  # bits 1, 2, 4 …
KENTICO_DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
SHORT_PERIODS = ("second", "minute", "hour")
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)")
US = "%m/%d/%Y %I:%M:%S %p"


class Said(Protocol):
    """A sentence, as far as these functions read it."""

    def __getitem__(self, blank: str) -> str: ...


def sitecore_text(said: Said) -> str:
    """`start|end|days|interval`, with `anchored` behind it where the grid is
    meant, or `async` where the interval counts from the start of the run before.

    >>> sitecore_text(
    ...     {
    ...         "start": "2026-02-20T09:00",
    ...         "end": "",
    ...         "days": "mon,fri",
    ...         "utc": "",
    ...         "interval": "01:00:00",
    ...         "counted": "anchored",
    ...     }
    ... )
    '20260220T090000||34|01:00:00 anchored'
    """
    utc = "Z" if said["utc"] else ""
    start, end = (stamp(said[word], utc) for word in ("start", "end"))
    days = sum(1 << SITECORE_DAYS.index(day) for day in said["days"].split(",")
               if day in SITECORE_DAYS)  # fmt: skip
    counted = f" {said['counted']}" if said["counted"] in ("anchored", "async") else ""
    return f"{start}|{end}|{days}|{said['interval']}{counted}"


def stamp(typed: str, utc: str) -> str:
    """A date-and-time field as the vendor writes it; anything else as it was typed."""
    digits = re.sub(r"[-:]", "", typed)
    if re.fullmatch(r"\d{8}T\d{4}", digits):
        digits += "00"
    return digits + utc if re.fullmatch(r"\d{8}T\d{6}", digits) else typed


def sitecore_blanks(payload: str) -> dict[str, str] | None:
    """The blanks of a canonical recurrence; None if one end is in UTC and the other is not."""
    text, _, counted = payload.partition(" ")
    start, end, days, interval = text.split("|")
    found = [STAMP.fullmatch(one) for one in (start, end)]
    zones = {one[7] for one in found if one}
    if len(zones) > 1:
        return None
    shown = [
        f"{one[1]}-{one[2]}-{one[3]}T{one[4]}:{one[5]}" + (f":{one[6]}" if one[6] != "00" else "")
        if one else "" for one in found
    ]  # fmt: skip
    mask = int(days)
    return {
        "start": shown[0], "end": shown[1], "interval": interval,
        "days": ",".join(day for day in WEEKDAYS if mask >> SITECORE_DAYS.index(day) & 1),
        "utc": "yes" if "Z" in zones else "", "counted": counted,
    }  # fmt: skip


def kentico_text(said: Said) -> str:
    """Kentico's encoded interval.

    >>> kentico_text({"period": "day", "start": "2026-03-02T02:00", "n": "1", "days": "mon,fri"})
    'day;2026-03-02T02:00;1;Monday,Friday'
    """
    period = said["period"]
    fields = [period, said["start"]]
    if period != "once":
        fields.append(said["n"] or "1")
    names = ",".join(KENTICO_DAYS[WEEKDAYS.index(day)] for day in said_days(said))
    if period in SHORT_PERIODS:
        fields += [full(said["opens"]), full(said["closes"]), names]
    elif period == "day":
        fields.append(names)
    elif period == "month" and said["place"]:
        weekday = said["weekday"] if said["weekday"] in WEEKDAYS else "mon"
        fields += [said["place"], KENTICO_DAYS[WEEKDAYS.index(weekday)]]
    elif period == "month":
        fields.append("-1" if said["day"] == "last" else comma(said["day"]))
    return ";".join(fields)


def said_days(said: Said) -> list[str]:
    """The days ticked; none ticked means all."""
    return [day for day in WEEKDAYS if day in said["days"].split(",")] or list(WEEKDAYS)


def full(typed: str) -> str:
    """A time of day with its seconds; nothing is midnight, the vendor's "all day"."""
    time = clocks(typed) or "00:00"
    return f"{time}:00" if time.count(":") == 1 else time


def kentico_blanks(payload: str) -> dict[str, str] | None:
    """The blanks of a canonical encoded interval; None for the vendor's "never by the clock"."""
    period, start, *rest = payload.split(";")
    if re.search(r"/0*1 ", start) and "/0001 " in start:
        return None
    blanks: dict[str, str] = {
        "period": period.removeprefix("time"),
        "start": local_time(shown(datetime.strptime(start, US))),  # noqa: DTZ007  wall time
        "n": rest[0] if rest else "",
    }  # fmt: skip
    rest = rest[1:]
    if blanks["period"] in SHORT_PERIODS:
        blanks |= {"opens": brief(rest[0]), "closes": brief(rest[1]), "days": ticked(rest[2])}
    elif period == "day":
        blanks["days"] = ticked(rest[0])
    elif period == "month" and len(rest) == 2:
        blanks |= {"place": rest[0], "weekday": rest[1][:3].lower()}
    elif period == "month":
        blanks["day"] = "last" if rest[0] == "-1" else rest[0]
    return blanks


def shown(at: datetime) -> str:
    text = at.isoformat()
    return text.removesuffix(":00") if at.second == 0 else text


def brief(time: str) -> str:
    return time.removesuffix(":00")


def ticked(names: str) -> str:
    return ",".join(name[:3].lower() for name in names.split(",") if name)
