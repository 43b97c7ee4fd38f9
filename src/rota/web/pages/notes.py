"""The note after a change: what was done, and how to undo it. All words are ours."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

__all__ = ("Note", "note")


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence, a link to what it speaks of, and the change that undoes it."""

    text: str
    link: str = ""
    link_text: str = ""
    undo: str = ""  # the path to post to
    need: str = "run"  # the role that may undo it


# What was done to a schedule, in words, and what undoes it by somebody of which role.
DONE = {
    "made": ("{} was made.", "", ""),
    "saved": ("{} was saved.", "", ""),
    "removed": ("{} was removed.", "restore", "edit"),
    "restored": ("{} is back.", "", ""),
    "relinked": ("{} runs another task from here on.", "", ""),
    "reverted": ("{} is as it was then.", "", ""),
    "paused": ("Paused {}.", "resume", "run"),
    "resumed": ("Resumed {}.", "pause", "run"),
    "enabled": ("Switched {} on.", "disable", "edit"),
    "disabled": ("Switched {} off.", "enable", "edit"),
}


def note(request: Request) -> Note | None:
    """The note that the query asks for; the query can only pick one of these."""
    asked = request.query_params
    name, run = asked.get("name", "")[:200], asked.get("run", "")
    if not (run.isascii() and run.isdigit() and len(run) < 19):
        run = ""
    match asked.get("did"):
        case "ran" if run:
            return Note(f"Started {name}:", f"/runs/{run}", f"run {run}")
        case "again" if run:
            return Note(f"Run {run} was made to run that again.")
        case "cancelled" if run:
            return Note("Asked to stop:", f"/runs/{run}", f"run {run}")
        case str(did) if did in DONE:
            words, undo, need = DONE[did]
            return Note(words.format(name), undo=undo, need=need or "run")
    return None
