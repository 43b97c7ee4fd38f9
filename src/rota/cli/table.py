"""Tables: aligned and cut to fit on a terminal; all of it, with tabs between, in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rota.cli.output import line
from rota.cli.style import clean, columns, paint, shorten, terminal, width

__all__ = ("Column", "table")

GAP = "  "
SHORTEST = 12  # columns that a flexible cell keeps however narrow the terminal is


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and how its cells stand: numbers to the right; flexible ones give way."""

    title: str
    right: bool = False
    flexible: bool = False
    word: bool = False  # its cells are words with a colour


def table(heads: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Write a table.

    >>> table([Column("ID", right=True), Column("STATE")], [("7", "failed"), ("12", "lost")])
    ID	STATE
    7	failed
    12	lost
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    if not terminal():
        for row in [[head.title for head in heads], *cells]:
            line("\t".join(row))
        return
    wide = fit(heads, cells, width())
    line(lay([head.title for head in heads], heads, wide, plain=True))
    for row in cells:
        line(lay(row, heads, wide))


def fit(heads: Sequence[Column], cells: Sequence[Sequence[str]], room: int) -> list[int]:
    """The width of each column; the widest flexible one gives way until the table fits."""
    wide = [
        max(columns(head.title), *(columns(row[place]) for row in cells), 0)
        for place, head in enumerate(heads)
    ]
    spare = room - len(GAP) * (len(heads) - 1) - sum(wide)
    elastic = [place for place, head in enumerate(heads) if head.flexible]
    while spare < 0:
        widest = max(elastic, key=lambda place: wide[place], default=None)
        if widest is None or wide[widest] <= SHORTEST:
            break  # it cannot fit: let the terminal wrap rather than hide more
        wide[widest] -= 1
        spare += 1
    return wide


def lay(
    row: Sequence[str], heads: Sequence[Column], wide: Sequence[int], *, plain: bool = False
) -> str:
    """One row in its columns."""
    out = []
    for cell, head, room in zip(row, heads, wide, strict=True):
        shown = shorten(cell, room) if head.flexible else cell
        blanks = " " * (room - columns(shown))
        shown = paint(cell.split(" ", 1)[0], shown) if head.word and not plain else shown
        out.append(blanks + shown if head.right else shown + blanks)
    return GAP.join(out).rstrip()
