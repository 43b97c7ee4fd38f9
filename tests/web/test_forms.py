"""The pure forms: a sentence and its text say the same, whatever the trigger."""

from __future__ import annotations

import random
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from rota import trigger
from rota.errors import Problem, TriggerError
from rota.web.forms.differences import conflicts, differences
from rota.web.forms.draft import Draft, by_field, with_theirs
from rota.web.forms.names import free_name, name_from
from rota.web.forms.parameters import fields, read_parameters
from rota.web.forms.policies import groups, read_policies
from rota.web.forms.sentence import KINDS, Sentence, sentence_of, text_of
from rota.web.forms.typed import Typed
from rota.web.forms.when import read_when, shown_when
from rota.web.pages.editing import places
from rota.web.show.mending import mend
from web.fake import ordinary

SOON = "2026-03-02T09:00"
PRAGUE = ZoneInfo("Europe/Prague")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def made(dice: random.Random) -> str:
    """A trigger text of any kind with any options."""
    some = ",".join(sorted(dice.sample(DAYS, dice.randint(1, 7)), key=DAYS.index))
    times = ",".join(
        f"{dice.randrange(24):02}:{dice.randrange(60):02}" for _ in range(dice.randint(1, 3))
    )
    start = f"20{dice.randint(26, 40)}-0{dice.randint(1, 9)}-1{dice.randrange(10)}"
    term = dice.choice((
        f"every {dice.randint(1, 90)}{dice.choice(['s', 'm', 'h', 'd', 'w', 'mo', 'y'])}",
        f"every {dice.randint(1, 9)}h{dice.randint(1, 59)}m on {some} between 08:00-18:00",
        f"every {dice.randint(1, 9)}m after end", f"every 1y{dice.randint(1, 11)}mo",
        f"daily at {times}", f"weekly on {some} at {times}",
        f"monthly on {dice.choice(['1,15,last', '31', 'last fri', 'first mon,15'])} at {times}",
        f"yearly on {dice.choice(['12-24', '02-29,06-30'])} at {times}",
        f"cron {dice.choice(['0 9 * * MON-FRI', '@daily', '*/5 0 9 ? * 5L', 'H H * * *'])}",
        f"rrule FREQ=WEEKLY;INTERVAL={dice.randint(1, 5)};BYDAY=MO,TH;BYHOUR=9,17;BYMINUTE=0",
        "rrule FREQ=MONTHLY;BYDAY=-1FR,2MO;BYSETPOS=-1;COUNT=5",
        "rrule FREQ=YEARLY;BYMONTH=1,6;BYMONTHDAY=-1;WKST=SU", "rrule FREQ=DAILY;BYHOUR=9",
        f"at {start}T10:00", f"at {start}T10:00:00Z", "manual",
        f"sitecore {start.replace('-', '')}||{dice.randint(1, 127)}|01:00:00",
        "sitecore 20260220T090000Z|99990101T000000Z|127|1.00:00:00 anchored",
        "sitecore 20260220||127|00:10:00 async",
        f"kentico day;3/2/2026 2:00:00 AM;{dice.randint(1, 9)};Monday,Friday",
        "kentico minute;3/2/2026 2:00:00 PM;5;08:00:00;18:00:00;Monday",
        "kentico month;3/2/2026 12:00:00 AM;1;-1", "kentico year;3/2/2026 2:00:05 AM;2",
        "kentico month;3/2/2026 2:00:00 AM;1;first;Monday", "kentico once;1/1/0001 12:00:00 AM",
    ))  # fmt: skip
    kind = term.split()[0]
    if kind not in ("at", "manual", "sitecore", "kentico") and dice.random() < 0.4:
        term += f" from {start}" + (" until 2050-01-01T12:30:15" if dice.random() < 0.5 else "")
    if dice.random() < 0.2:
        term += " except 12-24,2027-01-02..2027-01-06"
    if dice.random() < 0.6:
        term += f" in {dice.choice(['Europe/Prague', 'UTC', 'Asia/Kathmandu'])}"
    return term + (dice.choice([" gap skip", " fold both"]) if dice.random() < 0.2 else "")


