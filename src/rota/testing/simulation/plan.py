"""What a simulated cluster has to do, and what is done to it: both follow from the seed alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from rota.instants import MILLISECOND, SECOND
from rota.ports.records import Json
from rota.testing.simulation.code import Behaviour
from rota.testing.simulation.zones import PLACE, ZONES

__all__ = ("DEEDS", "FAULTS", "OWN", "PLACED", "TASKS", "Affair", "Plan", "plan")

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

FAULTS = (
    "crash", "pause", "cut", "outage", "flaky", "slow", "twice", "jump", "stop", "swizzle",
    "stall",
)  # fmt: skip

DEEDS = ("pause", "edit", "run", "cancel")

SHORT = (20 * MILLISECOND, 900 * MILLISECOND)

KEPT = {"retention": "30d"}  # a history that is pruned cannot be judged

TASKS: Mapping[str, tuple[Json, Behaviour]] = {
    "plain": ({**KEPT}, Behaviour()),
    "retried": ({**KEPT, "retries": 2, "backoff": "1s..5s"}, Behaviour(fails=0.3)),
    "safe": ({**KEPT, "idempotent": True}, Behaviour(often_long=0.2)),
    "single": ({**KEPT, "max_running": 1}, Behaviour(short=SHORT, often_long=0.0)),
    "queued": ({**KEPT, "overlap": "queue"}, Behaviour()),
    "newest": ({**KEPT, "overlap": "cancel"}, Behaviour(often_long=0.2)),
    "double": ({**KEPT, "overlap": 2}, Behaviour(often_long=0.2)),
    "limited": ({**KEPT, "timeout": "10s"}, Behaviour(often_long=0.1, stubborn=0.3)),
    "punctual": ({**KEPT, "catch_up": "none"}, Behaviour()),
    "thorough": ({**KEPT, "catch_up": 3, "overlap": 4}, Behaviour(often_long=0.0)),
    "patient": ({**KEPT, "catch_up": 3}, Behaviour(often_long=0.0)),
}
"""Every policy that two nodes could get wrong, and code of every sort."""

PLACED: Mapping[str, tuple[Json, Behaviour]] = {
    "fanned": ({**KEPT, "placement": "every"}, Behaviour(often_long=0.1)),
    "labelled": ({**KEPT, "placement": "label:odd", "overlap": "queue"}, Behaviour()),
    "machined": ({**KEPT, "placement": "machine", "idempotent": True, "retries": 1,
                  "backoff": "1s..5s"}, Behaviour(fails=0.2)),
    "pinned": ({**KEPT, "placement": "node:node0"}, Behaviour()),
    "fanned-newest": ({**KEPT, "placement": "every", "overlap": "cancel"},
                      Behaviour(often_long=0.2)),
    "plain": TASKS["plain"],
}  # fmt: skip
"""Tasks whose slots are for certain nodes, and one beside them that is for any."""

OWN: Mapping[str, tuple[Json, Behaviour]] = {
    "own": ({**KEPT}, Behaviour(fails=0.2)),
    "own-limited": ({**KEPT, "timeout": "10s"}, Behaviour(often_long=0.1, stubborn=0.3)),
}
"""Tasks of schedules that each node keeps for itself."""

DENSE = ("every 20s", "every 30s", "every 1m", "every 1m", "every 5m", "cron */2 * * * *")
SPARSE = ("every 1m", "every 2m", "every 5m", "every 5m", "every 10m", "cron */15 * * * *")


@dataclass(frozen=True, slots=True)
class Affair:
    """Something that happens to the cluster: at an instant, for so long, to this member."""

    kind: str
    at: int
    length: int
    member: int
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A seed's schedules, nodes, faults and what people do meanwhile."""

    seed: int
    nodes: int
    length: int
    schedules: tuple[tuple[str, str, str], ...]  # name, task, trigger
    faults: tuple[Affair, ...]
    people: tuple[Affair, ...]
    liveness: bool
    own: tuple[tuple[str, str, int, int], ...] = ()  # name, task, period, delay: each node's own
    zones: tuple[str, ...] = ()  # whose rules PLACE has, before and after the fault "zones"


