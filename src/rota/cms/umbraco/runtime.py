"""The runtime state: how far this application has come with starting up. Jobs run at `RUN` only."""

from __future__ import annotations

from enum import StrEnum

from rota.errors import BadSetting

__all__ = ("RuntimeLevel", "RuntimeState")


class RuntimeLevel(StrEnum):
    """Levels of an application that installs, upgrades and boots before it runs."""

    UNKNOWN = "unknown"
    BOOT = "boot"
    INSTALL = "install"
    UPGRADE = "upgrade"
    RUN = "run"
    BOOT_FAILED = "boot_failed"


class RuntimeState:
    """The level this application is at. It is `RUN` unless the application says otherwise.

    >>> state = RuntimeState()
    >>> state.level = RuntimeLevel.UPGRADE
    >>> state.is_running
    False
    """

    def __init__(self) -> None:
        self._level = RuntimeLevel.RUN

    @property
    def level(self) -> RuntimeLevel:
        """The level; it may be set at any time, and counts for the next attempt of every job."""
        return self._level

    @level.setter
    def level(self, value: RuntimeLevel | str) -> None:
        try:
            self._level = RuntimeLevel(value)
        except ValueError:
            raise BadSetting(
                "there is no such runtime level", part="level", text=str(value),
                hint=f"write one of {', '.join(RuntimeLevel)}",
            ) from None  # fmt: skip

    @property
    def is_running(self) -> bool:
        """Whether jobs may run."""
        return self._level is RuntimeLevel.RUN
