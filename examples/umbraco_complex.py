"""Umbraco's complex example: on all servers, with a period that follows the settings.

rota --app examples.umbraco_complex serve
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from examples.umbraco_content import ContentService, ScopeProvider

from rota import Rota
from rota.cms.umbraco import (
    CancellationToken,
    OptionsMonitor,
    ProfilingLogger,
    RecurringBackgroundJob,
    ServerRole,
    ServerRoleAccessor,
    Umbraco,
)

rota = Rota("sqlite:///umbraco.db")
umbraco = Umbraco(rota)


@dataclass(frozen=True)
class HealthChecksSettings:
    """How often the health of the site is looked at."""

    period: timedelta = timedelta(hours=24)


class HealthChecks(OptionsMonitor[HealthChecksSettings]):
    """The settings as they are, and as they change."""


content = ContentService()
health_checks = HealthChecks(HealthChecksSettings())
rota.provide(ContentService, lambda: content)
rota.provide(ScopeProvider, ScopeProvider)
rota.provide(HealthChecks, lambda: health_checks)


class CleanUpYourRoom(RecurringBackgroundJob):
    """Take out the trash."""

    server_roles = tuple(ServerRole)  # on all servers

    def __init__(
        self,
        content_service: ContentService,
        server_role_accessor: ServerRoleAccessor,
        profiling_logger: ProfilingLogger,
        logger: logging.Logger,
        health_checks: HealthChecks,
        scope_provider: ScopeProvider,
    ) -> None:
        super().__init__(health_checks.current_value.period)
        self.content_service = content_service
        self.server_role_accessor = server_role_accessor
        self.profiling_logger = profiling_logger
        self.logger = logger
        self.scope_provider = scope_provider
        # Setting the period raises `period_changed`, and the host goes by it at once.
        self.on_change = health_checks.on_change(self.follow)

    def follow(self, settings: HealthChecksSettings) -> None:
        """Run as often as the settings say."""
        self.period = settings.period

    def run(self, cancellation: CancellationToken) -> None:
        """Say what there is, then empty it, and say how long that took."""
        with self.scope_provider.create_core_scope():
            found = self.content_service.count_children()
            role = self.server_role_accessor.current_server_role
            self.logger.info("Go clean your room - %s", role)
            self.logger.info("You have %d items to clean", found)
            if found:
                with self.profiling_logger.trace_duration(
                    "Mum, I am emptying out the bin", "It's all clean now"
                ):
                    self.content_service.empty_recycle_bin()

    def dispose(self) -> None:
        """Listen to the settings no longer."""
        self.on_change.dispose()
        super().dispose()


class CleanUpYourRoomComposer:
    """Registers it."""

    def compose(self, builder: Umbraco) -> None:
        """Called once."""
        builder.add_recurring_background_job(CleanUpYourRoom)


umbraco.add_composer(CleanUpYourRoomComposer)
