"""Endings: what an attempt's outcome makes of its run.

The outcome is what the code did; `asked` is why it had been asked to stop, if it had. Code that
returns has done its work, whatever it was asked; code that stops as asked ends for that reason.
An abandoned attempt still runs somewhere: it is tried again only if the task says that is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rota.rules.retry import delay
from rota.rules.states import advance

__all__ = ("Ending", "Outcome", "ending")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the code of an attempt did, as bounded text."""

    how: Literal[
        "returned", "failed", "raised", "stopped", "killed", "bad_parameters", "task_missing",
        "declined", "postponed",
    ]  # fmt: skip
    result: str | None = None
    error: str | None = None  # for raised the traceback, for killed how its process ended
    abandoned: bool = False  # it was asked to stop and still runs past its deadline
    declined: tuple[str, str] | None = None  # the state, skipped or ignored, and its reason
    wait: int = 0  # for postponed: until it may begin


@dataclass(frozen=True, slots=True)
class Ending:
    """The run's next state, and how long until it may start again if that is a waiting one."""

    state: str
    reason: str | None = None
    wait: int = 0
    uncount: bool = False  # the attempt is not counted


def ending(
    outcome: Outcome,
    asked: str | None,
    *,
    attempt: int,
    retries: int,
    backoff: tuple[int, int],
    idempotent: bool,
    fraction: float,
) -> Ending:
    """The ending of attempt number `attempt` (from 1), with `fraction` as the retry's random part.

    >>> rest = dict(attempt=1, retries=0, backoff=(1, 1), idempotent=False, fraction=0.5)
    >>> ending(Outcome("returned"), None, **rest).state
    'succeeded'
    >>> ending(Outcome("stopped"), "timeout", **rest)
    Ending(state='failed', reason='timeout', wait=0, uncount=False)
    """
    if outcome.how == "returned":
        return Ending(to("returned"))
    if outcome.declined is not None:
        state, reason = outcome.declined
        return Ending(to(state), reason)
    postponed = outcome.how == "postponed"
    stopped = postponed or outcome.how in ("stopped", "killed")
    if stopped and asked in ("user", "overlap"):
        return Ending(to("cancelled"), asked)
    if postponed or (stopped and asked == "shutdown" and idempotent):
        return Ending(to("returned to queue"), wait=outcome.wait, uncount=True)
    if stopped and asked == "shutdown":
        return Ending(to("cancelled"), "shutdown")
    if outcome.how in ("bad_parameters", "task_missing"):
        return Ending(to("failed"), outcome.how)
    ordinary = "killed" if outcome.how == "killed" else "error"
    reason = "timeout" if asked == "timeout" else ordinary
    if attempt <= retries and (idempotent or not outcome.abandoned):
        return Ending(to("retried"), reason, delay(attempt, backoff, fraction))
    return Ending(to("failed"), reason)


def to(happened: str) -> str:
    state = advance("running", happened)
    assert state is not None, happened
    return state
