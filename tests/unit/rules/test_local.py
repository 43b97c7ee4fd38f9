"""Schedules of one node, against the worked timelines. Minutes; a run takes no time unless said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.rules.local import After, Local, Strategy

MINUTE = 60_000_000
NEVER = None
Deed = tuple[int, str, object]


def starts(
    local: Local, until: int, *deeds: Deed, lasting: Sequence[int] = (), refused: Sequence[int] = ()
) -> list[int]:
    """When attempts begin up to an instant. `deeds` are (when, what, value); `lasting` how long the
    first attempts take; `refused` the numbers of those that find a gate shut.
    """
    begun: list[int] = []
    waiting = sorted(deeds, key=lambda deed: deed[0])
    ends: int | None = None
    local.start(0)
    now = 0
    while True:
        if ends is not None and ends <= now:
            local.refused(now) if len(begun) - 1 in refused else local.ended(now)
            ends = None
        while waiting and waiting[0][0] * MINUTE <= now:
            _, what, value = waiting.pop(0)
            if what == "trigger":
                local.trigger(value)  # type: ignore[arg-type]
            elif what == "period":
                local.set_period(minutes(value), now)
            else:
                local.set_retry(minutes(value), now)
        if local.is_due(now):
            begun.append(now // MINUTE)
            local.begin(now)
            took = lasting[len(begun) - 1] if len(begun) <= len(lasting) else 0
            ends = now + took * MINUTE
            continue
        found = [ends, local.due if not local.running else None]
        found += [waiting[0][0] * MINUTE] if waiting else []
        later = [instant for instant in found if instant is not None]
        if not later or min(later) > until * MINUTE or len(begun) > 1_000:
            return begun
        now = max(now, min(later))


def minutes(value: object) -> int | None:
    assert value is None or isinstance(value, int)
    return None if value is None else value * MINUTE


def of(period: int | None, delay: int | None = 0, retry: int | None = 1) -> Local:
    return Local(minutes(period), minutes(delay), minutes(retry))


# ------------------------------------------------------------------------------- loop


def test_starts_are_a_period_apart() -> None:
    assert starts(of(5), 10) == [0, 5, 10]


def test_the_first_comes_after_the_delay() -> None:
    assert starts(of(60, delay=3), 130) == [3, 63, 123]


def test_ticks_that_a_run_lasts_past_are_one_start_and_the_grid_moves() -> None:
    assert starts(of(10), 60, lasting=[35]) == [0, 35, 45, 55]


def test_a_run_as_long_as_the_period_is_followed_at_once() -> None:
    assert starts(of(5), 12, lasting=[5]) == [0, 5, 10]


def test_a_wake_up_that_is_late_moves_no_later_tick() -> None:
    local = of(10)
    local.start(0)
    local.begin(0)
    local.ended(0)
    local.begin(10 * MINUTE + 7)
    local.ended(10 * MINUTE + 9)
    assert local.due == 20 * MINUTE


def test_never_and_never_runs_when_asked_only() -> None:
    assert starts(of(NEVER, NEVER), 4000, (1440, "trigger", "none"), (2880, "trigger", "none")) == [
        1440, 2880,
    ]  # fmt: skip


def test_once_at_the_start_and_then_when_asked() -> None:
    assert starts(of(NEVER), 4000, (1440, "trigger", "replace")) == [0, 1440]


def test_ninety_days_is_a_period() -> None:
    assert starts(of(90 * 1440), 91 * 1440) == [0, 90 * 1440]


def test_a_period_of_nothing_runs_back_to_back_and_still_hears_a_trigger() -> None:
    local = of(0)
    local.start(0)
    for _ in range(3):
        assert local.is_due(0)
        local.begin(0)
        local.trigger("none")
        local.ended(0)
    assert local.asked is not None


# --------------------------------------------------------------------------- triggers


@pytest.mark.parametrize(
    "how, lasts, then",
    [
        ("none", 0, [60, 120]), ("none", 5, [60, 120]), ("none", 50, [120, 180]),
        ("none", 110, [130, 190]),
        ("replace", 0, [120, 180]), ("replace", 5, [120, 180]), ("replace", 50, [120, 180]),
        ("replace", 110, [130, 190]),
        ("reset", 0, [80, 140]), ("reset", 5, [80, 140]), ("reset", 50, [80, 140]),
        ("reset", 110, [130, 190]),
        (After(10 * MINUTE), 0, [30, 90]), (After(10 * MINUTE), 5, [30, 90]),
        (After(10 * MINUTE), 50, [70, 130]), (After(10 * MINUTE), 110, [130, 190]),
    ],
)  # fmt: skip
def test_a_trigger_at_20_of_an_hour(how: Strategy | After, lasts: int, then: list[int]) -> None:
    found = starts(of(60), then[-1], (20, "trigger", how), lasting=[0, lasts])
    assert found == [0, 20, *then]


def test_a_trigger_during_a_run_comes_right_after_it() -> None:
    assert starts(of(60), 70, (4, "trigger", "none"), lasting=[10]) == [0, 10, 60]


@pytest.mark.parametrize("how, then", [("none", 120), ("replace", 120), ("reset", 130)])
def test_one_trigger_during_a_run_past_its_tick_is_one_run(how: Strategy, then: int) -> None:
    assert starts(of(60), then, (4, "trigger", how), lasting=[70]) == [0, 70, then]


def test_a_trigger_while_a_planned_run_is_on_its_way_comes_after_it() -> None:
    local = of(60)
    local.start(0)
    local.trigger("reset")
    local.begin(0, planned=True)
    local.ended(5 * MINUTE)
    assert local.is_due(5 * MINUTE)
    local.begin(5 * MINUTE)
    local.ended(5 * MINUTE)
    assert (local.asked, local.due) == (None, 65 * MINUTE)


def test_of_several_triggers_the_last_one_counts() -> None:
    found = starts(of(60), 130, (4, "trigger", "none"), (5, "trigger", "reset"), lasting=[10])
    assert found == [0, 10, 70, 130]


def test_a_trigger_during_the_triggered_run_is_one_more_run() -> None:
    deeds = (20, "trigger", "none"), (22, "trigger", "none"), (23, "trigger", "none")
    assert starts(of(60), 60, *deeds, lasting=[0, 5]) == [0, 20, 25, 60]


def test_two_replacements_cancel_a_tick_each() -> None:
    assert starts(of(60), 180, (20, "trigger", "replace"), (60, "trigger", "replace")) == [
        0, 20, 60, 180,
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["none", "replace", "reset"])
def test_a_trigger_during_the_delay_begins_the_grid(how: Strategy) -> None:
    assert starts(of(60, delay=30), 70, (10, "trigger", how)) == [10, 70]


def test_a_delay_of_its_own_is_kept_during_the_first_one() -> None:
    assert starts(of(60, delay=30), 65, (0, "trigger", After(5 * MINUTE))) == [0, 5, 65]


def test_a_delay_that_never_ends_parks_until_the_period_changes() -> None:
    deeds = (0, "trigger", After(NEVER)), (500, "period", 70)
    assert starts(of(60), 570, *deeds) == [0, 500, 570]


def test_no_wait_at_all_is_two_runs_in_a_row() -> None:
    assert starts(of(60), 80, (20, "trigger", After(0))) == [0, 20, 20, 80]


# ----------------------------------------------------------------------------- period


@pytest.mark.parametrize(
    "before, at, after, then",
    [
        (10, 0, 60, [60, 120]), (60, 30, 10, [30, 40]), (60, 30, 40, [40, 80]),
        (NEVER, 0, 10, [10, 20]), (10, 5, NEVER, []),
    ],
)  # fmt: skip
def test_a_change_while_waiting_counts_at_once(
    before: int | None, at: int, after: int | None, then: list[int]
) -> None:
    local = of(before)
    until = then[-1] if then else 1440
    assert starts(local, until, (at, "period", after)) == [0, *then]


def test_a_change_during_a_run_counts_from_its_start() -> None:
    assert starts(of(10), 60, (1, "period", 60), lasting=[2]) == [0, 60]


def test_a_change_and_then_a_trigger_are_not_counted_twice() -> None:
    assert starts(of(60), 90, (20, "period", 90), (30, "trigger", "none")) == [0, 30, 90]


def test_a_change_leaves_the_first_delay_alone() -> None:
    assert starts(of(60, delay=30), 40, (5, "period", 10)) == [30, 40]


# ------------------------------------------------------------------------------ gates


def test_a_shut_gate_is_tried_again_after_the_wait_and_the_tick_is_not_lost() -> None:
    assert starts(of(1440), 1442, refused=[0, 1]) == [0, 1, 2, 1442]


def test_a_start_up_run_is_not_lost_to_a_shut_gate() -> None:
    assert starts(of(NEVER), 1000, refused=[0, 1, 2]) == [0, 1, 2, 3]


def test_a_long_wait_makes_attempts_rarer_than_the_period() -> None:
    assert starts(of(1, retry=6), 12, refused=range(9)) == [0, 6, 12]


def test_without_a_wait_the_next_tick_tries_again() -> None:
    assert starts(of(5, retry=0), 10, refused=range(9)) == [0, 5, 10]


def test_never_parks_until_it_changes_and_a_trigger_breaks_it() -> None:
    changed = (30, "retry", 40)
    assert starts(of(5, retry=NEVER), 100, changed, refused=[0]) == [0, 40, *range(45, 101, 5)]
    assert starts(of(5, retry=NEVER), 60, (50, "trigger", "none"), refused=[0]) == [0, 50, 55, 60]


def test_a_trigger_during_the_wait_asks_the_gates_at_once() -> None:
    found = starts(of(60, retry=60), 80, (20, "trigger", "none"), refused=[0])
    assert found == [0, 20, 80]


def test_a_shorter_wait_ends_the_one_that_runs() -> None:
    assert starts(of(600, retry=60), 20, (20, "retry", 10), refused=[0]) == [0, 20]


def test_a_shut_gate_is_no_busy_loop() -> None:
    local = of(0, retry=0)
    local.start(0)
    local.begin(0)
    local.refused(0)
    assert local.due == 1_000_000


# ------------------------------------------------------------------- planned from outside


def test_the_application_may_plan_the_next_attempt_itself() -> None:
    local = Local(NEVER, NEVER)
    local.start(0)
    local.plan(30)
    assert (local.is_due(29), local.is_due(30)) == (False, True)
    local.begin(30)
    local.plan(40)  # while it runs
    local.ended(50)
    assert local.due == 50
    local.plan(None)
    assert not local.is_due(1_000)


def test_what_was_planned_is_still_owed_if_its_run_never_began() -> None:
    local = Local(NEVER, NEVER)
    local.start(0)
    local.plan(30)
    local.forgone(31)
    assert local.due == 1_000_031
    local.begin(1_000_031)
    local.ended(1_000_031)
    assert local.due is None


def test_a_tick_is_used_up_if_its_run_never_began() -> None:
    local = of(10)
    local.start(0)
    local.forgone(0)
    assert local.due == 10 * MINUTE


# ------------------------------------------------------------------------------- any


@given(
    st.integers(1, 90),
    st.lists(st.integers(0, 200), max_size=8),
    st.lists(
        st.tuples(
            st.integers(0, 300), st.just("trigger"), st.sampled_from(["none", "reset", "replace"])
        ),
        max_size=6,
    ),
)
def test_attempts_never_meet_and_a_period_passes_between_the_planned_ones(
    period: int, lasting: list[int], deeds: list[Deed]
) -> None:
    found = starts(of(period), 600, *deeds, lasting=lasting)

    ends = [start + (lasting[n] if n < len(lasting) else 0) for n, start in enumerate(found)]
    assert all(end <= start for end, start in zip(ends, found[1:], strict=False))
    assert len(found) <= 600 // period + 1 + 2 * len(deeds) + len(lasting)


@given(st.integers(1, 100), st.integers(0, 50), st.integers(0, 50))
def test_pauses_let_ticks_go_by(period: int, at: int, length: int) -> None:
    local = Local(period)
    local.start(0)
    local.begin(0)
    local.ended(0)
    local.passed(at + length)
    assert local.due is not None
    assert local.due > at + length
    assert local.due % period == 0
