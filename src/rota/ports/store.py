"""The store: every verb of it is one transaction, says what it needs, and may come twice.

The memory store is the reference; the suite in `rota.testing.conformance` is the specification.
A store is opened once a process and used from many threads at the same time. Ids of runs, events
and fences are drawn from counters that only grow, also after rows were deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from rota.ports.browsing import Browsing
from rota.ports.changes import Changes
from rota.ports.people import People
from rota.ports.records import (
    Decided,
    Decision,
    EventQuery,
    EventRow,
    Finish,
    LogLine,
    NewRun,
    NodeRow,
    Progress,
    Recovered,
    RunQuery,
    RunRow,
    ScheduleQuery,
    ScheduleRow,
    TaskRow,
    TermRow,
)

__all__ = ("Store",)


class Store(Browsing, People, Changes, Protocol):
    """Where schedules, runs, nodes and events live, and people, and what they changed.

    Faults: `StoreRefused` when the store must not be used (another application's, a newer Rota's,
    damaged, read-only); `Unreachable` when it does not answer just now (locked, full, gone), and
    then nothing of the verb happened or the caller cannot know: every verb may be repeated.
    """

    # ------------------------------------------------------------------ life

    def open(self, app: str | None) -> None:
        """Make or migrate the tables and write, or check, the application's name. None stands for
        whoever's store it is: it must be there already.
        """
        ...

    def close(self) -> None:
        """Close every connection. Twice is once."""
        ...

    def forget(self) -> None:
        """After a fork, in the child: let go of connections without closing them."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Join the verbs this thread calls inside into one transaction: all or nothing."""
        ...

    def joined(self, connection: object) -> AbstractContextManager[None]:
        """Let the verbs that this thread (or asyncio task) calls inside go over the caller's own
        raw connection, as a part of the transaction that is open on it: they come true when the
        caller commits. Refused if it is no connection to this very database, or is in autocommit.
        """
        ...

    def changes(self) -> int:
        """A number that differs from the one this thread saw before if anything may have been
        committed since by another thread or process. Cheap: asked several times a second.
        """
        ...

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake`, from a thread of the store's own, whenever another process says that it
        changed something; until `close`. A store without such news does nothing: the engine looks
        at `changes` a few times a second anyway.
        """
        ...

    def describe(self) -> dict[str, str]:
        """The store's kind, place and durability settings as found, for people; `identity` is
        another one in a copy of it, and stays the same where it is moved as a whole.
        """
        ...

    def kept(self, name: str) -> str | None:
        """The text that the store keeps under a name of the engine's; None if there is none."""
        ...

    def keep(self, name: str, text: str, instead: str | None) -> bool:
        """Keep a text under a name in the place of the one that stood there, None for nothing;
        False, and nothing changed, if another one stands there.
        """
        ...

    # ----------------------------------------------------------------- tasks

    def put_tasks(self, rows: Iterable[TaskRow]) -> None:
        """Insert or replace tasks by identifier; rows that did not change but for `seen` are
        written at most once an hour. Never deletes.
        """
        ...

    def tasks(self) -> list[TaskRow]:
        """Every task ever registered, by identifier."""
        ...

    # ------------------------------------------------------------- schedules

    def add_schedule(self, row: ScheduleRow) -> ScheduleRow | None:
        """Insert; None if the name is taken."""
        ...

    def schedule(self, name: str) -> ScheduleRow | None:
        """One schedule, with its open runs counted."""
        ...

    def schedules(self, query: ScheduleQuery) -> list[ScheduleRow]:
        """A page of schedules by name, with their open runs counted."""
        ...

    def change_schedule(
        self, name: str, version: int | None, changes: Mapping[str, object]
    ) -> ScheduleRow | None:
        """Set the named fields and add one to `version`; None, and nothing changed, if there is
        no such schedule or it has another version than the one given (None: any).
        """
        ...

    def remove_schedule(self, name: str) -> bool:
        """Delete a schedule and end its waiting runs as cancelled (user); running ones are asked to
        stop. History stays.
        """
        ...

    def pinned(self, tasks: Sequence[str], limit: int) -> list[ScheduleRow]:
        """Enabled schedules with a `placement` of their own that begins with node:, and those of
        these tasks, by name.
        """
        ...

    # -------------------------------------------------------------- deciding

    def upcoming(
        self, until: int, limit: int, tasks: Sequence[str] | None = None
    ) -> list[ScheduleRow]:
        """Enabled schedules with a `next_due` at or before `until`, earliest first: those not
        paused, and those whose `paused_until` is at or before `until`; of these tasks, or of all.
        """
        ...

    def awaiting(self, limit: int) -> list[ScheduleRow]:
        """Enabled schedules that await the end of a run while no run of theirs is open."""
        ...

    def decide(
        self,
        decisions: Sequence[Decision],
        now: int,
        node: str = "",
        ahead: int = 0,
        *,
        patient: bool = True,
    ) -> list[Decided]:
        """Apply decisions, in order: set `next_due`, `decided_through`, `awaits_end`; insert the
        launches as queued runs and the skips as rows; count `runs`.

        A launch meets the overlap policy here, under the transaction's lock: with `room` and no
        space it becomes a skip with reason `overlap`; with `room.cancel` the open runs are asked
        to stop first (waiting ones end at once as cancelled, reason overlap); with `unique` and a
        twin that waits it becomes such a skip too. Targets do not take each other's room. Launches
        and skips apply by due time. A slot that has a row already (schedule, due, target), or is
        not later than `decided_through`, is left out. A skip that follows a skip row of the same
        reason without a slot between them extends that row. `lift_pause` is a resume: it adds
        one to `version`.

        A launch with another `placement` than one and no target becomes one launch for each target
        among the nodes that are alive and know its task, in this very transaction; with none it
        becomes a skip with reason `no_node`, and a schedule that would await the end of such
        launches gets `next_if_unplaced` instead.

        A decision that is `ahead` has one launch, whose slot is not due yet. If it would be skipped
        for overlap or find no node, or would ask other runs to stop, nothing of it happens and the
        answer is `early`: what is in the way now may have ended when the slot comes.

        With a `node` that is alive, launches are written as taken by it, just as `take` would have
        done right afterwards, and the answer holds their rows (`taken`): those that are addressed
        to nobody, may start at most `ahead` microseconds after now, have neither `task_room` nor
        `unique` nor `room.cancel`, and are not held back by a pause or by the open runs of their
        schedule. The others wait. It is for the caller to know that the node has room for all of
        them, and that nothing which waits would be taken first.

        Who is not `patient` waits for nobody: where another transaction has a schedule, or is
        looking for the task's twins, the answer is `barred`, and the rest of the batch is decided.
        """
        ...

    # ------------------------------------------------------------------ runs

    def add_run(self, new: NewRun, now: int) -> RunRow | None:
        """Queue a run that a person asked for, and count it in the schedule's `runs`; None if
        `unique` forbids it, or the slot has a row already. `room.open` and `room.cancel` do not
        apply; `room.running` makes it wait.
        """
        ...

    def backfill(self, schedule: str, news: Sequence[NewRun], now: int) -> list[RunRow]:
        """Queue these runs of kind `backfill`, all of this schedule, as `add_run` does, but for
        those whose due time and target have an open run of that kind. Of two callers at once one
        finds the runs of the other. Returns those that were queued.
        """
        ...

    def take(
        self, node: str, tasks: Sequence[str], limit: int, now: int, ahead: int = 0
    ) -> list[RunRow]:
        """Mark up to `limit` waiting runs as running on this node, each with a fresh fence and one
        attempt more: of the named tasks, `not_before` at most `ahead` microseconds after now, not
        asked to stop, not addressed to another node or machine, by priority, then due, then id.
        Runs that `room` or `task_room` hold back,
        and those of kind slot whose schedule is paused or off, do not count against the limit.
        Sets `started` (now, or `not_before` if that is later), and `last_run` of the schedule; what
        the attempt before left (reason, result, error, progress, message) is cleared. A node that
        is not alive gets nothing. A run of kind manual that was offered to a node is for that one
        alone until 5 s after its due (`rules.offering`).
        """
        ...

    def next_start(self, tasks: Sequence[str], node: str = "") -> int | None:
        """The earliest `not_before` of a waiting run of these tasks that this node might take, also
        one that is past because the run is held back; None if nothing waits. Without a node: of
        those that are addressed to nobody.
        """
        ...

    def finish(self, finishes: Sequence[Finish], now: int) -> Sequence[bool | None]:
        """Record the ends of attempts; False for those whose fence is not the run's any more, None
        for those that somebody else's transaction bars just now: give them again in a while.
        Final states set `last_finished`, `last_state`, `last_result` of the schedule (the error's
        last line stands in for the result of a failed run); so does every other verb that ends a
        run. The same end again is True and changes nothing. A run that was asked to stop does not
        wait again: put back, it ends as cancelled with the reason it was asked for.
        """
        ...

    def report(self, progress: Sequence[Progress], lines: Sequence[LogLine]) -> None:
        """Keep progress (the latest wins) and log lines (a number that exists is left alone, and so
        is a run that does not).
        """
        ...

    def cancel_run(self, run: int, reason: str, user: str | None, now: int) -> RunRow | None:
        """Queued and retrying end at once as cancelled with the reason; running is marked
        `cancelling`; a final one is returned as it is. None: there is no such run.
        """
        ...

    def unclaimed(self, tasks: Sequence[str], limit: int) -> list[RunRow]:
        """Up to `limit` waiting runs of registered tasks that are none of these, by id."""
        ...

    def fail_waiting(self, ends: Sequence[tuple[int, str]], reason: str, now: int) -> list[RunRow]:
        """End runs, each with its error, as failed for the reason; those that do not wait any more
        are left alone. Returns the runs that ended so.
        """
        ...

    def held(self, node: str) -> list[tuple[int, int, str | None]]:
        """The runs that are running on this node as the store has it: id, fence, and the reason
        if one was asked to stop.
        """
        ...

    def withdraw(
        self, schedule: str, state: str, reason: str, here: str | None, now: int
    ) -> list[int]:
        """Take back launches that have not begun: runs of kind slot, of this schedule, that were
        taken ahead (running, `started` later than now) or wait for their first attempt.

        Those that wait, and those that the node `here` has taken (it has let go of them already),
        end in `state` (skipped or cancelled) for the reason, under a fresh fence. A skipped one
        stands for its one slot, and the schedule's `runs` count it no longer. Those of other nodes
        are marked: `held` tells their node “state/reason”, which ends them so by `finish`, unless
        it has begun them by then. Returns the ids of these latter ones, but none while joined to a
        caller's transaction, of which nobody hears before its commit. Whoever else ends a marked
        run (`expire`, a run put back) ends it in that state for that reason.
        """
        ...

    def run(self, run: int) -> RunRow | None:
        """One run."""
        ...

    def runs(self, query: RunQuery) -> list[RunRow]:
        """A page of runs and skips, newest first."""
        ...

    def decisions_at(self, schedule: str, due: int, limit: int) -> list[RunRow]:
        """The rows of kind `slot` that decide this due time, one for each target: runs in the order
        they were made, then the skips that span it, the latest first.
        """
        ...

    def previous(self, schedule: str, run: int) -> RunRow | None:
        """The latest run of the schedule, before this one, that started and is final."""
        ...

    def log(self, run: int, after: int, limit: int) -> list[LogLine]:
        """Log lines of a run with a number greater than `after`, in order."""
        ...

    # ----------------------------------------------------------------- nodes

    def join(self, node: NodeRow, lease: int) -> NodeRow:
        """Register a process and give it a lease of so many microseconds from now by the store's
        lease clock. The name comes back made unique (host and number).
        """
        ...

    def renew(self, node: str, lease: int, now: int, clock_offset: int = 0) -> bool:
        """Prolong the lease, and keep how far the node's clock is off; False if the lease ended and
        somebody recovered it, or the node left.
        """
        ...

    def stopping(self, node: str) -> None:
        """Show a live node as stopping: it finishes what it has. It keeps its lease until it
        leaves.
        """
        ...

    def leave(self, node: str, now: int) -> None:
        """Give the lease back, which ends now; what the node still had running, and what waited for
        it, is recovered as by `expire`.
        """
        ...

    def overdue(self) -> bool:
        """Whether there may be something for `expire` to do. Cheap, and without a lock."""
        ...

    def targets(self, placement: str, task: str) -> list[str]:
        """The targets that `decide` would give a launch of this placement and task now. Inside a
        transaction none of those nodes is declared dead before that ends.
        """
        ...

    def expire(self, now: int) -> Recovered:
        """Recover the runs of nodes whose lease ended. Those that were to start only after its end
        never began: they are `queued` again, the attempt not counted, `started` not set. Of the
        others the idempotent are `retrying` (not_before now), the rest `lost`. All get a fresh
        fence, so that no late result counts. One that was asked to stop and would wait again ends
        as it was asked to instead. The nodes become `lost`.

        A waiting run that is addressed to a node or machine of which no live node that knows its
        task is left is taken by nobody: one that never began becomes a skip with reason `no_node`,
        another is `lost`. Returns the runs as they are now, and the nodes, each to one caller only.
        """
        ...

    def nodes(self) -> list[NodeRow]:
        """Every node that is alive or was within the last day, by name, with its runs counted."""
        ...

    # ----------------------------------------------------------------- terms

    def elect(self, role: str, node: str, length: int, now: int) -> TermRow | None:
        """Give the role to this node if nobody holds it, or prolong the term that it holds, for so
        many microseconds from now by the lease clock. Returns the term that goes on, whoever holds
        it; None if nobody does because this node is not alive.

        A term is over when its time is, and when its holder left or was recovered; it never comes
        back: who is elected afterwards, and be it the same node, gets the next number.
        """
        ...

    def terms(self) -> list[TermRow]:
        """The terms that go on, by role."""
        ...

    def in_term(self, role: str, node: str, term: int) -> bool:
        """Whether this term of this node goes on. Inside a transaction nobody else is elected
        before that ends, so what is written there is written in the term or not at all.
        """
        ...

    # ---------------------------------------------------------------- events

    def add_events(self, rows: Sequence[EventRow]) -> None:
        """Append to the event log."""
        ...

    def events(self, query: EventQuery) -> list[EventRow]:
        """A page of events, newest first."""
        ...

    # ------------------------------------------------------------- retention

    def prune(self, schedule: str | None, before: int, keep: int, limit: int) -> int:
        """Delete up to `limit` final runs (with their log) of a schedule (None: of none) that
        finished before the instant or are beyond the newest `keep`; never the schedule's latest
        row. Returns how many went.
        """
        ...

    def prune_events(self, before: int, limit: int) -> int:
        """Delete up to `limit` events older than the instant. Returns how many went."""
        ...
