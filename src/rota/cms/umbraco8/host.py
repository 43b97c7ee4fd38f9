"""What this model asks of a Rota beyond what all models do."""

from __future__ import annotations

from typing import Protocol

from rota.cms.host import Host
from rota.engine.local import LocalSchedules

__all__ = ("ServerHost",)


class ServerHost(Host, Protocol):
    """A Rota as one server among several."""

    local: LocalSchedules

    @property
    def server_role(self) -> str: ...

    @property
    def is_main_instance(self) -> bool: ...
