"""Waiting for the end of a run, with its progress on a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

from rota.cli.style import clean, shorten, terminal, width
from rota.rules.states import FINAL

if TYPE_CHECKING:
    from rota.app import Rota
    from rota.engine.client.items import RunItem

__all__ = ("wait_for",)

LOOK: Final = 0.05  # seconds between two looks at whether anything changed
READ: Final = 1.0  # seconds after which the run is read in any case
BAR: Final = 24


def wait_for(rota: Rota, item: RunItem, longest: float | None) -> RunItem:
    """The run as it is when it has ended, or when so many seconds are over (None: no limit)."""
    end = None if longest is None else time.monotonic() + longest
    seen, read = rota.changes(), time.monotonic()
    drawing = Drawing()
    try:
        item = rota.runs.get(item.id)
        while item.state not in FINAL and (end is None or time.monotonic() < end):
            drawing.show(item)
            time.sleep(LOOK)
            changed = rota.changes()
            if changed != seen or time.monotonic() - read >= READ:
                seen, read = changed, time.monotonic()
                item = rota.runs.get(item.id)
    finally:
        drawing.clear()
    return item


class Drawing:
    """One line on standard error that is drawn over and at last wiped; nothing in a pipe."""

    def __init__(self) -> None:
        self.on = terminal(sys.stderr)
        self.last = ""

    def show(self, item: RunItem) -> None:
        """Draw the run's state and progress, if they differ from what stands there."""
        text = shorten(progress(item), width() - 1)
        if self.on and text != self.last:
            self.last = text
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Wipe the line."""
        if self.last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def progress(item: RunItem) -> str:
    """A run's state in one line, with a bar if it tells how far it is.

    >>> from types import SimpleNamespace as Item
    >>> progress(Item(id=7, state="running", progress=0.5, message="halfway"))  # type: ignore
    'Run 7 running ████████████░░░░░░░░░░░░ 50 % halfway'
    """
    parts = [f"Run {item.id} {item.state}"]
    if item.progress is not None:
        done = round(BAR * min(1.0, max(0.0, item.progress)))
        parts.append("█" * done + "░" * (BAR - done) + f" {item.progress:.0%}".replace("%", " %"))
    if item.message:
        parts.append(clean(item.message))
    return " ".join(parts)
