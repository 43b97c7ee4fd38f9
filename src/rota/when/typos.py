"""Keywords with a slip of the finger in them: `untill`, `form`, `ta`.

A mistyped keyword ends up in what stands before it, which then cannot be read for no reason that
anybody would see. Such a word is told by itself, and the rest is read as if it were right.
"""

from __future__ import annotations

from collections.abc import Callable

from rota.errors import Problem

__all__ = ("explained", "slip")

KEYWORDS = (
    "from", "until", "between", "after", "except", "gap", "fold", "at", "on", "in", "or",
)  # fmt: skip
NO_SLIPS = frozenset(("am", "pm"))  # of a time of day, which tells about them itself
LOOKED_AT = 40  # words
TRIES = 8  # readings; each costs what the first one did


def explained(
    words: list[str], problems: list[Problem], read: Callable[[list[str], list[Problem]], object]
) -> list[Problem]:
    """The problems of a text, those behind a mistyped keyword replaced by that word's own.

    `read` appends the problems of other words to a list. A correction counts if the keyword is
    allowed there, and nothing is refused any more with either word in it.
    """
    typos: list[Problem] = []
    tries = 0
    for index, word in enumerate(words[:LOOKED_AT]):
        for right in KEYWORDS if worth_a_look(word) else ():
            if tries == TRIES or len(word) < 2 or not slip(word.lower(), right):
                continue
            tries += 1
            others: list[Problem] = []
            changed = [*words[:index], right, *words[index + 1 :]]
            read(changed, others)
            # What is wrong behind the keyword itself could not be seen before.
            behind = [one for one in others if one.part == right]
            allowed = all(one.code != "E_WORD" for one in behind)
            gone = not mentioned(word, others) and not mentioned(right, others)
            if allowed and gone and len(others) - len(behind) <= len(problems):
                words, problems = changed, others
                reason = "there is no such word here"
                typos.append(Problem("E_WORD", right, word, reason, f"write {right}"))
                break
    return typos + problems


def worth_a_look(word: str) -> bool:
    """Whether a word might be a keyword that was mistyped."""
    return word.isalpha() and word.lower() not in (*KEYWORDS, *NO_SLIPS)


def mentioned(word: str, problems: list[Problem]) -> bool:
    """Whether a word is part of what was refused."""
    return any(word.lower() in one.text.lower().split() for one in problems)


def slip(given: str, meant: str) -> bool:
    """Whether one letter is wrong, missing or too much, or two are swapped.

    >>> slip("untill", "until"), slip("form", "from"), slip("ta", "at"), slip("at", "from")
    (True, True, True, False)
    """
    if abs(len(given) - len(meant)) > 1:
        return False
    same = 0
    while given[same : same + 1] == meant[same : same + 1] != "":
        same += 1
    given, meant = given[same:], meant[same:]
    return (
        given[1:] == meant[1:]
        or given[1:] == meant
        or given == meant[1:]
        or (given[:2] == meant[1::-1] and given[2:] == meant[2:])
    )
