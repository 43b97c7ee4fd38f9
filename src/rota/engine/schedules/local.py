"""`rota.local`: schedules that each node keeps for itself, counted from its start.

What `rota.schedules` makes is due once for all nodes, and its next slot stands in the store. What
is registered here is due in each node by itself: the recurring work of a CMS that lives in every
process. Its attempts are runs like any other, with the node as their target; before each of them
the gates are asked, in order, and a gate that is shut makes the run *ignored* for its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from rota.durations import duration, duration_text
from rota.engine.attempts.guarded import Asked, Definition, Gate, Observer, guarded, taken_up
from rota.engine.client.context import Context
from rota.engine.client.items import ScheduleItem
from rota.engine.messages import (
    AskedToStop,
    Kept,
    NotKept,
    PeriodSet,
    Planned,
    RetrySet,
    Triggered,
)
from rota.engine.schedules.saving import check_name
from rota.engine.tasks.registry import where
from rota.engine.tasks.run import Run
from rota.engine.upkeep.housekeeping import refuse
from rota.errors import BadSetting, DuplicateTask, Refused, UnknownSchedule
from rota.instants import SECOND, to_datetime
from rota.ports.records import ScheduleRow
from rota.rules.local import STRATEGIES, After, Local, Strategy
from rota.when import trigger

if TYPE_CHECKING:
    from rota.engine.node import Node

__all__ = ("Lifetime", "LocalSchedules")

Length = object
"""A duration as `rota.durations` reads it; None is "never"."""


class Lifetime(Protocol):
    """Who is told of a node's life in this process, in this order; `check` and `prepare` may refuse
    the start by an error, the others raise nothing.
    """

    def check(self) -> None:
        """The start was asked for; what can be known without the store may refuse it already."""

    def prepare(self) -> None:
        """The store is open and the tasks are written down; the node has not joined yet."""

    def starting(self) -> None:
        """The node is there; what it keeps begins next."""

    def started(self) -> None:
        """What it keeps is counted from now."""

    def stopping(self) -> None:
        """It is about to stop."""

    def stopped(self) -> None:
        """It has stopped, and so has every run."""


class LocalSchedules:
    """The schedules that this application's node keeps for itself.

    >>> from rota import Rota
    >>> rota = Rota("memory://")
    >>> rota.local.register("cms.touch", lambda run: "touched", period="5m", delay="15s")
    >>> from rota.testing import ManualNode
    >>> with ManualNode(rota) as node:
    ...     [str(run.due.time()) for run in node.advance(minutes=12)]
    ['00:00:15', '00:05:15', '00:10:15']
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.definitions: dict[str, Definition] = {}
        self.node: Node | None = None
        self.around: list[Lifetime] = []
        self.places = 0  # for runs, beyond those of the application
        context.kept = self.shown

    # ----------------------------------------------------------------- making

    def register(
        self,
        name: str,
        code: Callable[[Run], object],
        *,
        period: Length,
        delay: Length = 0,
        retry: Length = 60,
        gates: Iterable[Gate] = (),
        observer: Observer | None = None,
        title: str = "",
        origin: Callable[..., object] | None = None,
        own_place: bool = False,
        words: str = "",
        **policies: object,
    ) -> None:
        """Run `code(run)`, a function or coroutine function, each `period` from `delay` after the
        node's start on. `retry` is how long after a refusal its gates are asked again. None is
        never: a period of None makes no repeats, a delay of None waits for a trigger.

        Before the node starts. `policies` may be timeout, retention, priority and executor.
        `origin` is what somebody wrote, where `code` only wraps it: its place is shown. With
        `own_place` the node has one more place for runs, so that this one takes nobody's. `words`
        stand in lists for the rule, where the application itself plans the attempts.
        """
        refuse(name)
        if problems := check_name(name):
            raise Refused(problems)
        if self.node is not None:
            raise Refused("this node has started", part="name", text=name,
                          hint="register before rota.start()")  # fmt: skip
        if name in self.definitions or self.context.registry.get(name) is not None:
            raise DuplicateTask(f"there is a task of this name: {name}", part="name", text=name,
                                hint="give one of them another name")  # fmt: skip
        if strange := set(policies) - {"timeout", "retention", "priority", "executor"}:
            raise BadSetting(f"a schedule that each node keeps for itself has no such policy: "
                             f"{', '.join(sorted(strange))}", part=name)  # fmt: skip
        if policies.get("executor") == "process":
            raise BadSetting("it runs in this process", part=name, text="executor=process",
                             hint="leave executor out")  # fmt: skip
        local = Local(length(period, name), length(delay, name), length(retry, name))
        made = Definition(name, code, local, tuple(gates), observer or Observer(), title or name,
                          words)  # fmt: skip
        self.definitions[name] = made
        self.places += own_place
        task = self.context.registry.add(
            name, guarded(made), title=title or name, schedule=None, policies=policies,
            origin=origin,
        )  # fmt: skip
        module, _, line = where(origin or code)
        task.source = f"{module}:{line}"

    # --------------------------------------------------------------- changing

    def set_period(self, name: str, period: Length) -> None:
        """Another period, at once: a wait that runs lasts or ends accordingly. It counts from the
        latest start; the first delay stays as it is.
        """
        made, value = self.need(name), length(period, name)
        made.local.period = value
        if self.node is not None:
            self.node.dispatcher.post(PeriodSet(name, value))

    def set_retry(self, name: str, retry: Length) -> None:
        """Another wait after a refusal, at once."""
        made, value = self.need(name), length(retry, name)
        made.local.retry = value
        if self.node is not None:
            self.node.dispatcher.post(RetrySet(name, value))

    def set_delay(self, name: str, delay: Length) -> None:
        """Another wait before the first attempt. What has started already is not moved."""
        self.need(name).local.delay = length(delay, name)

    def plan(self, name: str, due: int | None) -> None:
        """The next attempt is due at that reading of the boot clock, whatever was planned; None:
        none is. For whom the application itself keeps times, from the node's start on.
        """
        self.need(name)
        if self.node is not None:
            self.node.dispatcher.post(Planned(name, due))

    def cancel(self, name: str, reason: str = "user") -> None:
        """Ask the attempt that runs here, if one does, to stop: its run ends as cancelled."""
        self.need(name)
        node = self.node
        if node is not None:
            node.dispatcher.post(AskedToStop(name, reason))

    def trigger(
        self, name: str, strategy: Strategy = "none", *, then: Length | bool = False
    ) -> Asked | None:
        """Run it as soon as possible, in this process; None if no node here keeps it.

        `strategy` says what becomes of the next tick: none (it stays; if this run lasts past it, it
        is skipped once), reset (one period from this start), replace (this run stands for it).
        `then` in its place: the next attempt comes so long after this start, once (None: never).
        Of several that wait the last one counts, and one attempt answers them all.
        """
        made = self.need(name)
        how: Strategy | After = strategy if then is False else After(length(then, name))
        if strategy not in STRATEGIES:
            raise BadSetting("there is no such strategy", part="strategy", text=str(strategy),
                             hint=f"write one of {', '.join(STRATEGIES)}")  # fmt: skip
        node = self.node
        if node is None or made.stopped:
            return None
        asked = Asked()
        made.asked.append(asked)
        node.dispatcher.post(Triggered(name, how))
        return asked

    def stop(self, name: str) -> None:
        """No attempt of it begins any more in this process; one that runs is asked to stop."""
        self.need(name).stopped = True
        if self.node is not None:
            self.node.dispatcher.post(NotKept(name))

    def need(self, name: str) -> Definition:
        made = self.definitions.get(name)
        if made is None:
            raise UnknownSchedule("this application keeps no such schedule for its nodes",
                                  part="schedule", text=name)  # fmt: skip
        return made

    # ---------------------------------------------------------------- reading

    def next_run(self, name: str) -> datetime | None:
        """When the next attempt is due in this node; None: never, or no node here keeps it."""
        node = self.node
        due = None if node is None else node.machine.locals.due(name)
        if due is None:
            return None
        clock = self.context.clock
        return to_datetime(clock.now() + max(0, due - clock.boot()))

    def shown(self, item: ScheduleItem) -> ScheduleItem:
        """A schedule in a list, as this node knows it: its rule in words, and when it runs next."""
        made = self.definitions.get(item.name)
        if made is None or item.origin != "node":
            return item
        return replace(
            item, words=made.words or in_words(made.local.period), next_run=self.next_run(item.name)
        )

    # ------------------------------------------------------------------- node

    def check(self) -> None:
        """Refuse a start that can come to nothing, before the store is asked for anything."""
        for one in self.around:
            one.check()

    def settle(self) -> None:
        """Write down those that the store does not know. Their trigger there is `manual`: no node
        may ever decide a slot of theirs for the others.
        """
        for one in self.around:
            one.prepare()
        store, now = self.context.store, self.context.clock.now()
        for made in self.definitions.values():
            row = ScheduleRow(
                made.name, made.name, "manual", title=made.title, origin="node",
                created=now // SECOND * SECOND, decided_through=now,
            )  # fmt: skip
            known = store.schedule(made.name)
            if known is not None and known.origin != "node":
                raise DuplicateTask(
                    "there is a schedule of this name for all nodes", part="schedule",
                    text=made.name, hint="remove it, or give this one another name",
                )  # fmt: skip
            if known is None:
                store.add_schedule(row)

    def attach(self, node: Node) -> None:
        """The node has started; what it keeps is counted from now."""
        self.node = node
        for one in self.around:
            one.starting()
        for made in self.definitions.values():
            if not made.stopped:
                node.dispatcher.post(Kept(made.name, made.name, replace(made.local)))
        for one in self.around:
            one.started()

    def detach(self) -> None:
        """The node stops, and with it all of them."""
        for one in self.around:
            one.stopping()
        self.node = None
        for made in self.definitions.values():
            for asked in taken_up(made):
                asked.tell("cancelled", "shutdown")

    def ended(self) -> None:
        """The node has stopped."""
        for one in self.around:
            one.stopped()


def length(value: object, name: str) -> int | None:
    """Microseconds of a duration; None is never."""
    if value is None:
        return None
    try:
        return duration(value)
    except ValueError as error:
        raise BadSetting(str(error), part=name, text=str(value),
                         hint="None stands for never") from None  # fmt: skip


def in_words(period: int | None) -> str:
    """The rule in plain English.

    >>> in_words(300_000_000), in_words(None), in_words(500_000)
    ('Every 5 minutes on each node', 'On each node, when asked', 'Every 500ms on each node')
    """
    if period is None:
        return "On each node, when asked"
    if period % SECOND or not period:
        return f"Every {duration_text(period)} on each node"
    return f"{trigger(f'every {duration_text(period)}').words()} on each node"
