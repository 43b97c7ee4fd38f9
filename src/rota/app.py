"""`Rota`: the composition root, the only module that picks concrete parts."""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from rota.engine.client.audit import Audit
from rota.engine.client.context import Context, NotOpen
from rota.engine.client.itemize import run_item
from rota.engine.client.items import RunItem
from rota.engine.client.lists import Events, Nodes, System, Tasks
from rota.engine.hosting.environment import Foreign
from rota.engine.hosting.patience import Patience
from rota.engine.hosting.preconditions import check_process
from rota.engine.hosting.process import PROCESS
from rota.engine.hosting.serving import Serving
from rota.engine.hosting.settings import check_names, check_settings
from rota.engine.hosting.visit import perform, tick
from rota.engine.hosting.webcron import WebCron
from rota.engine.node import Node, NodeSettings
from rota.engine.people.accounts import Accounts
from rota.engine.people.tokens import Tokens
from rota.engine.schedules.local import LocalSchedules
from rota.engine.schedules.runs import Runs
from rota.engine.schedules.saving import read_rule
from rota.engine.schedules.schedules import Schedules
from rota.engine.schedules.settling import settle
from rota.engine.tasks.registry import Registry, names_in_sight
from rota.engine.tasks.services import Services
from rota.errors import Refused, Unreachable
from rota.ports.records import RunRow
from rota.storing import Storing
from rota.version import __version__

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from rota.engine.client.aio import Aio
    from rota.executors.process.program import Program
    from rota.ports.executor import Executor
    from rota.when import Trigger

__all__ = ("Rota",)

Code = TypeVar("Code", bound=Callable[..., Any])

STOP = 10.0  # seconds that running tasks have to stop, unless said


