"""Status as shape, word and colour, so that none of the three has to carry it alone."""

from __future__ import annotations

from dataclasses import dataclass

from rota.engine.client.items import OutcomeItem, RunItem, ScheduleItem

__all__ = ("LATEST", "Mark", "reason_words", "run_mark", "schedule_mark", "state_mark")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a state looks: a sign, a word, and the name of its colour."""

    sign: str
    word: str
    tone: str  # ok warn bad info quiet


RUNS = {
    "queued": Mark("○", "queued", "info"),
    "running": Mark("◐", "running", "info"),
    "retrying": Mark("↻", "retrying", "warn"),
    "succeeded": Mark("●", "ran", "ok"),
    "failed": Mark("✕", "failed", "bad"),
    "cancelled": Mark("⊘", "cancelled", "quiet"),
    "skipped": Mark("▷", "skipped", "quiet"),
    "ignored": Mark("▷", "ignored", "quiet"),
    "lost": Mark("✕", "lost", "bad"),
}

SCHEDULES = {
    "waiting": Mark("○", "waiting", "quiet"),
    "queued": Mark("○", "queued", "info"),
    "running": Mark("◐", "running", "info"),
    "paused": Mark("‖", "paused", "warn"),
    "disabled": Mark("–", "off", "quiet"),
    "orphaned": Mark("?", "orphaned", "bad"),
    "invalid": Mark("✕", "invalid", "bad"),
    "finished": Mark("■", "finished", "quiet"),
}

LATEST = Mark("▲", "late", "warn")
ON_DEMAND = Mark("○", "on demand", "quiet")

REASONS = {
    "error": "it raised an error",
    "timeout": "it took longer than it may",
    "task_missing": "no node knows its task",
    "bad_parameters": "its parameters do not fit the task",
    "killed": "its process was killed",
    "user": "somebody cancelled it",
    "shutdown": "its node was stopped",
    "overlap": "the run before it had not ended",
    "paused": "the schedule was paused",
    "disabled": "the schedule was switched off",
    "window": "it fell outside of the allowed window",
    "too_late": "it would have started too late",
    "no_node": "no node that may run it was alive",
    "condition": "its condition said no",
    "gap": "that local time did not exist",
    "runtime": "the application was not ready",
    "role": "the server has another role",
    "main_instance": "this is not the machine's main instance",
    "no_slot": "it was not planned for that time",
    "ended": "the schedule had ended",
}


def run_mark(run: RunItem | OutcomeItem) -> Mark:
    """How a run's state looks."""
    return state_mark(run.state)


def state_mark(state: str) -> Mark:
    """How that state of a run looks; an unknown one is shown as it is."""
    return RUNS.get(state) or Mark("?", state, "warn")


def schedule_mark(item: ScheduleItem) -> Mark:
    """How a schedule's status looks; while it waits, its last outcome speaks."""
    if item.status == "waiting" and item.last_state in RUNS:
        return RUNS[item.last_state]
    if item.status == "waiting" and item.next_run is None:
        return ON_DEMAND
    return SCHEDULES.get(item.status, Mark("?", item.status, "warn"))


def reason_words(reason: str | None) -> str:
    """A reason's code in words; an unknown code is shown as it is.

    >>> reason_words("overlap")
    'the run before it had not ended'
    """
    return REASONS.get(reason or "", (reason or "").replace("_", " "))
