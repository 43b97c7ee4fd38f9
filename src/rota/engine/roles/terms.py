"""Terms: the part of a node that is elected scheduling publisher, stays it, or follows another.

The keeper calls `keep` in its rhythm. What was learnt counts, by the boot clock, from the start of
the call that learnt it, or of the last renewal of the lease if that is older, and not longer than a
term: a node that was cut off, or stood still, finds by itself that its role is unknown, before
anybody else can be elected; and others may be as soon as its lease is over, whatever the term.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rota.errors import BadSetting, Refused
from rota.ports.clock import Clock
from rota.ports.records import TermRow
from rota.ports.store import Store
from rota.rules.leases import Lease
from rota.rules.roles import PUBLISHER, ROLES, UNKNOWN, server_role, term_length

__all__ = ("Listener", "Terms", "check_role")

Listener = Callable[[str, str], object]
"""Told the role as it is and as it was."""

logger = logging.getLogger("rota")


class Terms:
    """The server role of one node. `fixed` is a role set by hand: such a node is never elected."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        lease: Lease,
        *,
        fixed: str | None = None,
        listeners: list[Listener] | None = None,
        stands: Callable[[], bool] | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.fixed = fixed
        self.listeners = [] if listeners is None else listeners
        self.length = term_length(lease)
        self.renewal = lease.renewal
        self.competes = fixed is None
        self.stands = stands  # whether it may be elected just now; None: always
        self.node = ""
        self.alone = False
        self.found: TermRow | None = None  # the term that goes on, as last read
        self.began = 0  # boot clock: when that reading began
        self.renewed = 0  # boot clock: when the last renewal of the lease began
        self.told = UNKNOWN

    @property
    def until(self) -> int:
        """The boot-clock reading at which what was learnt counts no longer."""
        return min(self.began, self.renewed) + self.length

    @property
    def role(self) -> str:
        """unknown, single, subscriber or scheduling_publisher, as of this instant."""
        if self.fixed is not None:
            return self.fixed
        found = self.found
        if found is None or self.clock.boot() >= self.until:
            return UNKNOWN
        return server_role(found.node, self.node, alone=self.alone)

    @property
    def term(self) -> int | None:
        """The number of the term that this node holds now."""
        found = self.found
        mine = found is not None and found.node == self.node
        if found is None or not mine or self.clock.boot() >= self.until:
            return None
        return found.term

    def keep(self, node: str, boot: int, *, renewed: int, alone: bool) -> None:
        """Stay publisher, or become it if nobody is; whoever is not looks every time. `boot` is
        when this round of the keeper began, `renewed` when that one did which renewed the lease.
        """
        self.renewed = renewed
        if not self.competes:
            return
        if self.stands is not None and not self.stands():
            self.follow(node, boot)
        elif self.term is None or boot - self.began >= self.renewal:
            found = self.store.elect(PUBLISHER, node, self.length, self.clock.now())
            self.node, self.found, self.began = node, found, boot
        self.alone = alone

    def follow(self, node: str, boot: int) -> None:
        """Learn who is publisher, and be it no longer: whoever stands may have it at once."""
        if self.term is not None:
            self.store.elect(PUBLISHER, node, 0, self.clock.now())
        found = [term for term in self.store.terms() if term.role == PUBLISHER]
        self.node, self.found, self.began = node, found[0] if found else None, boot

    def forget(self) -> None:
        """The lease was lost, and with it whatever was known."""
        self.found = None

    def tell(self) -> None:
        """Call the listeners if the role is another than they were told last."""
        before, self.told = self.told, self.role
        if before == self.told:
            return
        logger.info("the server role is %s (it was %s)", self.told, before)
        for listener in tuple(self.listeners):
            try:
                listener(self.told, before)
            except Exception:
                logger.exception("a listener for the server role failed: %r", listener)

    def end(self) -> None:
        """The node stops, and with it what it is among others."""
        self.found, self.fixed, self.competes = None, None, False
        self.tell()

    @contextmanager
    def leading(self) -> Iterator[int]:
        """Write as the publisher: all inside is one transaction of the store, which is refused if
        the term is over. Gives the term's number.
        """
        term = self.term
        if term is None:
            raise Refused("this node is not the scheduling publisher", part="term", text=self.role)
        with self.store.transaction():
            if not self.store.in_term(PUBLISHER, self.node, term):
                raise Refused("the term is over", part="term", text=str(term),
                              hint="another node may act now")  # fmt: skip
            yield term


def check_role(role: str | None) -> str | None:
    """A role that is set by hand; BadSetting if there is no such role."""
    if role is not None and role not in ROLES:
        raise BadSetting(
            "there is no such server role", part="server_role", text=str(role),
            hint=f"write one of {', '.join(ROLES)}, or leave it out to be elected",
        )  # fmt: skip
    return role
