"""Known mistakes, each as one function in the place of the right one.

Every scheduler of note has made some of these. A simulation that does not find them proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from rota.engine import deciding
from rota.engine.holding import Holding
from rota.engine.keeper import Keeper
from rota.engine.machine import Machine
from rota.engine.messages import Answer, LeaseLost, Renewed, Work
from rota.engine.writer import Writer
from rota.ports.records import Decided, Decision, Finish, Recovered, RunRow
from rota.rules.catchup import Plan
from rota.rules.leases import Lease
from rota.rules.placement import targets
from rota.stores import placing
from rota.stores.memory import nodes
from rota.stores.memory.deciding import Deciding
from rota.stores.memory.nodes import Nodes
from rota.stores.memory.queue import Limits, Queue
from rota.stores.memory.runs import Runs
from rota.stores.memory.tables import Tables
from rota.testing.simulation import PLACED

__all__ = ("MUSEUM", "Mistake")


@dataclass(frozen=True)
class Mistake:
    """What is replaced, by what, and the faults under which it shows."""

    name: str
    owner: Any
    attribute: str
    wrong: Any
    options: dict[str, Any] = field(default_factory=dict)


MUSEUM: list[Mistake] = []
TOO_MANY = 6  # Kubernetes took a hundred; outages here are shorter, and slots fewer


def mistake(
    owner: Any, attribute: str, **options: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put the decorated function on show in the place of `owner.attribute`."""

    def show(wrong: Callable[..., Any]) -> Callable[..., Any]:
        name = wrong.__name__.replace("_", " ")
        MUSEUM.append(Mistake(name, owner, attribute, wrong, options))
        return wrong

    return show


right_finish = Runs._finish
right_plan = deciding.plan
right_opened = Tables.opened

# ------------------------------------------------------------------------------------ fences


@mistake(Runs, "_finish", kinds=("stall", "pause", "cut"))
def finish_by_run_id_without_a_fence(self: Any, one: Finish) -> bool:
    """Whoever comes last says how the run ended."""
    row = self.run_rows.get(one.run)
    if row is not None and row.state == "running":
        one = replace(one, fence=row.fence)
    return right_finish(self, one)


@mistake(Tables, "draw")
def a_fence_per_run_that_starts_again(self: Any, counter: str, count: int = 1) -> int:
    """Every claim is given the same fence."""
    if counter == "fence":
        return 1
    last: int = self.counters.get(counter, 0)
    self.counters[counter] = last + count
    return last + 1


# ---------------------------------------------------------------------------------- launching


@mistake(Writer, "together")
def launch_in_two_transactions(self: Any, work: Work) -> Answer:
    """The launches, and after them, in another transaction, where the schedule stands."""
    now = self.clock.now()
    with self.store.transaction():
        finished = self.store.finish(work.finishes, now) if work.finishes else []
        if work.events:
            self.store.add_events(work.events)
    for decision in work.decisions:
        for new in decision.launches:
            self.store.add_run(replace(new, kind="slot"), now)
    with self.store.transaction():
        bare = [replace(decision, launches=()) for decision in work.decisions]
        decided = self.store.decide(bare, now) if bare else []
        taken = self.take(work, now)
    done = Answer(tuple(finished), tuple(decided), taken=tuple(taken), at=now)
    answer: Answer = self.read(work, done)
    return answer


@mistake(Deciding, "_decide")
def decide_without_looking_whether_somebody_else_has(
    self: Any, decision: Decision, now: int, claim: Any = None
) -> Decided:
    """Two nodes decide one slot: no version, no next due, no unique key."""
    row = self.schedule_rows.get(decision.name)
    if row is None or not row.enabled:
        return Decided(decision.name, stale=True)
    launched = [self._insert(one, row.name, now).id for one in decision.launches]
    for skip in decision.skips:
        self._skip(row, skip, 0, now)
    self._advance(row, decision, len(launched))
    return Decided(row.name, launched=tuple(launched), skipped=decision.skips)


@mistake(deciding, "plan", kinds=("outage", "crash"))
def catch_up_by_enumeration(first: int, now: int, **how: Any) -> Plan:
    """Every missed slot is listed, and where there are too many of them nothing is done at all."""
    found = right_plan(first, now, **how)
    if sum(skip.count for skip in found.skips) > TOO_MANY:
        return Plan((), (), first - 1)
    return found


@mistake(Deciding, "_skip")
def skip_without_a_row(self: Any, schedule: Any, skip: Any, stood: int, now: int) -> None:
    """What does not run leaves no trace: “why did it not run at 03:00?” has no answer."""


@mistake(Deciding, "_has_room")
def overlap_by_a_look_at_what_runs_and_not_at_what_waits(
    self: Any, schedule: str, new: Any, now: int, fellows: int
) -> bool:
    """A launch that waits is not counted, so that more of them come."""
    running = [row for row in self.opened(schedule, new.target) if row.state == "running"]
    return new.room is None or new.room.cancel or len(running) < new.room.open


# ------------------------------------------------------------------------------------ leases


