"""docs/cli.md names every command with an example, and every option of it."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from rota.cli.root import COMMANDS, root
from rota.cli.settings import shared_options

PAGE = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
SHARED = {name for option in shared_options() for name in option.opts}


def sections() -> dict[str, str]:
    parts = re.split(r"^###? ", PAGE, flags=re.MULTILINE)
    return {part.split("\n", 1)[0].strip("`"): part for part in parts}


def commands() -> dict[str, click.Command]:
    found = {}
    for name in COMMANDS:
        made = root.get_command(click.Context(root), name)
        if isinstance(made, click.Group):
            found |= {f"{name} {below}": one for below, one in made.commands.items()}
        elif made is not None:
            found[name] = made
    return found


@pytest.mark.parametrize("name, command", commands().items())
def test_every_command_and_option_is_documented(name, command):
    heading = next((head for head in sections() if re.match(rf"rota {name}( |$)", head)), None)
    assert heading, f"docs/cli.md has no heading for rota {name}"
    text = sections()[heading]
    assert re.search(rf"(\$|&&) rota {name}\b", text), f"no example of rota {name}"
    options = {opt for param in command.params for opt in param.opts if opt.startswith("--")}
    missing = [option for option in options - SHARED if not re.search(rf"{option}(?![\w-])", text)]
    assert missing == []


@pytest.mark.parametrize("option", sorted(SHARED))
def test_the_shared_options_are_documented(option):
    assert option in sections()["What every command understands"]


def test_nothing_is_documented_that_is_not_there():
    named = {head.split("`")[0] for head in sections() if head.startswith("rota ")}
    known = commands()
    for head in named:
        words = head.split()[1:]
        assert words[0] in known or " ".join(words[:2]) in known, head
    written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE))
    there = {opt for one in [root, *known.values()] for param in one.params for opt in param.opts}
    assert written - there - {"--help"} == set()


def test_the_lines_of_the_table_are_kept_in_the_help():
    for name, made in commands().items():
        assert made.help, name
        assert len(COMMANDS[name.split()[0]]) <= 60
