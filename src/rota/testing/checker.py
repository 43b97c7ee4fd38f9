"""The history checker: judges what a cluster did from what its tasks wrote themselves.

It takes two independent histories, the store's rows and the tasks' own traces, with what people
changed and what was done to the nodes, and passes ten judgements. Windows that had not closed when
the history ended, and slots next to an edit, are undecided and counted. The cost is n log n.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from heapq import heappop, heappush
from itertools import pairwise

from rota.ports.records import RunRow
from rota.rules.placement import is_addressed
from rota.rules.states import FINAL, WAITING
from rota.testing.absence import without_absences
from rota.testing.evidence import Evidence, Slot
from rota.testing.history import History, Trace, Wanted
from rota.testing.keeping import kept
from rota.testing.places import by_target
from rota.testing.verdict import JUDGEMENTS, Finding, Verdict

__all__ = ("JUDGEMENTS", "Finding", "Verdict", "check")

LATE = {"no_node", "too_late"}
HARMLESS = {"jump", "twice"}  # they cost no node its lease
NEIGHBOURS = 50  # rows that are looked at for one that explains a skip


def check(history: History) -> Verdict:
    """Judge a history.

    >>> check(History(wanted=[], rows=[], traces=[])).ok
    True
    """
    history, misses = without_absences(history)
    history, strays = by_target(history)
    court = Court(history)
    court.verdict.findings += [*misses, *strays, *kept(history, court.weather)]
    for judge in (
        court.uniqueness, court.decision, court.timeliness, court.no_extras, court.by_time_only,
        court.overlap, court.fences, court.lost_work, court.recovery, court.liveness,
    ):  # fmt: skip
        judge()
    return court.verdict


class Court(Evidence):
    """The ten judgements."""

    def uniqueness(self) -> None:
        """1: one decision a slot, one start an attempt."""
        for (name, due), rows in self.slot_runs.items():
            self.count("uniqueness")
            if len({row.target for row in rows}) < len(rows):
                self.find("uniqueness", f"{len(rows)} runs of one slot", rows[1])
            if self.spanning(name, due) is not None:
                self.find("uniqueness", "a run and a skip of one slot", rows[0])
        for rows in self.skips.values():
            for before, row in pairwise(rows):
                if row.due <= (before.due if before.due_last is None else before.due_last):
                    self.find("uniqueness", "two skips of one slot", row)
        for traces in self.traces.values():
            starts = Counter(trace.fence for trace in traces)
            again = [trace for trace in traces if starts[trace.fence] > 1]
            counted = Counter(t.attempt for t in traces if not self.was_given_back(t))
            again += [trace for trace in traces if counted[trace.attempt] > 1]
            self.count("uniqueness")
            if again:
                self.find("uniqueness", f"attempt {again[0].attempt} started twice", again[-1])

    def was_given_back(self, trace: Trace) -> bool:
        """Whether the node may have stopped before it: what it gives back then has not been tried.
        One that was frozen until after the deadline of its stop may find it ended in that instant.
        """
        return trace.outcome == "shutdown" or any(
            fault.kind == "stop"
            and fault.node == trace.node
            and trace.end is not None
            and trace.start <= fault.end <= trace.end
            for fault in self.history.faults
        )

    def decision(self) -> None:
        """2: every slot has a decision, and a skip a reason that holds."""
        for slot in self.slots:
            if slot.near_edit or self.is_open(slot):
                self.count("decision", judged=False)
                continue
            self.count("decision")
            skip = self.spanning(slot.one.name, slot.due)
            runs = self.slot_runs.get((slot.one.name, slot.due), [])
            if not runs and skip is None:
                self.find("decision", "nothing was decided", slot)
            elif runs and slot.version.trigger is None:
                self.find("decision", f"it was launched while {slot.version.why}", slot)
            elif skip is not None and not self.is_justified(slot, skip):
                self.find("decision", f"it was skipped as {skip.reason} for no reason", slot)
        for name, rows in self.skips.items():
            one = self.wanted.get(name)
            if one is not None and len(one.versions) == 1 and not self.history.edits.get(name):
                self.count_skips(one, rows)

    def count_skips(self, one: Wanted, rows: list[RunRow]) -> None:
        """A skip row stands for as many slots as it says."""
        dues = sorted(slot.due for slot in self.slots if slot.one is one)
        for row in rows:
            last = row.due if row.due_last is None else row.due_last
            there = bisect_right(dues, last) - bisect_right(dues, row.due - 1)
            if row.skips < 1_000 and last <= (dues[-1] if dues else 0) and row.skips != there:
                self.find("decision", f"it says {row.skips} slots and spans {there}", row)

    def is_justified(self, slot: Slot, skip: RunRow) -> bool:
        """Whether the skip's reason held: in the slot's time, or later for a launch that waited
        and was withdrawn.
        """
        reason = skip.reason or ""
        if reason in LATE:
            bad = self.weather.touches(slot.at, slot.at + self.bounds.prompt)
            return bad or self.is_forsaken(skip)
        if reason in ("paused", "disabled"):
            made = self.when(skip.created, slot.at)
            later = (v for v in slot.one.versions if v.since >= made and v.since >= slot.at)
            return any(v.trigger is None and v.why == reason for v in (slot.version, *later))
        if reason == "overlap":  # rows have wall times only: after a jump they cannot tell
            return bool(self.history.jumps) or self.has_open_run(slot)
        return False

    def is_forsaken(self, row: RunRow) -> bool:
        """Whether it is a launch that waited for a target, and ended with it."""
        at = self.history.closed.get(row.id)
        if at is None or not is_addressed(row.target):
            return False
        places = ((f"node:{x.name}", f"machine:{x.machine}", x) for x in self.history.lives)
        return not any(
            row.target in (node, machine) and life.start <= at < life.end
            for node, machine, life in places
        )

    def has_open_run(self, slot: Slot) -> bool:
        """Whether another run of the schedule was open when the slot was decided."""
        latest = self.weather.deadline(slot.at, self.bounds.prompt)
        rows = self.runs_of.get(slot.one.name, [])
        place = bisect_right(rows, slot.due, key=lambda row: row.due)
        nearby = rows[max(0, place - NEIGHBOURS) : place + NEIGHBOURS]
        for row in nearby:
            made = self.when(row.created, slot.at)
            over = 2**62 if row.finished is None else self.when(row.finished, slot.at)
            over = self.weather.deadline(over, self.bounds.prompt)  # the store may hear of it late
            if row.due != slot.due and made <= latest and over >= slot.at:
                return True
        return False

    def timeliness(self) -> None:
        """3: a run starts when its slot comes, or something held it back."""
        for slot in self.slots:
            for row in self.slot_runs.get((slot.one.name, slot.due), []):
                traces = self.traces.get(row.id)
                if not traces:
                    continue
                self.count("timeliness")
                start = traces[0].start
                if start < slot.at:
                    lost = ": its not_before was lost" if row.not_before < row.due else ""
                    self.find("timeliness", f"it began {slot.at - start} µs too early{lost}", row)
                late = start > self.closes(slot)
                if late and not slot.near_edit and not self.was_held(traces[0]):
                    by = (start - slot.at) / 1e6
                    self.find("timeliness", f"it started {by:.3f} s late", row)

    def was_held(self, trace: Trace) -> bool:
        """Whether another run of its schedule or task ran until about then."""
        wanted = self.wanted.get(trace.schedule or "")
        row = self.rows.get(trace.run)
        if wanted is None or row is None:
            return False
        if row.not_before > row.due:
            return True
        for other in self.sharing(wanted):
            if other.run == trace.run or other.start > trace.start:
                continue
            over = trace.start if other.end is None else other.end
            if over + self.bounds.prompt < self.history.reached(trace.due):
                continue
            if self.weather.deadline(over, 2 * self.bounds.prompt) >= trace.start:
                return True
        return any(low <= trace.start <= high for low, high in self.pauses(wanted))

    def pauses(self, wanted: Wanted) -> list[tuple[int, int]]:
        found = []
        for version, after in pairwise(wanted.versions):
            if version.trigger is None:
                found.append((version.since, (after.sure or after.since) + 2 * self.bounds.prompt))
        return found

    def sharing(self, wanted: Wanted) -> list[Trace]:
        """Traces whose limits a schedule's runs share."""
        names = {wanted.name}
        if wanted.max_running is not None:
            names |= {one.name for one in self.history.wanted if one.task == wanted.task}
        return [trace for name in sorted(names) for trace in self.traces_of[name]]

    def no_extras(self) -> None:
        """4: every trace belongs to a run, every run to a slot or to a person."""
        expected = {(slot.one.name, slot.due): slot for slot in self.slots}
        for run, traces in self.traces.items():
            row = self.rows.get(run)
            self.count("no extras")
            if row is None:
                self.find("no extras", "a task ran and there is no such run", traces[0])
            elif traces[-1].fence > row.fence or row.schedule != traces[0].schedule:
                self.find("no extras", "the run does not know of its attempt", traces[-1])
        for (name, due), rows in self.slot_runs.items():
            one = self.wanted.get(name)
            if one is None or self.history.reached(due) > self.history.end:
                continue  # it was launched ahead, and then time was over or set back
            self.count("no extras")
            if (name, due) not in expected and not self.beside_edit(one, due):
                self.find("no extras", "a run of no slot", rows[0])
            if rows[0].state == "succeeded" and rows[0].id not in self.traces:
                self.find("no extras", "it succeeded without having run", rows[0])
        for one in self.history.wanted:
            for low, high in self.silences(one):
                for trace in self.traces_of[one.name]:
                    if trace.kind == "slot" and low < trace.start < high:
                        self.find("no extras", "it began while the schedule was paused", trace)

    def beside_edit(self, one: Wanted, due: int) -> bool:
        at, edge = self.history.reached(due), self.bounds.edge
        changes = [(v.since, v.sure or v.since) for v in one.versions]
        changes += [(other, other) for other in self.history.edits.get(one.name, ())]
        return any(low - edge <= at <= high + edge for low, high in changes)

    def silences(self, one: Wanted) -> list[tuple[int, int]]:
        """From the return of each pause until somebody asked for its end."""
        pairs = pairwise(one.versions)
        return [(v.sure or v.since, after.since) for v, after in pairs if v.trigger is None]

    def by_time_only(self) -> None:
        """5: by the clock alone, without trusting any key: each start fits a slot of its own."""
        for one in self.history.wanted:
            plain = one.overlap == "skip" and one.max_running is None and one.placement == "one"
            if not plain or one.retries or one.idempotent:
                continue
            starts = [trace.start for trace in self.traces_of[one.name] if trace.kind == "slot"]
            windows = sorted(self.window(slot) for slot in self.slots if slot.one is one)
            self.assign(one, starts, windows)

    def window(self, slot: Slot) -> tuple[int, int]:
        """From when until when a slot may start; one beside an edit may wait for it."""
        late = self.closes(slot)
        for paused, over in self.pauses(slot.one):
            if slot.at <= paused <= late < over:  # it was launched before, and held back
                late = self.weather.deadline(over, self.bounds.prompt)
        return slot.at, late + self.bounds.closing * slot.near_edit

    def assign(self, one: Wanted, starts: list[int], windows: list[tuple[int, int]]) -> None:
        """Give every start a window, earliest deadline first."""
        waiting: list[int] = []
        place = 0
        for start in starts:
            self.count("by time only")
            while place < len(windows) and windows[place][0] <= start:
                heappush(waiting, windows[place][1])
                place += 1
            while waiting and waiting[0] < start:
                heappop(waiting)
            if waiting:
                heappop(waiting)
            else:
                self.verdict.findings.append(
                    Finding(
                        "by time only", f"a start at {start / 1e6:.3f} s fits no slot", one.name
                    )
                )

    def overlap(self) -> None:
        """6: runs that exclude each other do not run at once, but for zombies that were refused."""
        for one in self.history.wanted:
            room = one.overlap if isinstance(one.overlap, int) else 1
            self.at_most(room, self.traces_of[one.name], f"more than {room} at once")
        limits = {one.task: one.max_running for one in self.history.wanted if one.max_running}
        for task, limit in limits.items():
            names = [one.name for one in self.history.wanted if one.task == task]
            mine = [trace for name in names for trace in self.traces_of[name]]
            self.at_most(limit, mine, f"more than {limit} of the task {task} at once")

        for one in self.history.wanted:
            if not self.history.jumps and one.overlap != "cancel":
                self.at_most_open(one)

    def at_most(self, limit: int, traces: list[Trace], text: str) -> None:
        running: list[Trace] = []
        for trace in sorted(traces, key=lambda trace: (trace.start, trace.fence)):
            self.count("overlap")
            running = [other for other in running if other.end is None or other.end > trace.start]
            beside = [other for other in running if not self.is_zombie(other, trace)]
            if len(beside) >= limit:
                names = ", ".join(f"run {t.run} fence {t.fence} on {t.node}" for t in beside)
                self.find("overlap", f"{text}: beside {names}", trace)
            running.append(trace)

    def is_zombie(self, old: Trace, new: Trace) -> bool:
        """Whether an attempt was given up before the other began, and cannot write its end."""
        row = self.rows.get(old.run)
        if row is None or new.fence <= old.fence:
            return False
        if row.abandoned:
            return True
        refused = row.fence != old.fence or row.state == "lost"
        return refused and self.weather.touches(old.start, new.start)

    def at_most_open(self, one: Wanted) -> None:
        """A slot that comes while its schedule has enough open runs is skipped, not launched."""
        limit = one.overlap if isinstance(one.overlap, int) else 1 + (one.overlap == "queue")
        opened: list[RunRow] = []
        for row in sorted(self.runs_of[one.name], key=lambda row: row.id):
            made = self.was_made(row)
            opened = [other for other in opened if self.was_closed(other) > made]
            before = [other for other in opened if not self.is_fellow(one, other, row)]
            if row.kind == "slot" and len(before) >= limit:
                ids = ", ".join(str(other.id) for other in before)
                self.find("overlap", f"it was launched while runs {ids} were open", row)
            opened.append(row)

    def is_fellow(self, one: Wanted, other: RunRow, row: RunRow) -> bool:
        """Whether one decision made up for both slots: then they wait for each other."""
        together = other.kind == row.kind == "slot" and other.created == row.created
        return isinstance(one.catch_up, int) and together and row.id - other.id < one.catch_up

    def fences(self) -> None:
        """7: fences grow with every attempt, and only the last one's end counts."""
        for run, traces in self.traces.items():
            row = self.rows.get(run)
            self.count("fences")
            for before, trace in pairwise(traces):
                if trace.fence <= before.fence:
                    self.find("fences", f"fence {trace.fence} after {before.fence}", trace)
            if row is not None and row.state == "lost" and row.finished is not None:
                late = [t for t in traces if t.start > self.when(row.finished, t.start)]
                if late:
                    self.find("fences", "it began after others had declared it lost", late[0])
            if row is None or row.state != "succeeded":
                continue
            said = [trace for trace in traces if trace.fence == row.fence]
            if not said or said[0].outcome != "returned" or said[0].result != row.result:
                self.find(
                    "fences", f"it succeeded by an end that was not its own: {row.result}", row
                )
            elif said[0].fence != traces[-1].fence:
                self.find("fences", "an end counted that was not the last attempt's", row)

    def lost_work(self) -> None:
        """8: whatever was begun has an end, and nothing waits for ever."""
        if not self.history.at_rest:
            return
        early = self.history.end - self.bounds.closing
        for row in self.history.rows:
            one = self.wanted.get(row.schedule or "")
            held = one is not None and one.versions[-1].trigger is None
            if self.when(max(row.created, row.not_before), self.history.end) > early or held:
                self.count("lost work", judged=False)
                continue
            self.count("lost work")
            if row.state == "lost" and not self.may_be_lost(row):
                self.find("lost work", "it was declared lost while its node lived", row)
            traces = self.traces.get(row.id)
            if row.state in FINAL or (traces and (traces[-1].end or early + 1) > early):
                continue
            if row.state in WAITING and one is not None and self.is_busy(one, early):
                continue
            self.find("lost work", f"it is {row.state} and nobody works on it", row)

    def may_be_lost(self, row: RunRow) -> bool:
        """Whether anything happened to any node that could cost it its lease."""
        serious = [fault for fault in self.history.faults if fault.kind not in HARMLESS]
        if self.history.jumps:  # wall times of rows are ambiguous then
            return bool(serious)
        end = self.when(row.finished or row.created, self.history.end)
        start = self.when(row.started or row.created, end) - 2 * self.bounds.lease
        return any(fault.start <= end and fault.end >= start for fault in serious)

    def is_busy(self, one: Wanted, early: int) -> bool:
        ends = (trace.end for trace in self.sharing(one))
        return any(end is None or end > early for end in ends)

    def recovery(self) -> None:
        """9: what a dead node had is found soon after its lease."""
        allowed = self.bounds.lease + self.bounds.detect
        for run, traces in self.traces.items():
            for trace, after in zip(traces, [*traces[1:], None], strict=True):
                row = self.rows.get(run)
                if trace.outcome != "killed" or trace.end is None or row is None:
                    continue
                deadline = self.weather_but_kills.deadline(trace.end, allowed)
                if deadline > self.history.end:
                    self.count("recovery", judged=False)
                    continue
                self.count("recovery")
                self.judge_recovery(row, trace, after, deadline)

    def judge_recovery(
        self, row: RunRow, trace: Trace, after: Trace | None, deadline: int
    ) -> None:  # fmt: skip
        if after is not None:
            if after.start > deadline + self.bounds.replace and not self.was_held(after):
                late = (after.start - deadline) / 1e6
                self.find("recovery", f"its replacement began {late:.3f} s too late", trace)
        elif row.finished is not None and self.when(row.finished, trace.end or 0) > deadline:
            self.find("recovery", "it was found too late that its node was gone", trace)
        elif row.state == "running":
            self.find("recovery", "nobody found that its node was gone", trace)

    def liveness(self) -> None:
        """10: after the last fault, the first slot of every schedule is served soon."""
        if not self.history.at_rest:
            return
        ends = [fault.end for fault in self.history.faults if fault.kind != "jump"]
        heal = max(ends, default=0)
        for one in self.history.wanted:
            mine = (s for s in self.slots if s.one is one and s.at > heal and not s.near_edit)
            slot = min(mine, key=lambda slot: slot.at, default=None)
            if slot is None or self.is_open(slot) or slot.version.trigger is None:
                self.count("liveness", judged=False)
                continue
            self.count("liveness")
            if self.spanning(one.name, slot.due) is not None:
                continue
            rows = self.slot_runs.get((one.name, slot.due), [])
            traces = self.traces.get(rows[0].id) if rows else None
            if not traces:
                if not rows or rows[0].state not in ("cancelled", "queued", "lost"):
                    self.find("liveness", "the first slot after all faults did not start", slot)
            elif traces[0].start > slot.at + self.bounds.heal and not self.was_held(traces[0]):
                self.find("liveness", "the first slot after all faults started late", slot)
