"""The node: starts the parts in order, and stops them in reverse."""

from __future__ import annotations

import logging
import os
import random
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from rota.engine.attempts.outbox import Outbox
from rota.engine.attempts.watchdog import Watchdog, Watched
from rota.engine.dispatcher import Dispatcher
from rota.engine.keeper import Keeper
from rota.engine.machine import Machine
from rota.engine.messages import Changed, Ended, Moment, Stop, Withdrawn
from rota.engine.roles.identity import machine_name
from rota.engine.roles.terms import Listener, Terms
from rota.engine.runner import Runner
from rota.engine.tasks.registry import Registry
from rota.engine.tasks.services import Services
from rota.engine.upkeep.janitor import Janitor
from rota.engine.upkeep.rezoning import Rezoning
from rota.engine.upkeep.zonedata import zone_version
from rota.engine.writer import Writer
from rota.errors import RotaError
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.ports.executor import Executor
from rota.ports.records import EventRow, NodeRow, RunRow
from rota.ports.store import Store
from rota.rules.leases import Lease

__all__ = ("Node", "NodeSettings")

logger = logging.getLogger("rota")
TOLD = 2.0  # seconds that the dispatcher may take to hear of a withdrawal
AFTER_DEADLINE = 4.0  # seconds that the last batch may take after the deadline of a stop


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """How a node behaves: runs at once, its lease, and what an operator says of it."""

    slots: int = 20
    lease: Lease = Lease()
    version: str = ""
    roles: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    server_role: str | None = None  # set by hand; None: elected
    stands: Callable[[], bool] | None = None  # whether it may be elected just now; None: always


class Node:
    """One running scheduler in this process. It is started once and stopped once."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        registry: Registry,
        services: Services,
        executors: Mapping[str, Executor],
        settings: NodeSettings,
        read_previous: Callable[[RunRow], object | None],
        synchronise: Callable[[], None],
        role_listeners: list[Listener],
    ) -> None:
        self.store = store
        self.clock = clock
        self.settings = settings
        self.executors = executors
        began = Moment(clock.now(), clock.boot())
        offset: Callable[[], int] = getattr(clock, "offset", lambda: 0)
        host = socket.gethostname()
        tasks = {task.identifier: task.policies for task in registry}
        self.row = store.join(
            NodeRow(
                name="", host=host, pid=os.getpid(), version=settings.version,
                roles=settings.roles, labels=settings.labels, tasks=tuple(sorted(tasks)),
                started=began.wall, seen=began.wall, machine=machine_name(host, clock),
                clock_offset=offset(),
            ),
            settings.lease.length,
        )  # fmt: skip
        self.machine = Machine(
            self.row.name, tasks, slots=settings.slots, lease=settings.lease,
            random=random.random, started=began,
            asynchronous={task.identifier for task in registry if task.is_async},
        )  # fmt: skip
        self.outbox = Outbox()
        self.dispatcher = Dispatcher(self.machine, clock)
        self.writer = Writer(store, clock, self.outbox, tuple(tasks), self.dispatcher.post)
        self.writer.node = self.row.name
        self.runner = Runner(
            registry, services, executors, self.outbox, clock, self.post_ended, read_previous
        )
        self.terms = Terms(
            store, clock, settings.lease, fixed=settings.server_role, listeners=role_listeners,
            stands=settings.stands,
        )  # fmt: skip
        self.keeper = Keeper(
            store, clock, self.row, settings.lease,
            Janitor(store, lambda task: tasks.get(task, {})), self.dispatcher.post, self.renamed,
            synchronise, self.terms, offset,
        )  # fmt: skip
        self.rezoning = Rezoning(
            store, clock, zone_version(), self.row.name, lambda: self.dispatcher.post(Changed())
        )
        self.watchdog: Watchdog | None = None
        place: object = executors.get("loop")
        loops = any(task.is_async or task.policies.get("executor") == "loop" for task in registry)
        if isinstance(place, Watched) and (loops or place.loop is not None):
            self.watchdog = Watchdog(place, clock, self.runner.find, self.note)

    @property
    def name(self) -> str:
        """The node's name in the store."""
        return self.writer.node

    @property
    def healthy(self) -> bool:
        """Whether the store answers and the lease is trusted."""
        return not self.machine.failures and self.clock.boot() <= self.machine.trusted_until

    @property
    def taken(self) -> list[int]:
        """The runs that were started here, in order."""
        return list(self.runner.started)

    def is_idle(self) -> bool:
        """Whether nothing runs here and nothing is due."""
        return self.machine.is_idle(Moment(self.clock.now(), self.clock.boot()))

    def start(self) -> None:
        """Begin to decide, take and run."""
        self.runner.capture.install()
        with suppress(RotaError):  # the store may just have gone: that stops no node
            self.say("node.started", f"Node {self.name} has started.")
        self.keeper.elect()
        self.keeper.start()
        self.rezoning.start()
        if self.watchdog is not None:
            self.watchdog.start()
        self.writer.start()
        self.dispatcher.start(self.writer, self.runner)
        self.store.listen(self.writer.poke)

    def poke(self) -> None:
        """Something was changed in this process: look at once."""
        self.writer.poke()

    def withdraw(self, schedule: str) -> None:
        """Drop launches that have not begun; when this returns none of them will."""
        self.dispatcher.tell(Withdrawn(schedule), TOLD)

    def stop(self, timeout: float) -> None:
        """Ask all runs to stop, wait for them for at most `timeout` seconds in all, record the
        rest, and give the lease back.
        """
        deadline = self.clock.boot() + round(timeout * SECOND)
        self.dispatcher.post(Stop(deadline))
        self.keeper.depart()
        self.rezoning.stop()
        clean = self.dispatcher.stopped.wait(timeout + AFTER_DEADLINE)
        self.dispatcher.stopped.set()
        self.dispatcher.post(Stop(deadline))  # wakes the thread, so that it ends
        self.keeper.stop()
        if self.watchdog is not None:
            self.watchdog.stop()
        self.writer.stop()
        self.writer.thread.join(AFTER_DEADLINE)
        self.keeper.thread.join(AFTER_DEADLINE)
        self.rezoning.thread.join(AFTER_DEADLINE)
        self.terms.end()
        try:
            self.store.leave(self.name, self.clock.now())
            self.say("node.stopped", f"Node {self.name} has stopped.")
        except RotaError as error:
            logger.warning("the lease could not be given back and will run out: %s", error)
        for executor in self.executors.values():
            executor.stop()
        self.runner.capture.uninstall()
        if not clean:
            logger.warning("the store did not take the last results in time")

    def hurry(self, timeout: float) -> None:
        """Move the deadline of a stop that is under way nearer."""
        self.dispatcher.post(Stop(self.clock.boot() + round(timeout * SECOND)))

    def post_ended(self, ended: Ended) -> None:
        self.dispatcher.post(ended)

    def renamed(self, name: str) -> None:
        self.writer.node = name

    def say(self, kind: str, text: str) -> None:
        self.note(EventRow(self.clock.now(), "info", kind, text))

    def note(self, event: EventRow) -> None:
        self.store.add_events([replace(event, node=self.name)])
