"""Filters of the list of tasks: what is asked, what each choice would show, and the counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rota.engine.client.items import TallyItem
from rota.web.show.marks import RUNS

__all__ = ("FACETS", "OUTCOMES", "Asked", "Choice", "choices_of", "counted")

FACETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("All", ()),
    "attention": ("Need you", ()),
    "running": ("Running", ("running", "queued")),
    "late": ("Late", ("late",)),
    "waiting": ("Waiting", ("waiting",)),
    "paused": ("Paused", ("paused",)),
    "off": ("Off", ("disabled",)),
    "finished": ("Finished", ("finished",)),
    "orphaned": ("Orphaned", ("orphaned",)),
}
OUTCOMES = ("never", "succeeded", "failed", "lost", "cancelled", "ignored")
ORIGINS = {"code": "the code", "person": "a person"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of the list."""

    search: str = ""
    status: str = ""  # a key of FACETS
    task: str = ""
    last: str = ""  # an outcome
    on: str = ""  # yes or no
    origin: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but a search and the status narrows the list."""
        return bool(self.task or self.last or self.on or self.origin)

    def filters(self) -> dict[str, object]:
        """The same in the words of `rota.schedules.browse`, its search and task apart."""
        return {
            "statuses": FACETS[self.status][1],
            "troubled": self.status == "attention",
            "outcomes": (self.last,) if self.last else (),
            "enabled": {"yes": True, "no": False}.get(self.on),
            "origin": self.origin or None,
        }

    def passes(self, one: TallyItem) -> bool:
        """Whether schedules that stand like this one are shown."""
        statuses = FACETS[self.status][1]
        return (
            (not statuses or one.status in statuses)
            and (self.status != "attention" or one.troubled)
            and self.last in ("", one.outcome)
            and self.on in ("", "yes" if one.enabled else "no")
            and self.origin in ("", one.origin)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter, with how many it would show while the other filters stay."""

    key: str
    word: str
    count: int
    chosen: bool


def counted(tally: Sequence[TallyItem], asked: Asked) -> int:
    """How many schedules the filters leave.

    >>> counted([TallyItem("late", "never", True, "code", True, 3)], Asked(status="attention"))
    3
    """
    return sum(one.count for one in tally if asked.passes(one))


def choices_of(tally: Sequence[TallyItem], asked: Asked) -> dict[str, list[Choice]]:
    """The choices of every filter that the tally can count; empty ones only where chosen."""

    def choices(part: str, words: dict[str, str]) -> list[Choice]:
        made = [
            Choice(
                key, word, counted(tally, replace(asked, **{part: key})),
                key == getattr(asked, part),
            )
            for key, word in words.items()
        ]  # fmt: skip
        return [one for one in made if one.count or one.chosen or not one.key]

    outcomes = {key: RUNS[key].word if key in RUNS else "never ran" for key in OUTCOMES}
    return {
        "status": choices("status", {key: word for key, (word, _) in FACETS.items()}),
        "last": choices("last", {"": "any", **outcomes}),
        "on": choices("on", {"": "on or off", "yes": "on", "no": "off"}),
        "origin": choices("origin", {"": "anybody", **ORIGINS}),
    }
