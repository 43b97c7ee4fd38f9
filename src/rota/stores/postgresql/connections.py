"""The connections of one process: lent for as long as a statement or a transaction takes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

import psycopg

from rota.errors import Unreachable
from rota.stores.joining import Joining, turned_away
from rota.stores.postgresql.address import Address
from rota.stores.postgresql.faults import Collided, Lost, translated, unreachable
from rota.stores.postgresql.guests import GuestLink, admit
from rota.stores.postgresql.links import Link, connect, keep_for_ever
from rota.stores.postgresql.statements import sql

__all__ = ("Connections",)

T = TypeVar("T")
COMMIT = b"COMMIT"
SPARE = 4  # idle connections that are kept
TRIES = 5  # times a transaction that collided is tried again
GOLDEN = 0.6180339887498949  # its multiples, modulo 1, are spread as evenly as numbers can be


class Connections:
    """A small pool. A thread keeps a connection while it is in a transaction, no longer."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.opened = False
        self.begin()

    def begin(self) -> None:
        """Start with no connection."""
        self.process = os.getpid()
        self.lock = threading.Lock()
        self.local = threading.local()
        self.spare: list[Link] = []
        self.links: set[Link] = set()  # all, also those that are lent
        self.committed = 0  # transactions that others must notice
        self.collisions = 0
        self.joining: Joining[GuestLink] = Joining()  # connections of callers

    # ------------------------------------------------------------- lending

    def current(self) -> Link | None:
        """The link of this thread's transaction, if it is in one; while joined, the caller's."""
        if (guest := self.joining.current()) is not None:
            return guest
        link: Link | None = getattr(self.local, "link", None)
        if link is not None and link.process != os.getpid():
            self.forget()
            return None
        return link

    def acquire(self) -> Link:
        """A link for this thread alone; the one used last, or a new one."""
        if self.process != os.getpid():
            self.forget()
        if not self.opened:
            raise unreachable(self.address.place, "the store is not open", "call open() first")
        with self.lock:
            if self.spare:
                return self.spare.pop()
        return self.adopt(self.connect())

    def connect(self) -> Link:
        """A new link, of nobody yet."""
        try:
            with translated(self.address.place):
                return Link(connect(self.address))
        except Lost as fault:  # there is nothing to be lost: trying at once would help nobody
            raise Unreachable(list(fault.problems)) from fault

    def adopt(self, link: Link) -> Link:
        """Count a link among this store's own."""
        with self.lock:
            self.links.add(link)
        return link

    def release(self, link: Link) -> None:
        """Take a link back; one that is not fit for others is closed."""
        link.begin()
        with self.lock:
            if link not in self.links:  # it was closed, or forgotten after a fork
                keep = link.process != os.getpid()
            elif self.opened and link.idle() and len(self.spare) < SPARE:
                self.spare.append(link)
                keep = True
            else:
                self.links.discard(link)
                keep = False
        if not keep:
            link.connection.close()

    def drop_spare(self) -> None:
        """Close the idle links: where one was found dead the others are."""
        with self.lock:
            links, self.spare = self.spare, []
            self.links.difference_update(links)
        for link in links:
            link.connection.close()

    def close(self) -> None:
        """Close every connection; one that a thread still uses closes when it is given back."""
        if self.process != os.getpid():
            self.forget()
        self.opened = False
        self.drop_spare()

    def forget(self) -> None:
        """Let go of a parent's connections without closing them."""
        for link in self.links:
            keep_for_ever(link.connection)
        self.begin()

    def pids(self) -> frozenset[int]:
        """The server's numbers of this store's own connections."""
        with self.lock:
            return frozenset(link.pid for link in self.links)

    # -------------------------------------------------------- transactions

    def carry_out(self, verb: Callable[[], T]) -> T:
        """A verb as one transaction, or as a part of this thread's.

        Tried again where it collided with another, and once where the connection was found dead
        before COMMIT was sent: then nothing of it can have happened.
        """
        if (link := self.current()) is not None:
            if link.depth or not isinstance(link, GuestLink):
                return verb()
            with self.part(link):
                return verb()
        heard = 0  # how often the connection was found dead
        for number in range(TRIES + 1):
            try:
                with self.transaction():
                    return verb()
            except Collided:
                if number == TRIES:
                    raise
                self.step_aside(number)
            except Lost as fault:
                heard += 1
                if heard > 1 or not fault.harmless:
                    raise
                self.drop_spare()
        raise AssertionError("the last try answers or raises")

    def step_aside(self, number: int) -> None:
        """Wait a little, and not as long as the other one does."""
        with self.lock:
            self.collisions += 1
            share = ((self.collisions + os.getpid()) * GOLDEN) % 1
        time.sleep(0.005 * 2**number * (0.5 + share))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another transaction of this thread it is a part of that one."""
        link = self.current()
        with self.part(link) if link is not None else self.whole():
            yield

    @contextmanager
    def whole(self) -> Iterator[None]:
        """A transaction of its own."""
        link = self.started()
        self.local.link = link
        told = False
        try:
            yield
            with translated(self.address.place):
                self.check(link)
                told, link.committing = link.told, True
                ending = sql("notify") + COMMIT if told else COMMIT
                link.connection.execute(ending, prepare=False)  # both in one message
        except Lost as fault:
            fault.harmless = not link.committing
            raise
        except BaseException:
            with suppress(psycopg.Error):
                link.connection.execute(b"ROLLBACK")
            raise
        finally:
            self.local.link = None
            self.release(link)
        if told:
            self.mark()

    def started(self) -> Link:
        """A link in a new transaction; if its connection had died unnoticed, over a new one."""
        try:
            return self.start()
        except Lost:
            self.drop_spare()
            return self.start()

    def start(self) -> Link:
        link = self.acquire()
        try:
            with translated(self.address.place):
                link.connection.execute(b"BEGIN")
        except BaseException:
            self.release(link)
            raise
        return link

    @contextmanager
    def part(self, link: Link) -> Iterator[None]:
        """A part of a transaction that can be taken back alone."""
        self.check(link)
        with translated(self.address.place):
            link.connection.execute(b"SAVEPOINT rota")
        try:
            with translated(self.address.place):
                link.enter()
            yield
            self.check(link)
            with translated(self.address.place):
                link.leave()
                link.connection.execute(b"RELEASE rota")
        except BaseException:
            with suppress(psycopg.Error):  # a lost connection has taken it back already
                link.connection.execute(b"ROLLBACK TO rota")
                link.connection.execute(b"RELEASE rota")
            raise
        finally:
            link.depth -= 1

    def joined(self, connection: object) -> AbstractContextManager[None]:
        """Let this thread's verbs be a part of the transaction on the caller's connection."""
        link = admit(connection, self.address.schema)
        here = self.reading(which)
        with translated(self.address.place):
            there = which(link)
        if here != there:
            reason = f"it is connected to another database than {self.address.place}"
            raise turned_away(reason, "give a connection to the store's own database")
        return self.joining.to(link)

    def check(self, link: Link) -> None:
        """Refuse to carry on a transaction of which the beginning is gone."""
        if link.taken_back():
            kind = Lost if link.connection.closed else Unreachable
            raise unreachable(self.address.place, link.gone, "try it again", kind)

    def reading(self, work: Callable[[Link], T]) -> T:
        """Something that only reads, in this thread's transaction or in none; tried again once if
        the connection was found dead.
        """
        link = self.current()
        if isinstance(link, GuestLink) and not link.depth:
            with self.part(link), translated(self.address.place):
                return work(link)
        if link is not None:
            with translated(self.address.place):
                return work(link)
        try:
            return self.read_once(work)
        except Lost:
            self.drop_spare()
            return self.read_once(work)

    def read_once(self, work: Callable[[Link], T]) -> T:
        link = self.acquire()
        try:
            with translated(self.address.place):
                return work(link)
        finally:
            self.release(link)

    # ------------------------------------------------------------- changes

    def mark(self) -> None:
        """Note that this thread committed something that others must notice."""
        with self.lock:
            self.committed += 1
        self.local.committed = getattr(self.local, "committed", 0) + 1

    def others(self) -> int:
        """How many such transactions the other threads of this store have committed."""
        mine: int = getattr(self.local, "committed", 0)
        return self.committed - mine


def which(link: Link) -> object:
    """Which running server's database a link speaks to."""
    return link.connection.execute(sql("which_database")).fetchall()
