"""The link between a node and the store: it delays, drops, loses answers and says things twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from rota.errors import Unreachable
from rota.stores.memory import MemoryStore
from rota.testing.simulation.world import LocalClock, World

__all__ = ("Link", "Trouble")

TWICE = frozenset({"finish", "decide", "renew", "take", "report", "expire", "elect"})
"""Verbs that a retransmission may bring to the store twice."""


@dataclass(slots=True)
class Trouble:
    """What a link does to what passes: parts of all calls, and microseconds."""

    cut: bool = False  # nothing passes
    before: float = 0.0  # dropped before the store hears of it
    after: float = 0.0  # carried out, and the answer is lost
    twice: float = 0.0
    stall: float = 0.0  # the node stands still right after a commit, before it knows the answer
    delay: tuple[int, int] = (200, 8_000)


class Link:
    """The store as one thread of a node sees it: every verb of it, or `Unreachable`.

    Within a transaction calls can fail before the commit, which undoes them; the answer that is
    lost is that of the commit.
    """

    def __init__(
        self, store: MemoryStore, world: World, trouble: Trouble, clock: LocalClock
    ) -> None:
        self.store = store
        self.world = world
        self.trouble = trouble
        self.clock = clock
        self.depth = 0
        self.verbs: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        made = self.verbs[verb] = partial(self.call, verb, getattr(self.store, verb))
        setattr(self, verb, made)
        return made

    def call(self, verb: str, real: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """One verb."""
        self.clock.called()
        self.send()
        if self.world.chance(self.trouble.twice) and verb in TWICE:
            real(*given, **named)
        answer = real(*given, **named)
        if not self.depth:
            self.answer()
        return answer

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """The verbs inside, all or nothing; and perhaps nobody learns which."""
        self.clock.called()
        self.send()
        self.depth += 1
        try:
            with self.store.transaction():
                yield
        finally:
            self.depth -= 1
        self.answer()

    def send(self) -> None:
        if self.trouble.cut:
            raise Unreachable("the network is cut")
        if self.world.chance(self.trouble.before):
            raise Unreachable("the call was dropped")

    def answer(self) -> None:
        if self.world.chance(self.trouble.after):
            raise Unreachable("the answer was lost")
