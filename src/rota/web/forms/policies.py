"""The policies as sentences with blanks, and what was filled in as values the services take.

A blank left alone follows the task: it is shown with what the task says, and never written into the
schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rota.web.forms.typed import Typed

__all__ = ("BUILT_IN", "Blank", "Group", "Line", "groups", "read_policies")

BUILT_IN: Mapping[str, object] = {
    "catch_up": "latest", "grace": None, "overlap": "skip", "timeout": None, "retries": 0,
    "backoff": "10s..1h", "priority": 0, "max_running": None, "unique": False, "jitter": "0s",
    "start_delay": "0s", "poll": "0s", "idempotent": False, "executor": "auto", "placement": "one",
    "retention": "30d, 1000", "delete_after_last_run": False, "run_as": None,
}  # fmt: skip
"""What holds where neither the task nor the schedule says anything, in the policies' JSON form."""

NEVER = ("none", "no", "never", "no limit", "nobody", "-")
NUMBERS = ("retries", "priority", "max_running")
NONE_TOO = ("grace", "timeout", "max_running", "run_as")  # policies that may be None
SWITCHES = ("unique", "idempotent", "delete_after_last_run")
COUNTED = ("catch_up", "overlap")  # a word, or a number in a blank of its own
NUMBER = "number"  # the choice that means: the number beside it

