"""The runner of release 8: states, recurring and latched tasks, on a node driven by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from rota import Failed, Rota
from rota.cms.umbraco8 import (
    BackgroundTask,
    BackgroundTaskRunner,
    BackgroundTaskRunnerOptions,
    CancellationToken,
    LatchedBackgroundTask,
    RecurringTask,
    TaskEventArgs,
)
from rota.errors import BadSetting, DuplicateTask, Refused
from rota.testing import ManualNode

EVENTS = ("task_starting", "task_completed", "task_error", "task_cancelled", "stopped",
          "terminating", "terminated")  # fmt: skip


class Said(BackgroundTask):
    """A task that notes that it ran."""

    def __init__(self, name: str, said: list[str]) -> None:
        self.name = name
        self.said = said

    def run(self) -> None:
        self.said.append(self.name)

    def dispose(self) -> None:
        self.said.append(f"{self.name} disposed")


class Latched(LatchedBackgroundTask):
    def __init__(self, name: str, said: list[str], *, runs_on_shutdown: bool = False) -> None:
        super().__init__()
        self.name = name
        self.said = said
        self.runs_on_shutdown = runs_on_shutdown

    def run(self, token: CancellationToken) -> None:  # type: ignore[override]
        self.said.append(f"{self.name}, cancelled" if token else self.name)


class Recurring(RecurringTask):
    """Does what `answers` says, the last of them for ever."""

    answers: tuple[object, ...] = (True,)
    times = 0
    takes = 0.0
    node: ManualNode | None = None

    def perform_run(self) -> bool:
        answer = self.answers[min(self.times, len(self.answers) - 1)]
        self.times += 1
        if self.node is not None:
            self.node.clock.advance(self.takes)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]


def hear(runner: BackgroundTaskRunner, told: list[str]) -> list[str]:
    def handler(name: str) -> object:
        def said(sender: BackgroundTaskRunner, e: TaskEventArgs | None) -> None:
            assert sender is runner
            told.append(name)

        return said

    for name in EVENTS:
        event = getattr(runner, name)
        event += handler(name)
    return told


def made(
    rota: Rota, name: str = "Room", **options: bool
) -> tuple[BackgroundTaskRunner, list[str], list[str]]:
    """A runner, what its tasks said, and which events were raised."""
    runner = BackgroundTaskRunner(name, rota, BackgroundTaskRunnerOptions(**options))
    return runner, [], hear(runner, [])


@pytest.fixture
def rota() -> Rota:
    return Rota("memory://")


@pytest.fixture
def node(rota: Rota) -> Iterator[ManualNode]:
    """To be asked for after the runners are made."""
    with ManualNode(rota) as driven:
        yield driven


def seconds(node: ManualNode, schedule: str = "Room") -> list[float]:
    """When the runs began, in seconds from the start."""
    start = node.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        (run.started - start) / timedelta(seconds=1)
        for run in node.runs
        if run.schedule == schedule and run.started is not None
    ]


# ------------------------------------------------------------------------- states


@pytest.mark.shows("UM 58", "B1")
def test_a_runner_runs_while_it_has_something_to_do(rota: Rota) -> None:
    runner, said, told = made(rota)
    assert not runner.is_running
    assert not runner.is_completed
    assert runner.stopped_awaitable.wait(0)
    with ManualNode(rota) as node:
        runner.add(Said("first", said))
        assert runner.is_running
        assert runner.task_count == 1
        assert not runner.stopped_awaitable.wait(0)
        node.advance()
        assert not runner.is_running
        assert runner.task_count == 0
        assert runner.try_add(Said("second", said))  # it starts anew
        assert runner.is_running
        node.advance()
        assert not runner.is_running
    assert said == ["first", "first disposed", "second", "second disposed"]
    once = ["task_starting", "task_completed", "stopped"]
    assert told == [*once, *once, "terminating", "terminated"]


@pytest.mark.shows("UM 58", "B1")
def test_auto_start_runs_at_once_and_keep_alive_goes_on(rota: Rota) -> None:
    once, _, told = made(rota, "once", auto_start=True)
    alive, said, _ = made(rota, "alive", auto_start=True, keep_alive=True)
    idle, _, _ = made(rota, "idle", keep_alive=True)
    assert once.is_running
    assert alive.is_running
    assert not idle.is_running
    with ManualNode(rota) as node:
        node.advance(seconds=0.8)
        assert not once.is_running  # there was nothing to do
        assert told == ["stopped"]
        assert alive.is_running
        alive.add(Said("something", said))
        idle.start_up()
        node.advance(seconds=10)
        assert alive.is_running
        assert idle.is_running
        alive.shutdown(force=False, wait=True)
        assert not alive.is_running
        assert said[0] == "something"


@pytest.mark.shows("UM 58", "B5")
def test_a_completed_runner_takes_no_more(rota: Rota) -> None:
    runner, said, _ = made(rota)
    with ManualNode(rota) as node:
        runner.add(Said("first", said))
        runner.shutdown(force=False, wait=False)
        assert runner.is_completed
        assert runner.is_running  # there is still something to run
        assert not runner.try_add(Said("late", said))
        with pytest.raises(Refused, match="accepts no more"):
            runner.add(Said("late", said))
        node.advance()
        assert said == ["first", "first disposed"]
        assert not runner.is_running
        with pytest.raises(Refused, match="accepts no more"):
            runner.cancel_current_background_task()
        with pytest.raises(Refused, match="accepts no more"):
            runner.start_up()


@pytest.mark.shows("B1")
def test_tasks_run_in_order_and_are_runs_with_log_and_history(rota: Rota) -> None:
    runner, said, _ = made(rota)

    class Told(BackgroundTask):
        def run(self) -> str:
            print("working")
            return "3 mails"

    class Bad(BackgroundTask):
        def run(self) -> Failed:
            return Failed("no address")

    for name in "abc":
        runner.add(Said(name, said))  # before there is a node: they wait for it
    with ManualNode(rota) as node:
        runner.add(Told())
        runner.add(Bad())
        runs = node.advance()
        assert [word for word in said if " " not in word] == ["a", "b", "c"]
        assert [run.result for run in [*node.runs]] == [
            "a", "b", "c", "Told: 3 mails", "no address",
        ]  # fmt: skip
        assert runs[-1].state == "failed"
        assert {run.schedule for run in node.runs} == {"Room"}
        assert {run.target for run in node.runs} == {f"node:{node.node.name}"}
        (line,) = rota.runs.log(node.runs[3].id)
        assert line.text == "working"
        item = rota.schedules.get("Room")
        assert (item.title, item.runs, item.last_result) == ("Room", 5, "no address")


@pytest.mark.shows("B1")
def test_the_page_pauses_a_runner_and_runs_its_next_task_now(rota: Rota) -> None:
    runner, said, _ = made(rota)
    with ManualNode(rota) as node:
        runner.add(Recurring(runner, 60_000, 300_000))
        runner.add(Latched("latched", said))
        node.advance(seconds=10)
        assert rota.schedules.get("Room").next_run == node.now + timedelta(seconds=50)
        assert rota.schedules.run("Room").kind == "manual"
        node.advance()
        assert seconds(node) == [10]
        rota.schedules.pause("Room")
        node.advance(minutes=10)
        assert seconds(node) == [10]
        assert runner.is_running
        rota.schedules.resume("Room")
        node.advance(seconds=2)
        assert len(seconds(node)) == 2
        rota.schedules.run("Room")
        node.advance()
        assert len(seconds(node)) == 3
        rota.runs.again(node.runs[0].id)
        node.advance()
        assert len(seconds(node)) == 4
    assert said == []


@pytest.mark.shows("B1")
def test_a_run_that_nobody_has_a_task_for_says_so(rota: Rota) -> None:
    made(rota)
    with ManualNode(rota) as node:
        rota.schedules.run("Room")
        node.advance()
        (skip,) = node.skips
        assert (skip.reason, skip.result) == ("condition", "no task waits in this runner")


@pytest.mark.shows("B1")
def test_a_runner_whose_first_run_was_taken_back_goes_on(rota: Rota) -> None:
    """A pause takes back what waits and has not begun; the queue is not forgotten."""
    runner, said, _ = made(rota)
    with ManualNode(rota) as node:
        runner.add(Said("first", said))
        rota.schedules.pause("Room")
        node.advance(seconds=30)
        assert said == []
        rota.schedules.resume("Room")
        node.advance(seconds=2)
        assert said == ["first", "first disposed"]


@pytest.mark.shows("B1")
def test_the_last_run_stays_known_where_that_is_wanted(rota: Rota) -> None:
    forgets, said, _ = made(rota, "forgets")
    keeps, _, _ = made(rota, "keeps", preserve_running_task=True)
    with ManualNode(rota) as node:
        for runner in (forgets, keeps):
            runner.add(Said("one", said))
        node.advance()
        assert forgets.current_run is None
        (run,) = [run for run in node.runs if run.schedule == "keeps"]
        assert keeps.current_run == run.id


@pytest.mark.shows("B1")
def test_two_runners_of_one_name_are_refused(rota: Rota) -> None:
    made(rota)
    with pytest.raises(DuplicateTask, match="Room"):
        made(rota)
    with pytest.raises(Refused, match=r"begins with a letter|name"):
        made(rota, "no such name")


# ---------------------------------------------------------------------- recurring


@pytest.mark.shows("UM 60", "B2")
def test_a_recurring_task_runs_after_its_delay_and_from_end_to_start(rota: Rota) -> None:
    runner, _, told = made(rota)
    with ManualNode(rota) as node:
        task = Recurring(runner, 2_000, 1_000)
        assert task.is_latched
        runner.add(task)
        node.advance(seconds=1.9)
        assert task.times == 0
        assert runner.is_running
        node.advance(seconds=4.1)
        assert seconds(node) == [2, 3, 4, 5, 6]
        task.node, task.takes = node, 0.5
        node.advance(seconds=3.5)
        assert seconds(node) == [2, 3, 4, 5, 6, 7, 8.5]  # the period begins when a run has ended
        runner.shutdown(force=False, wait=True)
        node.advance(minutes=1)
        assert task.times == 7
        assert not runner.is_running
        assert told[-2:] == ["task_cancelled", "stopped"]
        assert node.runs[0].result == "Recurring: again in 1 s"


@pytest.mark.shows("B2")
def test_a_delay_counts_from_the_task_s_making_or_the_node_s_start(rota: Rota) -> None:
    runner, _, _ = made(rota)
    early, waits = Recurring(runner, 10_000, 0), Recurring(runner, 10_000, 0)
    runner.add(waits)
    with ManualNode(rota) as node:
        made_here = Recurring(runner, 10_000, 0)
        node.advance(seconds=4)
        runner.add(made_here)
        runner.add(early)  # made before there was a clock to count by
        node.advance(seconds=5)
        assert seconds(node) == []
        node.advance(seconds=20)
        assert [round(second) for second in seconds(node)] == [10, 10, 14]


@pytest.mark.shows("B2")
def test_false_ends_it_and_so_does_a_period_of_zero(rota: Rota) -> None:
    runner, _, _ = made(rota)
    with ManualNode(rota) as node:
        task = Recurring(runner, 0, 1_000)
        task.answers = (True, True, False)
        once, never = Recurring(runner, 0, 0), Recurring(runner, -1, 1_000)
        for one in (task, once, never):
            runner.add(one)
        node.advance(minutes=5)
        assert (task.times, once.times, never.times) == (3, 1, 0)
        assert (task.ended, once.ended, never.ended) == (True, True, False)
        assert runner.is_running  # for the infinite delay
        never.release()
        node.advance()
        assert never.times == 1


@pytest.mark.shows("B2", "UM 60")
def test_an_exception_does_not_end_it_unless_asked(rota: Rota) -> None:
    runner, _, told = made(rota)
    with ManualNode(rota) as node:
        task = Recurring(runner, 0, 60_000)
        other = Recurring(runner, 0, 60_000, ends_on_error=True)
        task.answers = other.answers = (True, OSError("the disk is full"), True)
        runner.add(task)
        runner.add(other)
        node.advance(minutes=10)
        assert (task.times, other.times) == (11, 2)
        assert told.count("task_error") == 2
        failed = [run for run in node.runs if run.state == "failed"]
        assert len(failed) == 2
        assert failed[0].error is not None
        assert "the disk is full" in failed[0].error


@pytest.mark.shows("B2")
def test_a_forgotten_answer_is_an_error_and_no_end(rota: Rota) -> None:
    runner, _, _ = made(rota)
    with ManualNode(rota) as node:
        task = Recurring(runner, 0, 60_000)
        task.answers = (None,)
        runner.add(task)
        node.advance(minutes=2)
        assert task.times == 3
        assert "return True to repeat" in str(node.runs[0].error)


@pytest.mark.shows("B2")
def test_an_async_recurring_task(rota: Rota) -> None:
    class Async(RecurringTask):
        is_async = True
        tokens: tuple[CancellationToken, ...] = ()

        async def perform_run_async(self, cancellation_token: CancellationToken) -> bool:
            self.tokens = (*self.tokens, cancellation_token)
            return len(self.tokens) < 3

    runner, _, told = made(rota)
    with ManualNode(rota) as node:
        task = Async(runner, 1_000, 1_000)
        runner.add(task)
        node.advance(minutes=1)
        assert seconds(node) == [1, 2, 3]
        assert not any(task.tokens)
        assert told.count("task_completed") == 3


@pytest.mark.shows("B2")
@pytest.mark.parametrize("delay, period", [(-2, 1), (1, -2), (1.5, 1), (True, 1), ("1m", 1)])
def test_times_that_are_none_are_refused(rota: Rota, delay: int, period: int) -> None:
    runner, _, _ = made(rota)
    with pytest.raises(BadSetting, match="milliseconds"):
        Recurring(runner, delay, period)


@pytest.mark.shows("B2")
def test_a_task_without_the_method_it_says_is_refused_at_once(rota: Rota) -> None:
    runner, _, _ = made(rota)

    class Sync(RecurringTask): ...

    class Async(RecurringTask):
        is_async = True

    with pytest.raises(BadSetting, match="does not define perform_run"):
        Sync(runner, 0, 0)
    with pytest.raises(BadSetting, match="perform_run_async"):
        Async(runner, 0, 0)


# ------------------------------------------------------------------------ latched


@pytest.mark.shows("UM 60", "B3")
def test_a_latched_task_waits_and_blocks_nobody(rota: Rota) -> None:
    runner, said, _ = made(rota)
    with ManualNode(rota) as node:
        latched = Latched("latched", said)
        runner.add(latched)
        runner.add(Said("behind", said))
        node.advance(seconds=5)
        assert said == ["behind", "behind disposed"]
        assert runner.is_running
        assert runner.task_count == 1
        latched.release()
        node.advance()
        assert said[-1] == "latched"
        assert not runner.is_running
        latched.reset()
        runner.add(latched)
        node.advance(seconds=5)
        assert said.count("latched") == 1


@pytest.mark.shows("UM 60", "B3")
def test_on_shutdown_run_those_that_say_so(rota: Rota) -> None:
    runner, said, told = made(rota)
    with ManualNode(rota) as node:
        runner.add(Latched("dropped", said))
        runner.add(Latched("runs", said, runs_on_shutdown=True))
        runner.add(Said("queued", said))
        runner.shutdown(force=False, wait=False)
        node.advance()
        assert said == ["queued", "queued disposed", "runs"]
        assert told.count("task_cancelled") == 1
        assert told[-1] == "stopped"


@pytest.mark.shows("B3", "B5")
def test_forced_they_run_with_a_token_that_is_set(rota: Rota) -> None:
    runner, said, told = made(rota)
    with ManualNode(rota) as node:
        runner.add(Latched("runs", said, runs_on_shutdown=True))
        runner.add(Said("queued", said))
        runner.shutdown(force=True, wait=False)
        node.advance()
        assert said == ["queued disposed", "runs, cancelled"]
        assert told == ["task_cancelled", "task_starting", "task_completed", "stopped"]
        assert [run.state for run in node.runs] == ["succeeded"]


# ------------------------------------------------------------------------- events


@pytest.mark.shows("B4", "UM 60")
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("fails_in", ["run", "dispose"])
def test_an_error_in_run_or_dispose_is_told_once(
    rota: Rota, fails_in: str, *, is_async: bool
) -> None:
    class Fails(BackgroundTask):
        def run(self) -> None:
            self.may_fail("run")

        async def run_async(self, cancellation_token: CancellationToken) -> None:
            self.may_fail("run")

        def dispose(self) -> None:
            self.may_fail("dispose")

        def may_fail(self, where: str) -> None:
            if where == fails_in:
                raise OSError(where)

    runner, _, told = made(rota)
    raised: list[BaseException | None] = []

    def failed(sender: object, e: TaskEventArgs) -> None:
        raised.append(e.error)

    runner.task_error += failed
    task = Fails()
    task.is_async = is_async
    with ManualNode(rota) as node:
        runner.add(task)
        node.advance()
        assert told == ["task_starting", "task_error", "stopped"]
        assert [str(error) for error in raised] == [fails_in]
        assert node.runs[0].state == "failed"


@pytest.mark.shows("B4")
def test_handlers_that_raise_harm_nobody(rota: Rota, caplog: pytest.LogCaptureFixture) -> None:
    runner, said, _ = made(rota)

    def bad_handler(sender: object, e: object) -> None:
        raise OSError("a handler")

    heard: list[str] = []
    for name in EVENTS:
        event = getattr(runner, name)
        event += bad_handler
    hear(runner, heard)
    with ManualNode(rota) as node:
        runner.add(Said("one", said))
        node.advance()
        assert node.runs[0].state == "succeeded"
        assert heard == ["task_starting", "task_completed", "stopped"]
    assert heard[-2:] == ["terminating", "terminated"]
    assert "a handler of task_completed failed" in caplog.text
    assert "bad_handler" in caplog.text


@pytest.mark.shows("B4", "B5")
def test_at_the_host_s_stop_all_events_come_once(rota: Rota) -> None:
    runner, said, told = made(rota, "hosted", keep_alive=True)
    other, _, of_other = made(rota, "other", hosted=False)
    with ManualNode(rota) as node:
        for one in (runner, other):
            one.add(Latched("waits", said))
        node.advance(seconds=1)
    assert told == ["terminating", "task_cancelled", "stopped", "terminated"]
    assert of_other == []
    assert other.is_running  # it waits for the next node
    assert not other.is_completed
    assert runner.is_completed
    with ManualNode(rota) as node:  # a hosted one begins anew with the next node
        runner.add(Said("again", said))
        node.advance()
    assert said == ["again", "again disposed"]


@pytest.mark.shows("B5")
def test_stop_at_once_terminates_once(rota: Rota) -> None:
    runner, said, told = made(rota)
    with ManualNode(rota) as node:
        runner.add(Latched("waits", said))
        node.advance()
        runner.stop(immediate=True)
        runner.stop(immediate=True)
        assert told == ["terminating", "task_cancelled", "stopped", "terminated"]
        assert runner.terminated_awaitable.wait(0)


@pytest.mark.shows("B5")
def test_disposal_ends_it_without_a_word(rota: Rota) -> None:
    runner, said, told = made(rota)
    with ManualNode(rota) as node:
        runner.add(Said("queued", said))
        runner.dispose()
        node.advance()
        assert runner.is_completed
        assert "terminated" not in told
        assert said == ["queued disposed"]


@pytest.mark.shows("B4", "B5")
def test_a_task_is_cancelled_from_within_the_application(rota: Rota) -> None:
    class Obeys(BackgroundTask):
        def run(self, token: CancellationToken) -> None:  # type: ignore[override]
            assert runner.cancel_current_background_task()
            token.throw_if_cancellation_requested()

    class Deaf(BackgroundTask):
        def run(self) -> None:
            assert not runner.cancel_current_background_task()  # it could not know

    runner, _, told = made(rota)
    with ManualNode(rota) as node:
        assert not runner.cancel_current_background_task()  # none runs
        runner.add(Obeys())
        runner.add(Deaf())
        node.advance()
        assert [(run.state, run.reason) for run in node.runs] == [
            ("cancelled", "user"), ("succeeded", None),
        ]  # fmt: skip
        assert told == ["task_starting", "task_cancelled", "task_starting", "task_completed",
                        "stopped"]  # fmt: skip
