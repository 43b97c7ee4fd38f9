"""A trigger as a sentence with blanks, and back: text → blanks → text, nothing lost on the way.

A sentence has a *kind* (a tab of the editor) and *blanks*, each a text as it was typed. Which text
it makes is decided here, what that text means only by `rota.when`. A trigger that no sentence can
say (several rules joined by `or`, a start with an offset) is of the kind `text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rota.web.forms import vendors
from rota.web.forms.blanks import clocks, comma, day_list, local_time, moment_of
from rota.when import Trigger, trigger

__all__ = ("COMMON", "KINDS", "WINDOWED", "Sentence", "sentence_of", "text_of")

KINDS = (
    "every", "daily", "weekly", "monthly", "yearly", "cron", "rrule", "at", "manual", "sitecore",
    "kentico", "text",
)  # fmt: skip
WINDOWED = ("every", "daily", "weekly", "monthly", "yearly", "cron", "rrule")
COMMON = ("from", "until", "except", "in", "gap", "fold")
UNITS = {"y": 12, "mo": 1, "w": 7, "d": 1, "h": 3_600, "m": 60, "s": 1}
FAMILIES = (("y", "mo"), ("w", "d"), ("h", "m", "s"))
RULE_BLANKS = {
    "FREQ": "freq", "INTERVAL": "n", "BYDAY": "days", "BYMONTHDAY": "monthdays",
    "BYMONTH": "months", "BYSETPOS": "place", "COUNT": "count",
}  # fmt: skip
DAY_CODES = {
    "MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun",
}  # fmt: skip
ONE_STEP = ("INTERVAL", "1")
PICKED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")  # what a date-and-time field holds


@dataclass(frozen=True, slots=True)
class Sentence:
    """One kind of trigger with its blanks filled in, common ones (`from`, `in` …) included."""

    kind: str
    blanks: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, blank: str) -> str:
        return self.blanks.get(blank, "")


def text_of(said: Sentence) -> str:
    """The trigger text that a sentence makes; whether it is a good one, the parser says.

    >>> text_of(Sentence("weekly", {"days": "mon,thu", "times": "9:00", "in": "Europe/Prague"}))
    'weekly on mon,thu at 09:00 in Europe/Prague'
    """
    if said.kind == "text":
        return said["text"]
    window = "".join(
        f" {word} {moment_of(said[word])}" for word in ("from", "until")
        if said.kind in WINDOWED and said[word]
    )  # fmt: skip
    text = " or ".join(term + window for term in WRITERS[said.kind](said))
    text += f" except {comma(said['except'])}" if said["except"] else ""
    for word in ("in", "gap", "fold"):
        text += f" {word} {said[word]}" if said[word] else ""
    return " ".join(text.split())


def every(said: Sentence) -> list[str]:
    """`every 2h on mon-fri between 08:00-18:00`."""
    number = said["n"]
    text = "every " + (number + (said["unit"] or "m") if number.isdigit() else number)
    text += f" on {said['days']}" if said["days"] else ""
    if said["opens"] or said["closes"]:
        text += f" between {clocks(said['opens'])}-{clocks(said['closes'])}"
    return [text + (" after end" if said["after"] else "")]


def weekly(said: Sentence) -> list[str]:
    """`weekly on …`; every second week and so on is a calendar rule for each minute named."""
    times = clocks(said["times"])
    if said["n"] in ("", "1"):
        return [f"weekly on {said['days']} at {times}"]
    days = codes(said["days"])
    hours: dict[str, list[str]] = {}
    for time in times.split(","):
        hour, _, minute = time.partition(":")
        hours.setdefault(minute, []).append(hour)
    return [
        f"rrule FREQ=WEEKLY;INTERVAL={said['n']};BYDAY={days};"
        f"BYHOUR={','.join(plain(one) for one in at)};BYMINUTE={plain(minute)}"
        for minute, at in hours.items()
    ]


def codes(days: str) -> str:
    """Ticked days as a calendar rule writes them: `MO,TH`."""
    return ",".join(day[:2].upper() for day in days.split(",") if day)


def plain(digits: str) -> str:
    """`09` as `9`; what is no number stays as it is."""
    return str(int(digits)) if digits.isascii() and digits.isdigit() else digits


def monthly(said: Sentence) -> list[str]:
    named = [comma(said["dates"])] if said["dates"] else []
    if said["place"]:
        named.append(f"{said['place']} {said['weekday'] or 'mon'}")
    return [f"monthly on {','.join(named)} at {clocks(said['times'])}"]


def rrule(said: Sentence) -> list[str]:
    """The rule's parts in the vendor-neutral order, then whatever else was written."""
    times = clocks(said["times"])
    hours = list(dict.fromkeys(plain(time.partition(":")[0]) for time in times.split(",") if time))
    minutes = list(
        dict.fromkeys(plain(time.partition(":")[2]) for time in times.split(",") if time)
    )
    named = ",".join(one for one in (codes(said["days"]), comma(said["nth"]).upper()) if one)
    values = {key: comma(said[blank]) for key, blank in RULE_BLANKS.items()} | {"BYDAY": named}
    parts = [
        f"{key}={value}" for key, value in values.items() if value and (key, value) != ONE_STEP
    ]
    parts += [f"BYHOUR={','.join(hours)}", f"BYMINUTE={','.join(minutes)}"] if times else []
    parts += [said["more"].strip("; ")] if said["more"].strip("; ") else []
    return [f"rrule {';'.join(parts)}"]