Choices = tuple[tuple[str, str], ...]
CHOICES: Mapping[str, Choices] = {
    "overlap": (("skip", "is skipped"), ("queue", "waits until it has ended"),
                ("cancel", "begins, and the running one is cancelled"),
                (NUMBER, "begins beside it, up to so many at once:")),
    "catch_up": (("none", "are not made up for"), ("latest", "are made up for by one run"),
                 (NUMBER, "are made up for, the latest so many:")),
    "idempotent": (("false", "it is lost, because it may not run twice"),
                   ("true", "it runs again, because it may run twice")),
    "unique": (("false", "may wait as well"), ("true", "is refused")),
    "executor": (("auto", "where it suits its code"), ("loop", "on the event loop"),
                 ("thread", "in a thread"), ("process", "in a process of its own")),
    "delete_after_last_run": (("false", "stays, finished"), ("true", "is removed")),
}  # fmt: skip
SENTENCES: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("When starts meet or are missed", (
        ("overlap", "If it is still running, the next start", ""),
        ("catch_up", "Starts missed while nothing ran", ""),
        ("grace", "A start later than", "is skipped."),
    )),
    ("When it goes wrong", (
        ("timeout", "It is stopped after", "."),
        ("retries", "If it fails it is tried again", "times,"),
        ("backoff", "waiting between tries", "(first..longest, doubling)."),
        ("idempotent", "If its node is lost,", ""),
    )),
    ("Where it runs", (
        ("placement", "Each start runs on", ""),
        ("executor", "Its code runs", ""),
        ("run_as", "It runs as", "."),
    )),
    ("When much is waiting", (
        ("priority", "Its priority is", "(higher goes first)."),
        ("max_running", "Of its task at most", "runs go on at once, over all nodes."),
        ("unique", "A second waiting run with the same parameters", ""),
        ("jitter", "Each start is delayed at random by up to", "."),
        ("start_delay", "After a node starts it waits", "before the first run."),
        ("poll", "It is looked for every", "(0s: it starts at its time)."),
    )),
    ("Afterwards", (
        ("retention", "Its history is kept for", "(an age, a number of runs, or both)."),
        ("delete_after_last_run", "After its last run the schedule", ""),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank in a sentence."""

    name: str  # of the input
    value: str
    choices: Choices = ()  # none: typed freely
    default: str = ""  # what the task says, in the words of the blank
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A policy as a sentence: words, a blank, perhaps a number, words."""

    policy: str
    before: str
    blank: Blank
    after: str
    number: Blank | None = None
    own: bool = False  # the schedule says it itself


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences that belong together."""

    title: str
    lines: tuple[Line, ...]

    @property
    def own(self) -> int:
        """How many of them the schedule says itself."""
        return sum(line.own for line in self.lines)


def groups(
    defaults: Mapping[str, object], own: Mapping[str, object], places: Choices, typed: Typed | None
) -> list[Group]:
    """The sentences for a task's defaults and a schedule's own policies, or what was typed.

    >>> group = groups({"timeout": "5m"}, {"overlap": 3}, (), None)[0]
    >>> group.lines[0].blank.value, group.lines[0].number.value, group.own
    ('number', '3', 1)
    """
    return [
        Group(title, tuple(line(one, defaults, own, places, typed) for one in sentences))
        for title, sentences in SENTENCES
    ]


def line(
    sentence: tuple[str, str, str], defaults: Mapping[str, object], own: Mapping[str, object],
    places: Choices, typed: Typed | None,
) -> Line:  # fmt: skip
    """One policy's sentence."""
    name, before, after = sentence
    default = defaults.get(name, BUILT_IN[name])
    value, number = as_typed(name, own[name]) if name in own else ("", "")
    field = f"policy.{name}"
    if typed is not None:
        value, number = typed.one(field), typed.one(f"{field}.number")
    choices = places if name == "placement" else CHOICES.get(name, ())
    if choices and value and value not in dict(choices):
        choices = (*choices, (value, value))
    extra = None
    if name in COUNTED:
        shown = str(default) if isinstance(default, int) else ""
        extra = Blank(f"{field}.number", number, default=shown, numeric=True)
    blank = Blank(field, value, choices, spoken(name, default, choices), name in NUMBERS)
    return Line(name, before, blank, after, extra, bool(value))


def as_typed(name: str, value: object) -> tuple[str, str]:
    """A stored policy as its blanks hold it: the word, and the number beside it."""
    if value is None:
        return "none", ""
    if isinstance(value, bool):
        return str(value).lower(), ""
    if name in COUNTED and isinstance(value, int):
        return NUMBER, str(value)
    return str(value), ""


def spoken(name: str, default: object, choices: Choices) -> str:
    """What the task says, in the words of its blank.

    >>> spoken("overlap", "queue", CHOICES["overlap"]), spoken("timeout", None, ())
    ('waits until it has ended', 'no limit')
    """
    value, number = as_typed(name, default)
    words = dict(choices).get(value, value)
    if number:
        return f"{words} {number}"
    if value == "none" and not choices:
        return "nobody" if name == "run_as" else "no limit"
    return words


def read_policies(
    typed: Typed, own: Mapping[str, object]
) -> tuple[dict[str, object], tuple[str, ...]]:
    """The policies that were filled in, and those of `own` that were left to the task again.

    What is no number or duration is handed on as it was typed; whoever checks it can say so.

    >>> read_policies(Typed({"policy.timeout": ["none"], "policy.jitter": [""]}), {"jitter": "5s"})
    ({'timeout': None}, ('jitter',))
    """
    found: dict[str, object] = {}
    reset: list[str] = []
    for name in names():
        if f"policy.{name}" not in typed:
            continue
        text = typed.one(f"policy.{name}")
        if not text:
            if name in own:
                reset.append(name)
            continue
        found[name] = value_of(name, text, typed.one(f"policy.{name}.number"))
    return found, tuple(reset)


def names() -> Iterable[str]:
    """Every policy that has a sentence."""
    return [policy for _, sentences in SENTENCES for policy, _, _ in sentences]


def value_of(name: str, text: str, number: str) -> object:
    """One blank as the value of its policy."""
    if name in NONE_TOO and text.lower() in NEVER:
        return None
    if name in SWITCHES and text in ("true", "false"):
        return text == "true"
    if name in COUNTED and text == NUMBER:
        text = number
    if name in NUMBERS or name in COUNTED:
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 18 else text
    return text
