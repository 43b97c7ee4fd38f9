"""Mends: a trigger text without what is wrong with it, where the problem's hint can be read."""

from __future__ import annotations

import re

from rota.errors import Problem, RotaError
from rota.web.forms.blanks import clocks
from rota.when import trigger

__all__ = ("mend",)

QUOTED = re.compile(r"[“\"'`]([^”\"'`]+)[”\"'`]")
TAIL = re.compile(r"\s(?:from|until|except|in|gap|fold)\s.*", re.IGNORECASE | re.DOTALL)
WRITE = re.compile(r"\b(?:write|use|did you mean) (\S+?)[?.]?(?:$| \(|,)", re.IGNORECASE)


def mend(given: str, problem: Problem) -> str:
    """The whole text with the wrong part replaced by what the hint says, if that can be read.

    >>> mend("daily at 9:00", Problem("E_TIME", "at", "9:00", "no time", "write 09:00"))
    'daily at 09:00'
    >>> hint = "write weekly on mon-fri at 09:00"
    >>> mend("weekdays at 9 in UTC", Problem("E_WORD", "kind", "weekdays", "no kind", hint))
    'weekly on mon-fri at 09:00 in UTC'
    """
    if not problem.text or problem.text not in given:
        return ""
    proposals = [one for pattern in (QUOTED, WRITE) for one in pattern.findall(problem.hint)]
    if problem.code == "E_TIME":
        proposals.append(clocks(problem.text))  # 8:30, which needs only its nought
    wholes = [given.replace(problem.text, proposed, 1) for proposed in proposals]
    if problem.hint.startswith("write ") and " or " not in given.lower():
        tail = TAIL.search(given)  # the hint of a whole rule leaves the zone and the like alone
        wholes.append(problem.hint.removeprefix("write ") + (tail[0] if tail else ""))
    for whole in wholes:
        try:
            trigger(whole)
        except RotaError:
            continue
        return whole
    return ""
