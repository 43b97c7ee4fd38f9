"""Every `rota …` line of the README and of docs/ is carried out, page by page, in a small shop."""

from __future__ import annotations

import io
import re
import runpy
import shlex
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from rota import Rota
from rota.cli.entry import carry_out
from rota.cli.root import root
from rota.engine.hosting.process import PROCESS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^```(?:console|sh|text|crontab)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^(?:\$ |(?:[A-Z_]+=\S+ )+|\* \* .*&& )(rota .*)$", re.MULTILINE)
SERVERS = ("serve", "node", "demo")  # they stay: only what is typed is looked at
NOT_THERE = ("lst", "again", "cancel")  # no such command, and a number of no run here
SHOP = """
from rota import Rota, Run, every

rota = Rota("sqlite:///rota.db")


@rota.task("acme.clean-room", schedule=every("5m"))
def clean_room() -> str:
    return "12 items removed"


@rota.task("acme.report", schedule="daily at 09:00 from 2026-01-01")
def report(month: str = "2026-01") -> str:
    return f"report of {month}"
"""


def lines(page: Path) -> list[list[str]]:
    blocks = FENCED.findall(page.read_text(encoding="utf-8"))
    return [shlex.split(line)[1:] for block in blocks for line in TYPED.findall(block)]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rota]:
    """The folder where all is typed, and a node that is alive."""
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    monkeypatch.setattr(PROCESS, "client", False)  # the commands make it True, for good
    rota: Rota = runpy.run_path("shop.py")["rota"]  # not the one that the commands import
    rota.start()
    yield rota
    rota.close()
    sys.modules.pop("shop", None)


def words_of(example: list[str]) -> tuple[str, list[str]]:
    """The command and what follows it, the application in front of it left out."""
    if example[0] in ("--app", "--database"):
        return words_of(example[2:])
    return example[0], example[1:]


@pytest.mark.parametrize("page", [page for page in PAGES if lines(page)], ids=lambda one: one.name)
def test_what_is_to_be_typed_does_what_it_says(
    page: Path, shop: Rota, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROTA_APP", "shop")
    for example in lines(page):
        name, rest = words_of(example)
        if name in SERVERS:
            made = root.get_command(click.Context(root), name)
            assert made is not None
            made.make_context(name, rest)
            continue
        if name in ("pause", "cron-url"):  # these want a time that is still to come
            coming = str(datetime.now(UTC).year + 1)
            example = [word.replace("2026", coming) for word in example]
        monkeypatch.setattr(sys, "stdin", io.StringIO("a password of some length\n"))
        code = carry_out(example)
        said = capsys.readouterr()
        assert code == (2 if name in NOT_THERE else 0), (example, said)


def test_there_are_such_lines() -> None:
    assert sum(len(lines(page)) for page in PAGES) > 40
