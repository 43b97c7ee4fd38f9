"""Which of the waiting runs a node takes: the first of the queue that nothing holds back."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

__all__ = ("Chosen", "Picking")

PATIENCE = 20  # runs that are held back, before the queue is asked for the others only

Chosen = tuple[int, str | None, int, str]  # id, schedule, not_before, kind


class Picking:
    """One taking: what was chosen, and what is full.

    Room only shrinks meanwhile. So a run that is held back holds back all behind it of its place
    and room, and the queue need not show them.
    """

    def __init__(self, limit: int, resting: Container[str | None]) -> None:
        self.limit = limit
        self.resting = resting  # schedules whose slots wait
        self.chosen: list[Chosen] = []
        self.of_place: dict[tuple[str | None, str], int] = {}  # running, by schedule and target
        self.of_task: dict[str, int] = {}
        self.full_places: set[tuple[str, str, int]] = set()
        self.full_tasks: set[tuple[str, int]] = set()
        self.after = (2**63 - 1, 0, 0)  # the place in the queue: priority, due, id
        self.wants_more = limit > 0

    def pick(self, queue: Iterable[tuple[Any, ...]]) -> None:
        """Choose from the queue as it comes; stop where it is worth while to ask anew."""
        held_back = 0
        of_place, of_task = self.of_place, self.of_task
        for run, schedule, target, task, room, task_room, kind, not_before, priority, due in queue:
            place = (schedule, target)
            if room is not None and schedule is not None and of_place.get(place, 0) >= room:
                self.full_places.add((schedule, target, room))
            elif task_room is not None and of_task.get(task, 0) >= task_room:
                self.full_tasks.add((task, task_room))
            elif kind == "slot" and schedule in self.resting:
                continue
            else:
                self.chosen.append((run, schedule, not_before, kind))
                if len(self.chosen) == self.limit:
                    break
                of_place[place] = of_place.get(place, 0) + 1
                of_task[task] = of_task.get(task, 0) + 1
                continue
            held_back += 1
            if held_back == PATIENCE:
                self.after = (priority, due, run)
                return
        self.wants_more = False
