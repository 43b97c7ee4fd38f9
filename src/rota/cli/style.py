"""What a terminal may see and a pipe must not: colours, widths, control signs."""

from __future__ import annotations

import os
import sys
from typing import Final

__all__ = ("clean", "coloured", "columns", "paint", "shorten", "terminal", "width")

COLOURS: Final = {
    # one colour a meaning; the word always stands beside it
    "succeeded": "green", "alive": "green", "ran": "green", "ok": "green",
    "running": "cyan", "planned": "cyan",
    "queued": "yellow", "retrying": "yellow", "paused": "yellow", "skipped": "yellow",
    "warning": "yellow", "stopping": "yellow", "cancelled": "yellow", "ignored": "yellow",
    "failed": "red", "lost": "red", "error": "red", "invalid": "red", "orphaned": "red",
    "wrong": "red",
}  # fmt: skip
NARROWEST: Final = 60


def terminal(stream: object = None) -> bool:
    """Whether a person looks at the stream (by default: output) on more than a printer."""
    ask = getattr(sys.stdout if stream is None else stream, "isatty", None)
    return bool(ask and ask()) and os.environ.get("TERM") != "dumb"


def coloured(stream: object = None) -> bool:
    """Whether colours are welcome: on a terminal, unless NO_COLOR is set to something."""
    return terminal(stream) and not os.environ.get("NO_COLOR")


def width() -> int:
    """How many columns a line may have on this terminal."""
    from shutil import get_terminal_size

    return max(NARROWEST, get_terminal_size((100, 24)).columns)


def clean(text: str) -> str:
    r"""Stored text made harmless: one line, control signs shown as escapes, never obeyed.

    >>> clean("done\x1b[2J\nnext")
    'done\\x1b[2J next'
    """
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else " " if sign.isspace() else ascii(sign)[1:-1]
        for sign in text
    )


def columns(text: str) -> int:
    """How many columns a text takes: wide signs take two, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(sign) else 1 + (east_asian_width(sign) in "WF") for sign in text)


def shorten(text: str, room: int) -> str:
    """The text in at most so many columns, with an ellipsis where something is left out.

    >>> shorten("Empty the recycle bin", 9)
    'Empty th…'
    """
    if columns(text) <= room:
        return text
    kept = text
    while kept and columns(kept) > room - 1:
        kept = kept[:-1] if len(kept) <= room else kept[:room]
    return kept.rstrip() + "…"


def paint(word: str, text: str | None = None) -> str:
    """The text (the word itself by default) in the colour of the word's meaning."""
    import click

    shown = word if text is None else text
    colour = COLOURS.get(word)
    return click.style(shown, fg=colour) if colour and coloured() else shown
