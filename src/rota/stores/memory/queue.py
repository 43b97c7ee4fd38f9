"""The waiting runs of the memory store, in the order in which they are taken."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from heapq import heappop, heappush

from rota.ports.records import RunRow, ScheduleRow
from rota.rules.offering import is_offered_to_another
from rota.rules.placement import is_addressed

__all__ = ("Limits", "Queue")

Place = tuple[int, int, int]  # -priority, due, id
Lane = tuple[str, str | None, str, bool, int | None, int | None, str | None]


class Limits:
    """What holds runs back, as it stands while some are taken."""

    def __init__(
        self,
        tasks: Container[str],
        schedules: Mapping[str, ScheduleRow],
        running: Iterable[RunRow],
        addresses: Container[str] = (),
        node: str = "",
        now: int = 0,
    ) -> None:
        self.node, self.now = node, now
        self.tasks = tasks
        self.addresses = addresses
        self.schedules = schedules
        self.of_place: Counter[tuple[str | None, str]] = Counter()
        self.of_task: Counter[str] = Counter()
        for row in running:
            self.count(row)

    def count(self, row: RunRow) -> None:
        """One more is running."""
        self.of_place[row.schedule, row.target] += 1
        self.of_task[row.task] += 1

    def hold_back(self, row: RunRow) -> bool:
        """Whether the run, and all of its lane, has to wait."""
        if row.task not in self.tasks:
            return True
        if is_addressed(row.target) and row.target not in self.addresses:
            return True
        if is_offered_to_another(row.kind, row.due, offered_to(row), self.node, self.now):
            return True
        if row.task_room is not None and self.of_task[row.task] >= row.task_room:
            return True
        if row.schedule is None:
            return False
        if row.room is not None and self.of_place[row.schedule, row.target] >= row.room:
            return True
        schedule = self.schedules.get(row.schedule) if row.kind == "slot" else None
        return schedule is not None and (schedule.paused or not schedule.enabled)


class Queue:
    """A queue of lanes. In a lane are the runs that the same limits hold back: while the first of
    them has to wait for room, so have all behind it.

    Only the first of every lane stands in front, so that a lane which is full costs one look,
    however long it is.
    """

    def __init__(self, rows: Mapping[int, RunRow]) -> None:
        self.rows = rows
        self.refill(())

    def refill(self, waiting: Iterable[RunRow]) -> None:
        """Hold these runs and no others."""
        self.lanes: dict[Lane, list[Place]] = {}
        self.front: list[Place] = []
        for row in waiting:
            self.lanes.setdefault(lane_of(row), []).append(place_of(row))
        for lane in self.lanes.values():
            lane.sort()
            self.front.append(lane[0])
        self.front.sort()

    def __iter__(self) -> Iterator[RunRow]:
        return (self.rows[run] for lane in self.lanes.values() for _, _, run in lane)

    def add(self, row: RunRow) -> None:
        """A run begins to wait."""
        place = place_of(row)
        lane = self.lanes.get(key := lane_of(row))
        if lane is None:
            self.lanes[key] = [place]
            insort(self.front, place)
            return
        if place < lane[0]:
            del self.front[bisect_left(self.front, lane[0])]
            insort(self.front, place)
        insort(lane, place)

    def remove(self, row: RunRow) -> None:
        """A run waits no longer."""
        place, key = place_of(row), lane_of(row)
        lane = self.lanes[key]
        first = lane[0]
        del lane[bisect_left(lane, place)]
        if place == first:
            del self.front[bisect_left(self.front, place)]
            if lane:
                insort(self.front, lane[0])
            else:
                del self.lanes[key]

    def take(self, limit: int, until: int, limits: Limits) -> list[RunRow]:
        """Remove and return the first runs that may start until then and are not held back."""
        taken: list[RunRow] = []
        behind: list[Place] = []  # a heap: the next of each lane that was looked into
        looked = 0  # so many of the front
        while len(taken) < limit and (behind or looked < len(self.front)):
            if behind and (looked == len(self.front) or behind[0] < self.front[looked]):
                place = heappop(behind)
            else:
                place = self.front[looked]
                looked += 1
            row = self.rows[place[2]]
            if limits.hold_back(row):
                continue  # and with it its lane
            if row.not_before <= until:
                limits.count(row)
                taken.append(row)
            lane = self.lanes[lane_of(row)]
            if place < lane[-1]:
                heappush(behind, lane[bisect_right(lane, place)])
        self._forget(taken, looked)
        return taken

    def _forget(self, taken: list[RunRow], looked: int) -> None:
        """Remove what was taken from the lanes and from the first so many in front."""
        gone = {row.id for row in taken}
        heads: list[Place] = []
        for key in dict.fromkeys(map(lane_of, taken)):
            lane = self.lanes[key]
            first = lane[0]
            lane[:] = [place for place in lane if place[2] not in gone]
            if not lane:
                del self.lanes[key]
            elif lane[0] != first:
                heads.append(lane[0])
        self.front[:looked] = [place for place in self.front[:looked] if place[2] not in gone]
        for place in heads:
            insort(self.front, place)


def place_of(row: RunRow) -> Place:
    """Where a run stands in the queue."""
    return -row.priority, row.due, row.id


def lane_of(row: RunRow) -> Lane:
    """What decides, besides its time, whether a run is held back."""
    offered = offered_to(row) if row.kind == "manual" else None
    slot = row.kind == "slot"
    return row.task, row.schedule, row.target, slot, row.room, row.task_room, offered


def offered_to(row: RunRow) -> str | None:
    """To which node a waiting run was offered: its node, until somebody takes it."""
    return row.node if row.fence == 0 else None
