"""Umbraco's example with dependency injection: empty the recycle bin every hour.

rota --app examples.umbraco_injected serve
"""

from __future__ import annotations

from datetime import timedelta

from examples.umbraco_content import ContentService, ScopeProvider

from rota import Rota
from rota.cms.umbraco import CancellationToken, RecurringBackgroundJob, Umbraco

rota = Rota("sqlite:///umbraco.db")
umbraco = Umbraco(rota)

content = ContentService()
rota.provide(ContentService, lambda: content)
rota.provide(ScopeProvider, ScopeProvider)


@umbraco.recurring
class CleanUpYourRoom(RecurringBackgroundJob):
    """Empty the recycle bin."""

    period = timedelta(minutes=60)

    def __init__(self, content_service: ContentService, scope_provider: ScopeProvider) -> None:
        super().__init__()
        self.content_service = content_service
        self.scope_provider = scope_provider

    def run(self, cancellation: CancellationToken) -> str:
        """Empty it in one transaction; what is returned stands in the history."""
        with self.scope_provider.create_core_scope():
            found = self.content_service.count_children()
            if found:
                self.content_service.empty_recycle_bin()
        return f"{found} removed"
