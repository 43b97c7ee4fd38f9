"""Fail at N: the Nth call of the store fails, for every N and in every way a call can fail.

`before` it is carried out, or `after`, when the answer is lost; carried out `twice`; `hangs` to its
deadline with nothing done; `late`: carried out, but its answer comes only after the deadline; and
`cancelled` half-way by something that is no fault of a store's, as a bug or a signal would.

A scenario is played with one node driven by hand; then the store is well again, everything comes to
rest, and the checker judges. N grows until a scenario ends without having met the failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from driving import Driven
from rota.engine.messages import Changed, Effect, Happening, Kept, Start, Stop
from rota.errors import Unreachable
from rota.instants import SECOND
from rota.ports.records import NodeRow, RunRow, ScheduleRow
from rota.rules.endings import Outcome
from rota.rules.local import Local
from rota.testing.checker import Verdict, check
from rota.testing.clock import SettableClock
from rota.testing.history import Bounds, Fault, History, Keeping, Life, Trace, Version, Wanted

FAR = 2**62
REST = 40  # seconds that everything is given to come to rest
MOST = 400
DEADLINE = 4  # seconds that a call of the store may take
WAYS = ("before", "after", "twice", "hangs", "late", "cancelled")
ANSWER_LOST = ("after", "late")


class Cancelled(Exception):
    """What no store promises to raise."""


class Failing:
    """A store whose Nth call fails."""

    def __init__(self, store: Any, clock: SettableClock, number: int, how: str) -> None:
        self.store = store
        self.clock = clock
        self.number = number
        self.how = how
        self.calls = 0
        self.depth = 0

    @property
    def met(self) -> bool:
        return self.calls >= self.number

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self.store, verb)

        def call(*given: Any, **named: Any) -> Any:
            now = self.count()
            if now and self.how == "twice":
                real(*given, **named)
            answer = real(*given, **named)
            if now and self.how == "cancelled":
                raise Cancelled
            if now and not self.depth:
                self.lose_the_answer()
            return answer

        return call

    def count(self) -> bool:
        """Count a call; whether it is the one. It may fail here, before anything is done."""
        self.calls += 1
        now = self.calls == self.number
        if now and self.how == "hangs":
            self.clock.advance(DEADLINE)
        if now and self.how in ("before", "hangs"):
            raise Unreachable("it does not answer")
        return now

    def lose_the_answer(self) -> None:
        if self.how == "late":
            self.clock.advance(DEADLINE)
        if self.how in ANSWER_LOST:
            raise Unreachable("the answer was lost")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Calls inside fail with it; the answer that is lost is that of the commit."""
        self.depth += 1
        try:
            with self.store.transaction():
                if self.count() and self.how == "cancelled":
                    raise Cancelled
                before = self.calls
                yield
        finally:
            self.depth -= 1
        if before <= self.number <= self.calls:
            self.lose_the_answer()


