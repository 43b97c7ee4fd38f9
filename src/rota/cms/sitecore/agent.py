"""The database agent: which schedules it looks after, how often it looks, and what it then says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rota.cms.sitecore.items import SCHEDULES, is_below
from rota.errors import BadSetting, Problem
from rota.when.timespan import read_span

__all__ = ("DatabaseAgent", "agent_of", "seconds_of")

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")


@dataclass(frozen=True, slots=True)
class DatabaseAgent:
    """One agent, as the vendor's configuration has it.

    It examines the schedules below `root` every `interval`, says which are not due and why, and
    removes those that asked for it and have expired. Starts do not wait for it: they are on time,
    unless `polls` asks for the vendor's way, where a start waits for the next look. An interval of
    00:00:00 stops the agent and its schedules. `slots` is how many of its synchronous schedules may
    run at once.

    >>> DatabaseAgent(interval="00:01:00").look("00:05:00")
    300
    """

    name: str = "Master_Database_Agent"
    root: str = SCHEDULES
    interval: str = "00:10:00"
    polls: bool = False
    slots: int = 1
    log_activity: bool = True

    def check(self) -> None:
        """BadSetting with everything that is wrong."""
        problems = []
        if not NAME.fullmatch(self.name):
            problems.append(Problem("bad_setting", "agent", self.name, "this cannot be its name",
                                    "write letters, digits, . _ @ -"))  # fmt: skip
        if not is_below(f"{self.root}/x", SCHEDULES):
            problems.append(Problem("bad_setting", "root", self.root, f"not {SCHEDULES} or below"))
        if self.slots < 1:
            problems.append(Problem("bad_setting", "slots", str(self.slots), "1 or more"))
        if problems:
            raise BadSetting(problems)
        seconds_of(self.interval, "interval")

    @property
    def seconds(self) -> int:
        """The interval; 0 if the agent is stopped."""
        return seconds_of(self.interval, "interval")

    def look(self, frequency: str) -> int:
        """How often it really looks, in seconds: the longer of its interval and the frequency."""
        return max(self.seconds, seconds_of(frequency, "frequency")) if self.seconds else 0

    @property
    def task(self) -> str:
        """The identifier of its own task, which examines."""
        return f"sitecore.{self.name}"

    def runs_as(self, *, is_async: bool) -> str:
        """The identifier of the task that its schedules run."""
        return f"{self.task}.{'async' if is_async else 'sync'}"


def seconds_of(text: str, part: str) -> int:
    """The seconds of hh:mm:ss, zero allowed."""
    found = read_span(text.strip())
    if isinstance(found, int):
        return found
    if found.code == "E_ZERO":
        return 0
    raise BadSetting(Problem("bad_setting", part, text, found.reason, found.hint))


def agent_of(path: str, agents: tuple[DatabaseAgent, ...]) -> DatabaseAgent | None:
    """The agent whose root is the nearest above a schedule."""
    above = [agent for agent in agents if is_below(path, agent.root)]
    return max(above, key=lambda agent: len(agent.root), default=None)
