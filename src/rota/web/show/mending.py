"""Mends: a trigger text without what is wrong with it, where the problem's hint can be read."""

from __future__ import annotations

import re

from rota.errors import Problem, RotaError
from rota.web.forms.blanks import clocks
from rota.when import trigger

__all__ = ("mend",)

QUOTED = re.compile(r"[“\"'`]([^”\"'`]+)[”\"'`]")
WRITE = re.compile(r"\b(?:write|use|did you mean) (\S+?)[?.]?(?:$| \(|,)", re.IGNORECASE)


def mend(given: str, problem: Problem) -> str:
    """The whole text with the wrong part replaced by what the hint says, if that can be read.

    >>> mend("daily at 9:00", Problem("E_TIME", "at", "9:00", "no time", "write 09:00"))
    'daily at 09:00'
    """
    if not problem.text or problem.text not in given:
        return ""
    proposals = [one for pattern in (QUOTED, WRITE) for one in pattern.findall(problem.hint)]
    if problem.code == "E_TIME":
        proposals.append(clocks(problem.text))  # 8:30, which needs only its nought
    for proposed in proposals:
        whole = given.replace(problem.text, proposed, 1)
        try:
            trigger(whole)
        except RotaError:
            continue
        return whole
    return ""
