"""The settings of an application, checked when it is made."""

from __future__ import annotations

from collections.abc import Iterable

from rota.durations import duration
from rota.engine.roles.identity import read_names
from rota.errors import BadSetting, Problem
from rota.instants import SECOND
from rota.rules.leases import Lease
from rota.when import every

__all__ = ("check_names", "check_settings")

MOST_AT_ONCE = 10_000
SHORTEST_LEASE, LONGEST_LEASE = 1 * SECOND, 3_600 * SECOND


def check_settings(app: str | None, zone: str, concurrency: int, lease: str | float) -> Lease:
    """The lease; BadSetting lists everything that makes no sense."""
    problems = []
    if app is not None and (not isinstance(app, str) or not 0 < len(app) <= 100):
        problems.append(Problem("bad_setting", "app", str(app), "a name of 1 to 100 characters"))
    try:
        every("1d").with_zone(zone)
    except ValueError as error:
        problems += getattr(error, "problems", ())
    if isinstance(concurrency, bool) or not isinstance(concurrency, int) or not (
        1 <= concurrency <= MOST_AT_ONCE
    ):  # fmt: skip
        problems.append(
            Problem("bad_setting", "concurrency", str(concurrency),
                    f"a whole number from 1 to {MOST_AT_ONCE}")
        )  # fmt: skip
    length = 0
    try:
        length = duration(lease)
    except ValueError as error:
        problems.append(Problem("bad_setting", "lease", str(lease), str(error)))
    else:
        if not SHORTEST_LEASE <= length <= LONGEST_LEASE:
            problems.append(
                Problem("bad_setting", "lease", str(lease), "a lease lasts from 1s to 1h")
            )
    if problems:
        raise BadSetting(problems)
    return Lease(length)


def check_names(
    roles: Iterable[str] | None, labels: Iterable[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A node's roles and labels; BadSetting lists all that cannot be names."""
    good_roles, wrong_roles = read_names("roles", roles)
    good_labels, wrong_labels = read_names("labels", labels)
    if wrong_roles or wrong_labels:
        raise BadSetting(wrong_roles + wrong_labels)
    return good_roles, good_labels
