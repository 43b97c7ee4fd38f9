"""Where a command line becomes an exit code, and every error its line or its document.

The only place that catches: commands raise, this module says what went wrong.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from rota.cli.failures import DONE, INTERRUPTED, Failure, failure
from rota.cli.output import document, line

__all__ = ("carry_out",)


def carry_out(arguments: Sequence[str]) -> int:
    """Run one command line; returns 0 done, 1 could not be done, 2 wrongly typed.

    >>> carry_out(["--version", "--json"]) in (0, 1, 2)
    rota 0.1.0
    True
    """
    from rota.cli.root import root

    forgiving(sys.stdout)
    forgiving(sys.stderr)
    if "_ROTA_COMPLETE" in os.environ:  # a shell asks for the words that may follow
        root.main(prog_name="rota")
    try:
        with root.make_context("rota", list(arguments)) as context:
            code = root.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:  # --help and --version
        return done.exit_code
    except BrokenPipeError:  # the reader had enough: `rota list | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("ROTA_TRACEBACK"):
            raise
        return say(failure(error), as_json=wants_json(arguments))
    return code if isinstance(code, int) else DONE


def forgiving(stream: object) -> None:
    """Let a stream that cannot write a character write its escape: a sign is no reason to fail."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` stands anywhere as an option; the parser may have failed before it."""
    words = list(arguments)
    return "--json" in (words[: words.index("--")] if "--" in words else words)


def say(what: Failure, *, as_json: bool) -> int:
    """One line a problem to standard error, or one document to standard output."""
    if as_json:
        document({"errors": [problem.json() for problem in what.problems]})
    else:
        for problem in what.problems:
            line(f"rota: {problem}", err=True)
    return what.code
