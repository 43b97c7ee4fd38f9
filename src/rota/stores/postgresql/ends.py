"""The ends of attempts that come as one batch: judged in order, written together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rota.ports.records import Finish
from rota.rules.states import WAITING
from rota.stores.common import clean, last_result, read_mark
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.ending import Ending
from rota.stores.postgresql.faults import Locked
from rota.stores.relational import Values

__all__ = ("Ends",)


class Standing(NamedTuple):
    """Where a run stands when its finish comes."""

    fence: int
    state: str
    schedule: str | None
    cancelling: str | None
    started: int | None


class Ends:
    """What is known before a batch of finishes, and what is to be written after it."""

    def __init__(self, store: Ending, finishes: Sequence[Finish]) -> None:
        self.store = store
        self.stands: dict[int, Standing] = {}
        self.last_run: dict[str | None, int | None] = {}  # of the schedules
        self.final: list[Values] = []
        self.waiting: list[Values] = []
        self.skipped: list[Values] = []
        self.uncounted: Counter[str] = Counter()
        self.over: list[str] = []
        self.told: dict[str | None, Values] = {}  # by schedule; the last one counts
        self.began: dict[str | None, int] = {}
        self.barred: set[int] = set()  # runs that somebody else holds, or their schedules
        self.read({one.run for one in finishes})

    def read(self, runs: set[int]) -> None:
        """Lock these runs, their schedules first, and see where they stand.

        What is not free at once is waited for, but not for long: others would wait with it.
        """
        left = runs - self._lock(runs, "_free")
        if not left:
            return
        try:
            with self.store.briefly():
                self._lock(left, "")
        except Locked:
            self.barred |= left

    def _lock(self, runs: set[int], how: str) -> set[int]:
        """Lock; which runs are ours then."""
        wanted = (listed(runs),)
        schedules: dict[str | None, int | None] = dict(
            self.store.lock(f"finish_schedules{how}", wanted)
        )
        self.last_run.update(schedules)
        found = set()
        for run, *rest in self.store.lock(f"finish_runs{how}", wanted):
            stands = Standing(*rest)
            if not how or stands.schedule is None or stands.schedule in schedules:
                self.stands[run] = stands
                found.add(run)
        return found

    def add(self, one: Finish) -> bool | None:
        """Take one finish in, if it counts; None: it cannot be said just now."""
        if one.run in self.barred:
            return None
        stands = self.stands.get(one.run)
        if stands is None or stands.fence != one.fence:
            return False
        if stands.state != "running":
            return stands.state == one.state  # said before, and the answer was lost
        started, schedule = stands.started, stands.schedule
        if one.started is not None:
            if started is not None and self.last_run.get(schedule) == started != one.started:
                self.last_run[schedule] = self.began[schedule] = one.started
            started = one.started
        elif started is not None and started > one.finished:  # it never began
            self.flush()
            self.store.unbegin(one.run, schedule)
            self.read({one.run})
            started = None
        into = self._write(one, schedule, started, asked(one, stands.cancelling))
        self.stands[one.run] = stands._replace(state=into, started=started)
        return True

    def _write(
        self, one: Finish, schedule: str | None, started: int | None, asked: str | None
    ) -> str:
        """Note what is to be written; the state that the run comes to."""
        into, reason, abandoned = one.state, one.reason, one.abandoned
        if into in WAITING and asked is not None:
            state, why = read_mark(asked)
            if state not in WAITING:
                into, reason, abandoned = state, why, False
        result = None if one.result is None else clean(one.result)
        error = None if one.error is None else clean(one.error)
        if into in WAITING:
            said = (one.run, into, reason, result, error)
            self.waiting.append((*said, one.not_before, one.uncount, started))
        elif into == "skipped":
            self.skipped.append((one.run, reason, result, error, one.uncount, abandoned))
            if schedule is not None:
                self.uncounted[schedule] += 1
        else:
            said = (one.run, into, reason, result, error)
            self.final.append((*said, one.finished, abandoned, one.uncount, started))
            told = last_result(into, result, error)
            self.told[schedule] = (one.finished, into, told)
            if one.remove_schedule and one.state == "succeeded" and schedule is not None:
                self.over.append(schedule)
        return into

    def flush(self) -> None:
        """Write everything noted."""
        self._each("finish_final", self.final)
        self._each("finish_waiting", self.waiting)
        self._each("finish_skips", self.skipped)
        self._each("uncount_runs", list(self.uncounted.items()))
        began = self.began
        self.store.tell((name, *told, began.pop(name, None)) for name, told in self.told.items())
        self._each("began", list(began.items()))
        if self.over:
            self.store.do("remove_schedules_if_over", (listed(self.over),))
        for noted in (self.final, self.waiting, self.skipped, self.uncounted, self.over):
            noted.clear()
        self.told.clear()
        self.began.clear()

    def _each(self, name: str, rows: Sequence[Values]) -> None:
        if rows:
            self.store.do(name, columns(rows))


def asked(one: Finish, cancelling: str | None) -> str | None:
    """What the run was asked for; to be given back unbegun concerns no run that has begun."""
    begun = one.started is not None
    return None if begun and cancelling is not None and "/" in cancelling else cancelling
