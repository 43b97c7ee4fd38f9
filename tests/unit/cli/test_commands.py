"""What the client commands ask a Rota for, and how they show what it answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rota.engine.client.items import Answer, RunItem

LISTS = {
    "list": {"name", "title", "task", "trigger", "words", "zone", "enabled", "paused", "status",
             "last_run", "last_result", "next_run", "runs"},
    "runs": {"id", "schedule", "task", "kind", "due", "state", "attempt", "fence", "node",
             "started", "finished", "result", "error", "reason"},
    "tasks": {"identifier", "title", "parameters", "schedules", "source", "missing"},
    "nodes": {"name", "host", "pid", "version", "roles", "labels", "state", "started", "seen",
              "leader", "clock_offset_ms", "running"},
    "events": {"id", "time", "level", "kind", "schedule", "run", "node", "user", "text"},
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_as_json_has_items_and_a_cursor(call, fake, name):
    answer = call(name, "--json")
    assert answer.code == 0
    assert set(answer.json) == {"items", "next"}
    assert LISTS[name] <= set(answer.json["items"][0])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_in_a_pipe_has_a_heading_and_tabs(call, fake, name):
    rows = call(name).rows
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    assert "\x1b" not in str(rows)


def test_times_in_a_pipe_are_whole(call, fake):
    assert "2026-03-01T09:00:00Z" in call("list").rows[1]


def test_stored_control_signs_reach_no_terminal(call, fake):
    assert call("events").rows[1][-1] == r"it failed\x1b[2J"


def test_limit_and_cursor_are_passed_on(call, fake):
    answer = call("list", "--limit", "1", "--cursor", "a", "--search", "acme")
    assert fake.asked == [("schedules.list", (), {"limit": 1, "cursor": "a", "search": "acme"})]
    assert "--cursor acme.clean" in answer.err


def test_runs_of_a_schedule_that_never_was_are_a_mistake(call, fake):
    answer = call("runs", "acme.claen", "--json")
    assert answer.code == 2
    assert answer.error["code"] == "unknown_schedule"
    assert answer.error["hint"] == "did you mean acme.clean?"


def test_run_queues_and_says_so(call, fake):
    answer = call("run", "acme.clean", "--parameters", '{"site": "x"}')
    assert (answer.code, answer.out) == (0, "Run 12 of acme.clean is queued.\n")
    assert fake.asked == [("run", ("acme.clean", {"site": "x"}), {})]


def test_run_without_a_node_says_so_and_stays_queued(call, fake):
    fake.node_items[:] = []
    answer = call("run", "acme.clean", "--json")
    assert answer.code == 0
    assert answer.json["state"] == "queued"
    assert "no node is alive" in answer.err


@pytest.mark.parametrize(
    "line",
    [["--wait", "acme.clean"], ["acme.clean", "--wait"], ["acme.clean", "--wait", "30s"],
     ["--wait", "30s", "acme.clean"], ["--wait=30s", "acme.clean"]],
)  # fmt: skip
@pytest.mark.parametrize("state, code", [("succeeded", 0), ("failed", 1), ("cancelled", 1)])
def test_wait_tells_whether_it_succeeded(call, fake, line, state, code):
    queued: RunItem = fake.run_items[0]
    fake.later = [queued, replace(queued, state="running"), replace(queued, state=state)]
    answer = call("run", *line, "--json")
    assert (answer.code, answer.json["state"]) == (code, state)


def test_wait_gives_up(call, fake):
    answer = call("run", "acme.clean", "--wait", "10ms")
    assert (answer.code, answer.out) == (1, "Run 12 of acme.clean: queued\n")


def test_wait_without_a_node_and_without_a_limit_does_not_hang(call, fake):
    fake.node_items[:] = []
    answer = call("run", "acme.clean", "--wait")
    assert answer.code == 1
    assert "stays queued" in answer.err


def test_here_keeps_what_the_task_prints_out_of_the_document(call, fake):
    answer = call("run", "acme.clean", "--here", "--json")
    assert answer.json["state"] == "succeeded"
    assert answer.err == "a task prints\n"
    assert fake.asked == [("run_here", ("acme.clean", None, None), {})]


@pytest.mark.parametrize(
    "text, said",
    [("{", "this is no JSON"), ("[1]", "no JSON object"), ('{"x": NaN}', "NaN is no JSON value"),
     ('{"depth": "deep"}', "is no number"), ("[" * 100_000, "this is no JSON")],
)  # fmt: skip
def test_bad_parameters(call, fake, text, said):
    answer = call("run", "acme.clean", "--parameters", text, "--json")
    assert answer.code == 2
    assert answer.error["code"] == "bad_parameters"
    assert said in answer.error["reason"]
    assert fake.asked == []


def test_pause_reads_the_time_in_the_schedules_zone(call, fake):
    answer = call(
        "pause", "acme.clean", "--until", "2026-07-01T09:00", "--reason", "holiday", "--json"
    )
    assert answer.json["paused"] is True
    until = datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert fake.asked == [("pause", ("acme.clean",), {"until": until, "reason": "holiday"})]


def test_a_time_that_cannot_be_read_changes_nothing(call, fake):
    answer = call("pause", "acme.clean", "--until", "tomorrow", "--json")
    assert (answer.code, answer.error["code"], answer.error["part"]) == (2, "E_TIME", "--until")
    assert fake.asked == []


def test_resume_and_cancel(call, fake):
    assert (
        call("resume", "acme.clean").out
        == "Resumed acme.clean: it runs next 2026-03-01T09:00:00Z.\n"
    )
    assert call("cancel", "12").out == "Run 12 is cancelled.\n"
    assert call("cancel", "13", "--json").error["code"] == "unknown_run"
    assert call("cancel", "13").code == 2


def test_why(call, fake):
    answer = call("why", "acme.clean", "--at", "2026-03-01T10:00", "--json")
    assert set(answer.json) == {"due", "decision", "reason", "run"}
    assert fake.asked == [("why", ("acme.clean", datetime(2026, 3, 1, 9, tzinfo=UTC)), {})]
    told = call("why", "acme.clean", "--at", "2026-03-01T10:00").out
    assert told == "2026-03-01T09:00:00Z  ran\nRun 12: succeeded, 12 items removed\n"


def test_why_of_a_slot_for_several_nodes(call, fake):
    run = fake.why.run
    fake.why = replace(fake.why, targets=(
        Answer("node:web-1", "ran", None, run),
        Answer("node:web-2", "skipped", "overlap", replace(run, state="skipped", skips=3)),
    ))  # fmt: skip
    told = call("why", "acme.clean", "--at", "2026-03-01T10:00").out.splitlines()
    assert told == [
        "2026-03-01T09:00:00Z  ran",
        "For node:web-1: Run 12: succeeded, 12 items removed",
        "For node:web-2: skipped, a run of the same schedule was still open",
    ]
    answer = call("why", "acme.clean", "--at", "2026-03-01T10:00", "--json").json
    assert [one["target"] for one in answer["targets"]] == ["node:web-1", "node:web-2"]


def test_a_time_beside_every_slot_is_told_the_nearest(call, fake):
    fake.why = replace(fake.why, decision="none", reason="no_slot", run=None)
    told = call("why", "acme.clean", "--at", "2026-03-01T10:30").out.splitlines()
    assert told[0] == "2026-03-01T09:30:00Z  none"
    assert told[2] == "The nearest slot: 2026-03-01T09:00:00Z"


def test_why_not_in_words(call, fake):
    fake.why = replace(fake.why, decision="skipped", reason="overlap", run=None)
    assert "a run of the same schedule was still open" in call(
        "why", "acme.clean", "--at", "2026-03-01"
    ).out  # fmt: skip


def test_tick(call, fake):
    answer = call("tick", "--limit", "90s", "--json")
    assert (answer.code, fake.asked) == (0, [("tick", (90.0,), {})])
    assert set(answer.json) == {"launched", "skipped", "recovered", "runs"}
    assert answer.json["runs"][0]["id"] == 12
    assert call("tick", "--limit", "soon", "--json").error["code"] == "E_DURATION"


def test_every_document_is_the_only_thing_on_the_output(call, fake):
    for line in (
        ["list"],
        ["run", "acme.clean"],
        ["pause", "acme.clean"],
        ["tick"],
        ["cancel", "1"],
    ):
        json.loads(call(*line, "--json").out)


def test_a_node_that_is_silent_is_none(call, fake):
    fake.node_items[:] = [replace(fake.node_items[0], seen=datetime(2026, 1, 1, tzinfo=UTC))]
    assert "no node is alive" in call("run", "acme.clean", "--json").err
    fake.overdue = False  # its lease is long, and not over
    assert "no node is alive" not in call("run", "acme.clean", "--json").err
