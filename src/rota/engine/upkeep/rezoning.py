"""Rezoning: deriving next runs again when the rules of time zones have changed.

A schedule stores what somebody meant, "at 09:00 in Prague"; its next run only follows from that.
The store keeps the version of the zone rules that its next runs follow from. A node that starts
with newer ones derives all of them again, in small batches, and says what moved. A node with older
ones says so and changes nothing.

Nothing runs twice: what is decided stays decided, and every change is a decision under the guard of
the schedule's version and next run. Breaking off in the middle is safe: it begins again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from rota.engine.deciding import first_due, planned, read_trigger
from rota.engine.upkeep.zonedata import is_newer
from rota.errors import RotaError, TriggerError
from rota.instants import rfc3339
from rota.ports.clock import Clock
from rota.ports.records import Decision, EventRow, ScheduleQuery, ScheduleRow
from rota.ports.store import Store

__all__ = ("Rezoning", "rederived")

KEPT = "tzdata"  # the name under which the store keeps the version
BATCH = 100
AGAIN = 5.0  # seconds between tries while the store does not answer

logger = logging.getLogger("rota")


class Rezoning:
    """One node's look at the zone rules, once after its start, on a thread of its own."""

    def __init__(
        self, store: Store, clock: Clock, version: str | None, node: str, moved: Callable[[], None]
    ) -> None:
        self.store = store
        self.clock = clock
        self.version = version
        self.node = node
        self.moved = moved  # tells the node that next runs are other ones now
        self.stopping = Event()
        self.thread = Thread(target=self.run, name="rota-zones", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def stop(self) -> None:
        """End before the next batch; the next start goes on."""
        self.stopping.set()

    def run(self) -> None:
        """The thread's life."""
        while not self.stopping.is_set():
            try:
                self.look()
            except RotaError as error:
                logger.debug("the zone rules wait for the store: %s", error)
                self.stopping.wait(AGAIN)
            except Exception:
                logger.exception("next runs could not be derived again")
                return
            else:
                return

    def look(self) -> int:
        """Compare the versions, and do what follows; how many schedules moved."""
        known = self.store.kept(KEPT)
        if self.version is None or self.version == known:
            return 0
        if known is None:
            self.store.keep(KEPT, self.version, None)
            return 0
        if not is_newer(self.version, known):
            self.say(
                "warning", "zones.older",
                f"The zone rules of this node ({self.version}) are older than those that next runs "
                f"follow from ({known}); update tzdata here.",
            )  # fmt: skip
            return 0
        return self.derive_all(known, self.version)

    def derive_all(self, known: str, version: str) -> int:
        moved, looked, after = 0, 0, ""
        while not self.stopping.is_set():
            rows = self.store.schedules(ScheduleQuery(after=after, limit=BATCH))
            moved += self.derive(rows, f"{known} became {version}")
            looked += len(rows)
            if len(rows) < BATCH:
                if self.store.keep(KEPT, version, known):
                    text = f"The zone rules changed: {known} became {version}. "
                    self.say("info", "zones.changed", f"{text}{moved} of {looked} schedules moved.")
                break
            after = rows[-1].name
        return moved

    def derive(self, rows: list[ScheduleRow], why: str) -> int:
        """One batch, in one transaction; how many of them moved."""
        now, events = self.clock.now(), []
        with self.store.transaction():
            for row in rows:
                due = self.due_of(row, now)
                if due != row.next_due and self.move(row, due, now):
                    text = (
                        f"{row.name}: the next run was {shown(row.next_due)} and is {shown(due)}, "
                        f"because the zone rules {why}"
                    )
                    events.append(
                        EventRow(now, "info", "schedule.moved", text, row.name, node=self.node)
                    )
            if events:
                self.store.add_events(events)
        if events:
            self.moved()
        return len(events)

    def due_of(self, row: ScheduleRow, now: int) -> int | None:
        """The next run by the rules of today; the stored one where nothing hangs on them."""
        try:
            if row.next_due is None or read_trigger(row.trigger).zone == "UTC":
                return row.next_due
            decided = self.store.decisions_at(row.name, row.decided_through, 1)
            return rederived(row, now, ran=bool(decided))
        except TriggerError:
            return row.next_due  # lists show it as invalid

    def move(self, row: ScheduleRow, due: int | None, now: int) -> bool:
        """Write the other next run, if the schedule still stands as it was read."""
        if not row.enabled:
            changed = self.store.change_schedule(row.name, row.version, {"next_due": due})
            return changed is not None
        decision = Decision(
            row.name, row.version, row.next_due, due, row.decided_through, awaits_end=row.awaits_end
        )
        return not self.store.decide([decision], now)[0].stale

    def say(self, level: str, kind: str, text: str) -> None:
        logger.log(logging.WARNING if level == "warning" else logging.INFO, "%s", text)
        self.store.add_events([EventRow(self.clock.now(), level, kind, text, node=self.node)])


def rederived(row: ScheduleRow, now: int, *, ran: bool) -> int | None:
    """The next slot of a schedule that has one, by the zone rules of this process. Pure.

    `ran`: the last decided due time was a slot. If by other rules the slot of the same wall time
    lies a little later, it is that one, moved, and it has had its decision: a slot that is nearer
    to the decided one than to the next is left out.
    """
    rule = read_trigger(row.trigger)
    due = row.next_due
    if due is None:
        return None
    if rule.follows:  # counted from a run's start or end; only what is still to come can move
        return planned(rule, row, now) if due > now and not (row.running or row.queued) else due
    through = row.decided_through
    first = first_due(rule, through, created=row.created, name=row.name)
    if ran and first is not None and first - through < due - first:
        return first_due(rule, first, created=row.created, name=row.name)
    return first


def shown(due: int | None) -> str:
    return "none" if due is None else rfc3339(due)
