"""The settings of the model, with the vendor's defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from rota.cms.umbraco.spans import read_span
from rota.errors import BadSetting

__all__ = ("DatabaseServerRegistrarSettings", "DistributedJobsSettings", "UmbracoSettings")


def seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


@dataclass(frozen=True, slots=True)
class DatabaseServerRegistrarSettings:
    """How a server keeps its registration: see `TouchServerJob`."""

    wait_time_between_calls: timedelta = seconds(60)
    stale_server_timeout: timedelta = seconds(120)
    touch_timeout: timedelta | None = seconds(60)


@dataclass(frozen=True, slots=True)
class DistributedJobsSettings:
    """How distributed jobs are claimed.

    `delay` after a server's start it claims none. A run longer than its job's period plus
    `maximum_execution_time` is reported overdue. `takeover`: what a dead server ran is run again
    after its `lease`, or, by the vendor's rule, a `period` plus `maximum_execution_time` after the
    claim. `forget_after`: a job that no server has known for so long is removed; None never.
    """

    delay: timedelta = seconds(60)
    maximum_execution_time: timedelta = seconds(300)
    takeover: Literal["lease", "period"] = "lease"
    forget_after: timedelta | None = timedelta(days=1)

    def __post_init__(self) -> None:
        read_span(self.delay, "delay")
        read_span(self.maximum_execution_time, "maximum_execution_time")
        read_span(self.forget_after, "forget_after")
        if self.takeover not in ("lease", "period"):
            raise BadSetting("there is no such rule of taking over", part="takeover",
                             text=str(self.takeover), hint="write lease or period")  # fmt: skip


@dataclass(frozen=True, slots=True)
class UmbracoSettings:
    """All of them.

    `main_dom`: whether jobs run in the main instance of each machine only. A text for
    `main_dom_key_discriminator` tells deployments apart that share a machine. A recurring run
    longer than `overdue_after` is reported; None reports none.

    >>> UmbracoSettings().distributed_jobs.maximum_execution_time
    datetime.timedelta(seconds=300)
    """

    main_dom: bool = True
    main_dom_key_discriminator: str = ""
    application_url: str | None = None
    overdue_after: timedelta | None = timedelta(hours=1)
    distributed_jobs: DistributedJobsSettings = field(default_factory=DistributedJobsSettings)
    database_server_registrar: DatabaseServerRegistrarSettings = field(
        default_factory=DatabaseServerRegistrarSettings
    )

    def __post_init__(self) -> None:
        read_span(self.overdue_after, "overdue_after")