def plan(
    seed: int,
    *,
    length: int = 2 * HOUR,
    liveness: bool = True,
    kinds: tuple[str, ...] = FAULTS,
    dense: bool = True,
    mean: int = 0,
    tasks: Mapping[str, object] = TASKS,
    deeds: tuple[str, ...] = DEEDS,
    own: bool = False,
    zones: bool = False,
) -> Plan:
    """A plan of one seed. In liveness mode the faults end ten minutes before the history does; in
    safety mode they come thick, also at once, and go on to the end. Where the schedules are not
    `dense` a virtual day costs less. `mean` is the time between faults.
    `deeds` are what people do: those of `DEEDS`, and backfill. With `own` each node also keeps
    schedules for itself. With `zones` the rules of the schedules' zone change once.

    >>> plan(7) == plan(7), plan(7) == plan(8)
    (True, False)
    """
    chance = Random(seed)  # noqa: S311  no secret hangs on it
    names = list(tasks)
    rules = DENSE if dense else SPARSE
    schedules = []
    for number in range(chance.randint(6, 10)):
        task = names[number % len(names)] if number < len(names) else chance.choice(names)
        schedules.append((f"{task}-{number}", task, chance.choice(rules)))
    nodes = chance.choice((1, 2, 2, 3))
    calm = 10 * MINUTE if liveness else 0
    jumps = chance.random() < 0.25 or kinds == ("jump",)
    chosen = tuple(kind for kind in kinds if jumps or kind != "jump")
    mean = mean or (8 * MINUTE if liveness else 90 * SECOND)
    faults = affairs(
        chance, mean, length - calm, nodes, lambda: fault(chance, chosen, length - calm)
    )
    people = (
        ()
        if jumps
        else affairs(
            chance, 10 * MINUTE, length - 10 * MINUTE, len(schedules), lambda: deed(chance, deeds)
        )
    )
    kept = owned(chance) if own else ()
    made = Plan(seed, nodes, length, tuple(schedules), faults, people, liveness, kept)
    return zoned(chance, made) if zones else made


def zoned(chance: Random, plan: Plan) -> Plan:
    """The same with hourly slots by a wall clock that goes by other rules from some time on."""
    schedules = []
    for name, task, _ in plan.schedules:
        minute = chance.choice((0, 7, 20, 41, 55))
        times = ",".join(f"{hour:02}:{minute:02}" for hour in range(24))
        schedules.append((name, task, f"daily at {times} in {PLACE}"))
    at = chance.randint(plan.length // 4, plan.length // 2)
    change = Affair("zones", at, chance.choice((1, 20, 90)) * SECOND, 0)
    order = ZONES if chance.random() < 0.5 else ZONES[::-1]
    return replace(plan, schedules=tuple(schedules), faults=(*plan.faults, change), people=(),
                   zones=order)  # fmt: skip


def owned(chance: Random) -> tuple[tuple[str, str, int, int], ...]:
    """Schedules that each node keeps for itself: finer, and coarser, than their task is long."""
    return tuple(
        (f"{task}-{number}", task, chance.choice((10, 30, 60, 300)) * SECOND,
         chance.choice((0, 1, 45)) * SECOND)
        for number, task in enumerate(OWN)
    )  # fmt: skip


def affairs(
    chance: Random,
    mean: int,
    end: int,
    members: int,
    make: Callable[[], tuple[str, int, int]],
) -> tuple[Affair, ...]:
    """Affairs at random intervals until an end, none of them lasting longer."""
    found = []
    at = chance.randint(0, 2 * mean)
    while at < end:
        kind, length, amount = make()
        length = min(length, end - at)
        found.append(Affair(kind, at, length, chance.randrange(members), amount))
        at += chance.randint(0, 2 * mean)
    return tuple(found)


def deed(chance: Random, deeds: tuple[str, ...]) -> tuple[str, int, int]:
    """What a person does; a pause is ended after so long."""
    return chance.choice(deeds), chance.randint(5, 240) * SECOND, 0


def fault(chance: Random, kinds: tuple[str, ...], end: int) -> tuple[str, int, int]:
    """One fault: its kind, how long it lasts, and how bad it is."""
    kind = chance.choice(kinds)
    amount = 0
    if kind == "jump":
        amount = chance.choice((-3_600, -60, -3, 3, 60, 3_600)) * SECOND
    if kind == "forget":
        amount = chance.randrange(100)
    if kind == "slow":
        amount = chance.choice((2, 4, 9)) * SECOND
    length = chance.choice((1, 5, 14, 16, 30, 90)) * SECOND
    if kind == "outage" and chance.random() < 0.2:
        length = 10 * MINUTE
    return kind, length, amount
