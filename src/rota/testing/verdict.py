"""What the checker says: how much it judged, how much it could not, and what it found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rota.instants import rfc3339

__all__ = ("JUDGEMENTS", "Finding", "Verdict")

JUDGEMENTS = (
    "uniqueness", "decision", "timeliness", "no extras", "by time only", "overlap", "fences",
    "lost work", "recovery", "liveness",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be, with the smallest example of it."""

    judgement: str
    text: str
    schedule: str | None = None
    due: int | None = None
    run: int | None = None

    def __str__(self) -> str:
        where = f" {self.schedule}" if self.schedule else ""
        slot = f" {rfc3339(self.due)}" if self.due is not None else ""
        run = f" (run {self.run})" if self.run is not None else ""
        return f"{self.judgement}:{where}{slot}{run} {self.text}"


@dataclass
class Verdict:
    """How many things were judged, how many could not be, and what was found."""

    judged: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def of(self, judgement: str) -> list[Finding]:
        """What one judgement found."""
        return [finding for finding in self.findings if finding.judgement == judgement]

    def __str__(self) -> str:
        head = ", ".join(
            f"{name} {self.judged[name]}" + (f" (+{n})" if (n := self.undecided[name]) else "")
            for name in JUDGEMENTS
        )
        return "\n".join([head, *map(str, self.findings[:20])])