@pytest.mark.parametrize("seed", range(4))
def test_a_text_and_its_sentence_say_the_same(seed: int) -> None:
    dice = random.Random(seed)
    kinds = set()
    for _ in range(300):
        text = made(dice)
        try:
            rule = trigger(text)
        except TriggerError:
            continue  # days that never meet: nothing to say
        said = sentence_of(text)
        kinds.add(said.kind)
        assert trigger(text_of(said)) == rule, text
        assert sentence_of(text_of(said)) == said, text
    assert kinds == set(KINDS)


@pytest.mark.parametrize("seed", range(3))
def test_a_form_sent_back_untouched_says_what_it_was_shown(seed: int) -> None:
    dice = random.Random(100 + seed)
    for _ in range(150):
        try:
            text = str(trigger(made(dice)))
        except TriggerError:
            continue
        shown = shown_when(text, SOON)
        sent = {f"when.{name}": [value] for name, value in shown.blanks.items()}
        sent |= {"kind": [shown.kind], "trigger": [text], "trigger.was": [text]}
        back = read_when(Typed(sent), SOON)
        assert (back.text, back.kind, back.problems) == (text, shown.kind, ())


def test_whichever_was_changed_leads() -> None:
    sent = {"kind": ["daily"], "when.daily.times": ["8:30"], "trigger": ["daily at 07:00"],
            "trigger.was": ["daily at 07:00"]}  # fmt: skip
    assert read_when(Typed(sent), SOON).text == "daily at 08:30"
    by_text = read_when(Typed({**sent, "when.daily.times": ["07:00"],
                               "trigger": ["every 5m"]}), SOON)  # fmt: skip
    assert (by_text.kind, by_text.blank("every.n")) == ("every", "5")
    both = read_when(Typed({**sent, "trigger": ["every 5m"]}), SOON)
    assert both.rivals == ("daily at 08:30", "every 5m")
    assert both.problems
    last = read_when(Typed({**sent, "trigger": ["every 5m"], "leads": ["sentence"]}), SOON)
    assert last.text == "daily at 08:30"


def test_every_second_week_is_a_sentence() -> None:
    said = Sentence("weekly", {"n": "2", "days": "mon,thu", "times": "9:00", "from": "2026-03-02"})
    text = text_of(said)
    assert text == ("rrule FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0 from 2026-03-02")
    back = sentence_of(text)
    assert (back.kind, back["n"], back["days"], back["times"]) == ("weekly", "2", "mon,thu",
                                                                    "09:00")  # fmt: skip


def test_what_is_typed_wrongly_is_kept_and_named() -> None:
    sent = {"kind": ["weekly"], "when.weekly.times": ["25:00"], "when.weekly.days": ["mon"],
            "trigger": [""], "trigger.was": [""]}  # fmt: skip
    when = read_when(Typed(sent), SOON)
    assert when.blank("weekly.times") == "25:00"
    assert [one.code for one in when.problems] == ["E_TIME"]


MENDS = {
    "daily at 8:30": "daily at 08:30",
    "daily at 09:00 in Europe/Pragu": "daily at 09:00 in Europe/Prague",
}


@pytest.mark.parametrize("text", MENDS)
def test_mends(text: str) -> None:
    with pytest.raises(TriggerError) as caught:
        trigger(text)
    assert mend(text, caught.value.problems[0]) == MENDS[text]


