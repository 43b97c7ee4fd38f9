"""The command items of one application, as a service."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from rota.cms.sitecore.items import COMMANDS, CommandItem, place_of
from rota.cms.sitecore.loading import dotted, find
from rota.errors import Refused, Unknown

if TYPE_CHECKING:
    from rota.cms.sitecore.model import Sitecore

__all__ = ("Commands",)


class Commands:
    """Commands by path, or by name below /sitecore/system/Tasks/Commands."""

    def __init__(self, model: Sitecore) -> None:
        self.model = model

    def create(
        self, name: str, type: type[Any] | str, method: str = "execute", *, id: str = ""
    ) -> CommandItem:
        """A new command, or the same one with another class or method. It is imported now:
        `Refused` if it is not there, is not the application's, or its method takes anything but
        nothing or (items, command, schedule).
        """
        spelt = type if isinstance(type, str) else dotted(type)
        known = self.model.tree.command(place_of(name, COMMANDS))
        item = CommandItem(
            place_of(name, COMMANDS), spelt, method, id or (known.id if known is not None else "")
        )
        find(item.type, item.method, self.model.packages)
        self.model.tree.put(item)
        return item

    def get(self, name: str) -> CommandItem:
        """One command. `Unknown` if there is none."""
        found = self.model.tree.command(place_of(name, COMMANDS))
        if found is None:
            raise Unknown("there is no such command", part="command", text=name,
                          hint="they are listed with sitecore.commands.list()")  # fmt: skip
        return found

    def list(self) -> builtins.list[CommandItem]:
        """Every command, by path."""
        return self.model.tree.commands

    def delete(self, name: str) -> None:
        """Delete a command. `Refused` while a schedule names it."""
        item = self.get(name)
        used = [
            one.name for one in self.model.tree.schedules
            if one.command.lower() == item.path.lower()
        ]  # fmt: skip
        if used:
            raise Refused(f"schedules name it: {', '.join(used)}", part="command", text=item.path,
                          hint="give them another command first")  # fmt: skip
        self.model.tree.remove(item.path)

    def problem(self, item: CommandItem) -> str:
        """Why a command cannot run just now; empty if it can. It is imported to find out."""
        try:
            find(item.type, item.method, self.model.packages)
        except Refused as error:
            return str(error)
        return ""
