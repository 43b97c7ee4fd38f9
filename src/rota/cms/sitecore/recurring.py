"""The field Schedule as a trigger: the vendor's recurrence, or any text of Rota's."""

from __future__ import annotations

from rota.cms.sitecore.items import ScheduleItem
from rota.when import Trigger, trigger
from rota.when.sitecore_text import read_recurrence

__all__ = ("expires", "read_schedule")

OURS = frozenset(
    ("every", "daily", "weekly", "monthly", "yearly", "cron", "rrule", "at", "manual", "kentico",
     "sitecore")
)  # fmt: skip
NEVER = 9999  # the year of an end that never comes


def read_schedule(item: ScheduleItem, zone: str) -> Trigger:
    """The trigger of a schedule item. TriggerError with everything that is wrong.

    >>> from rota.cms.sitecore.items import ScheduleItem
    >>> str(read_schedule(ScheduleItem("/x", "/y", "||127|01:00", is_async=True), "UTC"))
    'sitecore ||127|01:00:00 async'
    """
    text = item.schedule.strip()
    if text.partition(" ")[0].lower() not in OURS:
        mode = " anchored" if item.anchored else " async" if item.is_async else ""
        text = f"sitecore {read_recurrence(text)}{mode}"
    found = trigger(text)
    wanted = item.zone or zone
    return found if found.zone_given or wanted == "UTC" else found.with_zone(wanted)


def expires(rule: Trigger) -> bool:
    """Whether a rule has an end that comes before the year 9999."""
    return any(
        term.until is not None
        or (
            getattr(term.kind, "recurrence", None) is not None
            and (end := term.kind.recurrence.end) is not None  # type: ignore[attr-defined]
            and end.moment.year < NEVER
        )
        for term in rule.terms
    )
