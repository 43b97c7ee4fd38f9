"""Filtered grids of elapsed time: exact however far the next slot is, and found without walking."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rota.errors import TriggerError
from rota.instants import from_datetime
from rota.when import trigger
from rota.when.grid import Filters, Grid
from rota.when.window import Between
from rota.when.zone import DAY, FIRST, changes, offsets_within, zone

SECOND = 1_000_000
YEAR = 365 * DAY
LIMIT = 0.005
ZONES = ("Europe/Prague", "Africa/Casablanca", "Pacific/Apia", "America/New_York", "Asia/Gaza",
         "Antarctica/Troll", "Australia/Lord_Howe", "Europe/Lisbon", "UTC")  # fmt: skip


@st.composite
def grids(draw: st.DrawFn) -> tuple[Grid, Filters]:
    """Steps that drift slowly through the week, or not at all, and narrow filters."""
    days = draw(st.sampled_from([1, 1, 7, 7, 28, 30, 364, 365]))
    off = draw(st.sampled_from([0, 0, 1, -1, 60, 3_600, -1_800]))
    start = draw(st.integers(0, 1_800_000_000)) * SECOND
    opens, length = draw(st.integers(0, 1_439)), draw(st.sampled_from([1, 10, 120]))
    between = draw(st.sampled_from([None, Between(opens, (opens + length) % 1_440)]))
    mask = draw(st.sampled_from([1, 2, 31, 64, 96, 127]))
    return Grid(start, days * DAY + off * SECOND), Filters(mask, between)


@settings(max_examples=60)
@given(grids(), st.sampled_from(ZONES), st.integers(0, 50 * YEAR))
def test_finds_what_walking_the_grid_finds(
    case: tuple[Grid, Filters], name: str, later: int
) -> None:
    (grid, filters), where = case, zone(name)
    after = grid.anchor + later
    end = after + 30 * YEAR
    walked = (
        slot
        for slot in range(grid.above(after + 1), end, grid.step)
        if filters.allow(where.wall(slot))
    )
    expected = next(walked, None)
    found = next(grid.forth(after, where, filters), None)
    assert expected == (found if found is not None and found < end else None)

    back = range(grid.below(after), max(grid.anchor, after - 30 * YEAR) - 1, -grid.step)
    expected = next((slot for slot in back if filters.allow(where.wall(slot))), None)
    low = max(grid.anchor, after - 30 * YEAR) - 1
    assert next(grid.back(after, low, where, filters), None) == expected


def quickest(text: str, after: int) -> float:
    """The best of three of everything a trigger is asked, with no change of a clock known yet."""
    best = 1.0
    for _ in range(3):
        changes.cache_clear()
        offsets_within.cache_clear()
        took = []
        begin = perf_counter()
        try:
            found = trigger(text)
        except TriggerError:
            return perf_counter() - begin
        took.append(perf_counter() - begin)
        for ask in (
            lambda found=found: next(found.instants(after), None),
            lambda found=found: found.latest(FIRST, after, 1),
        ):
            begin = perf_counter()
            ask()
            took.append(perf_counter() - begin)
        best = min(best, max(took))
    return best


@pytest.mark.parametrize(
    "text",
    [
        "kentico minute;3/2/2024 2:00:00 AM;1441;08:00:00;08:01:00;Monday in Europe/Prague",
        "kentico minute;3/2/1990 2:00:00 AM;10079;08:00:00;08:01:00;Monday in Europe/Lisbon",
        "every 25h on sun between 02:00-02:10 from 1970-01-01 in Africa/Casablanca",
        "every 31536001s on mon from 1970-01-01 in Europe/Prague",
        "every 604801s on tue from 2026-03-02 in Europe/Prague",
        "every 604801s on tue in Europe/Prague",
        "sitecore 19700101||4|30.00:00:07 anchored in Asia/Gaza",
    ],
)
def test_no_step_takes_long(text: str) -> None:
    now = from_datetime(datetime(2026, 3, 2, tzinfo=UTC))
    with suppress(TriggerError):
        trigger(text)  # the modules of the kind are loaded
    # Ten times the aim, as the machine that runs this may be busy; the fuzzer holds the aim itself.
    assert quickest(text, now) < 10 * LIMIT


def test_a_grid_that_drifts_past_its_day_only_in_centuries_never_runs() -> None:
    with pytest.raises(TriggerError) as refused:
        trigger("sitecore 20260302||4|7.00:00:01 anchored in Europe/Prague")
    assert [problem.code for problem in refused.value.problems] == ["E_NEVER"]
    assert trigger("sitecore 20260302||4|7.00:10:00 anchored in Europe/Prague")
