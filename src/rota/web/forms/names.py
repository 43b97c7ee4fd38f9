"""Names of schedules that titles suggest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

__all__ = ("free_name", "name_from")

LONGEST = 60
# Letters that no accent comes off of.
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def name_from(title: str) -> str:
    """A name made of a title: small letters and digits with hyphens; "" if nothing is left.

    >>> name_from("  Týdenní přehled (Straße) №2 ")
    'tydenni-prehled-strasse-no2'
    """
    letters = unicodedata.normalize("NFKD", title).lower().translate(LETTERS)
    plain = "".join(one for one in letters if not unicodedata.combining(one))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "replace").decode())
    name = "-".join(words)[: LONGEST + 1]
    return name.rpartition("-")[0] if len(name) > LONGEST and "-" in name else name[:LONGEST]


def free_name(wanted: str, taken: Callable[[str], bool]) -> str:
    """The name, or the first of name-2, name-3 … that is not taken.

    >>> free_name("report", {"report", "report-2"}.__contains__)
    'report-3'
    """
    if not taken(wanted):
        return wanted
    return next((name for n in range(2, 100) if not taken(name := f"{wanted[:195]}-{n}")), wanted)