class Scene(Driven):
    """A node driven by hand whose tasks write down what they do."""

    def __init__(self, number: int, how: str, **policies: object) -> None:
        super().__init__(**policies)  # type: ignore[arg-type]
        self.policies = policies
        self.began = self.clock.now()
        self.traces: dict[tuple[int, int], Trace] = {}
        self.wanted: list[Wanted] = []
        self.kept: list[Keeping] = []
        self.away = ""  # a node that leaves when all is at rest
        self.failing = Failing(self.store, self.clock, number, how)
        self.writer.store = self.failing  # type: ignore[assignment]

    def add(self, name: str, rule: str, **fields: object) -> ScheduleRow:
        row = super().add(name, rule, **fields)
        word = str(self.policies.get("overlap", "skip"))
        overlap = int(word) if word.isdecimal() else word
        retries = int(str(self.policies.get("retries", 0)))
        catch_up = int(str(self.policies.get("catch_up", 1)))
        self.wanted.append(
            Wanted(
                name,
                row.created,
                (Version(0, row.trigger),),
                overlap,
                catch_up=catch_up,
                retries=retries,
                placement=str(self.policies.get("placement", "one")),
            )
        )
        return row

    def keep_own(self, name: str, period: int) -> None:
        """A schedule that this node keeps for itself."""
        now = self.clock.now()
        self.store.add_schedule(
            ScheduleRow(name, "t", "manual", origin="node", created=now, decided_through=now)
        )
        self.kept.append(Keeping(name, "host", period, 0, self.clock.boot(), FAR))
        self.step(Kept(name, "t", Local(period)))

    def perform(self, effect: Effect) -> Happening | None:
        if isinstance(effect, Start):
            run = effect.run
            self.traces[run.id, run.fence] = Trace(
                run.id, run.schedule, run.due, run.kind, run.attempt, run.fence, "host",
                self.clock.boot(),
            )  # fmt: skip
        return super().perform(effect)

    def over(self, run: RunRow, outcome: Outcome | None = None) -> None:
        """The code of an attempt ends."""
        trace = self.traces.get((run.id, run.fence))
        if trace is None or trace.end is not None:
            return
        how = outcome or Outcome("returned", result=f"fence {run.fence}")
        self.traces[run.id, run.fence] = Trace(
            trace.run, trace.schedule, trace.due, trace.kind, trace.attempt, trace.fence,
            trace.node, trace.start, self.clock.boot(), how.how, how.result,
        )  # fmt: skip
        self.end(run, how)

    def end_all(self, outcome: Outcome | None = None) -> None:
        for run in list(self.started):
            self.over(run, outcome)

    def pass_time(self, seconds: int, *, ending: bool = True) -> None:
        for _ in range(seconds):
            self.advance(1)
            if ending:
                self.end_all()

    def judge(self) -> Verdict:
        """What the checker says once all is at rest."""
        self.pass_time(REST)
        end = self.clock.boot()
        lives = [
            Life(node.name, node.host, node.machine, node.roles, node.labels, node.tasks, 0, end)
            for node in self.store.nodes()
        ]
        if self.away:
            self.store.leave(self.away, self.clock.now())
        return check(
            History(
                self.wanted, self.runs(), list(self.traces.values()),
                [Fault("store", 0, end - REST // 2 * SECOND)], epoch=self.began, end=end,
                bounds=Bounds(closing=12 * SECOND, prompt=1 * SECOND), kept=self.kept,
                lives=lives,
            )
        )  # fmt: skip


Play = Callable[[Scene], None]


def one_slot(scene: Scene) -> None:
    scene.add("a", "every 10s")
    scene.step(Changed())
    scene.pass_time(12)


def a_burst(scene: Scene) -> None:
    for number in range(4):
        scene.add(f"s{number}", "every 10s")
    scene.step(Changed())
    scene.pass_time(22)


def a_long_run(scene: Scene) -> None:
    scene.add("a", "every 5s")
    scene.step(Changed())
    scene.pass_time(18, ending=False)


def a_retry(scene: Scene) -> None:
    scene.add("a", "every 10s")
    scene.step(Changed())
    scene.pass_time(11, ending=False)
    scene.end_all(Outcome("raised", error="OSError: no"))
    scene.pass_time(8)


def a_timeout(scene: Scene) -> None:
    scene.add("a", "every 10s")
    scene.step(Changed())
    scene.pass_time(14, ending=False)
    scene.end_all(Outcome("stopped"))


def an_abandoned_run(scene: Scene) -> None:
    scene.add("a", "every 10s")
    scene.step(Changed())
    scene.pass_time(25, ending=False)


def a_gap(scene: Scene) -> None:
    scene.add("a", "every 10s")
    scene.step(Changed())
    scene.advance(65)
    scene.end_all()


def a_person_cancels(scene: Scene) -> None:
    scene.add("a", "every 10s")
    scene.step(Changed())
    scene.pass_time(11, ending=False)
    for run in scene.started:
        scene.store.cancel_run(run.id, "user", None, scene.clock.now())
    scene.step(Changed())
    scene.end_all(Outcome("stopped"))


def two_tasks_change_hands(scene: Scene) -> None:
    scene.add("a", "every 10s")
    scene.add("b", "every 5s")
    scene.step(Changed())
    for _ in range(4):
        scene.pass_time(5, ending=False)
        scene.end_all()


def somebody_looks_all_the_time(scene: Scene) -> None:
    scene.add("a", "every 5s")
    for _ in range(15):
        scene.step(Changed())
        scene.pass_time(1)


def placed_on_two_nodes(scene: Scene) -> None:
    """One of them is driven; the other one lives for long enough to get runs, and begins none."""
    row = scene.store.join(NodeRow("", "away", 1, "0", tasks=("t",)), 3_600 * SECOND)
    scene.away = row.name
    scene.add("a", "every 10s")
    scene.step(Changed())
    scene.pass_time(22)


def the_nodes_own(scene: Scene) -> None:
    scene.keep_own("own", 5 * SECOND)
    scene.step(Changed())
    scene.pass_time(7)
    scene.pass_time(8, ending=False)
    scene.end_all()
    scene.pass_time(7)


def the_nodes_own_beside_others(scene: Scene) -> None:
    scene.keep_own("own", 5 * SECOND)
    scene.add("a", "every 10s")
    scene.step(Changed())
    scene.pass_time(22)


SCENES: list[tuple[Play, dict[str, object]]] = [
    (one_slot, {}),
    (a_burst, {}),
    (a_long_run, {}),
    (a_long_run, {"overlap": "queue"}),
    (a_long_run, {"overlap": "cancel"}),
    (a_retry, {"retries": 2, "backoff": "1s..2s"}),
    (a_timeout, {"timeout": "2s"}),
    (an_abandoned_run, {"timeout": "2s"}),
    (a_gap, {"catch_up": 3, "overlap": 4}),
    (a_gap, {"catch_up": 3}),
    (a_person_cancels, {}),
    (two_tasks_change_hands, {}),
    (somebody_looks_all_the_time, {}),
    (placed_on_two_nodes, {"placement": "every"}),
    (the_nodes_own, {}),
    (the_nodes_own_beside_others, {}),
]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    "play, policies", [pytest.param(*one, id=f"{one[0].__name__}{one[1] or ''}") for one in SCENES]
)
def test_one_failure_anywhere_breaks_no_promise(
    play: Play, policies: dict[str, object], how: str
) -> None:
    for number in range(1, MOST):
        scene = Scene(number, how, **policies)
        play(scene)
        met = scene.failing.met
        verdict = scene.judge()
        assert verdict.ok, f"call {number} fails {how}:\n{verdict}"
        if not met:
            assert number > 5
            return
    raise AssertionError("the scenario has no end")


@pytest.mark.parametrize("how", [way for way in WAYS if way != "twice"])
def test_a_stop_writes_everything_down_whatever_fails(how: str) -> None:
    for number in range(1, MOST):
        scene = Scene(number, how)
        scene.add("a", "every 10s")
        scene.step(Changed())
        scene.pass_time(11, ending=False)
        scene.step(Stop(scene.clock.boot() + 2 * SECOND))
        scene.pass_time(10, ending=False)
        assert scene.stopped, f"call {number} fails {how}"
        states = {run.state for run in scene.runs()}
        assert "running" not in states, f"call {number} fails {how}"
        if not scene.failing.met:
            return
    raise AssertionError("the scenario has no end")
