"""When, as it stands in the editor: the sentence, the raw text, and which of the two leads.

What was changed last leads and the other follows. A page with scripts says which that is; without
them the text tells, as the form remembers what the text was when it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rota.errors import Problem, TriggerError
from rota.web.forms.blanks import WEEKDAYS
from rota.web.forms.sentence import COMMON, KINDS, Sentence, sentence_of, text_of
from rota.web.forms.typed import Typed
from rota.when import trigger

__all__ = ("When", "read_when", "shown_when")

WORKDAYS = ",".join(WEEKDAYS[:5])
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "every": {"n": "15", "unit": "m"},
    "daily": {"times": "09:00"},
    "weekly": {"n": "1", "days": WORKDAYS, "times": "09:00"},
    "monthly": {"dates": "1", "times": "09:00"},
    "yearly": {"dates": "01-01", "times": "09:00"},
    "cron": {"fields": "0 9 * * MON-FRI"},
    "rrule": {"freq": "WEEKLY", "n": "2", "days": "mon", "times": "09:00"},
    "sitecore": {"days": ",".join(WEEKDAYS), "interval": "01:00:00", "counted": "anchored"},
    "kentico": {"period": "day", "n": "1", "days": ",".join(WEEKDAYS)},
}


@dataclass(frozen=True, slots=True)
class When:
    """What the editor shows of a trigger."""

    kind: str
    text: str
    blanks: Mapping[str, str] = field(default_factory=dict)  # by "kind.blank", common ones by name
    problems: tuple[Problem, ...] = ()
    leads: str = "sentence"  # or text: what was changed last
    rivals: tuple[str, ...] = ()  # the two texts, where both were changed and neither is known last

    def blank(self, name: str) -> str:
        """What stands in a blank."""
        return self.blanks.get(name, "")

    def ticked(self, name: str, choice: str) -> bool:
        """Whether a choice of a list is among what stands in a blank.

        >>> When("weekly", "", {"weekly.days": "mon,thu"}).ticked("weekly.days", "thu")
        True
        """
        return choice in self.blank(name).split(",")


def shown_when(text: str, soon: str) -> When:
    """The sentence of a stored or proposed text; of a text that cannot be read only the text.

    `soon` is a moment for blanks that name one, as a date-and-time field holds it.
    """
    try:
        said = sentence_of(text)
    except TriggerError as error:
        return When("text", text, filled({}, soon), error.problems, "text")
    return When(said.kind, text, filled(placed(said), soon), (), "text")


def placed(said: Sentence) -> dict[str, str]:
    """A sentence's blanks by their names in the form."""
    return {
        name if name in COMMON else f"{said.kind}.{name}": value
        for name, value in said.blanks.items()
    }


def filled(blanks: Mapping[str, str], soon: str) -> dict[str, str]:
    """All kinds' blanks, those not given with something that is a good beginning."""
    found = {f"{kind}.{name}": value for kind, some in DEFAULTS.items()
             for name, value in some.items()}  # fmt: skip
    found |= {"at.moment": soon, "sitecore.start": soon, "kentico.start": soon}
    given = {name.partition(".")[0] for name in blanks if "." in name}
    # What a kind says itself is all it says: its defaults would add to it.
    found = {name: value for name, value in found.items() if name.partition(".")[0] not in given}
    times = next((value for name, value in blanks.items() if name.endswith(".times")), "")
    if times:
        found |= {f"{kind}.times": times for kind in ("daily", "weekly", "monthly", "yearly")
                  if kind not in given}  # fmt: skip
    return found | dict(blanks)


def read_when(typed: Typed, soon: str) -> When:
    """The trigger of a posted form: one of sentence and text leads, the other follows."""
    blanks = {name: typed.joined(f"when.{name}") for name in typed.under("when.")}
    kind = typed.one("kind")
    kind = kind if kind in KINDS else "text"
    text, was = typed.one("trigger"), typed.one("trigger.was")
    said = sentence_typed(kind, blanks)
    mend = typed.one("mend")
    if mend:
        return led_by_text(mend, kind, blanks, soon)
    leads = typed.one("leads")
    if kind == "text" or leads == "text" or (leads != "sentence" and text != was):
        if not leads and kind != "text" and text != was and both_changed(said, was):
            problem = Problem("conflict", "trigger", "", "the sentence and the text below it were "
                              "both changed, and they differ", "choose one of the two")  # fmt: skip
            return When(kind, text, blanks, (problem,), "text", (text_of(said), text))
        return led_by_text(text, kind, blanks, soon)
    return led_by_sentence(said, blanks)


def sentence_typed(kind: str, blanks: Mapping[str, str]) -> Sentence:
    """The sentence that the blanks of a kind make."""
    own = {
        name.removeprefix(f"{kind}."): value for name, value in blanks.items()
        if name.startswith(f"{kind}.")
    }  # fmt: skip
    return Sentence(kind, own | {name: blanks[name] for name in COMMON if name in blanks})


def both_changed(said: Sentence, was: str) -> bool:
    """Whether the sentence no longer says what the text was when the form was made."""
    return canonical(text_of(said)) != canonical(was)


def canonical(text: str) -> str:
    """A text as it is written back; one that cannot be read as it is."""
    try:
        return str(trigger(text))
    except TriggerError:
        return text


def led_by_text(text: str, kind: str, blanks: Mapping[str, str], soon: str) -> When:
    """The text stands as it was typed; the sentence follows if it can be read."""
    try:
        said = sentence_of(text)
    except TriggerError as error:
        return When(kind, text, blanks, error.problems, "text")
    others = {
        name: value for name, value in blanks.items()
        if not name.startswith(f"{said.kind}.") and name not in COMMON
    }  # fmt: skip
    # Who writes the text by hand stays there; the sentence is filled in behind it.
    kind = "text" if kind == "text" else said.kind
    return When(kind, text, filled(others, soon) | placed(said), (), "text")


def led_by_sentence(said: Sentence, blanks: Mapping[str, str]) -> When:
    """The blanks stand as they were typed; the text follows."""
    text = text_of(said)
    try:
        return When(said.kind, str(trigger(text)), blanks)
    except TriggerError as error:
        return When(said.kind, text, blanks, error.problems)
