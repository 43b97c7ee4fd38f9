"""What is worth knowing about a schedule as it stands, though nothing about it is wrong."""

from __future__ import annotations

from rota.durations import duration_text
from rota.engine.deciding import is_finer, read_trigger
from rota.engine.policies import Policies
from rota.errors import TriggerError
from rota.ports.records import ScheduleRow
from rota.rules.overlap import room

__all__ = ("warnings_of",)

SWALLOWED = "first_run_swallowed"
CLEAR = " Clear the last run to have it run at its start."


def warnings_of(row: ScheduleRow, policies: Policies, now: int) -> tuple[dict[str, str], ...]:
    """Of its trigger, of its last run, of how often it is looked for, and of policies that stand
    in each other's way.
    """
    try:
        rule = read_trigger(row.trigger)
    except TriggerError:
        return ()
    found = [warning.json() for warning in rule.warnings(now, row.last_run)]
    for one in found:
        if one["code"] == SWALLOWED:
            one["text"] += CLEAR
    if is_finer(row, rule, now, policies.poll):
        found.append({
            "code": "finer_than_poll",
            "text": f"It is looked for every {duration_text(policies.poll)}, and cannot run more "
                    "often than that.",
        })  # fmt: skip
    if crowded := too_many_at_once(policies):
        found.append({"code": "catch_up_overlaps", "text": crowded})
    return tuple(found)


def too_many_at_once(policies: Policies) -> str:
    """Missed slots are made up for at once; what the overlap policy then leaves of them."""
    wanted, space = policies.catch_up, room(policies.overlap)
    if not isinstance(wanted, int) or wanted <= space.open:
        return ""
    left = f"only {space.open} of them may be open" if space.open > 1 else "only one may be open"
    return (
        f"The last {wanted} missed starts are made up for at once, and by its overlap policy "
        f"{left}; overlap={wanted} lets all of them run."
    )
