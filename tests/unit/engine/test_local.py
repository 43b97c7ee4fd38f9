"""Schedules that a node keeps for itself, on a node driven by hand and on a real one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from rota import Failed, Rota, Run
from rota.engine.attempts.guarded import Gate, Observer
from rota.engine.messages import Looked, Moment
from rota.errors import BadSetting, DuplicateTask, Refused, Unreachable
from rota.ports.records import NewRun
from rota.testing import ManualNode
from waiting import eventually


class Heard(Observer):
    def __init__(self) -> None:
        self.said: list[str] = []

    def began(self, run: Run) -> None:
        self.said.append("executing")

    def ended(self, run: Run, state: str, reason: str | None) -> None:
        self.said.append(state if reason is None else f"{state}: {reason}")


@pytest.fixture
def rota() -> Rota:
    return Rota("memory://")


def work(run: Run) -> str:
    return "done"


def minutes(node: ManualNode) -> list[int]:
    """The minutes, from the start, of the attempts so far."""
    first = node.runs[0].started
    assert first is not None
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    return [round((run.started - start) / timedelta(minutes=1)) for run in node.runs if run.started]


def test_attempts_are_runs_with_this_node_as_target(rota: Rota) -> None:
    rota.local.register("cms.touch", work, period="5m", delay="3m")
    with ManualNode(rota) as node:
        node.advance(minutes=9)
        runs = node.runs
    assert [run.state for run in runs] == ["succeeded", "succeeded"]
    assert [(run.schedule, run.kind, run.target) for run in runs] == [
        ("cms.touch", "slot", f"node:{node.node.name}")
    ] * 2
    assert minutes_of(runs) == [3, 8]


def minutes_of(runs: object) -> list[int]:
    return [run.due.hour * 60 + run.due.minute for run in runs]  # type: ignore[attr-defined]


def test_the_list_shows_when_it_is_due_here(rota: Rota) -> None:
    rota.local.register("cms.touch", work, period="5m", delay="3m", title="Touch")
    with ManualNode(rota) as node:
        item = rota.schedules.get("cms.touch")
        assert (item.next_run, item.status, item.title) == (
            node.now + timedelta(minutes=3), "waiting", "Touch",
        )  # fmt: skip
        assert item.words == "Every 5 minutes on each node"
        node.advance(minutes=4)
        assert rota.schedules.list()[0].next_run == node.now + timedelta(minutes=4)
        assert rota.schedules.list()[0].runs == 1
        rota.local.set_period("cms.touch", None)
        node.advance()
        assert rota.schedules.get("cms.touch").next_run is None


def test_a_long_run_moves_the_grid_and_none_meet(rota: Rota) -> None:
    lengths = iter([35])
    rota.local.register(
        "cms.long", lambda run: node.clock.advance(next(lengths, 0) * 60), period="10m", delay="1m"
    )
    with ManualNode(rota) as node:
        node.advance(hours=1)
        assert minutes(node) == [1, 36, 46, 56]


@pytest.mark.parametrize(
    "strategy, then", [("none", 60), ("reset", 80), ("replace", 120)]
)  # fmt: skip
def test_a_trigger_runs_it_at_once(rota: Rota, strategy: str, then: int) -> None:
    rota.local.register("cms.hourly", work, period="1h")
    with ManualNode(rota) as node:
        node.advance(minutes=20)
        asked = rota.local.trigger("cms.hourly", strategy)  # type: ignore[arg-type]
        node.advance(minutes=100)
        assert asked is not None
        assert (asked.wait(0), asked.reason) == ("succeeded", None)
        assert minutes(node)[:3] == [0, 20, then]
        assert [run.kind for run in node.runs][:3] == ["slot", "manual", "slot"]


def test_a_trigger_with_a_delay_of_its_own(rota: Rota) -> None:
    rota.local.register("cms.hourly", work, period="1h", delay="30m")
    with ManualNode(rota) as node:
        rota.local.trigger("cms.hourly", then="5m")
        node.advance(minutes=66)
        assert minutes(node) == [0, 5, 65]
        rota.local.trigger("cms.hourly", then=0)
        node.advance(minutes=1)
        assert minutes(node) == [0, 5, 65, 66, 66]
        rota.local.trigger("cms.hourly", then=None)
        node.advance(days=3)
        assert len(node.runs) == 6


def test_only_when_asked(rota: Rota) -> None:
    rota.local.register("cms.manual", work, period=None, delay=None)
    with ManualNode(rota) as node:
        node.advance(days=1)
        assert node.runs == []
        rota.local.trigger("cms.manual")
        node.advance(days=1)
        assert len(node.runs) == 1


def test_nothing_is_triggered_where_no_node_keeps_it(rota: Rota) -> None:
    rota.local.register("cms.touch", work, period="5m", delay="1m")
    assert rota.local.trigger("cms.touch") is None
    with ManualNode(rota) as node:
        rota.local.stop("cms.touch")
        assert rota.local.trigger("cms.touch") is None
        node.advance(hours=1)
        assert node.runs == []
    assert rota.local.trigger("cms.touch") is None


def test_gates_are_asked_in_order_and_the_first_shut_one_is_the_reason(rota: Rota) -> None:
    heard, shut, called = Heard(), {"runtime", "main_instance"}, []
    gates: list[Gate] = [
        (reason, lambda reason=reason: reason not in shut)  # type: ignore[misc]
        for reason in ("runtime", "role", "main_instance")
    ]
    rota.local.register(
        "cms.gated", called.append, period="1d", retry="1m", gates=gates, observer=heard
    )
    with ManualNode(rota) as node:
        node.advance(seconds=30)
        (run,) = node.runs
        assert (run.state, run.reason, called) == ("ignored", "runtime", [])
        assert heard.said == ["executing", "ignored: runtime"]
        assert rota.schedules.get("cms.gated").next_run == node.now + timedelta(seconds=30)

        shut.discard("runtime")
        node.advance(minutes=1)
        assert [run.reason for run in node.runs] == ["runtime", "main_instance"]

        shut.clear()
        node.advance(minutes=1)
        assert [run.state for run in node.runs] == ["ignored", "ignored", "succeeded"]
        assert len(called) == 1


def test_a_trigger_learns_that_a_gate_is_shut_and_breaks_a_wait(rota: Rota) -> None:
    open_ = []
    rota.local.register(
        "cms.gated", work, period="1d", retry=None, gates=[("role", lambda: bool(open_))]
    )
    with ManualNode(rota) as node:
        node.advance(minutes=1)
        asked = rota.local.trigger("cms.gated")
        node.advance()
        assert asked is not None
        assert (asked.state, asked.reason) == ("ignored", "role")
        open_.append(True)
        asked = rota.local.trigger("cms.gated")
        node.advance()
        assert asked is not None
        assert asked.state == "succeeded"


def test_a_gate_that_raises_is_not_open(rota: Rota) -> None:
    called: list[Run] = []
    rota.local.register(
        "cms.gated", called.append, period="1d", gates=[("role", lambda: 1 // 0 > 0)]
    )
    with ManualNode(rota) as node:
        node.advance()
        (run,) = node.runs
    assert (run.state, called) == ("failed", [])
    assert "ZeroDivisionError" in (run.error or "")


def test_failures_are_failed_runs_and_the_next_tick_comes(rota: Rota) -> None:
    heard = Heard()

    def failing(run: Run) -> object:
        if len(heard.said) == 1:
            raise ValueError("no")
        return Failed("not today")

    rota.local.register("cms.fails", failing, period="5m", observer=heard)
    with ManualNode(rota) as node:
        node.advance(minutes=6)
        assert [run.state for run in node.runs] == ["failed", "failed"]
    assert heard.said == ["executing", "failed: error"] * 2


def test_an_observer_that_fails_changes_nothing(rota: Rota) -> None:
    class Failing(Observer):
        def began(self, run: Run) -> None:
            raise ValueError("no")

        def ended(self, run: Run, state: str, reason: str | None) -> None:
            raise ValueError("no")

    rota.local.register("cms.touch", work, period="5m", observer=Failing())
    with ManualNode(rota) as node:
        node.advance(minutes=5)
        assert [run.state for run in node.runs] == ["succeeded", "succeeded"]


def test_coroutine_functions(rota: Rota) -> None:
    async def slow(run: Run) -> str:
        await asyncio.sleep(0)
        return "awaited"

    rota.local.register("cms.async", slow, period="5m")
    with ManualNode(rota) as node:
        node.advance()
        assert [run.result for run in node.runs] == ["awaited"]


def test_a_paused_one_rests_without_a_pile_of_runs(rota: Rota) -> None:
    rota.local.register("cms.touch", work, period="10m")
    with ManualNode(rota) as node:
        node.advance(minutes=1)
        rota.schedules.pause("cms.touch")
        node.advance(hours=1)
        assert minutes(node) == [0]
        assert rota.schedules.get("cms.touch").status == "paused"
        rota.schedules.resume("cms.touch")
        node.advance(minutes=20)
        assert minutes(node) == [0, 70, 80]


def test_one_that_is_paused_when_the_node_starts_rests(rota: Rota) -> None:
    rota.local.register("cms.touch", work, period="10m")
    with ManualNode(rota) as node:
        rota.schedules.pause("cms.touch")
        store = node.store
        rota.local.detach()
        node.node.machine.locals.entries.clear()
        rota.local.attach(node.node)  # as after a restart, on the same store
        node.advance(minutes=25)
        assert node.store is store
        assert len(node.runs) == 1
        assert store.next_start(["cms.touch"], node.node.name) is None
        rota.schedules.resume("cms.touch")
        node.advance(minutes=10)
        assert len(node.runs) == 2


def test_its_trigger_is_the_codes_alone(rota: Rota) -> None:
    rota.local.register("cms.touch", work, period="10m")
    with ManualNode(rota):
        with pytest.raises(Refused, match="keeps this schedule for itself"):
            rota.schedules.update("cms.touch", trigger="every 5m")
        assert rota.schedules.update("cms.touch", title="Touch").title == "Touch"


def test_after_a_restart_counting_starts_anew(rota: Rota) -> None:
    rota.local.register("cms.touch", work, period="1h", delay="10m")
    with ManualNode(rota) as node:
        node.advance(minutes=15)
        assert len(node.runs) == 1
    with ManualNode(rota) as node:
        node.advance(minutes=9)
        assert node.runs == []


def test_a_batch_whose_answer_was_lost_makes_no_second_run(rota: Rota) -> None:
    """The store had done it all when it stopped answering."""
    rota.local.register("cms.touch", work, period="10m", delay="1m")
    with ManualNode(rota) as node:
        real, lost = node.store.add_run, []

        def add_run(new: NewRun, now: int) -> object:
            row = real(new, now)
            if not lost:
                lost.append(row)
            return row

        node.store.add_run = add_run  # type: ignore[assignment, method-assign]
        together = node.node.writer.together

        def lossy(work: object) -> object:
            answer = together(work)  # type: ignore[arg-type]
            if len(lost) == 1:
                lost.append(None)
                raise Unreachable("the answer was lost")
            return answer

        node.node.writer.together = lossy  # type: ignore[assignment, method-assign]
        node.advance(minutes=5)
        assert [run.state for run in node.runs] == ["succeeded"]
        node.advance(minutes=10)
        assert len(node.runs) == 2


def test_what_cannot_be_kept_is_refused(rota: Rota) -> None:
    rota.local.register("cms.touch", work, period="10m")
    with pytest.raises(DuplicateTask, match=r"cms\.touch"):
        rota.local.register("cms.touch", work, period="10m")
    with pytest.raises(BadSetting, match="no such policy: retries"):
        rota.local.register("a", work, period="10m", retries=2)
    with pytest.raises(BadSetting, match="in this process"):
        rota.local.register("a", work, period="10m", executor="process")
    with pytest.raises(BadSetting, match="between 0s and 100 years"):
        rota.local.register("a", work, period=-1)
    with pytest.raises(BadSetting, match="no such strategy"):
        rota.local.trigger("cms.touch", "later")  # type: ignore[arg-type]
    with ManualNode(rota), pytest.raises(Refused, match="has started"):
        rota.local.register("late", work, period="10m")


# --------------------------------------------------------------------- a real node


def test_the_application_plans_attempts_by_the_boot_clock(rota: Rota) -> None:
    rota.local.register("cms.queue", work, period=None, delay=None, words="A queue")
    with ManualNode(rota) as node:
        assert rota.schedules.get("cms.queue").words == "A queue"
        rota.local.plan("cms.queue", node.clock.boot() + 90_000_000)
        node.advance(minutes=1)
        assert node.runs == []
        assert rota.schedules.get("cms.queue").next_run == node.now + timedelta(seconds=30)
        node.advance(minutes=1)
        assert [str(run.due.time()) for run in node.runs] == ["00:01:30"]
        rota.local.plan("cms.queue", node.clock.boot() + 1)
        rota.local.plan("cms.queue", None)
        node.advance(hours=1)
        assert len(node.runs) == 1
    rota.local.plan("cms.queue", 0)  # no node, nothing to plan


def test_many_attempts_planned_for_one_instant_are_all_made(rota: Rota) -> None:
    """On a clock that stands still they are a microsecond apart: no two slots are one instant."""

    def again(run: Run) -> None:
        done.append(run.id)
        if len(done) < 5:
            rota.local.plan("cms.queue", 0)

    done: list[int] = []
    rota.local.register("cms.queue", again, period=None, delay=None)
    with ManualNode(rota) as node:
        rota.local.plan("cms.queue", 0)
        node.advance()
        assert len({run.due for run in node.runs}) == 5


def test_a_planned_attempt_comes_though_its_run_was_cancelled_while_it_waited() -> None:
    rota = Rota("memory://", concurrency=1)
    rota.local.register("cms.queue", work, period=None, delay=None)
    with ManualNode(rota) as node:
        locals_ = node.node.machine.locals
        entry = locals_.entries["cms.queue"]
        rota.local.plan("cms.queue", 0)
        entry.phase = "waiting"  # its run waited for room, and somebody has ended it
        node.advance(seconds=2)
        assert node.runs == []
        locals_.looked(Looked("cms.queue", False, ()), Moment(0, node.clock.boot()))
        node.advance(seconds=2)
        assert len(node.runs) == 1


def test_one_with_a_place_of_its_own_adds_to_the_node(rota: Rota) -> None:
    rota.local.register("cms.queue", work, period=None, own_place=True)
    with ManualNode(rota) as node:
        assert node.node.machine.holding.pace.slots == rota.concurrency + 1


def test_the_application_asks_its_own_attempt_to_stop(rota: Rota) -> None:
    def long(run: Run) -> None:
        run.on_cancel(lambda: told.append("later"))
        rota.local.cancel("cms.queue")
        run.ask("user")
        run.on_cancel(lambda: told.append("at once"))
        run.on_cancel(lambda: 1 // 0)
        run.checkpoint()

    told: list[str] = []
    rota.local.register("cms.queue", long, period=None)
    with ManualNode(rota) as node:
        node.advance()
        assert [(run.state, run.reason) for run in node.runs] == [("cancelled", "user")]
    assert told == ["later", "at once"]


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Rota]:
    rota = Rota(f"sqlite:///{tmp_path}/rota.db")
    yield rota
    rota.stop(1)
    rota.close()


def test_on_its_own_threads_each_node_runs_its_own(real: Rota) -> None:
    ran = threading.Semaphore(0)
    real.local.register("cms.touch", lambda run: ran.release(), period=0.05)
    real.start()
    for _ in range(5):
        assert ran.acquire(timeout=10)
    name = real.node_name
    real.stop(5)
    rows = real.runs.list(limit=100)
    assert {(run.state, run.node) for run in rows} == {("succeeded", name)}
    starts = sorted(run.started for run in rows if run.started is not None)
    assert all(later > earlier for earlier, later in pairwise(starts))


class Meeting:
    """Work that is begun by hand, and notes how many of it were under way at once."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.now = self.most = 0

    def __call__(self, run: Run) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        self.began.release()
        assert self.go.acquire(timeout=10)
        self.now -= 1


