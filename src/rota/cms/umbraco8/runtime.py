"""What this server is among the servers, under the names of release 8."""

from __future__ import annotations

from enum import StrEnum

from rota.cms.umbraco.host import ServerHost
from rota.rules.roles import PUBLISHER, SINGLE, SUBSCRIBER, UNKNOWN

__all__ = ("RuntimeState", "ServerRole")


class ServerRole(StrEnum):
    """The role of a server.

    >>> f"{ServerRole.MASTER}"
    'Master'
    """

    UNKNOWN = "Unknown"
    SINGLE = "Single"
    REPLICA = "Replica"
    MASTER = "Master"


ROLES = {
    UNKNOWN: ServerRole.UNKNOWN,
    SINGLE: ServerRole.SINGLE,
    SUBSCRIBER: ServerRole.REPLICA,
    PUBLISHER: ServerRole.MASTER,
}


class RuntimeState:
    """Asked for by annotation; true at the instant it is read.

    >>> from rota import Rota
    >>> RuntimeState(Rota("memory://", server_role="subscriber")).server_role
    <ServerRole.REPLICA: 'Replica'>
    """

    def __init__(self, rota: ServerHost) -> None:
        self.rota = rota

    @property
    def server_role(self) -> ServerRole:
        """Master, Replica, Single or Unknown."""
        return ROLES[self.rota.server_role]

    @property
    def is_main_dom(self) -> bool:
        """Whether this process is the main one of its application on this machine."""
        return self.rota.is_main_instance