class Rota(Storing, Serving):
    """Scheduled and background work of one application, on one store.

    To make one opens nothing and starts no thread; `BadSetting` lists all that makes no sense.

    * `url`: `sqlite:///rota.db` (relative), `sqlite:////var/lib/rota.db` (absolute),
      `postgresql://user@host/name?schema=rota` or `memory://`; without one, `ROTA_DATABASE`.
    * `app` is written into the store, which then refuses another application; None reads and edits
      whoever's store it is.
    * `zone`, an IANA name, stands in for triggers that name none.
    * `concurrency` is how many runs one node executes at once, 1 to 10,000.
    * `lease` is how long others wait before they recover a dead node's runs: a duration such as
      `15s`, or seconds, from 1 s to 1 h.
    * `roles` and `labels` are the node's, for placement; without them, `ROTA_ROLES`, `ROTA_LABELS`.
    * `server_role` sets this process's role among servers by hand instead of by election.
    * `environment` is the name of where this is, such as `production`: a store that another one
      fires is only observed (`ROTA_ENVIRONMENT`). `observe=True` never fires (`ROTA_OBSERVE`).
    * `main_instance=True` lets the newest process of a machine be its main one; a text tells
      deployments on one machine apart.
    * `secret` signs the web cron's addresses; without one `ROTA_SECRET`, else one of the store's.

    `schedules`, `runs`, `tasks`, `nodes`, `events`, `audit`, `system`, `accounts`, `tokens` and
    `local` are what it offers; their calls block for milliseconds and may come from any thread.
    `aio` has the same as coroutines.

    >>> from rota import Rota, every
    >>> rota = Rota("memory://")
    >>> @rota.task("acme.clean-room", schedule=every("5m"))
    ... def clean_room() -> str:
    ...     return "12 items removed"
    >>> rota.open()
    >>> rota.schedules.get("acme.clean-room").words
    'Every 5 minutes'
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        app: str | None = "default",
        zone: str = "UTC",
        concurrency: int = 20,
        lease: str | float = "15s",
        roles: Iterable[str] | None = None,
        labels: Iterable[str] | None = None,
        server_role: str | None = None,
        environment: str | None = None,
        observe: bool | None = None,
        main_instance: bool | str = False,
        secret: str | None = None,
    ) -> None:
        Storing.__init__(self, url)
        self.app = app
        self.title = app or ""
        self.concurrency = concurrency
        self.registry = Registry()
        self.services = Services()
        self.lease = check_settings(app, zone, concurrency, lease)
        self.roles, self.labels = check_names(roles, labels)
        Serving.__init__(self, server_role, environment, observe, main_instance)
        self.zone = zone
        self.node: Node | None = None
        self.patience: Patience | None = None  # waits for a store that does not answer yet
        self.leaving: Node | None = None  # a node that is being stopped
        self.lock = threading.RLock()
        self.context = Context(
            store=NotOpen(), clock=self.clock, registry=self.registry, services=self.services,
            zone=zone, poke=self.poke, ready=self.open, hold_back=self.hold_back,
            pause=threading.Event().wait, here=lambda: self.node_name,
        )  # fmt: skip
        self.local = LocalSchedules(self.context)
        self.schedules = Schedules(self.context)
        self.runs = Runs(self.context)
        self.tasks = Tasks(self.context)
        self.nodes = Nodes(self.context)
        self.events = Events(self.context)
        self.audit = Audit(self.context)
        self.system = System(self.context)
        self.accounts = Accounts(self.context)
        self.tokens = Tokens(self.context)
        self.webcron = WebCron(self.context, secret, lambda: self.running, self.tick)
        PROCESS.applications.add(self)

    # ----------------------------------------------------------------- code

    def task(
        self,
        identifier: str,
        *,
        schedule: Trigger | str | None = None,
        title: str | None = None,
        aliases: Iterable[str] = (),
        **policies: object,
    ) -> Callable[[Code], Code]:
        """Register the decorated function, or class with `execute`, under a unique identifier.

        `schedule`, a trigger or its text, also makes a schedule of the same name. `title` is what
        people read; without one it is the first line of the docstring, else the identifier. What an
        earlier release left under one of its `aliases` goes on with it. The policies are the task's
        defaults, which a schedule may override. Parameters annotated with `Run` or a provided type
        are injected; all others are JSON parameters. The code is returned unchanged. Raises
        `DuplicateTask` (naming both places), `TriggerError`, `BadPolicy` or `BadParameters`.

        >>> rota = Rota("memory://")
        >>> @rota.task("acme.report", schedule="daily at 06:00", title="Report", timeout="10m")
        ... def report(limit: int = 10) -> str:
        ...     return f"{limit} lines"
        >>> rota.schedules.get("acme.report").title
        'Report'
        """
        rule = None if schedule is None else read_rule(schedule, self.zone)

        def register(code: Code) -> Code:
            self.registry.add(
                identifier, code, title=title, schedule=rule, policies=policies,
                names=names_in_sight(code), aliases=aliases,
            )  # fmt: skip
            return code

        return register

    def provide(self, kind: type[Any], factory: Callable[..., object]) -> None:
        """Let tasks ask for `kind` by annotation. The factory is called once a run; it may be
        async or a context manager, and may ask for provided types itself. What it opened is closed
        when the run ends.
        """
        self.services.provide(kind, factory)

    # ---------------------------------------------------------------- store

    def announce(
        self, *, roles: Iterable[str] | None = None, labels: Iterable[str] | None = None
    ) -> None:
        """Other roles or labels than the application's own; `Refused` once it is a node."""
        with self.lock:
            if self.node is not None:
                raise Refused("the node has joined already", part="roles or labels")
            self.roles, self.labels = check_names(
                self.roles if roles is None else roles, self.labels if labels is None else labels
            )

    def close(self) -> None:
        """Stop the node, if there is one, and close the store."""
        self.stop()
        self.shut()

    # ----------------------------------------------------------------- node

    @property
    def running(self) -> bool:
        """Whether a node of this application is alive in this process."""
        return self.node is not None

    @property
    def node_name(self) -> str | None:
        """The name of the node in this process; None without one."""
        return self.node.name if self.node is not None else None

    def health(self) -> str:
        """ok, degraded (the node cannot write just now) or unavailable (no node here)."""
        if self.node is None:
            return "unavailable"
        return "ok" if self.node.healthy else "degraded"

    def start(self) -> None:
        """Become a node: decide, take and run, on threads of Rota's own. Twice is once; it does
        nothing in client commands, with ROTA_START=0, in a reloader's own process, and in Django's
        own commands (migrate, shell). If the store does not answer, it becomes one as soon as it
        does. Refused where there are no threads.
        """
        self.begin(None)

    def begin(self, loop: AbstractEventLoop | None) -> None:
        """The same, with coroutines on a loop that is running already."""
        if not PROCESS.takes_nodes():
            return
        with self.lock:
            if self.node is not None or self.patience is not None:
                return
            self.local.check()
            try:
                self.become(loop)
            except (Unreachable, Foreign) as error:  # the host starts all the same
                self.patience = Patience(partial(self.become, loop), error)

    def become(self, loop: AbstractEventLoop | None, patience: Patience | None = None) -> None:
        """Open the store and be a node; nothing if this was given up meanwhile."""
        with self.lock:
            if self.patience is not patience:
                return
            self.open()
            self.place.claim(self.context)
            settle(self.context, update=True)
            self.local.settle()
            self.take_part()
            self.node = self.make_node(loop)
            self.patience = None
            self.node.start()
            self.local.attach(self.node)
            atexit.register(self.stop, 2.0)

    def stop(self, timeout: float = STOP) -> None:
        """Stop being a node. Running tasks are asked to stop and have `timeout` seconds in all;
        the rest is recorded: cancelled (shutdown), or queued again if idempotent. Called again
        meanwhile, from another thread, it moves the deadline nearer.
        """
        with self.lock:
            patience, self.patience = self.patience, None
            node, self.node = self.node, None
            leaving, self.leaving = self.leaving, node or self.leaving
        if patience is not None:
            patience.end()
        if node is not None:
            self.local.detach()
            atexit.unregister(self.stop)
            node.stop(timeout)
            self.local.ended()
            self.main.stop()
            self.leaving = None
        elif leaving is not None:
            leaving.hurry(timeout)

    def make_node(self, loop: AbstractEventLoop | None, registry: Registry | None = None) -> Node:
        from rota.executors.loop import LoopExecutor
        from rota.executors.process.pool import ProcessExecutor
        from rota.executors.thread import ThreadExecutor

        check_process(sys.modules)
        if any(task.policies.get("executor") == "process" for task in registry or self.registry):
            self.child_program()  # refuses now what no child could import
        settings = NodeSettings(
            self.concurrency + self.local.places, self.lease, __version__, self.roles, self.labels,
            self.fixed_role, self.stands,
        )  # fmt: skip
        executors: dict[str, Executor] = {
            "loop": LoopExecutor(loop, limit=settings.slots),
            "thread": ThreadExecutor(settings.slots, "rota-task"),
            "process": ProcessExecutor(self.concurrency, self.child_program),
        }  # fmt: skip
        return Node(
            self.context.store, self.clock, registry or self.registry, self.services, executors,
            settings, self.previous, self.synchronise, self.role_listeners,
        )  # fmt: skip

    def child_program(self) -> Program:
        """What a child process imports to run tasks of this application."""
        from rota.executors.process.program import program_of

        tasks = {task.identifier: task.code.__module__ for task in self.registry}
        wanted = [
            task.identifier for task in self.registry if task.policies.get("executor") == "process"
        ]
        return program_of(self, tasks, wanted, database=self.url, version=__version__)

    def previous(self, row: RunRow) -> RunItem | None:
        """The last finished run of the same schedule, for `run.previous`."""
        found = self.context.store.previous(row.schedule, row.id) if row.schedule else None
        return run_item(found) if found is not None else None

    def hold_back(self, schedule: str) -> str | None:
        node = self.node
        if node is None:
            return None
        node.withdraw(schedule)
        return node.name

    def poke(self) -> None:
        node = self.node
        if node is not None:
            node.poke()

    # ------------------------------------------------------- inside a loop

    async def __aenter__(self) -> Self:
        import asyncio

        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self.begin, loop)
        return self

    async def __aexit__(self, *error: object) -> None:
        import asyncio

        await asyncio.to_thread(self.stop)

    def lifespan(self, app: object = None) -> AbstractAsyncContextManager[None]:
        """A node for as long as the host serves, in any ASGI framework, its coroutines on the
        host's loop: `FastAPI(lifespan=rota.lifespan)`.
        """
        return self.living()

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        async with self:
            yield

    @property
    def aio(self) -> Aio:
        """The same services as coroutines: `await rota.aio.runs.list()`."""
        from rota.engine.client.aio import Aio

        return Aio(
            schedules=self.schedules, runs=self.runs, tasks=self.tasks, nodes=self.nodes,
            events=self.events, audit=self.audit, system=self.system,
        )  # fmt: skip

    def web(self, **options: Any) -> Any:
        """The web application and the HTTP API, to mount: `app.mount("/rota", rota.web())`.

        `rota.web.application` says what the options are: `user`, `accounts` and `hosts`. Without
        any, only this very machine is answered. Needs the extra `rota[web]`.
        """
        from rota.web import application

        return application(self, **options)

    # --------------------------------------------------------------- visits

    def tick(self, limit: float = 50.0) -> dict[str, object]:
        """Be a node for a moment: recover, launch and take what is due, wait for it (at most
        `limit` seconds), give the lease back. Returns what `rota tick --json` prints: `launched`,
        `skipped`, `recovered` and `runs`.
        """
        self.open()
        self.place.claim(self.context)
        settle(self.context, update=True)
        return tick(self.context, self.make_node(None), limit)

    def run_here(
        self, name: str, parameters: dict[str, object] | None = None, limit: float | None = None
    ) -> RunItem:
        """Run a schedule or a task in this process now, as a node that does nothing else, and
        return the run as it ended, or as it stands after `limit` seconds.
        """
        self.open()
        self.place.claim(self.context)
        run = self.schedules.run(name, parameters, anywhere=True)
        node = self.make_node(None, self.registry.only(run.task))
        perform(self.context, node, run.id, limit)
        return self.runs.get(run.id)

    def forget(self) -> None:
        """In the child of a fork: let go of everything that belongs to the parent."""
        self.lock = threading.RLock()
        self.node = self.patience = self.local.node = None
        self.main.forget()
        if self.store is not None:
            self.store.forget()
            self.store, self.context.store = None, NotOpen()
