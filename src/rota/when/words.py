"""A whole trigger in plain English: its terms, the days left out, the zone, the policies."""

from __future__ import annotations

from rota.when.combine import Trigger
from rota.when.joined import Term
from rota.when.once import moment_words
from rota.when.window import Moment

__all__ = ("trigger_words", "zone_words")

GAPS = {
    "shift": "moved on where the clocks jump over it",
    "after": "right after the jump where the clocks jump over it",
    "skip": "left out where the clocks jump over it",
}
FOLDS = {
    "first": "the first time where the clocks repeat it",
    "second": "the second time where the clocks repeat it",
    "both": "both times where the clocks repeat it",
}


def trigger_words(trigger: Trigger) -> str:
    """The trigger in one sentence without a full stop."""
    text = ", or ".join(term_words(term) for term in trigger.terms)
    if trigger.excepted:
        text += f", {trigger.excepted.words()}"
    if needs_zone(trigger) and not (trigger.zone == "UTC" and text.endswith(" UTC")):
        text += f", {zone_words(trigger.zone)}"
    if trigger.gap:
        text += f", {GAPS[trigger.gap]}"
    if trigger.fold:
        text += f", {FOLDS[trigger.fold]}"
    return text[0].upper() + text[1:]


def term_words(term: Term) -> str:
    """One term with its window."""
    text = term.kind.words()
    if term.start:
        text += f", from {moment_words(term.start)}"
    if term.until:
        text += f", until {moment_words(term.until)}"
    return text


def needs_zone(trigger: Trigger) -> bool:
    """Whether the zone makes a difference to what the words say."""
    return trigger.excepted is not None or any(
        term.kind.zoned or floating(term.start) or floating(term.until) for term in trigger.terms
    )


def floating(moment: Moment | None) -> bool:
    """Whether a time is wall time."""
    return moment is not None and moment.offset is None


def zone_words(name: str) -> str:
    """`Prague time`; `UTC` stays UTC.

    >>> zone_words("America/Argentina/Buenos_Aires"), zone_words("Etc/UTC")
    ('Buenos Aires time', 'UTC')
    """
    region, _, city = name.rpartition("/")
    if name == "UTC" or city in ("UTC", "UCT", "Zulu", "Universal"):
        return "UTC"
    if region == "Etc" and city[3:4] in ("+", "-"):  # POSIX counts westwards
        return f"UTC{'-' if city[3] == '+' else '+'}{city[4:]}"
    if not region and city.isupper():
        return city
    return f"{city.replace('_', ' ')} time"
