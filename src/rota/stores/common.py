"""What every store does in the same way: JSON as text, text that can be kept, bounded limits.

Pure functions; the stores share these words so that their answers cannot differ in them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from rota.ports.records import Json, ScheduleRow

__all__ = (
    "DAY",
    "EDITABLE",
    "HOUR",
    "PAGE",
    "SEARCH",
    "bounded",
    "checked_changes",
    "clean",
    "fold",
    "json_text",
    "last_result",
    "mark",
    "never_began",
    "over_since",
    "read_json",
    "read_mark",
)

HOUR = 3_600_000_000
DAY = 24 * HOUR
PAGE = 10_000  # no list answers with more rows than this
FARTHEST = 2_000_000  # a run that was taken ahead starts so long after its taking at most
SEARCH = 200  # characters of a search text that count

COUNTED = frozenset({"running", "queued"})  # fields of a schedule that are counted when read
EDITABLE = frozenset(ScheduleRow.__dataclass_fields__) - COUNTED - {"name", "version"}

ENCODER = json.JSONEncoder(separators=(",", ":"), sort_keys=True)
DECODER = json.JSONDecoder()

UNKEEPABLE = re.compile("[\0\ud800-\udfff]")  # what UTF-8, or some database, cannot hold


def clean(text: str) -> str:
    r"""The text with everything replaced that a store could not keep.

    >>> clean("a\0b")
    'a\ufffdb'
    """
    return UNKEEPABLE.sub("\ufffd", text)


ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(text: str) -> str:
    """The text with A to Z as a to z: the case folding that every database offers.

    >>> fold("Émile AND Ida")
    'Émile and ida'
    """
    return text.translate(ASCII_LOWER)


def json_text(value: object) -> str:
    """The one JSON text of a value: compact, sorted keys, ASCII only. Equal values, equal texts.

    >>> json_text({"b": 1, "a": [True]})
    '{"a":[true],"b":1}'
    """
    return "{}" if value == {} else ENCODER.encode(value)


def read_json(text: str) -> Any:
    """The value of a JSON text; most that are stored are empty.

    >>> read_json('{"a":[true]}')
    {'a': [True]}
    """
    if text == "{}":
        return {}
    return [] if text == "[]" else DECODER.decode(text)


def bounded(limit: int) -> int:
    """A limit that is neither negative nor more than one answer may hold."""
    return min(max(limit, 0), PAGE)


def checked_changes(changes: Json) -> Json:
    """The changes of a schedule, if all of them may be set; else ValueError names the others."""
    if wrong := sorted(set(changes) - EDITABLE):
        raise ValueError(f"no such fields of a schedule, or not to be set: {', '.join(wrong)}")
    return changes


def last_result(state: str, result: str | None, error: str | None) -> str | None:
    r"""The text a schedule shows as *Last result*; a failed run without one shows its error's end.

    >>> last_result("failed", None, "Traceback …\nValueError: no")
    'ValueError: no'
    """
    if result is None and state == "failed" and error:
        return error.rstrip().rpartition("\n")[2]
    return result


def over_since(until: int, boot: int, now: int) -> int:
    """The instant at which a lease ended, or now: from its end and the present by the boot clock.

    A lease of another boot ended when this one began at the latest: give 0 for its end.

    >>> over_since(until=15, boot=20, now=1_000), over_since(until=25, boot=20, now=1_000)
    (995, 1000)
    """
    return now - max(boot - until, 0)


def never_began(started: int | None, not_before: int, ended: int) -> bool:
    """Whether a run that a node had taken was to start only after the node's lease had ended.

    Only a run taken ahead starts at its `not_before`, and soon after its taking. Asking for both
    keeps a run that has begun from starting again because the wall clock was set back meanwhile.

    >>> never_began(1_000, not_before=1_000, ended=900), never_began(1_000, 1_000, ended=1_000)
    (True, False)
    >>> never_began(1_000, not_before=0, ended=900)
    False
    """
    return started is not None and started == not_before and ended < started <= ended + FARTHEST


def mark(state: str, reason: str) -> str:
    """What stands in `cancelling` of a run whose node is asked to give it back unbegun.

    >>> mark("skipped", "paused")
    'skipped/paused'
    """
    return f"{state}/{reason}"


def read_mark(cancelling: str) -> tuple[str, str]:
    """The state and the reason in which a run ends that was asked to stop, or to be given back.

    >>> read_mark("skipped/paused"), read_mark("user")
    (('skipped', 'paused'), ('cancelled', 'user'))
    """
    state, slash, reason = cancelling.partition("/")
    return (state, reason) if slash else ("cancelled", cancelling)
