"""Bounds on what comes from a task: text that a store can hold, and the size of JSON values.

Both look at no more of a value than they keep, so that a result of a gigabyte costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ("NotJson", "TooLarge", "clip", "weigh")

DEEPEST = 64  # levels of a JSON value; beyond that it is a mistake, or refers to itself
UNSTORABLE = "\x00"  # PostgreSQL's text cannot hold it


class TooLarge(ValueError):
    """The JSON value is larger or deeper than allowed."""


class NotJson(ValueError):
    """The value, or something within it, has no JSON form."""


def clip(text: str, limit: int, *, keep_end: bool = False) -> str:
    r"""At most `limit` bytes of UTF-8 that any store can hold; what was cut is said.

    >>> clip("a\x00b\ud800", 100)
    'a\\x00b\\ud800'
    >>> clip("x" * 1_000_000, 40)
    'xxxxxxxxx… (cut; 1,000,000 characters)'
    """
    # Through `str` itself: a subclass may bring methods of its own.
    length = str.__len__(text)
    part = str.__getitem__(text, slice(-limit, None) if keep_end else slice(0, limit))
    raw = part.replace(UNSTORABLE, "\\x00").encode("utf-8", "backslashreplace")
    if length <= limit and len(raw) <= limit:
        return raw.decode()
    note = f"(cut; {length:,} characters)"
    room = max(limit - len(note) - 4, 0)  # an ellipsis is three bytes, and a blank
    if keep_end:
        return f"{note} …{raw[max(len(raw) - room, 0) :].decode('utf-8', 'ignore')}"
    return f"{raw[:room].decode('utf-8', 'ignore')}… {note}"


def weigh(value: object, limit: int) -> int:
    """About the bytes of the value as JSON text; TooLarge beyond the limit, NotJson if it has none.

    >>> weigh({"days": [1, 2]}, 100)
    16
    """
    return limit - spend(value, limit, DEEPEST)


def spend(value: object, budget: int, levels: int) -> int:
    """What is left of the budget after the value."""
    kind = type(value)
    if value is None or kind is bool:
        budget -= 4
    elif isinstance(value, str):
        budget -= str.__len__(value) + 2
    elif kind is int:
        budget -= int.bit_length(value) // 3 + 1  # type: ignore[arg-type]
    elif kind is float:
        if value != value or value in (float("inf"), float("-inf")):
            raise NotJson("JSON has no such number")
        budget -= 8
    elif kind is list or kind is tuple or kind is dict:
        if levels == 0:
            raise TooLarge(f"it is more than {DEEPEST} levels deep")
        budget -= 2
        items: Iterable[object] = value  # type: ignore[assignment]
        if isinstance(value, dict):
            items = (one for pair in dict.items(value) for one in pair)
            if not all(isinstance(key, str) for key in value):
                raise NotJson("the keys of a JSON object are text")
        for item in items:
            budget = spend(item, budget, levels - 1) - 1
    else:
        raise NotJson(f"JSON has no form for {kind!r}")
    if budget < 0:
        raise TooLarge("it is too large")
    return budget
