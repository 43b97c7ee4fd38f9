"""The keeper: the thread that holds the node's lease, recovers what dead nodes left, and tidies.

It is a thread of its own with a connection of its own, so that a busy writer or a blocked host
cannot cost the node its lease.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from rota.engine.company import has_company
from rota.engine.messages import Changed, Happening, LeaseLost, Renewed
from rota.engine.roles.terms import Terms
from rota.engine.upkeep.housekeeping import PREFIX, Diary
from rota.engine.upkeep.janitor import Janitor
from rota.engine.upkeep.missing import EVERY, Missing
from rota.engine.upkeep.pinned import watch_pinned
from rota.engine.upkeep.recovery import recover
from rota.errors import RotaError
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.ports.records import NodeRow
from rota.ports.store import Store
from rota.rules.leases import Lease

__all__ = ("Keeper",)

TICK = SECOND // 2  # a dead node is found within this of the end of its lease
TIDY = 60 * SECOND

logger = logging.getLogger("rota")


class Keeper:
    """Renews, reaps and tidies until it is stopped."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        node: NodeRow,
        lease: Lease,
        janitor: Janitor,
        post: Callable[[Happening], None],
        renamed: Callable[[str], None],
        synchronise: Callable[[], None],
        terms: Terms,
        offset: Callable[[], int] = lambda: 0,
    ) -> None:
        self.store = store
        self.clock = clock
        self.node = node
        self.lease = lease
        self.janitor = janitor
        self.post = post
        self.renamed = renamed
        self.synchronise = synchronise
        self.offset = offset  # how far the store's clock is ahead of the machine's
        self.terms = terms
        self.quiet_until = 0  # boot clock: after an outage nothing is expired before
        self.company = True  # there may be leases to watch besides our own
        self.renewed = clock.boot()
        self.tidied = clock.boot()
        self.diary = Diary(store, clock.boot())
        self.missing = Missing(store)
        self.searched: int | None = None  # boot clock: when missing tasks were looked after
        self.awake = Event()
        self.departing = False
        self.stopping = False
        self.thread = Thread(target=self.run, name="rota-keeper", daemon=True)

    def start(self) -> None:
        """Begin; the node has just joined."""
        self.thread.start()

    def depart(self) -> None:
        """Let others see soon that the node stops; the lease is kept until it has."""
        self.departing = True
        self.awake.set()

    def stop(self) -> None:
        """End soon. The lease is given back by the node, not here."""
        self.stopping = True
        self.awake.set()

    def run(self) -> None:
        """The thread's life."""
        while True:
            self.awake.wait(self.pause())
            self.awake.clear()
            if self.stopping:
                break
            try:
                self.tick()
            except RotaError as error:  # weather: the lease runs on, the machine knows how long
                logger.debug("the keeper waits for the store: %s", error)
            except Exception:
                logger.exception("the keeper met a fault of its own and goes on")
            self.terms.tell()

    def elect(self) -> None:
        """Be elected, or learn who is, before anything begins here; later if the store is away."""
        boot = self.clock.boot()
        try:
            self.company = self.has_company()
            self.terms.keep(self.node.name, boot, renewed=self.renewed, alone=not self.company)
        except RotaError as error:
            logger.debug("the server role is not known yet: %s", error)
        self.terms.tell()

    def pause(self) -> float:
        """Seconds between rounds: alone on a store there is little but the own lease to keep."""
        half = self.lease.renewal // 2
        if self.company:
            return min(TICK, half) / SECOND
        due = self.renewed + self.lease.renewal - self.clock.boot()
        return min(EVERY, due if due > 0 else half) / SECOND

    def tick(self) -> None:
        """One round: renew if it is time, recover, tidy now and then."""
        boot = self.clock.boot()
        if self.departing:
            self.departing = False
            self.searched = boot  # what only this node knows is missing soon, and no news
            self.store.stopping(self.node.name)
        if boot - self.renewed >= self.lease.renewal:
            self.renew(boot)
        may_expire = self.company and boot >= self.quiet_until
        gone = recover(self.store, self.clock.now()).nodes if may_expire else ()
        if gone:
            self.post(Changed())  # this node may take at once what waits again
        self.note("recover", len(gone), "dead nodes")
        # After the recovery: who acts for all may be writing for a while, and is waited for.
        self.terms.keep(self.node.name, boot, renewed=self.renewed, alone=not self.company)
        if self.searched is None or boot - self.searched >= EVERY:
            self.search()
        if boot - self.tidied >= TIDY:
            self.tidied = boot
            self.note("prune", self.tidy(), "rows deleted")
            alarms = watch_pinned(self.store, self.node.name, self.clock.now())
            for event in alarms:
                logger.error("%s", event.text)
            self.note("watch", len(alarms), "schedules pinned to a node that is not alive")

    def tidy(self) -> int:
        """One round of the janitor, which over a long history must not keep the lease waiting."""
        end = self.clock.boot() + self.lease.renewal // 5
        return self.janitor.tidy(self.clock.now(), lambda: self.clock.boot() >= end)

    def note(self, chore: str, count: int, what: str) -> None:
        """Write into the diary of the housekeeping, for whoever reads it on the page."""
        now, boot = self.clock.now(), self.clock.boot()
        self.diary.note(f"{PREFIX}{chore}", self.node.name, count, what, now=now, boot=boot)

    def search(self) -> None:
        """Look after what has a task that nobody alive knows; at first, say what there is."""
        if self.searched is None:
            self.missing.warn(self.node.name, self.clock.now())
        self.search_now()

    def search_now(self) -> None:
        """The same without a word: a visit that comes every minute would say it every minute."""
        self.searched = self.clock.boot()
        self.missing.round(self.node.name, self.clock.now())

    def renew(self, boot: int) -> None:
        """Prolong the lease; if others have recovered this node, join again under a new name."""
        offset = self.offset()
        if self.store.renew(self.node.name, self.lease.length, self.clock.now(), offset):
            if (
                boot - self.renewed > self.lease.length
            ):  # nobody could renew: let owners speak first
                self.quiet_until = boot + self.lease.length
            self.renewed = boot
            self.post(Renewed(boot))
            self.synchronise()
            self.company = self.has_company()
            return
        logger.warning("node %s lost its lease; its runs are lost and it joins again",
                       self.node.name)  # fmt: skip
        self.terms.forget()
        self.node = self.store.join(self.node, self.lease.length)
        self.renewed = boot
        self.renamed(self.node.name)
        self.post(LeaseLost(self.node.name))
        self.post(Renewed(boot))

    def has_company(self) -> bool:
        """Whether there are leases to watch besides our own. Asked at every renewal, which is soon
        enough: a node that joins after it holds its lease for longer than that.
        """
        return has_company(self.store, self.node.name)
