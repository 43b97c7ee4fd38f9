"""Every mistake in a command line is one line, or one document, and the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rota
from rota.cli.root import COMMANDS, root

SOURCE = str(Path(rota.__path__[0]).parent)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["nxt"], "rota: command “nxt”: there is no such command; did you mean next?"),
        (["zzzzzz"], "rota: command “zzzzzz”: there is no such command; see rota --help"),
        (["next"], "rota: TRIGGER: this is missing; see rota next --help"),
        (["next", "manual", "--cout", "3"],
         "rota: option “--cout”: there is no such option; did you mean --count?"),
        (["next", "manual", "--count", "many"],
         "rota: --count “many”: this is no whole number; see rota next --help"),
        (["list", "--limit", "0"],
         "rota: --limit: 0 is not in the range 1<=x<=1000; see rota list --help"),
        (["cancel", "x"], "rota: RUN “x”: this is no whole number; see rota cancel --help"),
        (["why", "acme.clean"], "rota: --at: this is missing; see rota why --help"),
        (["--app"], "rota: option '--app' requires an argument; see rota --help"),
        (["--app", "shop"], "rota: a command is missing; see rota --help"),
        (["db"], None),
        (["db", "sqk"], None),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_one_line_and_2(call, arguments, said):
    answer = call(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert said is None or answer.err == said + "\n"


@pytest.mark.parametrize(
    "arguments", [["--json", "nxt"], ["nxt", "--json"], ["list", "--lmit", "--json"]]
)
def test_with_json_anywhere_a_mistake_is_a_document(call, arguments):
    answer = call(*arguments)
    assert (answer.code, answer.err) == (2, "")
    assert answer.error["code"] == "usage"


def test_rota_alone_shows_its_help(call):
    answer = call()
    assert answer.code == 0
    assert all(name in answer.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_begins_with_a_promise(call, name):
    answer = call(name, "--help")
    assert answer.code == 0
    assert "--database" in answer.out
    made = root.get_command(None, name)
    assert made is not None
    assert made.name == name
    assert made.help


def test_options_stand_before_or_after_the_command(call, fake):
    assert call("list", "--json").json == call("--json", "list").json


def test_a_fault_of_ours_is_one_line_too(call, fake, monkeypatch):
    def broken(**options):
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr(fake.schedules, "list", broken)
    answer = call("list")
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert "ZeroDivisionError: by zero at " in answer.err
    assert "ROTA_TRACEBACK=1" in answer.err


def test_ctrl_c_is_not_a_fault(call, fake, monkeypatch):
    def interrupted(**options):
        raise KeyboardInterrupt

    monkeypatch.setattr(fake.schedules, "list", interrupted)
    assert call("list").code == 130


def test_a_reader_that_leaves_early_is_no_fault():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "rota", "--help"],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": SOURCE},
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_signs_the_output_cannot_carry_are_escaped():
    done = subprocess.run(
        [sys.executable, "-m", "rota", "lst"], capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": SOURCE, "PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith(rb"rota: command \u201clst\u201d")
