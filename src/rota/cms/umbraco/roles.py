"""Server roles, under the vendor's names, over the engine's elections."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol

from rota.errors import BadSetting
from rota.rules.roles import PUBLISHER, SINGLE, SUBSCRIBER, UNKNOWN

__all__ = ("DEFAULT_SERVER_ROLES", "ServerRole", "ServerRoleAccessor", "read_roles")


class ServerRole(StrEnum):
    """What this process is among the servers.

    >>> ServerRole.SINGLE, list(ServerRole)[0].value
    (<ServerRole.SINGLE: 'single'>, 'unknown')
    """

    UNKNOWN = UNKNOWN
    SINGLE = SINGLE
    SUBSCRIBER = SUBSCRIBER
    SCHEDULING_PUBLISHER = PUBLISHER


DEFAULT_SERVER_ROLES: Final = (ServerRole.SINGLE, ServerRole.SCHEDULING_PUBLISHER)


class HasRole(Protocol):
    """A Rota."""

    @property
    def server_role(self) -> str: ...


class ServerRoleAccessor:
    """Tells constructors and jobs what this server is just now; ask for it by annotation."""

    def __init__(self, rota: HasRole) -> None:
        self.rota = rota

    @property
    def current_server_role(self) -> ServerRole:
        """The role at this instant."""
        return ServerRole(self.rota.server_role)


def read_roles(given: Iterable[object]) -> tuple[ServerRole, ...]:
    """The roles that a job lists; BadSetting for one that does not exist.

    >>> read_roles(["single"])
    (<ServerRole.SINGLE: 'single'>,)
    """
    found: list[ServerRole] = []
    for one in given:
        try:
            found.append(ServerRole(str(one)))
        except ValueError:
            raise BadSetting(
                "there is no such server role", part="server_roles", text=str(one),
                hint=f"write some of {', '.join(ServerRole)}",
            ) from None  # fmt: skip
    return tuple(found)
