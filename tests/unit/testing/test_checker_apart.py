"""What the checker judges beside schedules: each node's own, and tasks that nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rota.instants import SECOND
from rota.ports.records import RunRow
from rota.testing.checker import check
from rota.testing.history import Fault, History, Keeping, Life, Span, Trace, Version, Wanted

MINUTE = 60 * SECOND
END = 10 * MINUTE
DUE = tuple(range(0, END, MINUTE))


def own(*starts: int, length: int = 5 * SECOND, **changes: object) -> History:
    """One process that keeps one schedule of a minute for itself."""
    keeping = Keeping("own", "n1", MINUTE, 0, 0, END)
    traces = [
        Trace(number, "own", start, "slot", 1, number, "n1", start, start + length, "returned",
              f"fence {number}")
        for number, start in enumerate(starts, 1)
    ]  # fmt: skip
    rows = [
        RunRow(id=t.run, task="t", due=t.due, state="succeeded", schedule="own", fence=t.fence,
               target="node:n1", created=t.start, started=t.start, finished=t.end, result=t.result)
        for t in traces
    ]  # fmt: skip
    good = History([], rows, traces, end=END, kept=[keeping])
    return replace(good, **changes)  # type: ignore[arg-type]


def test_own_schedules_that_keep_their_ticks_pass() -> None:
    assert check(own(*DUE)).ok
    assert check(own(0, 300 * SECOND, 360 * SECOND, 420 * SECOND, 480 * SECOND, 540 * SECOND,
                     faults=[Fault("cut", 30 * SECOND, 280 * SECOND)])).ok  # fmt: skip


@pytest.mark.parametrize(
    "starts, length, words",
    [
        (DUE[:3] + DUE[4:], 5, "nothing began for"),
        ((*DUE[:1], *DUE[2:4]), 5, "nothing began for"),
        ((0, 59 * SECOND, *DUE[2:]), 5, "before its tick"),
        (DUE, 61, "beside run 1"),
    ],
)
def test_a_tick_that_was_missed_or_not_owed_is_found(
    starts: tuple[int, ...], length: int, words: str
) -> None:
    verdict = check(own(*starts, length=length * SECOND))
    assert any(words in finding.text for finding in verdict.findings), str(verdict)


def test_a_process_that_stood_still_is_not_blamed() -> None:
    starts = (0, *range(200 * SECOND, END, MINUTE))
    assert not check(own(*starts)).ok
    still = Keeping("own", "n1", MINUTE, 0, 0, END, (Span(50 * SECOND, 199 * SECOND),))
    assert check(own(*starts, kept=[still])).ok


def test_a_run_that_was_lost_before_it_began_is_not_asked_for_again_in_its_period() -> None:
    starts = (*DUE[:3], *DUE[4:])
    history = own(*starts)
    lost = RunRow(id=99, task="t", due=DUE[3], state="lost", schedule="own", node="n1-7",
                  created=DUE[3], finished=DUE[3] + 16 * SECOND)  # fmt: skip
    ends = {99: DUE[3] + 16 * SECOND}
    known = replace(history, rows=[*history.rows, lost], closed=ends, at_rest=False)
    assert check(known).ok
    early = replace(known, closed={99: DUE[2]})
    assert any("nothing began for" in finding.text for finding in check(early).findings)


def missing(reason: str, finished: int, *lives: Life) -> History:
    row = RunRow(id=1, task="t", due=MINUTE, state="failed", schedule="a", reason=reason,
                 created=MINUTE, finished=finished)  # fmt: skip
    wanted = Wanted("a", 0, (Version(0, "at 1970-01-01T00:01:00Z"),))
    return History([wanted], [row], [], end=END, lives=lives)


def life(start: int, end: int, *tasks: str) -> Life:
    return Life("n1", "h", "m", (), (), tasks, start, end)


NOBODY = (life(0, 30 * SECOND, "t"), life(30 * SECOND, 200 * SECOND), life(200 * SECOND, END, "t"))


def test_a_slot_may_fail_while_nobody_knows_its_task() -> None:
    assert check(missing("task_missing", 2 * MINUTE, *NOBODY)).ok


def test_it_must_not_fail_at_once_nor_while_somebody_knows_its_task() -> None:
    soon = check(missing("task_missing", 70 * SECOND, *NOBODY))
    assert ["waited" in finding.text for finding in soon.findings] == [True]
    known = check(missing("task_missing", 2 * MINUTE, life(0, END, "t")))
    assert any("while a node knew its task" in finding.text for finding in known.findings)
