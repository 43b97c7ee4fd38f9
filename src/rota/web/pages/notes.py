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
        case "made":
            return Note(f"{name} was made.")
        case "saved":
            return Note(f"{name} was saved.")
        case "paused":
            return Note(f"Paused {name}.", undo="resume")
        case "resumed":
            return Note(f"Resumed {name}.", undo="pause")
        case "enabled":
            return Note(f"Switched {name} on.", undo="disable", need="edit")
        case "disabled":
            return Note(f"Switched {name} off.", undo="enable", need="edit")
        case "cancelled" if run:
            return Note("Asked to stop:", f"/runs/{run}", f"run {run}")
    return None
