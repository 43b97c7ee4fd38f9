"""Every error Rota raises on purpose: one tree, stable codes, and what to write instead.

A refusal lists all its problems at once. `str(error)` is one line a person can act on;
`error.problems` is the same for programs, in the shape of the command line's and the HTTP API's
`{"errors": [{"code", "part", "text", "reason", "hint"}]}`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

__all__ = (
    "AlreadyExists",
    "BadParameters",
    "BadPolicy",
    "BadSetting",
    "Cancelled",
    "Conflict",
    "Declined",
    "DuplicateTask",
    "Failed",
    "Postponed",
    "Problem",
    "Refused",
    "RotaError",
    "StoreRefused",
    "SystemTask",
    "TriggerError",
    "Unknown",
    "UnknownAccount",
    "UnknownRevision",
    "UnknownRun",
    "UnknownSchedule",
    "UnknownTask",
    "Unreachable",
)

SHOWN = 80  # characters of somebody's text that an error line repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what was given, why, and what to write instead.

    >>> print(
    ...     Problem(
    ...         "E_ZONE",
    ...         "zone",
    ...         "Europe/Pragu",
    ...         "there is no such time zone",
    ...         "write Europe/Prague",
    ...     )
    ... )
    zone “Europe/Pragu”: there is no such time zone; write Europe/Prague
    """

    code: str
    part: str = ""
    text: str = ""
    reason: str = ""
    hint: str = ""

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= SHOWN else self.text[: SHOWN - 1] + "…"
        given = f"“{shown}”" if self.text else ""
        head = " ".join(word for word in (self.part, given) if word)
        body = "; ".join(words for words in (self.reason, self.hint) if words)
        return ": ".join(words for words in (head, body) if words)

    def json(self) -> dict[str, str]:
        """The problem as the public JSON object."""
        return asdict(self)


class RotaError(Exception):
    """The root of every error Rota raises on purpose; `problems` says all that is wrong.

    Each `Problem` has `code`, `part`, `text` (what was given), `reason` and `hint`; codes are
    stable, sentences may change. `str()` is one line of all of them.

    >>> from rota import trigger
    >>> try:
    ...     trigger("daily at 25:00")
    ... except RotaError as error:
    ...     print(error.problems[0].code, error.problems[0].part)
    E_TIME at
    """

    code: ClassVar[str] = "refused"

    def __init__(
        self,
        reason: str | Problem | list[Problem],
        /,
        *,
        part: str = "",
        text: str = "",
        hint: str = "",
        code: str | None = None,
    ) -> None:
        if isinstance(reason, str):
            reason = Problem(code or self.code, part, text, reason, hint)
        self.problems: tuple[Problem, ...] = (
            (reason,) if isinstance(reason, Problem) else tuple(reason)
        )
        super().__init__(self.problems)

    def __str__(self) -> str:
        return " | ".join(" ".join(str(problem).split()) for problem in self.problems)


class TriggerError(RotaError, ValueError):
    """A trigger text or value that cannot be read; every problem names its part. Also a ValueError.

    >>> from rota import trigger
    >>> trigger("every 5x")
    Traceback (most recent call last):
    rota.errors.TriggerError: every “5x”: ...
    """

    code = "E_WORD"


class BadSetting(RotaError, ValueError):
    """A setting of `Rota(…)`, of the command line or of the environment that makes no sense."""

    code = "bad_setting"


class BadPolicy(RotaError, ValueError):
    """A policy with an unknown name or a value outside its bounds."""

    code = "bad_policy"


class BadParameters(RotaError, ValueError):
    """Parameters that do not fit the task's function."""

    code = "bad_parameters"


class Unknown(RotaError, LookupError):
    """A name that stands for nothing here."""

    code = "refused"


class UnknownRevision(Unknown):
    """The schedule has no revision of that number, or no longer."""

    code = "unknown_revision"


class UnknownAccount(Unknown):
    """There is no account, or token, of that name."""

    code = "unknown_account"


class UnknownSchedule(Unknown):
    """There is no schedule of that name."""

    code = "unknown_schedule"


class UnknownTask(Unknown):
    """There is no task of that identifier."""

    code = "unknown_task"


class UnknownRun(Unknown):
    """There is no run of that id."""

    code = "unknown_run"


class AlreadyExists(RotaError):
    """The name is taken."""

    code = "already_exists"


class DuplicateTask(RotaError, ValueError):
    """Two pieces of code claim one task identifier."""

    code = "already_exists"


class Refused(RotaError):
    """It was understood, and it is not allowed or not possible in the present state."""

    code = "refused"


class SystemTask(Refused):
    """It is one of Rota's own tasks, which nobody can change, switch, run or replace."""


class Conflict(RotaError):
    """Somebody else changed it first; `version` is the current one, where it is known."""

    code = "conflict"
    version: int | None = None


class StoreRefused(RotaError):
    """A store that must not be used: another application's, a newer Rota's, damaged, read-only."""

    code = "refused"


class Unreachable(RotaError):
    """The store does not answer just now; nothing is known to be wrong with it."""

    code = "unreachable"


class Failed(Exception):
    """Returned or raised by a task: the run failed, with this text and without a traceback.

    It counts as a failure in every way: it is retried, if the task has `retries`.

    >>> def check_site() -> "str | Failed":
    ...     return Failed("3 broken links")
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.text = text


class Declined(Exception):
    """Raised instead of a task's work: this attempt is not to happen, and that is no failure.

    `state` is skipped or ignored, `reason` one of that state's reasons; `text` tells people more.

    >>> Declined("skipped", "condition", "the shop is closed").reason
    'condition'
    """

    def __init__(self, state: str, reason: str, text: str = "") -> None:
        if state not in ("skipped", "ignored"):
            raise ValueError(f"a run that is declined is skipped or ignored, not {state}")
        super().__init__(text)
        self.state = state
        self.reason = reason
        self.text = text


class Postponed(Exception):
    """Raised instead of a task's work: not yet. The run waits again, for any node that may have it,
    and begins so many seconds from now; this attempt is not counted.

    >>> Postponed(60).wait
    60
    """

    def __init__(self, wait: float) -> None:
        super().__init__(f"it is tried again in {wait:g} s")
        self.wait = wait


class Cancelled(BaseException):
    """Raised by `run.checkpoint()` in a cancelled run.

    Not an `Exception`, so that a task's own `except Exception` lets it through.
    """
