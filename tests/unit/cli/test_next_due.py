"""`rota next` and `rota due`: the contract's keys, zones, and what a person reads."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest


def test_next_as_json(call):
    answer = call("next", "daily at 02:30 in Europe/Prague", "--after", "2026-03-28T12:00",
                  "--count", "2", "--json")  # fmt: skip
    assert answer.code == 0
    assert set(answer.json) == {"trigger", "words", "zone", "times", "warnings"}
    assert answer.json["zone"] == "Europe/Prague"
    assert answer.json["times"] == ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]
    assert all(set(warning) == {"code", "text"} for warning in answer.json["warnings"])


def test_next_in_a_pipe(call):
    answer = call("next", "weekly on mon at 09:00 in Europe/Prague", "--after", "2026-03-02T09:00",
                  "--count", "1")  # fmt: skip
    words, zone, blank, heads, row = answer.out.splitlines()
    assert "Monday" in words
    assert (zone, blank) == ("Time zone: Europe/Prague", "")
    assert heads == "Europe/Prague\tUTC"
    assert row == "2026-03-09T09:00:00+01:00\t2026-03-09T08:00:00Z"


def test_after_is_strict_and_read_in_the_texts_zone(call):
    line = ["next", "daily at 09:00 in Asia/Tokyo", "--count", "1", "--json", "--after"]
    assert call(*line, "2026-03-01T09:00").json["times"] == ["2026-03-02T00:00:00Z"]
    assert call(*line, "2026-03-01T09:00Z").json["times"] == ["2026-03-02T00:00:00Z"]
    assert call(*line, "2026-02-28T23:59:59Z").json["times"] == ["2026-03-01T00:00:00Z"]


def test_a_trigger_that_is_over_is_right_and_warned_about(call):
    answer = call("next", "at 2020-01-01", "--json")
    assert (answer.code, answer.json["times"]) == (0, [])
    assert answer.json["warnings"]
    assert "No times." in call("next", "at 2020-01-01").out


def test_the_seed_moves_an_h(call):
    times = {
        call("next", "cron H H * * *", "--after", "2026-03-01", "--count", "1", "--json",
             "--seed", name).json["times"][0]
        for name in ("one", "two", "three", "four")
    }  # fmt: skip
    assert len(times) > 1


def test_every_problem_of_a_trigger_is_a_line(call):
    line = ["next", "every 5 parsecs or daily at 25:00"]
    answer = call(*line)
    assert answer.code == 2
    said = answer.err.splitlines()
    assert len(said) == 2
    assert all(one.startswith("rota: ") for one in said)
    codes = [error["code"] for error in call(*line, "--json").json["errors"]]
    assert codes == ["E_DURATION", "E_TIME"]


@pytest.mark.parametrize(
    "line, due, reason, then",
    [
        (["--now", "2026-03-01T10:02", "--last-start", "2026-03-01T10:00"], False, "not_yet",
         "2026-03-01T10:05:00Z"),
        (["--now", "2026-03-01T10:05", "--last-end", "2026-03-01T10:00"], True, None,
         "2026-03-01T10:05:00Z"),
        (["--now", "2026-02-01"], False, "not_started", "2026-03-01T00:00:00Z"),
    ],
)  # fmt: skip
def test_due(call, line, due, reason, then):
    answer = call("due", "every 5m from 2026-03-01", *line, "--json")
    assert answer.code == 0
    assert answer.json == {"due": due, "reason": reason, "next": then}


def test_due_in_words(call):
    told = call("due", "manual", "--now", "2026-03-01").out
    assert told == "Not due: manual, it runs only when somebody asks.\nNext:\n"
    assert call("due", "every 5m from 2026-03-01", "--now", "2026-03-02").out.startswith("Due.\n")


def test_due_wants_to_know_when(call):
    answer = call("due", "manual", "--json")
    assert (answer.code, answer.error["part"]) == (2, "--now")


def test_the_example_of_the_documentation(call):
    """The command in docs/cli.md that shows its output."""
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"\$ rota (next 'weekly.*?)```", page, flags=re.DOTALL)
    line, _, shown = block.partition("\n")
    assert call(*shlex.split(line)).out == shown
