"""What went wrong, as problems and an exit code: the one table from exception to both."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import click

from rota.errors import (
    BadParameters,
    BadPolicy,
    BadSetting,
    DuplicateTask,
    Problem,
    RotaError,
    TriggerError,
    Unknown,
)

__all__ = ("COULD_NOT", "DONE", "INTERRUPTED", "TYPED_WRONG", "Failure", "failure")

DONE: Final = 0
COULD_NOT: Final = 1  # it was right, and could not be done
TYPED_WRONG: Final = 2  # what was typed is wrong, unknown names included
INTERRUPTED: Final = 130  # Ctrl-C, as shells write it

NO_NUMBER: Final = re.compile(r"'(.*)' is not a valid integer", re.DOTALL)
MISTAKES = (BadParameters, BadPolicy, BadSetting, DuplicateTask, TriggerError, Unknown)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command line did not succeed."""

    problems: tuple[Problem, ...]
    code: int


def failure(error: Exception) -> Failure:
    """The problems and the exit code of an exception.

    >>> failure(TriggerError("no such word", text="evry 5m")).code
    2
    """
    if isinstance(error, RotaError):
        code = TYPED_WRONG if isinstance(error, MISTAKES) else COULD_NOT
        return Failure(tuple(map(given_up, error.problems)), code)
    if isinstance(error, click.ClickException):
        return Failure((usage(error),), TYPED_WRONG)
    return Failure((unexpected(error),), COULD_NOT)


def given_up(problem: Problem) -> Problem:
    """The problem for whoever typed a command: a node tries again by itself, a command does not."""
    hint = problem.hint.replace("it is tried again", "try again")
    return replace(problem, hint=hint) if hint != problem.hint else problem


def usage(error: click.ClickException) -> Problem:
    """A command line that cannot be read, in our form: which word, why, and where help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "rota"
    part, text, near = given(error)
    hint = f"did you mean {near}?" if near else f"see {path} --help"
    return Problem("usage", part, text, why(error), hint)


def why(error: click.ClickException) -> str:
    """What click has against the line, in our words."""
    if isinstance(error, click.MissingParameter):
        return "this is missing"
    if isinstance(error, click.NoSuchOption):
        return "there is no such option"
    if type(error).__name__ == "NoSuchCommand":
        return "there is no such command"
    if NO_NUMBER.match(error.message):
        return "this is no whole number"
    return sentence(error.message)


def given(error: click.ClickException) -> tuple[str, str, str]:
    """Which part of the line is meant, its text, and the nearest word that is known."""
    if isinstance(error, click.NoSuchOption):
        return "option", error.option_name, next(iter(error.possibilities or ()), "")
    if type(error).__name__ == "NoSuchCommand":  # newer than the oldest click we accept
        name = str(getattr(error, "command_name", ""))
        return "command", name, next(iter(getattr(error, "possibilities", None) or ()), "")
    if isinstance(error, click.BadParameter) and error.param is not None:
        names = [name for name in error.param.opts if name.startswith("--")] or [
            error.param.make_metavar(error.ctx) if error.ctx else str(error.param.name)
        ]
        wrong = NO_NUMBER.match(error.message)
        return names[0], wrong[1] if wrong else "", ""
    return "", "", ""


def sentence(message: str) -> str:
    """Click's message as the middle of a line of ours: one line, lower case, no full stop."""
    text = " ".join(message.split()).rstrip(".")
    return text[:1].lower() + text[1:]


def unexpected(error: Exception) -> Problem:
    """A fault of Rota itself, still one line: what, where, and how to see the rest."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    where = f" at {step.tb_frame.f_code.co_filename}:{step.tb_lineno}" if step else ""
    said = " ".join(str(error).split())[:200]
    return Problem(
        "internal",
        reason=f"this is a fault in Rota: {type(error).__name__}: {said}{where}",
        hint="set ROTA_TRACEBACK=1 to see all of it, and please report it",
    )
