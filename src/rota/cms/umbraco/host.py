"""What this model asks of a Rota beyond what all models do: its local schedules and its roles."""

from __future__ import annotations

from typing import Protocol

from rota.cms.host import Host
from rota.engine.roles.main_instance import Listener as MainListener
from rota.engine.roles.terms import Listener as RoleListener
from rota.engine.schedules.local import LocalSchedules

__all__ = ("ServerHost",)


class ServerHost(Host, Protocol):
    """A Rota as one server among several."""

    local: LocalSchedules
    main_instance: bool | str
    fixed_role: str | None

    @property
    def server_role(self) -> str: ...

    @property
    def is_main_instance(self) -> bool: ...

    def on_server_role(self, listener: RoleListener) -> RoleListener: ...

    def on_main_instance(self, listener: MainListener) -> MainListener: ...
