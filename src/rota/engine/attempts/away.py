"""An attempt in a child process: what is said about it, as JSON, and what is made of that.

The node sends `orders` and takes in what the child says: log lines, progress, a question for the
run before, the outcome. Both ends use this module, so that the two forms of each thing stand beside
each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final, cast, get_args, get_type_hints

from rota.engine.client.items import RunItem
from rota.instants import from_datetime, to_datetime
from rota.ports.records import Json, LogLine, RunRow
from rota.rules.endings import Outcome

__all__ = (
    "line_from",
    "line_said",
    "outcome_from",
    "outcome_said",
    "previous_from",
    "previous_said",
    "row_from",
    "row_said",
)

HOW: Final = get_args(get_type_hints(Outcome)["how"])


def row_said(row: RunRow) -> dict[str, object]:
    """The run for the child.

    >>> row = RunRow(7, "t", 0, parameters={"limit": 3})
    >>> row_from(row_said(row)) == row
    True
    """
    return plain(row)


def row_from(said: Json) -> RunRow:
    """The run, as the child has it."""
    return RunRow(**cast(dict[str, Any], said))


def line_said(line: LogLine) -> dict[str, object]:
    """A log line for the node, without its run, which the node knows."""
    return {"log": [line.number, line.time, line.level, line.logger, line.text]}


def line_from(said: object, run: int) -> LogLine:
    """The log line; TypeError or ValueError if it is none."""
    number, time, level, logger, text = cast(tuple[Any, ...], said)
    return LogLine(run, int(number), int(time), str(level), str(logger), str(text))


def outcome_said(outcome: Outcome) -> dict[str, object]:
    """The outcome for the node.

    >>> outcome_from(outcome_said(Outcome("returned", result="12"))["outcome"]).result
    '12'
    """
    said: dict[str, object] = {"how": outcome.how, "result": outcome.result, "error": outcome.error}
    if outcome.declined is not None:
        said["declined"] = outcome.declined
    if outcome.wait:
        said["wait"] = outcome.wait
    return {"outcome": said}


def outcome_from(said: object) -> Outcome:
    """The outcome; KeyError, TypeError or ValueError if it is none."""
    found = cast(Mapping[str, Any], said)
    if found["how"] not in HOW:
        raise ValueError(f"there is no such outcome: {found['how']!r}")
    declined = None
    if "declined" in found:
        state, reason = found["declined"]
        declined = (str(state), str(reason))
    return Outcome(
        found["how"], result=found.get("result"), error=found.get("error"), declined=declined,
        wait=int(found.get("wait", 0)),
    )  # fmt: skip


def previous_said(item: object) -> dict[str, object]:
    """The run before, as an answer to the child."""
    if not isinstance(item, RunItem):
        return {"previous": None}
    found = {
        key: from_datetime(value) if isinstance(value, datetime) else value
        for key, value in plain(item).items()
    }
    return {"previous": found}


def previous_from(said: object) -> RunItem | None:
    """The run before, as a task sees it."""
    if said is None:
        return None
    found = dict(cast(Mapping[str, Any], said))
    for key in ("due", "started", "finished", "due_last"):
        if found[key] is not None:
            found[key] = to_datetime(found[key])
    return RunItem(**found)


def plain(record: Any) -> dict[str, object]:
    """The fields of a record by name, not copied."""
    return {field.name: getattr(record, field.name) for field in fields(record)}
