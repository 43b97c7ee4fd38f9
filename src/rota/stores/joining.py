"""Joining: for a while a thread's verbs go over a connection that the caller brought.

Who joined is kept in a context variable: another thread, and another task of the same event loop,
goes on with the store's own connections; what `asyncio.to_thread` calls goes with its caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from rota.errors import Refused

__all__ = ("Joining", "raw", "turned_away")

L = TypeVar("L")


class Visit:
    """One `with` block: whose store, over which link, until it is over."""

    __slots__ = ("joining", "link", "over")

    def __init__(self, joining: object, link: object) -> None:
        self.joining = joining
        self.link = link
        self.over = False


VISITS: ContextVar[tuple[Visit, ...]] = ContextVar("rota_visits", default=())


class Joining(Generic[L]):
    """The links that callers brought to one store."""

    def current(self) -> L | None:
        """The link that is joined here, if any."""
        for visit in reversed(VISITS.get()):
            if visit.joining is self and not visit.over:
                link: Any = visit.link
                return link  # type: ignore[no-any-return]
        return None

    @contextmanager
    def to(self, link: L) -> Iterator[None]:
        """Let the verbs called inside go over this link."""
        visit = Visit(self, link)
        token = VISITS.set((*VISITS.get(), visit))
        try:
            yield
        finally:
            visit.over = True  # also for a task that began inside and goes on
            with suppress(ValueError):  # a generator may be ended in another context
                VISITS.reset(token)


def raw(connection: object) -> object:
    """The driver's connection inside a wrapper such as SQLAlchemy's, else what was given."""
    return getattr(connection, "driver_connection", None) or connection


def turned_away(reason: str, hint: str) -> Refused:
    """What a connection that cannot be joined is told."""
    return Refused(reason, part="connection", hint=hint)
