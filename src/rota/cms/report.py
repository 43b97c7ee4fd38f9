"""What an import of serialized items did with each of them, for people and for a program."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ("Imported", "Report")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one serialized item."""

    source: str  # the file, for people
    name: str  # its code name, or its path where items have paths
    action: str  # created, updated, unchanged, left out, refused
    enabled: bool = False
    notes: tuple[str, ...] = ()  # warnings, and why it arrived disabled


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do.

    >>> print(Report((Imported("a.xml", "Clean", "created", notes=("a system task",)),)))
    created   Clean (disabled)
              a system task
    """

    items: tuple[Imported, ...]
    dry_run: bool = False

    def __str__(self) -> str:
        """One line for each item, then its notes."""
        lines = []
        for one in self.items:
            lines.append(f"{one.action:9} {one.name} ({'enabled' if one.enabled else 'disabled'})")
            lines += [f"          {note}" for note in one.notes]
        return "\n".join(lines)