@mistake(Keeper, "renew", kinds=("stall", "slow"))
def trust_from_the_end_of_the_renewal(self: Any, boot: int) -> None:
    """The answer was slow, and the lease is believed to be longer for it."""
    if self.store.renew(self.node.name, self.lease.length, self.clock.now()):
        self.renewed = self.clock.boot()
        self.post(Renewed(self.renewed))
        return
    self.node = self.store.join(self.node, self.lease.length)
    self.renewed = boot
    self.renamed(self.node.name)
    self.post(LeaseLost(self.node.name))
    self.post(Renewed(boot))


@mistake(Machine, "may_begin", kinds=("stall", "pause"))
def start_without_looking_at_the_lease(self: Any, moment: Any) -> bool:
    """What was taken is begun, however long ago that was."""
    return self.stopping is None


@mistake(Nodes, "expire", kinds=("jump",))
def leases_on_the_wall_clock(self: Any, now: int) -> list[RunRow]:
    """Setting the clock costs every node its lease, or makes the dead live on."""
    with self.transaction():
        over = {
            name: held for name, held in self.leases.items()
            if held.node.state == "alive" and held.node.seen + 15_000_000 <= now
        }  # fmt: skip
        for name, held in over.items():
            self.leases[name] = replace(held, node=replace(held.node, state="lost"))
        found: list[RunRow] = self._recover(dict.fromkeys(over, now), now)
        return found


@mistake(Nodes, "expire", kinds=("crash",))
def nobody_looks_after_the_dead(self: Any, now: int) -> Recovered:
    """What a dead node had is running for ever."""
    return Recovered()


@mistake(Nodes, "_lose")
def recover_everything_as_if_it_were_idempotent(
    self: Any, row: RunRow, ended: int, now: int
) -> None:
    """The old fence stays good."""
    self.put_back(row, "retrying", row.cancelling, now, fence=row.fence, not_before=now)


# ------------------------------------------------------------------------------------ limits


@mistake(Queue, "take")
def filter_after_the_limit(self: Any, limit: int, until: int, limits: Any) -> list[RunRow]:
    """The first few are looked at; if they are held back, so is all that comes after them."""
    first = sorted(self, key=lambda row: (row.due, row.id))[:1]
    taken = [row for row in first if row.not_before <= until and not limits.hold_back(row)]
    for row in taken:
        limits.count(row)
        self.remove(row)
    return taken


@mistake(Limits, "hold_back")
def limits_that_each_node_counts_for_itself(self: Any, row: RunRow) -> bool:
    """No limit holds over all nodes."""
    return row.task not in self.tasks


# ----------------------------------------------------------------------------------- waking up


@mistake(Machine, "needs_load")
def wake_up_only_when_told(self: Any, moment: Any, leaving: int) -> bool:
    """Schedules are read at the start and on a signal; one signal that is lost, and it is over."""
    return self.look_ahead.through < 0


@mistake(Machine, "absorb_unwritten")
def forget_what_could_not_be_written(self: Any, unwritten: Any, moment: Any) -> None:
    """The ends of a batch that failed are gone."""
    self.writing = None
    self.reload = self.waiting = True


@mistake(Holding, "compare", kinds=("flaky", "twice"))
def never_ask_what_the_store_says_runs_here(
    self: Any, held: Any, moment: Any, effects: Any, ending: Any = ()
) -> None:
    """What was taken by a batch whose answer was lost stays taken."""


# ------------------------------------------------------------------------------------- time


@mistake(Holding, "release")
def begin_what_was_taken_ahead_at_once(
    self: Any, moment: Any, effects: list[Any], *, may_begin: bool
) -> None:
    """Claimed early, and begun early."""
    for _, _, run in self.ready:
        live = self.live.get(run)
        if live is not None and live.started is None:
            self.begin(live, moment, effects)
    self.ready.clear()


@mistake(Lease, "trusted_until", kinds=("stall", "pause"))
def a_node_that_trusts_itself_longer_than_others_do(self: Any, renewal_began: int) -> int:
    """The margin has the wrong sign, and is generous."""
    return renewal_began + 4 * int(self.length)


# ---------------------------------------------------------------------------------- placement

right_hold_back = Limits.hold_back


@mistake(Limits, "hold_back", tasks=PLACED)
def take_what_is_addressed_to_others(self: Any, row: RunRow) -> bool:
    """A node with time to spare takes what waits for another."""
    return right_hold_back(self, replace(row, target=row.target.replace(":", "=", 1)))


@mistake(nodes, "forsaken", tasks=PLACED)
def what_waits_for_the_dead_waits_for_ever(target: str, task: str, alive: Any) -> bool:
    """Nobody ends the runs that a dead node had not taken."""
    return False


@mistake(placing, "targets", tasks=PLACED)
def the_first_node_stands_for_all(where: str, task: str, alive: Any) -> list[str]:
    """A slot for several nodes makes one run."""
    return targets(where, task, alive)[:1]


@mistake(Nodes, "alive", tasks=PLACED)
def the_dead_are_counted_among_the_living(self: Any) -> list[Any]:
    """Whoever ever joined is given a run."""
    return [held.node for held in self.leases.values()]


@mistake(Tables, "opened", tasks=PLACED)
def targets_take_each_others_room(
    self: Any, schedule: str | None, target: str | None = None
) -> list[RunRow]:
    """While the slot's run goes on at one node, it is skipped at all."""
    return right_opened(self, schedule)
