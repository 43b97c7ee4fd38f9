"""Trigger texts: parse and format. The grammar of the whole; each kind reads its own payload.

    text   = term { " or " term } { suffix }
    term   = kind { option }          options: from, until, on, between, after
    suffix = except | in | gap | fold

A kind's module holds `READERS`, a table of `Reader` by keyword, and is imported on first use.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from rota.errors import Problem, TriggerError
from rota.when.combine import Trigger, build
from rota.when.joined import Term
from rota.when.term import Reader
from rota.when.window import read_moment
from rota.when.zone import zone

if TYPE_CHECKING:
    from rota.when.excepted import Except

Parts = tuple[tuple[Term, ...], "Except | None", str | None, str | None, str | None]

__all__ = ("LONGEST", "MOST_TERMS", "parse", "reader")

LONGEST = 2_000
MOST_TERMS = 16
MODULES = {
    "every": "interval", "daily": "calendar", "weekly": "calendar", "monthly": "calendar",
    "yearly": "calendar", "cron": "cron", "rrule": "rrule", "at": "once", "manual": "once",
    "sitecore": "sitecore", "kentico": "kentico",
}  # fmt: skip
WINDOW = ("from", "until")
OPTIONS = frozenset((*WINDOW, "on", "between", "after"))
SUFFIXES = frozenset(("except", "in", "gap", "fold"))
KEYWORDS = OPTIONS | SUFFIXES | {"or"}
POLICIES = {"gap": ("shift", "after", "skip"), "fold": ("first", "second", "both")}


@lru_cache(maxsize=len(MODULES))
def reader(word: str) -> Reader:
    """The reader of a kind by its keyword."""
    found: Reader = import_module(f"rota.when.{MODULES[word]}").READERS[word]
    return found


class Piece:
    """A term as cut from the text: the words of its kind, and what each keyword got."""

    __slots__ = ("kind", "options", "payload")

    def __init__(self) -> None:
        self.kind = ""
        self.payload: list[str] = []
        self.options: dict[str, str] = {}


def parse(text: str) -> Trigger:
    """The trigger of a text; TriggerError lists everything that is wrong with it.

    >>> str(parse("EVERY  90m  in Europe/Prague"))
    'every 1h30m in Europe/Prague'
    """
    if not isinstance(text, str):
        raise TriggerError(f"a trigger is text, not {type(text).__name__}", code="E_WORD")
    return parsed(text)


@lru_cache(maxsize=1024)
def parsed(text: str) -> Trigger:
    """The same, remembered."""
    if len(text) > LONGEST:
        raise TriggerError(
            "it is too long",
            part="text",
            text=text,
            code="E_LENGTH",
            hint=f"the limit is {LONGEST:,} characters",
        )
    words, problems = text.split(), list[Problem]()
    parts = read_words(words, problems)
    if problems:
        from rota.when.typos import explained

        raise TriggerError(explained(words, problems, read_words))
    return build(*parts)


def read_words(words: list[str], problems: list[Problem]) -> Parts:
    """The terms and suffixes that the words mean; what is wrong with them goes to `problems`."""
    pieces, suffixes = cut(words, problems)
    if len(pieces) > MOST_TERMS:
        raise TriggerError(
            f"it has {len(pieces)} terms",
            part="or",
            code="E_LENGTH",
            hint=f"the limit is {MOST_TERMS}",
        )
    terms = [read_term(piece, problems) for piece in pieces]
    return tuple([term for term in terms if term]), *read_suffixes(suffixes, problems)


def cut(words: list[str], problems: list[Problem]) -> tuple[list[Piece], dict[str, str]]:
    """The words sorted into terms and suffixes."""
    pieces = [Piece()]
    suffixes: dict[str, str] = {}
    into, key = pieces[0].options, ""  # words go to into[key]; without a key to the payload
    piece = pieces[0]
    for word in words:
        low = word.lower()
        if low in KEYWORDS and (piece.kind or key or low not in OPTIONS):
            if low == "or":
                if suffixes:
                    problems.append(
                        Problem(
                            "E_WORD",
                            "or",
                            " ".join(suffixes),
                            "this holds for the whole text",
                            "write it once, after the last term",
                        )
                    )
                pieces.append(piece := Piece())
                into, key = piece.options, ""
                continue
            if low in SUFFIXES or (not suffixes and not inner(piece, low, key)):
                into, key = (suffixes if low in SUFFIXES else piece.options), low
                if key in into:
                    reason = "it is written twice"
                    problems.append(Problem("E_WORD", key, key, reason, "write it once"))
                into[key] = ""
                continue
        if key:
            into[key] = f"{into[key]} {word}" if into[key] else word
        elif piece.kind:
            piece.payload.append(word)
        else:
            piece.kind = word
    return pieces, suffixes


def inner(piece: Piece, low: str, key: str) -> bool:
    """Whether an option word belongs to the kind itself: `weekly on …`."""
    kind = piece.kind.lower()
    return not key and not piece.payload and kind in MODULES and low in reader(kind).inner


def read_term(piece: Piece, problems: list[Problem]) -> Term | None:
    """One term; None if anything is wrong with it."""
    before = len(problems)
    kind = piece.kind.lower()
    if kind not in MODULES:
        problems.append(unknown(piece))
        return None
    found = reader(kind)
    # The kind sees its own problems only: what an option got wrong must not hide its findings.
    mine: list[Problem] = []
    if not piece.options:
        value = found.read(" ".join(piece.payload), {}, mine)
        problems += mine
        return None if value is None or mine else Term(value)
    allowed = (frozenset(WINDOW) if found.window else frozenset[str]()) | found.own
    for option in piece.options:
        if option not in allowed:
            hint = f"{kind} takes {' and '.join(sorted(allowed))}" if allowed else "leave it out"
            if option == "on" and kind in ("daily", "cron"):
                daily = kind == "daily"
                hint = "write weekly on mon,thu at 09:00" if daily else "use its last field"
            problems.append(Problem("E_WORD", option, option, f"{kind} has no such option", hint))
    moments = [
        read_moment(piece.options[word], word, problems)
        if word in piece.options and word in allowed
        else None
        for word in WINDOW
    ]
    own = {word: text for word, text in piece.options.items() if word in found.own}
    value = found.read(" ".join(piece.payload), own, mine)
    problems += mine
    if value is None or len(problems) > before:
        return None
    return Term(value, *moments)


def unknown(piece: Piece) -> Problem:
    """What is wrong with a term that begins with no kind."""
    word, low = piece.kind, piece.kind.lower()
    given = " ".join([word, *piece.payload])
    if not word:
        return Problem(
            "E_WORD",
            "kind",
            given,
            "a trigger is missing",
            "write for example every 5m or daily at 09:00",
        )
    from rota.when.meant import meant

    if plain := meant(given):
        hint = f"write {plain}"
    elif "|" in given:
        hint = f"write sitecore {given}"
    elif ";" in given and "freq=" not in low:
        hint = f"write kentico {given}"
    elif low.startswith(("freq=", "rrule:")):
        hint = f"write rrule {given.removeprefix('RRULE:')}"
    elif low[0] == "@" or (low[0] in "*0123456789" and len(piece.payload) in (4, 5)):
        hint = f"write cron {given}"
    elif low[0].isdigit():
        hint = f"write at {word}" if "-" in word else f"write every {word}"
    else:
        from difflib import get_close_matches

        close = get_close_matches(low[:20], list(MODULES), 1, 0.6)
        hint = f"write {close[0]}" if close else f"the kinds are {', '.join(MODULES)}"
    return Problem("E_WORD", "kind", word, "there is no such kind of trigger", hint)


def read_suffixes(
    suffixes: dict[str, str], problems: list[Problem]
) -> tuple[Except | None, str | None, str | None, str | None]:
    """The excepted dates, the zone, the gap and the fold policy."""
    excepted = zone_name = None
    if "except" in suffixes:
        from rota.when.excepted import read_except

        excepted = read_except(suffixes["except"], problems)
    if "in" in suffixes:
        try:
            zone_name = zone(suffixes["in"]).name
        except TriggerError as error:
            problems.extend(error.problems)
    for word, values in POLICIES.items():
        if word in suffixes and suffixes[word].lower() not in values:
            from rota.when.typos import slip

            near = [value for value in values if slip(suffixes[word].lower(), value)]
            hint = f"write {word} {near[0] if near else f'{values[0]}, {values[1]} or {values[2]}'}"
            reason = "there is no such policy"
            problems.append(Problem("E_WORD", word, suffixes[word], reason, hint))
    gap, fold = suffixes.get("gap"), suffixes.get("fold")
    return excepted, zone_name, gap and gap.lower(), fold and fold.lower()
