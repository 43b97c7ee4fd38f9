"""The cluster: members on one store, what people and chance do to them, and the history of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

from rota.engine.client.context import Context
from rota.engine.policies import resolve
from rota.engine.schedules.runs import Runs
from rota.engine.schedules.saving import read_rule, start_row
from rota.engine.schedules.schedules import Schedules
from rota.engine.tasks.registry import Registry
from rota.engine.tasks.services import Services
from rota.errors import RotaError
from rota.instants import MILLISECOND, SECOND, to_datetime
from rota.ports.records import Json, RunQuery, RunRow, ScheduleRow, TaskRow
from rota.rules.leases import Lease
from rota.rules.states import FINAL
from rota.testing.history import Bounds, Fault, History, Version, Wanted
from rota.testing.simulation.code import Behaviour, Traces
from rota.testing.simulation.member import Member
from rota.testing.simulation.plan import OWN, TASKS, Affair, Plan
from rota.testing.simulation.watched import WatchedStore
from rota.testing.simulation.world import EPOCH, World
from rota.testing.simulation.zones import APART, rules, text_by

__all__ = ("Cluster",)

BACKFILLED = 40  # more are refused
OTHER_RULES = ("every 20s", "every 45s", "every 1m", "every 2m")


class Cluster:
    """A plan, carried out."""

    def __init__(
        self,
        plan: Plan,
        tasks: Mapping[str, tuple[Json, Behaviour]] = TASKS,
        *,
        lease: Lease | None = None,
        slots: int = 50,
    ) -> None:
        self.plan = plan
        self.tasks = {**tasks, **OWN} if plan.own else tasks
        self.world = World(plan.seed)
        self.store = WatchedStore(self.world)
        self.store.open("simulation")
        self.store.put_tasks(
            TaskRow(task, policies=policies) for task, (policies, _) in self.tasks.items()
        )
        self.traces = Traces(self.world)
        self.faults: list[Fault] = []
        self.down_since: int | None = 0
        self.lease = lease or Lease()
        self.members = [
            Member(
                f"node{number}", self.world, self.store, self.tasks, self.traces, slots=slots,
                lease=self.lease, changed=self.changed, log=self.log, own=plan.own,
                zones=plan.zones,
            )
            for number in range(plan.nodes)
        ]  # fmt: skip
        self.versions: dict[str, list[Version]] = {}
        self.rows: dict[str, ScheduleRow] = {}
        self.edges: dict[str, list[int]] = {}
        self.paused: set[str] = set()
        self.context = Context(
            store=self.store, clock=self.world, registry=Registry(), services=Services(),
            zone="UTC", poke=lambda: None, ready=lambda: None, hold_back=lambda name: None,
            pause=self.world.wait, here=lambda: None,
        )  # fmt: skip

    def run(self) -> History:
        """Carry out the plan, and tell what happened."""
        with self.by_rules(0):
            for name, task, trigger in self.plan.schedules:
                self.add(name, task, trigger)
        for name, task, _, _ in self.plan.own:
            self.add_own(name, task)
        for member in self.members:
            self.world.after(self.world.between(0, SECOND), member.start)
        for affair in self.plan.faults:
            self.world.at(affair.at, partial(self.trouble, affair))
        for affair in self.plan.people:
            self.world.at(affair.at, partial(self.person, affair))
        self.world.run(self.plan.length)
        return self.history()

    def add(self, name: str, task: str, trigger: str) -> None:
        rule = read_rule(trigger, "UTC")
        row = start_row(ScheduleRow(name, task, str(rule)), rule, self.world.now())
        self.store.add_schedule(row)
        self.rows[name] = row
        zones = self.plan.zones
        text = text_by(str(rule), zones[0]) if zones else str(rule)
        self.versions[name] = [Version(self.world.time, text)]

    def add_own(self, name: str, task: str) -> None:
        now = self.world.now()
        self.store.add_schedule(
            ScheduleRow(name, task, "manual", origin="node", created=now, decided_through=now)
        )

    # ---------------------------------------------------------------------- history

    def history(self) -> History:
        """What the checker is given."""
        if self.down_since is not None:
            self.log("no node", self.down_since, self.world.time, all_down=True)
        self.settle_zones()
        found: list[RunRow] = []
        query = RunQuery(limit=5_000)
        while page := self.store.runs(query):
            found += page
            query = replace(query, before=page[-1].id)
        return History(
            [self.wanted(name) for name in self.versions], found[::-1], self.traces.written,
            self.faults, self.world.jumps, EPOCH, self.world.time,
            Bounds(lease=self.lease.length), at_rest=self.plan.liveness,
            lives=self.store.all_lives(),
            kept=[one for member in self.members for one in member.all_kept()],
            made=self.store.made, closed=self.store.closed, edits=self.edges,
        )  # fmt: skip

    def wanted(self, name: str) -> Wanted:
        row = self.rows[name]
        policies = resolve(self.tasks[row.task][0], {})
        return Wanted(
            name, row.created, tuple(self.versions[name]), policies.overlap, policies.max_running,
            policies.catch_up, policies.grace, policies.retries, policies.idempotent, row.task,
            policies.placement,
        )  # fmt: skip

    def log(
        self, kind: str, start: int, end: int, node: str | None = None, *, all_down: bool = False
    ) -> None:  # fmt: skip
        self.faults.append(Fault(kind, start, end, node, all_down))

    def changed(self) -> None:
        """A member came or went: write down when nobody is able to act."""
        able = any(member.able for member in self.members)
        if able and self.down_since is not None:
            self.log("no node", self.down_since, self.world.time, all_down=True)
            self.down_since = None
        elif not able and self.down_since is None:
            self.down_since = self.world.time

    # ----------------------------------------------------------------------- faults

    def trouble(self, affair: Affair) -> None:
        """One fault begins."""
        member = self.members[affair.member]
        now, end = self.world.time, self.world.time + affair.length
        match affair.kind:
            case "crash":
                self.log("crash", now, now, member.label)
                member.crash()
                self.world.at(end, member.start)
            case "stop":
                self.log("stop", now, now + 10 * SECOND, member.label)
                member.leave()
                self.world.at(max(end, now + 12 * SECOND), member.start)
            case "pause":
                member.freeze(affair.length)
            case "jump":
                self.log("jump", now, now)
                self.world.jump(affair.amount)
            case "swizzle":
                self.swizzle(affair)
            case "forget":
                self.forget(affair)
            case "zones":
                self.renew_zones(affair)
            case _:
                self.links(affair, end)

    def links(self, affair: Affair, end: int) -> None:
        """The links of one member, or of all, get worse for a while."""
        everybody = affair.kind == "outage"
        chosen = self.members if everybody else [self.members[affair.member]]
        label = None if everybody else chosen[0].label
        self.log(affair.kind, self.world.time, end, label, all_down=everybody)
        for member in chosen:
            self.worsen(member, affair)
            self.world.at(end, partial(self.mend, member, affair.kind))
        self.changed()

    def worsen(self, member: Member, affair: Affair) -> None:
        trouble, kind = member.trouble, affair.kind
        if kind in ("cut", "outage"):
            trouble.cut = True
        elif kind == "flaky":
            trouble.before = trouble.after = 0.15
        elif kind == "slow":
            trouble.delay = (500 * MILLISECOND, affair.amount)
        elif kind == "stall":
            trouble.stall = 0.1
        elif kind == "twice":
            trouble.twice = 0.5

    def mend(self, member: Member, kind: str) -> None:
        trouble = member.trouble
        if kind in ("cut", "outage"):
            trouble.cut = False
        elif kind == "flaky":
            trouble.before = trouble.after = 0.0
        elif kind == "slow":
            trouble.delay = (200, 8 * MILLISECOND)
        elif kind == "stall":
            trouble.stall = 0.0
        elif kind == "twice":
            trouble.twice = 0.0
        self.changed()

    def swizzle(self, affair: Affair) -> None:
        """Members are cut off one by one, and come back in another order."""
        order = list(self.members)
        self.world.random.shuffle(order)
        back = list(self.members)
        self.world.random.shuffle(back)
        step = max(affair.length // (2 * len(order)), 1)
        self.log("swizzle", self.world.time, self.world.time + affair.length)
        for number, member in enumerate(order):
            self.world.after(number * step, partial(self.cut, member))
        for number, member in enumerate(back):
            self.world.after(affair.length - number * step, partial(self.mend, member, "cut"))

    def forget(self, affair: Affair) -> None:
        """Every node is started anew, one after the other, with a release that has lost a task;
        and again when the next one has it back.
        """
        task = self.plan.schedules[affair.amount % len(self.plan.schedules)][1]
        for number, member in enumerate(self.members):
            wait = number * SECOND
            self.world.after(wait, partial(self.deploy, member, frozenset({task})))
            self.world.after(affair.length + wait, partial(self.deploy, member, frozenset()))

    def renew_zones(self, affair: Affair) -> None:
        """Every node is started anew, one after the other, with the newer rules of the zone."""
        now = self.world.time
        for number, member in enumerate(self.members):
            member.release = 1
            wait = number * max(affair.length // len(self.members), SECOND)
            self.world.after(wait, partial(self.deploy, member, frozenset()))
        for name, versions in self.versions.items():
            trigger = text_by(self.rows[name].trigger, self.plan.zones[1])
            versions.append(Version(now, trigger, "", self.plan.length))

    def settle_zones(self) -> None:
        """Say from when on all went by the newer rules: nobody has older ones, and next runs
        follow from them. Slots about the change may go either way.
        """
        if not self.plan.zones or self.store.rezoned is None:
            return
        lives = self.store.all_lives()
        had = {name: knows for member in self.members for name, knows in member.names.items()}
        older = [life.end for life in lives if not had.get(life.name, 1)]
        sure = max(self.store.rezoned, *older, 0)
        for name, versions in self.versions.items():
            versions[-1] = replace(versions[-1], sure=sure)
            low, high = versions[-1].since - 2 * APART, sure + 2 * APART
            self.edges[name] = list(range(low, high, 4 * SECOND))

    def by_rules(self, release: int) -> AbstractContextManager[None]:
        zones = self.plan.zones
        return rules(zones[release]) if zones else nullcontext()

    def deploy(self, member: Member, forgotten: frozenset[str]) -> None:
        now = self.world.time
        self.log("stop", now, now + 10 * SECOND, member.label)
        member.forgotten = forgotten
        member.leave()  # it comes back by itself

    def cut(self, member: Member) -> None:
        member.trouble.cut = True
        self.changed()

    # ----------------------------------------------------------------------- people

    def person(self, affair: Affair) -> None:
        """Somebody does something, from a process that is no node."""
        name = self.plan.schedules[affair.member][0]
        try:
            if affair.kind == "run":
                Schedules(self.context).run(name)
            elif affair.kind == "backfill":
                self.backfill(name, 4 * affair.length)
            elif affair.kind == "cancel":
                self.cancel(name)
            elif name not in self.paused:
                self.paused.add(name)  # also during an edit: one thing at a time
                (self.pause if affair.kind == "pause" else self.edit)(name, affair)
        except RotaError:
            pass  # refused: two people at once, or the run had ended

    def cancel(self, name: str) -> None:
        opened = [
            row for row in self.store.runs(RunQuery(limit=5, schedule=name))
            if row.state not in FINAL
        ]  # fmt: skip
        if opened:
            self.versions_edge(name)
            Runs(self.context).cancel(opened[0].id)

    def backfill(self, name: str, length: int) -> None:
        """Ask for the slots of the last minutes once more."""
        now = self.world.now()
        start, until = to_datetime(max(EPOCH, now - length)), to_datetime(now)
        Schedules(self.context).backfill(name, start, until, limit=BACKFILLED)

    def versions_edge(self, name: str) -> None:
        """What a person does to a run makes its slot's fate a matter of the moment."""
        last = self.versions[name][-1]
        self.versions[name].append(replace(last, since=self.world.time, sure=self.world.time))

    def pause(self, name: str, affair: Affair) -> None:
        began = self.world.time
        Schedules(self.context).pause(name)
        rule = self.versions[name][-1].trigger
        self.versions[name].append(Version(began, None, "paused", self.world.time))
        self.world.after(affair.length, partial(self.resume, name, rule))

    def resume(self, name: str, rule: str | None) -> None:
        began = self.world.time
        Schedules(self.context).resume(name)
        self.versions[name].append(Version(began, rule, "", self.world.time))
        self.paused.discard(name)

    def edit(self, name: str, affair: Affair) -> None:
        began = self.world.time
        rule = str(read_rule(self.world.random.choice(OTHER_RULES), "UTC"))
        Schedules(self.context).update(name, trigger=rule)
        self.versions[name].append(Version(began, rule, "", self.world.time))
        self.paused.discard(name)
