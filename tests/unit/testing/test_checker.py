"""The history checker: a good history passes; for every judgement a bad one is found, and only it.

One schedule, every minute for ten minutes, each run ten seconds; then one thing is made wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rota.instants import SECOND
from rota.ports.records import RunRow
from rota.testing.checker import JUDGEMENTS, check
from rota.testing.history import Fault, History, Jump, Trace, Version, Wanted

EPOCH = 1_772_323_200 * SECOND
MINUTE = 60 * SECOND
END = 15 * MINUTE

Part = tuple[RunRow, Trace | None]


def run(number: int, minute: int, **changes: object) -> tuple[RunRow, Trace]:
    due = EPOCH + minute * MINUTE
    row = RunRow(
        id=number, task="t", due=due, state="succeeded", schedule="a", attempt=1, fence=number,
        node="n1", created=due, started=due, finished=due + 10 * SECOND, result=f"fence {number}",
    )  # fmt: skip
    trace = Trace(
        number, "a", due, "slot", 1, number, "n1", minute * MINUTE, minute * MINUTE + 10 * SECOND,
        "returned", f"fence {number}",
    )  # fmt: skip
    return replace(row, **changes), trace  # type: ignore[arg-type]


def skip(number: int, first: int, last: int, reason: str) -> RunRow:
    return RunRow(
        id=number, task="t", due=EPOCH + first * MINUTE, state="skipped", schedule="a",
        reason=reason, due_last=EPOCH + last * MINUTE, skips=last - first + 1,
        created=EPOCH + first * MINUTE,
    )  # fmt: skip


def history(**changes: object) -> History:
    parts = [run(minute, minute) for minute in range(1, 16)]
    wanted = Wanted("a", EPOCH, (Version(0, "every 1m"),))
    good = History(
        [wanted], [row for row, _ in parts], [trace for _, trace in parts], epoch=EPOCH, end=END
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def changed(
    good: History, number: int, row: dict[str, object], trace: dict[str, object]
) -> History:
    return replace(
        good,
        rows=[replace(one, **row) if one.id == number else one for one in good.rows],  # type: ignore[arg-type]
        traces=[replace(one, **trace) if one.run == number else one for one in good.traces],  # type: ignore[arg-type]
    )


def without(good: History, *numbers: int) -> History:
    return replace(
        good,
        rows=[row for row in good.rows if row.id not in numbers],
        traces=[trace for trace in good.traces if trace.run not in numbers],
    )


def test_a_good_history_passes_and_everything_was_judged() -> None:
    verdict = check(history())

    assert verdict.ok, str(verdict)
    assert verdict.judged["decision"] == 13  # the last two minutes had not closed
    assert verdict.undecided["decision"] >= 1
    missing = set(JUDGEMENTS) - set(verdict.judged)
    assert missing == {"recovery"}  # nobody was killed


def two_runs_of_one_slot(good: History) -> History:
    row, trace = run(3, 3)
    later = replace(trace, run=30, fence=30, start=trace.start + 20 * SECOND, end=None)
    later = replace(later, end=later.start + SECOND, result="fence 30")
    return replace(
        good, rows=[*good.rows, replace(row, id=30, fence=30, result="fence 30")],
        traces=[*good.traces, later],
    )  # fmt: skip


def an_attempt_twice(good: History) -> History:
    _, trace = run(3, 3)
    again = replace(
        trace, start=trace.start + 20 * SECOND, end=trace.start + 30 * SECOND, node="n2"
    )
    return replace(good, traces=[*good.traces, again])


def an_unexplained_skip(good: History) -> History:
    return replace(without(good, 3), rows=[*without(good, 3).rows, skip(3, 3, 3, "no_node")])


def a_skip_that_counts_wrongly(good: History) -> History:
    rest = without(good, 3, 4)
    row = replace(skip(3, 3, 4, "no_node"), skips=7)
    return replace(rest, rows=[*rest.rows, row], faults=[Fault("outage", 2 * MINUTE, 5 * MINUTE)])


def a_run_in_a_pause(good: History) -> History:
    versions = (
        Version(0, "every 1m"),
        Version(150 * SECOND, None, "paused"),
        Version(270 * SECOND, "every 1m"),
    )
    return replace(good, wanted=[replace(good.wanted[0], versions=versions)])


def a_late_start(good: History) -> History:
    start = 3 * MINUTE + 2 * SECOND
    return changed(good, 3, {}, {"start": start, "end": start + SECOND})


def an_early_start(good: History) -> History:
    return changed(good, 3, {}, {"start": 3 * MINUTE - 1})


def a_task_without_a_run(good: History) -> History:
    return replace(good, rows=[row for row in good.rows if row.id != 3 or row.state == "none"] + [
        skip(3, 3, 3, "overlap")
    ])  # fmt: skip


def a_run_of_no_slot(good: History) -> History:
    row, trace = run(30, 3)
    row = replace(row, due=row.due + 30 * SECOND)
    trace = replace(trace, due=row.due, start=210 * SECOND, end=220 * SECOND)
    return replace(good, rows=[*good.rows, row], traces=[*good.traces, trace])


def a_success_without_a_trace(good: History) -> History:
    return replace(good, traces=[trace for trace in good.traces if trace.run != 3])


def a_lie_about_the_slot(good: History) -> History:
    """The keys are in order, and yet the task ran twice in one minute and not in the next."""
    return changed(
        good, 4, {}, {"start": 3 * MINUTE + 30 * SECOND, "end": 3 * MINUTE + 40 * SECOND}
    )


def two_at_once(good: History) -> History:
    return changed(good, 3, {"finished": EPOCH + 250 * SECOND}, {"end": 250 * SECOND})


def a_fence_that_went_back(good: History) -> History:
    _, trace = run(3, 3)
    again = replace(
        trace, attempt=2, fence=2, start=trace.start + 15 * SECOND, end=trace.start + 20 * SECOND
    )
    return replace(good, traces=[*good.traces, again])


def a_late_result_that_counted(good: History) -> History:
    _, trace = run(3, 3)
    again = replace(
        trace,
        attempt=2,
        fence=30,
        result="fence 30",
        start=trace.start + 15 * SECOND,
        end=trace.start + 20 * SECOND,
    )
    return replace(changed(good, 3, {"fence": 30, "attempt": 2}, {}), traces=[*good.traces, again])


def work_that_nobody_ends(good: History) -> History:
    return changed(good, 3, {"state": "running", "finished": None}, {})


def a_death_that_was_found_late(good: History) -> History:
    row = {"state": "lost", "finished": EPOCH + 3 * MINUTE + 35 * SECOND, "result": None}
    faults = [Fault("crash", 3 * MINUTE + 2 * SECOND, 3 * MINUTE + 2 * SECOND, "n1")]
    killed = {"outcome": "killed", "end": 3 * MINUTE + 2 * SECOND}
    return replace(changed(good, 3, row, killed), faults=faults)


def a_run_lost_for_no_reason(good: History) -> History:
    row = {"state": "lost", "finished": EPOCH + 3 * MINUTE + 11 * SECOND, "result": None}
    return changed(good, 3, row, {})


def an_attempt_after_its_run_was_lost(good: History) -> History:
    row = {"state": "lost", "finished": EPOCH + 3 * MINUTE - SECOND, "fence": 40, "result": None}
    faults = [Fault("pause", 2 * MINUTE, 3 * MINUTE, "n1")]
    return replace(changed(good, 3, row, {}), faults=faults)


def a_launch_beside_an_open_run(good: History) -> History:
    return changed(good, 3, {"finished": EPOCH + 245 * SECOND}, {})


def silence_after_the_last_fault(good: History) -> History:
    late = {"start": 5 * MINUTE + 9 * SECOND, "end": 5 * MINUTE + 10 * SECOND}
    return replace(
        changed(good, 5, {}, late), faults=[Fault("slow", 4 * MINUTE, 4 * MINUTE + 59 * SECOND)]
    )


@pytest.mark.parametrize(
    "spoil, judgements",
    [
        (two_runs_of_one_slot, ["uniqueness", "by time only", "timeliness", "overlap"]),
        (an_attempt_twice, ["uniqueness", "fences", "by time only"]),
        (an_unexplained_skip, ["decision"]),
        (a_skip_that_counts_wrongly, ["decision"]),
        (a_run_in_a_pause, ["decision", "no extras"]),
        (a_late_start, ["timeliness", "by time only"]),
        (an_early_start, ["timeliness", "by time only"]),
        (a_task_without_a_run, ["no extras", "decision"]),
        (a_run_of_no_slot, ["no extras", "by time only", "overlap"]),
        (a_success_without_a_trace, ["no extras"]),
        (a_lie_about_the_slot, ["timeliness", "by time only"]),
        (two_at_once, ["overlap"]),
        (a_fence_that_went_back, ["fences", "by time only"]),
        (a_late_result_that_counted, ["fences", "by time only"]),
        (work_that_nobody_ends, ["lost work", "overlap"]),
        (a_death_that_was_found_late, ["recovery"]),
        (a_run_lost_for_no_reason, ["lost work"]),
        (an_attempt_after_its_run_was_lost, ["fences"]),
        (a_launch_beside_an_open_run, ["overlap"]),
        (silence_after_the_last_fault, ["liveness"]),
    ],
)
def test_what_is_wrong_is_found(spoil: Callable[[History], History], judgements: list[str]) -> None:
    verdict = check(spoil(history()))

    found = {finding.judgement for finding in verdict.findings}
    assert judgements[0] in found, str(verdict)
    assert found <= set(judgements), str(verdict)


def test_an_outage_explains_what_was_missed_and_what_was_late() -> None:
    rest = without(history(), 3, 4)
    good = replace(
        rest, rows=[*rest.rows, skip(3, 3, 4, "no_node")],
        faults=[Fault("outage", 2 * MINUTE + SECOND, 5 * MINUTE - SECOND, all_down=True)],
    )  # fmt: skip
    late = {"start": 5 * MINUTE + 4 * SECOND, "end": 5 * MINUTE + 6 * SECOND}

    assert check(changed(good, 5, {}, late)).ok


def test_a_death_in_time_and_its_replacement_pass() -> None:
    dead = {"outcome": "killed", "end": 3 * MINUTE + 2 * SECOND, "result": None}
    good = changed(history(), 3, {"fence": 30, "attempt": 2, "result": "fence 30"}, dead)
    start = 3 * MINUTE + 18 * SECOND
    again = Trace(3, "a", good.rows[2].due, "slot", 2, 30, "n2", start, start + SECOND, "returned",
                  "fence 30")  # fmt: skip
    wanted = [replace(good.wanted[0], idempotent=True)]
    faults = [Fault("crash", 3 * MINUTE + 2 * SECOND, 3 * MINUTE + 2 * SECOND, "n1")]
    verdict = check(replace(good, traces=[*good.traces, again], wanted=wanted, faults=faults))

    assert verdict.ok, str(verdict)
    assert verdict.judged["recovery"] == 1


def test_a_zombie_may_run_on_if_its_end_was_refused() -> None:
    dead = {"end": 5 * MINUTE, "result": "fence 3"}
    good = changed(history(), 3, {"state": "lost", "fence": 40, "result": None}, dead)
    faults = [Fault("pause", 3 * MINUTE + 2 * SECOND, 3 * MINUTE + 50 * SECOND, "n1")]

    assert check(replace(good, faults=faults)).ok
    assert check(good).of("overlap")  # with nothing wrong there is no zombie


def test_a_clock_that_was_set_back_makes_no_slot_twice() -> None:
    good = history(jumps=[Jump(2 * MINUTE + SECOND, -MINUTE)], end=END + MINUTE)
    traces = [
        replace(trace, start=trace.start + MINUTE, end=(trace.end or 0) + MINUTE)
        if trace.run > 2 else trace for trace in good.traces
    ]  # fmt: skip

    verdict = check(replace(good, traces=traces))
    assert verdict.ok, str(verdict)


def test_a_slot_whose_time_is_taken_back_in_an_outage_is_owed_when_it_comes_again() -> None:
    outage = Fault("outage", 15 * MINUTE, 15 * MINUTE + 20 * SECOND)
    for back, owed in ((30 * SECOND, True), (600 * MINUTE, False)):
        jump = Jump(15 * MINUTE + 10 * SECOND, -back)
        bad = without(history(jumps=[jump], faults=[outage], end=30 * MINUTE), 15)

        missed = [finding for finding in check(bad).of("decision") if "nothing" in finding.text]
        assert (EPOCH + 15 * MINUTE in [finding.due for finding in missed]) == owed


def test_a_million_runs_are_no_matter_of_squares() -> None:
    parts = [run(minute, minute) for minute in range(1, 3_001)]
    wanted = Wanted("a", EPOCH, (Version(0, "every 1m"),))
    long = History(
        [wanted], [row for row, _ in parts], [trace for _, trace in parts], epoch=EPOCH,
        end=3_000 * MINUTE,
    )  # fmt: skip

    assert check(long).judged["timeliness"] == 3_000
