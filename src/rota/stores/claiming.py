"""Claiming: which launches are taken as they are written, by the node that decides them.

One insert then stands for three writes: the waiting run, its claim, and the start that its schedule
shows. What is not claimed here waits, and is taken in its turn.
"""

from __future__ import annotations

from typing import NamedTuple

from rota.ports.records import Json, NewRun, RunRow
from rota.stores.common import json_text, read_json

__all__ = ("Claim",)


class Claim(NamedTuple):
    """A node that takes what it decides."""

    node: str
    now: int
    until: int  # the latest start that it takes

    def takes(self, new: NewRun, opened: int, *, paused: bool) -> bool:
        """Whether nothing holds the launch back, where so many runs of its place are open.

        All that are open are counted as running: too many at worst, and then it waits. What runs
        over all nodes (`task_room`) is for `take` to count; and where what is launched next may
        have to see this one wait (`unique`, `cancel`), it waits.

        >>> Claim("web~1", 5, 9).takes(NewRun("task", 7, not_before=7), 0, paused=False)
        True
        """
        return (
            not paused
            and not new.target
            and new.task_room is None
            and not new.unique
            and new.not_before <= self.until
            and (new.room is None or (opened < new.room.running and not new.room.cancel))
        )

    def start(self, new: NewRun) -> int:
        """When the run starts, as `take` says it."""
        return max(self.now, new.not_before)

    def row(self, new: NewRun, schedule: str, run: int, fence: int) -> RunRow:
        """The run, as it was written."""
        return RunRow(
            run, new.task, new.due, new.kind, "running", schedule, attempt=1, fence=fence,
            node=self.node, parameters=kept(new.parameters), policies=kept(new.policies),
            priority=new.priority, room=None if new.room is None else new.room.running,
            idempotent=new.idempotent, not_before=new.not_before, created=self.now,
            started=self.start(new), of=new.of, user=new.user,
        )  # fmt: skip


def kept(given: Json) -> Json:
    """A JSON object as a store gives it back."""
    found: Json = read_json(json_text(given)) if given else {}
    return found
