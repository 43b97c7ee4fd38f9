"""The touch: each server says in a rhythm that it is there.

Rota's own lease is renewed by the node itself; this is for an application that keeps a register of
its servers, such as one that routes by their addresses, and for seeing that the lease is in order.
"""

from __future__ import annotations

import logging
import socket
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Final, Protocol

from rota.cms.umbraco.host import ServerHost
from rota.cms.umbraco.injected import OptionsMonitor
from rota.cms.umbraco.job import RecurringBackgroundJob
from rota.cms.umbraco.roles import ServerRole
from rota.cms.umbraco.settings import DatabaseServerRegistrarSettings
from rota.instants import to_datetime

__all__ = ("LeaseRegistration", "ServerRegistration", "TouchServerJob")

DEFAULT_TIMEOUT: Final = timedelta(minutes=1)

logger = logging.getLogger("rota")


class ServerRegistration(Protocol):
    """Where servers are registered."""

    def touch_server(self, address: str, stale_after: timedelta) -> object:
        """This server, at that address, is there; one not touched for so long is not any more."""


class LeaseRegistration:
    """The register that Rota keeps anyway: a touch looks whether the others see this server."""

    def __init__(self, rota: ServerHost) -> None:
        self.rota = rota

    def touch_server(self, address: str, stale_after: timedelta) -> str:
        """Say who sees it; LookupError if nobody has for so long."""
        name = self.rota.node_name
        mine = next((node for node in self.rota.nodes.list() if node.name == name), None)
        now = to_datetime(self.rota.context.clock.now())
        seen = mine.seen if mine is not None else datetime.min.replace(tzinfo=UTC)
        if mine is None or now - seen > stale_after:
            raise LookupError(f"{address} ({name}) has not been seen since {seen:%Y-%m-%d %H:%M}")
        return f"{address} is {name}, seen {(now - seen).total_seconds():.0f} s ago"


class TouchServerJob(RecurringBackgroundJob):
    """Touches this server's registration, in every role, as often as the settings say.

    A touch that hangs is waited for no longer than the settings allow, and is not begun a second
    time while it hangs; one that raises is logged. Where the role is set by hand nothing is
    touched.
    """

    delay = timedelta(seconds=15)
    server_roles = tuple(ServerRole)

    def __init__(
        self,
        rota: ServerHost,
        registration: ServerRegistration,
        options: OptionsMonitor[DatabaseServerRegistrarSettings],
        application_url: str | None = None,
    ) -> None:
        super().__init__(options.current_value.wait_time_between_calls)
        self.rota = rota
        self.registration = registration
        self.options = options
        self.address = application_url or socket.gethostname()
        self.lock = Lock()
        self.under_way: Thread | None = None
        self.following = options.on_change(self.follow)
        self.timeout = checked_timeout(options.current_value.touch_timeout)

    def follow(self, settings: DatabaseServerRegistrarSettings) -> None:
        """Go by other settings from now on."""
        self.timeout = checked_timeout(settings.touch_timeout)
        self.period = settings.wait_time_between_calls

    def run(self, cancellation: object) -> str:
        """Touch once."""
        if self.rota.fixed_role is not None:
            return "the server role is set by hand"
        with self.lock:
            if self.under_way is not None and self.under_way.is_alive():
                return "the touch before is still under way"
            done, told = Event(), list[object]()
            self.under_way = Thread(
                target=self.touch, args=(done, told), name="rota-umbraco-touch", daemon=True
            )
            self.under_way.start()
        limit = None if self.timeout is None else self.timeout.total_seconds()
        if not done.wait(limit):
            logger.error("touching the server %s takes longer than %s s", self.address, limit)
            return "the touch takes too long"
        return str(told[0]) if told else "the touch failed"

    def touch(self, done: Event, told: list[object]) -> None:
        stale_after = self.options.current_value.stale_server_timeout
        try:
            told.append(self.registration.touch_server(self.address, stale_after) or "touched")
        except Exception:
            logger.exception("touching the server %s failed", self.address)
        finally:
            done.set()

    def dispose(self) -> None:
        self.following.dispose()
        super().dispose()


def checked_timeout(timeout: timedelta | None) -> timedelta | None:
    """The limit of a touch; None is none. One that allows nothing is replaced, with a warning."""
    if timeout is None or timeout > timedelta(0):
        return timeout
    logger.warning("touch_timeout is %s; %s is used in its place", timeout, DEFAULT_TIMEOUT)
    return DEFAULT_TIMEOUT