def test_run_now_waits_for_the_attempt_that_goes_on(real: Rota) -> None:
    meeting, heard = Meeting(), Heard()
    real.local.register("cms.touch", meeting, period="1h", observer=heard)
    real.start()
    assert meeting.began.acquire(timeout=10)
    asked = real.schedules.run("cms.touch")
    eventually(
        lambda: real.runs.get(asked.id).state == "queued" and real.runs.get(asked.id).fence > 0
    )  # it was tried, and waits again
    assert heard.said == ["executing"]
    meeting.go.release()
    assert meeting.began.acquire(timeout=10)
    meeting.go.release()
    eventually(lambda: real.runs.get(asked.id).state == "succeeded")
    assert real.runs.get(asked.id).attempt == 1
    assert meeting.most == 1
    eventually(lambda: heard.said == ["executing", "succeeded"] * 2)


def test_a_tick_that_meets_run_now_is_skipped(real: Rota) -> None:
    meeting = Meeting()
    real.local.register("cms.touch", meeting, period="1h", delay=0.5)
    real.start()
    asked = real.schedules.run("cms.touch")
    assert meeting.began.acquire(timeout=10)
    (tick,) = eventually(lambda: real.runs.list("cms.touch", states=["skipped"]))
    assert tick.reason == "overlap"
    meeting.go.release()
    eventually(lambda: real.runs.get(asked.id).state == "succeeded")
    assert meeting.most == 1