WRITERS: dict[str, Callable[[Sentence], list[str]]] = {
    "every": every,
    "daily": lambda said: [f"daily at {clocks(said['times'])}"],
    "weekly": weekly,
    "monthly": monthly,
    "yearly": lambda said: [f"yearly on {comma(said['dates'])} at {clocks(said['times'])}"],
    "cron": lambda said: [f"cron {said['fields']}"],
    "rrule": rrule,
    "at": lambda said: [f"at {moment_of(said['moment'])}"],
    "manual": lambda said: ["manual"],
    "sitecore": lambda said: [f"sitecore {vendors.sitecore_text(said)}"],
    "kentico": lambda said: [f"kentico {vendors.kentico_text(said)}"],
}


# ------------------------------------------------------------------------------ text → blanks


def sentence_of(text: str) -> Sentence:
    """The sentence of a trigger text; of the kind `text` if no other says exactly the same.

    Raises TriggerError if the text cannot be read.

    >>> sentence_of("every 90m on mon-fri").blanks["n"], sentence_of("every 90m").blanks["unit"]
    ('90', 'm')
    >>> sentence_of("daily at 09:00 or manual").kind
    'text'
    """
    rule = trigger(text)
    raw = Sentence("text", {"text": str(rule)})
    if len(rule.terms) != 1:
        return raw
    found = read(rule)
    if found is None:
        return raw
    try:
        same = trigger(text_of(found)) == rule
    except ValueError:
        same = False
    return found if same else raw


def read(rule: Trigger) -> Sentence | None:
    """The sentence of a trigger with one term, if it has one."""
    term = rule.terms[0]
    body = term.kind.body()
    kind, _, payload = body.partition(" ")
    blanks = READERS[kind](payload)
    if blanks is None:
        return None
    kind = blanks.pop("kind", kind)
    for word, value in (
        ("from", term.start), ("until", term.until), ("except", rule.excepted),
        ("in", rule.zone_name), ("gap", rule.gap), ("fold", rule.fold),
    ):  # fmt: skip
        if value is not None:
            blanks[word] = str(value)
    for word in ("from", "until", "moment"):
        if word in blanks:
            blanks[word] = local_time(blanks[word])
            if not PICKED.fullmatch(blanks[word]):
                return None  # an offset, or parts of a second
    return Sentence(kind, blanks)


