"""What holds for every trigger, whatever its text."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from hypothesis import assume, given
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.instants import from_datetime, to_datetime
from rota.when import Trigger, trigger

ZONES = [
    "UTC",
    "Europe/Prague",
    "America/New_York",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "America/Havana",
]
CLOCKS = st.sampled_from(
    ["00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "09:00", "23:59:59"]
)
MASKS = st.sampled_from(["mon", "mon-fri", "sat,sun", "wed,sun"])


def lists(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=3, unique=True).map(",".join)


def field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    pair = st.tuples(number, number).map(lambda two: f"{min(two)}-{max(two)}")
    return st.one_of(
        st.just("*"),
        number.map(str),
        pair,
        st.integers(2, high).map(lambda one: f"*/{one}"),
        lists(number.map(str)),
    )


CRON = st.tuples(
    field(0, 59),
    field(0, 23),
    st.one_of(field(1, 28), st.sampled_from(["L", "LW", "15W", "?"])),
    field(1, 12),
    st.one_of(field(0, 7), st.sampled_from(["MON-FRI", "5L", "TUE#2", "?"])),
).map(lambda parts: "cron " + " ".join(parts))
EVERY = st.builds(
    "every {} {} {}".format,
    st.sampled_from(
        ["1s", "7s", "90s", "5m", "7m", "1h", "25h", "1d", "3d", "2w", "1mo", "5mo", "1y"]
    ),
    st.one_of(st.just(""), MASKS.map("on {}".format)),
    st.sampled_from(["", "", "between 08:00-18:00", "between 22:00-02:30", "between 02:10-02:40"]),
)
CALENDAR = st.one_of(
    st.builds("daily at {}".format, lists(CLOCKS)),
    st.builds("weekly on {} at {}".format, MASKS, lists(CLOCKS)),
    st.builds(
        "monthly on {} at {}".format,
        lists(st.sampled_from(["1", "29", "31", "last", "first mon", "fifth fri"])),
        CLOCKS,
    ),
    st.builds(
        "yearly on {} at {}".format, lists(st.sampled_from(["02-29", "03-29", "10-25"])), CLOCKS
    ),
)
WINDOW = st.sampled_from(["", "", "from 2024-01-31T02:30", "until 2027-06-01", "from 1999-01-01"])
TERM = st.builds("{} {}".format, st.one_of(CRON, EVERY, CALENDAR), WINDOW)
SUFFIX = st.builds(
    "in {} {} {} {}".format,
    st.sampled_from(ZONES),
    st.sampled_from(["", "gap shift", "gap after", "gap skip"]),
    st.sampled_from(["", "fold first", "fold second", "fold both"]),
    st.sampled_from(["", "except 12-24,2026-03-28..2026-04-02"]),
)
TEXTS = st.builds("{} {}".format, st.lists(TERM, min_size=1, max_size=2).map(" or ".join), SUFFIX)
INSTANTS = st.integers(0, 4_000_000_000).map(lambda second: second * 1_000_000)


def made(text: str) -> Trigger:
    try:
        return trigger(text)
    except TriggerError as error:
        assume(not all(one.code in ("E_NEVER", "E_WINDOW") for one in error.problems))
        raise


@given(TEXTS, INSTANTS)
def test_slots_increase_strictly_and_come_later(text: str, after: int) -> None:
    last = after
    for slot in islice(made(text).instants(after, anchor=after), 30):
        assert slot > last
        last = slot


@given(TEXTS, INSTANTS)
def test_stepping_and_asking_again_are_the_same(text: str, after: int) -> None:
    found = made(text)
    slots = list(islice(found.instants(after, anchor=after), 12))
    for before, slot in zip([after, *slots], slots, strict=False):
        assert next(found.instants(before, anchor=after)) == slot


@given(TEXTS, INSTANTS, st.integers(1, 9))
def test_latest_and_count_agree_with_the_slots(text: str, after: int, count: int) -> None:
    found = made(text)
    slots = list(islice(found.instants(after, anchor=after), 25))
    assume(slots)
    until = slots[-1]
    assert found.latest(after, until, count, anchor=after) == slots[-count:]
    assert found.count(after, until, anchor=after) == len(slots)
    assert found.count(after, until, 3, anchor=after) == min(3, len(slots))
    assert found.latest(after, until - 1, 1, anchor=after) == slots[:-1][-1:]
    assert found.latest(until, until, 5, anchor=after) == []


@given(TEXTS)
def test_the_text_says_the_same(text: str) -> None:
    found = made(text)
    again = trigger(str(found))
    assert again == found
    assert hash(again) == hash(found)
    assert str(again) == str(found)
    assert again.words() == found.words()


@given(TEXTS, INSTANTS)
def test_next_is_the_slots_as_datetimes(text: str, after: int) -> None:
    found = made(text)
    moment = to_datetime(after)
    slots = list(islice(found.instants(after, anchor=after), 3))
    times = found.next(moment, 3, anchor=moment)
    assert [from_datetime(one) for one in times] == slots
    assert all(one.utcoffset() == timedelta() for one in times)


@given(TEXTS, INSTANTS)
def test_what_is_due_is_what_a_slot_lies_in(text: str, last: int) -> None:
    found = made(text)
    now = to_datetime(last + 86_400_000_000)
    answer = found.due(now, to_datetime(last), anchor=to_datetime(last))
    owed = found.count(last, from_datetime(now), anchor=last) > 0
    assert answer.due == owed
    assert (answer.reason is None) == owed
    if owed:
        assert answer.next == now
    else:
        upcoming = found.next(now, anchor=to_datetime(last))
        assert answer.next == (upcoming[0] if upcoming else None)
