"""Background jobs as in Umbraco 9 to 17: recurring ones in each process, distributed ones once.

    umbraco = Umbraco(rota)

    @umbraco.recurring
    class CleanUpYourRoom(RecurringBackgroundJob):
        period = timedelta(minutes=60)

        def run(self, cancellation: CancellationToken) -> None:
            ...

Source of the rules: the vendor's page “Scheduling”, of release 17 and of releases 9 to 16.
"""

from __future__ import annotations

from rota.cms.cancellation import CancellationToken
from rota.cms.umbraco.changes import ChangeEvent
from rota.cms.umbraco.distributed import DistributedBackgroundJob, IDistributedBackgroundJob
from rota.cms.umbraco.distributing import DistributedJobInfo
from rota.cms.umbraco.injected import (
    OptionsMonitor,
    Registration,
    ServiceScopeFactory,
)
from rota.cms.umbraco.job import (
    IRecurringBackgroundJob,
    RecurringBackgroundJob,
    TriggerableRecurringBackgroundJob,
)
from rota.cms.umbraco.logger import ProfilingLogger
from rota.cms.umbraco.model import Composer, Umbraco
from rota.cms.umbraco.notifications import (
    RecurringBackgroundJobCanceledNotification,
    RecurringBackgroundJobExecutedNotification,
    RecurringBackgroundJobExecutingNotification,
    RecurringBackgroundJobFailedNotification,
    RecurringBackgroundJobIgnoredNotification,
    RecurringBackgroundJobNotification,
    RecurringBackgroundJobStartedNotification,
    RecurringBackgroundJobStartingNotification,
    RecurringBackgroundJobStoppedNotification,
    RecurringBackgroundJobStoppingNotification,
)
from rota.cms.umbraco.recurring import JobStatus
from rota.cms.umbraco.roles import ServerRole, ServerRoleAccessor
from rota.cms.umbraco.runtime import RuntimeLevel, RuntimeState
from rota.cms.umbraco.settings import (
    DatabaseServerRegistrarSettings,
    DistributedJobsSettings,
    UmbracoSettings,
)
from rota.cms.umbraco.spans import INFINITE
from rota.cms.umbraco.touch import ServerRegistration, TouchServerJob
from rota.cms.umbraco.trigger import (
    NextExecutionStrategy,
    RecurringBackgroundJobTrigger,
    Triggered,
)

__all__ = (
    "INFINITE",
    "CancellationToken",
    "ChangeEvent",
    "Composer",
    "DatabaseServerRegistrarSettings",
    "DistributedBackgroundJob",
    "DistributedJobInfo",
    "DistributedJobsSettings",
    "IDistributedBackgroundJob",
    "IRecurringBackgroundJob",
    "JobStatus",
    "NextExecutionStrategy",
    "OptionsMonitor",
    "ProfilingLogger",
    "RecurringBackgroundJob",
    "RecurringBackgroundJobCanceledNotification",
    "RecurringBackgroundJobExecutedNotification",
    "RecurringBackgroundJobExecutingNotification",
    "RecurringBackgroundJobFailedNotification",
    "RecurringBackgroundJobIgnoredNotification",
    "RecurringBackgroundJobNotification",
    "RecurringBackgroundJobStartedNotification",
    "RecurringBackgroundJobStartingNotification",
    "RecurringBackgroundJobStoppedNotification",
    "RecurringBackgroundJobStoppingNotification",
    "RecurringBackgroundJobTrigger",
    "Registration",
    "RuntimeLevel",
    "RuntimeState",
    "ServerRegistration",
    "ServerRole",
    "ServerRoleAccessor",
    "ServiceScopeFactory",
    "TouchServerJob",
    "TriggerableRecurringBackgroundJob",
    "Triggered",
    "Umbraco",
    "UmbracoSettings",
)