SCHEMA = {
    "properties": {
        "days": {"title": "Days", "type": "integer", "default": 7},
        "who": {"title": "Who", "type": "string"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "live": {"type": "boolean", "default": True},
        "at": {"type": "string", "format": "date-time", "default": "2026-03-02T09:00:00Z"},
        "wait": {"type": "string", "format": "duration", "default": "PT90M"},
        "size": {"enum": ["small", 3], "default": "small"},
        "tags": {"type": "array", "default": []},
    },
    "required": ["who"],
    "additionalProperties": False,
}


def sent_back(values: dict[str, object]) -> dict[str, list[str]]:
    return {
        one.name: [one.value] for one in fields(SCHEMA, values, PRAGUE)
        if one.control != "switch" or one.value
    }  # fmt: skip


def test_parameters_left_alone_stay_as_they_were() -> None:
    stored: tuple[dict[str, object], ...] = (
        {"who": "ann"},
        {"who": "ann", "days": 7, "note": "", "live": False},
        {"who": "b\nc", "at": "2026-03-02T09:00:30.5Z", "wait": "PT1.5S", "size": 3},
    )
    for before in stored:
        found, problems = read_parameters(SCHEMA, Typed(sent_back(before)), before, PRAGUE)
        assert not problems
        assert found == before


def test_parameters_are_read_by_kind() -> None:
    sent = sent_back({}) | {"p.who": ["ann"], "p.days": ["3"], "p.at": ["2026-07-01T12:00"],
                            "p.size": ["3"], "p.tags": ['["a"]']}  # fmt: skip
    sent.pop("p.live")
    found, problems = read_parameters(SCHEMA, Typed(sent), {}, PRAGUE)
    assert not problems
    assert found == {"who": "ann", "days": 3, "at": "2026-07-01T10:00:00Z", "size": 3,
                     "tags": ["a"], "live": False}  # fmt: skip


def test_what_is_no_value_is_named_with_its_parameter() -> None:
    sent = sent_back({}) | {"p.days": ["x"], "p.tags": ["[1,"], "p.at": ["never"]}
    _, problems = read_parameters(SCHEMA, Typed(sent), {}, PRAGUE)
    assert sorted(one.part for one in problems) == ["days", "tags", "who"]


def test_unknown_parameters_are_not_lost() -> None:
    [last] = fields({}, {"old": [1]}, UTC)
    found, _ = read_parameters({}, Typed({last.name: [last.value]}), {"old": [1]}, UTC)
    assert found == {"old": [1]}


def test_policies_left_alone_stay_as_they_were() -> None:
    own: dict[str, object] = {
        "overlap": 3, "catch_up": "none", "timeout": None, "unique": True, "backoff": "5s..1m",
        "placement": "role:mail", "retries": 2,
    }  # fmt: skip
    sent = {
        blank.name: [blank.value]
        for group in groups({}, own, (("one", "one node"),), None)
        for line in group.lines for blank in (line.blank, line.number) if blank is not None
    }  # fmt: skip
    assert read_policies(Typed(sent), own) == (own, ())
    assert read_policies(Typed({**sent, "policy.retries": [""]}), own)[1] == ("retries",)


def test_places_are_what_the_living_nodes_offer() -> None:
    offered = dict(places(ordinary()))
    assert list(offered) == [
        "one", "every", "machine", "role:scheduling", "label:eu", "node:web-1.harbour.example",
        "node:web-2.harbour.example",
    ]  # fmt: skip
    assert offered["label:eu"] == "every node with the label eu"


def test_names_from_titles() -> None:
    assert name_from("Émile’s  wöchentlicher Bericht!") == "emile-s-wochentlicher-bericht"
    assert name_from("日本") == ""
    assert free_name("a", {"a", "a-2"}.__contains__) == "a-3"


def test_versions_are_compared_field_by_field() -> None:
    base = Draft("A", "t", "manual", parameters={"days": 1}, policies={"retries": 1})
    mine = Draft("B", "t", "manual", parameters={"days": 1}, policies={})
    theirs = Draft("C", "t", "every 5m", parameters={"days": 2}, policies={"retries": 1})
    rows = {one.field: one.ours for one in conflicts(base.json(), theirs.json(), mine.json())}
    assert rows == {"title": True, "trigger": False, "parameters.days": False,
                    "policies.retries": True}  # fmt: skip
    picks = Typed({f"pick.{name}": ["ours" if ours else "theirs"] for name, ours in rows.items()})
    merged = with_theirs(mine, theirs, picks)
    assert merged == Draft("B", "t", "every 5m", parameters={"days": 2}, policies={})
    assert differences(merged.json(), merged.json()) == []


def test_problems_stand_beside_their_fields() -> None:
    found = by_field([
        Problem("bad_policy", "timeout"), Problem("bad_parameters", "target.host"),
        Problem("refused", "name"), Problem("E_ZONE", "zone"), Problem("unreachable"),
    ])  # fmt: skip
    assert list(found) == ["policy.timeout", "p.target", "name", "trigger", ""]
