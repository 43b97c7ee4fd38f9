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
    if lost := catches_up_in_vain(policies):
        found.append({"code": "catch_up_overlaps", "text": lost})
    return tuple(found)


def catches_up_in_vain(policies: Policies) -> str:
    """Missed slots are launched together and wait for their turn; who does not let them wait."""
    wanted = policies.catch_up
    if not isinstance(wanted, int) or wanted == 1:
        return ""
    if room(policies.overlap).cancel:
        why = "by its overlap policy each of them cancels the one before it"
    elif policies.unique:
        why = "unique lets only one of them wait"
    else:
        return ""
    return f"The last {wanted} missed starts are to be made up for, but {why}: one runs."