EVERY = re.compile(
    r"(?P<length>\w+)(?: on (?P<days>\S+))?(?: between (?P<opens>[\d:]+)-(?P<closes>[\d:]+))?"
    r"(?P<after> after end)?"
)


def read_every(payload: str) -> dict[str, str] | None:
    found = EVERY.fullmatch(payload)
    length = found and single(found["length"])
    if found is None or length is None:
        return None
    return {
        "n": length[0], "unit": length[1], "days": day_list(found["days"] or ""),
        "opens": found["opens"] or "", "closes": found["closes"] or "",
        "after": "yes" if found["after"] else "",
    }  # fmt: skip


def single(length: str) -> tuple[str, str] | None:
    """A duration as one number and one unit, if there is one.

    >>> single("1h30m"), single("10d"), single("1mo2d")
    (('90', 'm'), ('10', 'd'), None)
    """
    pairs = [(int(number), unit) for number, unit in re.findall(r"(\d+)([a-z]+)", length)]
    for family in FAMILIES:
        if pairs and all(unit in family for _, unit in pairs):
            total = sum(number * UNITS[unit] for number, unit in pairs)
            unit = pairs[-1][1]
            return str(total // UNITS[unit]), unit
    return None


def read_on(payload: str) -> dict[str, str]:
    """`on DATES at TIMES`."""
    dates, _, times = payload.removeprefix("on ").rpartition(" at ")
    return {"dates": dates.replace(",", ", "), "times": times.replace(",", ", ")}


def read_weekly(payload: str) -> dict[str, str]:
    found = read_on(payload)
    return {"n": "1", "days": day_list(found["dates"].replace(" ", "")), "times": found["times"]}


def read_monthly(payload: str) -> dict[str, str]:
    """A single weekday in a place goes into its own blanks, everything else into the dates."""
    found = read_on(payload)
    place, _, weekday = found["dates"].partition(" ")
    if "," not in found["dates"] and weekday:
        return {"place": place, "weekday": weekday, "times": found["times"], "dates": ""}
    return found


def read_rule(payload: str) -> dict[str, str] | None:
    """A calendar rule; every n weeks on days at times is a sentence of the weekly kind."""
    parts = dict(part.split("=", 1) for part in payload.split(";") if "=" in part)
    blanks = {blank: parts.pop(key, "") for key, blank in RULE_BLANKS.items()}
    named = [code for code in blanks["days"].split(",") if code]
    blanks["days"] = day_list(",".join(DAY_CODES[code] for code in named if code in DAY_CODES))
    blanks["nth"] = ", ".join(code for code in named if code not in DAY_CODES)
    hours, minutes = parts.pop("BYHOUR", ""), parts.pop("BYMINUTE", "")
    if bool(hours) != bool(minutes):  # the start says the rest, so these are no times of day
        parts |= {key: value for key, value in (("BYHOUR", hours), ("BYMINUTE", minutes)) if value}
        hours = minutes = ""
    blanks["times"] = ", ".join(
        f"{hour:0>2}:{minute:0>2}" for hour in hours.split(",") for minute in minutes.split(",")
        if hour
    )  # fmt: skip
    blanks["more"] = ";".join(f"{key}={value}" for key, value in parts.items())
    simple = {key for key, value in blanks.items() if value} == {"freq", "n", "days", "times"}
    if simple and blanks["freq"] == "WEEKLY":
        return {"kind": "weekly"} | {key: blanks[key] for key in ("n", "days", "times")}
    return {**blanks, "n": blanks["n"] or "1"}


READERS: dict[str, Callable[[str], dict[str, str] | None]] = {
    "every": read_every,
    "daily": lambda payload: {"times": payload.removeprefix("at ").replace(",", ", ")},
    "weekly": read_weekly,
    "monthly": read_monthly,
    "yearly": read_on,
    "cron": lambda payload: {"fields": payload},
    "rrule": read_rule,
    "at": lambda payload: {"moment": payload},
    "manual": lambda payload: {},
    "sitecore": vendors.sitecore_blanks,
    "kentico": vendors.kentico_blanks,
}