def test_a_stop_cancels_what_runs_and_settles_who_waits(real: Rota) -> None:
    heard, began = Heard(), threading.Event()

    def waits(run: Run) -> None:
        began.set()
        while True:
            run.checkpoint()
            threading.Event().wait(0.01)

    real.local.register("cms.waits", waits, period="1h", observer=heard)
    real.start()
    assert began.wait(10)
    asked = real.local.trigger("cms.waits")  # it waits behind the run that goes on
    real.stop(5)
    assert asked is not None
    assert asked.wait(5) == "cancelled"
    eventually(lambda: heard.said[-1:] == ["cancelled: shutdown"])
    assert [run.state for run in real.runs.list()] == ["cancelled"]


def test_stopping_one_ends_its_run_and_no_other(real: Rota) -> None:
    heard, began, other = Heard(), threading.Event(), threading.Semaphore(0)

    async def waits(run: Run) -> None:
        began.set()
        await asyncio.Event().wait()

    real.local.register("cms.waits", waits, period="1h", observer=heard)
    real.local.register("cms.other", lambda run: other.release(), period=0.05)
    real.start()
    assert began.wait(10)
    real.local.stop("cms.waits")
    eventually(lambda: heard.said[-1:] == ["cancelled: shutdown"])
    assert other.acquire(timeout=10)
    assert other.acquire(timeout=10)


def test_a_trigger_right_after_the_start_is_answered(real: Rota) -> None:
    """Also when the first attempt was on its way already."""
    real.local.register("cms.touch", work, period=None)
    real.start()
    for _ in range(20):
        asked = real.local.trigger("cms.touch")
        assert asked is not None
        assert asked.wait(10) == "succeeded"


def test_a_stop_right_after_the_start_says_nothing_of_missing_tasks(real: Rota) -> None:
    real.local.register("cms.touch", work, period="1h", delay="1h")
    for _ in range(5):
        real.start()
        real.stop(5)
    assert real.events.list(kind="task.missing") == []
