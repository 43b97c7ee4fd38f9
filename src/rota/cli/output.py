"""The only place that writes: lines and documents to standard output, remarks to standard error."""

from __future__ import annotations

import json
import sys

import click

from rota.cli.style import clean, coloured

__all__ = ("document", "line", "remark")


def document(value: object) -> None:
    """Write one JSON document. Signs that the output cannot carry are escaped.

    >>> document({"due": True})
    {
      "due": true
    }
    """
    text = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    click.echo(text)


def line(text: str = "", *, err: bool = False) -> None:
    """Write one line. Colours reach terminals only."""
    click.echo(text, err=err, color=coloured(sys.stderr if err else sys.stdout))


def remark(text: str) -> None:
    """Say something to the person, beside the result: one line to standard error."""
    line(f"rota: {clean(text)}", err=True)
