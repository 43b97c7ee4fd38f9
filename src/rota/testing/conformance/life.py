"""Opening, closing, transactions and the number that shows changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rota.errors import Refused, StoreRefused
from rota.ports.records import NewRun
from rota.testing.conformance.base import Base

__all__ = ("Life",)


class Failing(Exception):
    """Raised at the end of a transaction that is to fail."""


class Life(Base):
    """A store's life, and all or nothing."""

    def test_opening_twice_is_opening_once(self) -> None:
        self.schedule()
        self.store.open("conformance")
        assert self.stands().name == "s"

    def test_another_application_is_refused_by_name(self) -> None:
        with pytest.raises(StoreRefused, match="belongs to the application “conformance”"):
            self.store.open("another")

    def test_closing_twice_is_closing_once(self) -> None:
        self.store.close()
        self.store.close()

    def test_a_text_is_kept_in_the_place_of_the_one_that_was_seen(self) -> None:
        assert self.store.kept("zones") is None
        assert self.store.keep("zones", "2026a", "2025b") is False
        assert self.store.keep("zones", "2026a", None) is True
        assert self.store.keep("zones", "2026b", None) is False
        assert self.store.kept("zones") == "2026a"
        assert self.store.keep("zones", "2026b", "2025a") is False
        assert self.store.keep("zones", "2026b", "2026a") is True
        assert (self.store.kept("zones"), self.store.kept("app")) == ("2026b", None)

    def test_describe_says_kind_place_and_durability(self) -> None:
        told = self.store.describe()
        assert {"kind", "place", "durability", "identity"} <= set(told)
        assert told["identity"] == self.store.describe()["identity"] != ""

    def test_a_transaction_keeps_all(self) -> None:
        with self.store.transaction():
            self.schedule("a")
            self.schedule("b")
        assert self.names() == ["a", "b"]

    def test_a_transaction_that_fails_keeps_nothing(self) -> None:
        node = self.node()
        self.schedule("old")
        self.queue()
        with self.failing_transaction():
            self.schedule("new")
            self.store.remove_schedule("old")
            self.launch("new")
            assert len(self.take(node)) == 2
        assert self.store.schedule("new") is None
        assert self.stands("old").runs == 0
        assert [row.id for row in self.take(node)] == [1]

    def test_a_part_that_fails_is_taken_back_alone(self) -> None:
        with self.store.transaction():
            self.schedule("a")
            with self.failing_transaction():
                self.schedule("b")
            self.schedule("c")
        assert self.names() == ["a", "c"]

    def test_transactions_nest_and_the_outer_one_decides(self) -> None:
        with self.failing_transaction(), self.store.transaction():
            self.schedule("inner")
        assert self.store.schedule("inner") is None

    def test_what_is_no_connection_to_its_database_is_not_joined(self) -> None:
        with pytest.raises(Refused), self.store.joined(object()):
            pytest.fail("it was joined")
        self.schedule()
        assert self.names() == ["s"]

    def test_numbers_are_not_given_twice_after_rows_were_deleted(self) -> None:
        node = self.node()
        first = self.queue()
        self.finish(self.taken(node))
        self.queue()
        self.finish(self.taken(node))
        assert self.store.prune(None, self.now + 1, 0, 10) == 1
        assert self.queue().id > first.id + 1

    def test_changes_shows_what_another_thread_did(self) -> None:
        before = self.store.changes()
        self.elsewhere(self.queue)
        assert self.store.changes() != before

    def test_changes_stands_still_while_nothing_happens(self) -> None:
        self.store.changes()
        self.elsewhere(self.store.tasks)
        before = self.store.changes()
        assert self.store.changes() == before

    def test_many_threads_at_once(self) -> None:
        self.schedule()
        node = self.node()
        new = NewRun("task", self.now, kind="manual")

        def ask() -> None:
            for _ in range(10):
                self.store.add_run(new, self.now)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [row.id for row in self.take(node)] == list(range(1, 41))

    @contextmanager
    def failing_transaction(self) -> Iterator[None]:
        """A transaction that fails at its end."""
        try:
            with self.store.transaction():
                yield
                raise Failing
        except Failing:
            pass

    def elsewhere(self, what: object) -> None:
        """Do something in another thread, to its end."""
        assert callable(what)
        thread = threading.Thread(target=what)
        thread.start()
        thread.join()
