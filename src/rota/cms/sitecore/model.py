"""The model: commands, schedules and agents of one application."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rota.cms.host import Host
from rota.cms.logger import provide_logger
from rota.cms.sitecore.agent import DatabaseAgent, seconds_of
from rota.cms.sitecore.commands import Commands
from rota.cms.sitecore.files import Definition
from rota.cms.sitecore.placing import place, problems_of
from rota.cms.sitecore.running import examiner, executor, path_of, rows_of
from rota.cms.sitecore.schedules import Schedules
from rota.cms.sitecore.sources import ItemSource, Sources
from rota.cms.sitecore.tree import BadFile, Tree
from rota.errors import BadSetting, DuplicateTask, Refused, RotaError
from rota.when import trigger

__all__ = ("Sitecore", "Synchronised")


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What loading the tree did: paths by what became of them, and what was wrong."""

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()  # over, and asked to be removed then: not made again
    refused: tuple[BadFile, ...] = ()  # each with all its problems
    gone: tuple[str, ...] = ()  # scheduled, but in no file any more


class Sitecore:
    """Scheduled tasks of one application, in the words of Sitecore.

    `items` is the folder with the item files; without it items live in this process. `packages` are
    the top packages whose classes commands may name, beside that of the caller. `frequency` only
    matters to agents that poll.

    >>> from rota import Rota
    >>> sitecore = Sitecore(Rota("memory://"), packages=["acme"])
    >>> sitecore.commands.create("Tidy", "os.path.join")
    Traceback (most recent call last):
    rota.errors.Refused: type “os.path.join”: its package is not one of this application's; ...
    """

    def __init__(
        self,
        rota: Host,
        items: Path | str | None = None,
        *,
        packages: Iterable[str] = (),
        agents: Iterable[DatabaseAgent] = (DatabaseAgent(),),
        frequency: str = "00:05:00",
    ) -> None:
        caller = str(sys._getframe(1).f_globals.get("__name__", "")).partition(".")[0]
        self.rota = rota
        self.packages = frozenset((caller, *packages))
        self.agents = tuple(agents)
        self.frequency = frequency
        self.tree = Tree(None if items is None else Path(items))
        self.sources = Sources()
        self.wrong: dict[str, tuple[str, ...]] = {}  # what keeps items from being scheduled
        self.commands = Commands(self)
        self.schedules = Schedules(self)
        self.check()
        provide_logger(rota)
        for agent in self.agents:
            self.register(agent)
        rota.context.settlers.append(self.settle)

    def check(self) -> None:
        """BadSetting if the agents cannot be told apart, or none is there."""
        names = [agent.name.lower() for agent in self.agents]
        if not names or len(set(names)) < len(names):
            reason = "two agents have one name" if names else "there is no agent"
            raise BadSetting(reason, part="agents", text=", ".join(names))
        seconds_of(self.frequency, "frequency")
        for agent in self.agents:
            agent.check()
            if (known := self.rota.registry.get(agent.task)) is not None:
                raise DuplicateTask(f"such an agent is there already: {known.place}", part="agent",
                                    text=agent.name, hint="make one Sitecore(…)")  # fmt: skip

    def register(self, agent: DatabaseAgent) -> None:
        """Register the tasks of an agent: its own, and those that its schedules run."""
        rule = trigger(f"every {agent.seconds}s" if agent.seconds else "manual")
        add, policies = self.rota.registry.add, self.polls(agent)
        add(agent.task, examiner(self, agent), title=f"{agent.name}: examine the schedules",
            schedule=rule, policies={"retention": "7d, 1000"})  # fmt: skip
        add(agent.runs_as(is_async=False), executor(self, agent, is_async=False),
            title=f"{agent.name}: commands, {agent.slots} at a time", schedule=None,
            policies={**policies, "max_running": agent.slots})  # fmt: skip
        add(agent.runs_as(is_async=True), executor(self, agent, is_async=True),
            title=f"{agent.name}: asynchronous commands", schedule=None,
            policies=policies)  # fmt: skip

    def polls(self, agent: DatabaseAgent) -> dict[str, object]:
        look = agent.look(self.frequency)
        return {"poll": look} if agent.polls and look else {}

    def item_source(self, name: str, source: ItemSource | None = None) -> Any:
        """Register an item source: as a decorator, or with the source as second argument. The
        empty name takes queries that begin with none.
        """

        def add(source: ItemSource) -> ItemSource:
            self.sources.add(name, source)
            return source

        return add if source is None else add(source)

    # ----------------------------------------------------------------- tree

    def settle(self, update: bool) -> None:
        """A node starts: its schedules follow the files that it has. Client commands only make
        those that are missing. Problems are told in the event log, and never keep an application
        from starting.
        """
        if not update:
            self.place_all(follows=False)
            return
        for bad in self.synchronise(reload=False).refused:
            self.rota.context.say(
                "schedule.invalid", f"{bad.path}: {'; '.join(bad.problems)}", level="error"
            )

    def synchronise(
        self, *, reload: bool = True, remove: bool = False, user: str | None = None
    ) -> Synchronised:
        """Read the files anew and let Rota's schedules follow them; doing it twice is doing it
        once. What is in no file any more is named as gone, and with `remove` removed. What runs
        and when it ran last is never read from a file nor written to one.
        """
        if reload:
            self.tree.load()
        self.rota.context.ready()
        done, refused = self.place_all(user=user)
        refused = [*self.tree.bad, *refused]
        refused += [
            BadFile(item.path, found) for item in self.tree.commands
            if (found := item.problems or tuple(filter(None, [self.commands.problem(item)])))
        ]  # fmt: skip
        gone = self.gone(remove=remove, user=user)
        groups = {name: tuple(paths) for name, paths in done.items()}
        return Synchronised(**groups, refused=tuple(refused), gone=gone)

    def place_all(
        self, *, follows: bool = True, user: str | None = None
    ) -> tuple[dict[str, list[str]], list[BadFile]]:
        """Let Rota's schedules follow every item: paths by what became of them, and the bad ones.
        One that makes trouble does so alone.
        """
        done: dict[str, list[str]] = {}
        refused = []
        for item in self.tree.schedules:
            found = [str(RotaError([problem])) for problem in problems_of(self, item)]
            problems = tuple(dict.fromkeys((*item.problems, *found)))
            try:
                became = place(self, replace(item, problems=problems), follows=follows, user=user)
            except RotaError as error:
                became, problems = "refused", (*problems, str(error))
            if became == "refused":
                refused.append(BadFile(item.path, problems))
            else:
                done.setdefault(became, []).append(item.path)
        return done, refused

    def gone(self, *, remove: bool, user: str | None) -> tuple[str, ...]:
        here = {item.path.lower() for item in self.tree.schedules}
        here |= {bad.path.lower() for bad in self.tree.bad}
        rows = [row for row in rows_of(self) if path_of(row).lower() not in here]
        for row in rows if remove else ():
            self.rota.schedules.remove(row.name, user=user, reason="its item is gone")
        return tuple(path_of(row) for row in rows)

    def export(self, folder: Path | str) -> list[str]:
        """Write every item, as it stands after changes on the page, into a folder: definitions
        only. The paths written.
        """
        if self.tree.folder is not None and Path(folder).resolve() == self.tree.folder.resolve():
            raise Refused("this is the folder that items come from", part="folder",
                          text=str(folder), hint="they stand in it already")  # fmt: skip
        there = Tree(Path(folder))
        items: list[Definition] = [*self.tree.commands, *self.schedules.exported()]
        for item in items:
            there.put(item)
        return [item.path for item in items]
