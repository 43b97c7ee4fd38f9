"""A trigger text as people and programs are shown it: words, zone, next times, warnings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from rota.instants import from_datetime, rfc3339

__all__ = ("Preview", "preview")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a trigger text means."""

    trigger: str
    words: str
    zone: str
    times: list[datetime]
    warnings: list[tuple[str, str]]

    def json(self) -> dict[str, object]:
        """The public JSON object, the same as `rota next --json`."""
        return {
            "trigger": self.trigger,
            "words": self.words,
            "zone": self.zone,
            "times": [rfc3339(from_datetime(moment)) for moment in self.times],
            "warnings": [{"code": code, "text": text} for code, text in self.warnings],
        }


def preview(
    text: str, *, count: int = 10, seed: str = "", zone: str = "UTC", after: datetime | None = None
) -> Preview:
    """Read the text and look ahead; a text that cannot be read raises TriggerError.

    A text that names no zone means the application's, and is shown with it.
    """
    from rota.when import trigger

    read = trigger(text)
    if not read.zone_given and zone != "UTC":
        read = read.with_zone(zone)
    start = after or datetime.now(UTC)
    return Preview(
        trigger=str(read),
        words=read.words(),
        zone=read.zone,
        times=list(read.next(start, count, seed=seed)),
        warnings=[(one.code, one.text) for one in read.warnings(from_datetime(start))],
    )
