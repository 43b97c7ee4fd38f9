"""How a bench tells what it found: rows of Rota beside a peer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ("Row", "grid", "lines", "show")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both sides; `better` is "more", "less", or empty where there is no ratio."""

    work: str
    unit: str
    better: str
    rota: float
    peer: float

    def ratio(self) -> str:
        """How many times better Rota is; below 1 it is worse."""
        over, under = (self.rota, self.peer) if self.better == "more" else (self.peer, self.rota)
        if not self.better or math.isnan(over) or math.isnan(under) or under <= 0:
            return ""
        return f"{over / under:.1f} ×"


def number(value: float) -> str:
    if math.isnan(value):
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def lines(title: str, rows: list[Row], notes: list[str], peer: str) -> list[str]:
    """The table as text."""
    head = (title, "Rota", peer, "better by", "")
    body = [(row.work, number(row.rota), number(row.peer), row.ratio(), row.unit) for row in rows]
    return [*grid(head, body, left=(0, 4)), *(f"  {note}" for note in notes)]


def grid(
    head: Sequence[str], body: Sequence[Sequence[str]], left: Sequence[int] = (0,)
) -> list[str]:
    """Columns as wide as what stands in them, `left` ones from the left.

    >>> grid(("store", "runs/s"), [("SQLite", "9,800")])
    ['store   runs/s', 'SQLite   9,800']
    """
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    out = []
    for cells in (head, *body):
        placed = (
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        out.append("  ".join(placed).rstrip())
    return out


def show(title: str, rows: list[Row], notes: list[str], *, peer: str = "APScheduler 3") -> None:
    """Prints the table and, below it, what one must know to judge it."""
    print("\n".join(lines(title, rows, notes, peer)))
