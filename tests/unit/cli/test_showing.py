"""What a terminal gets and what a pipe gets: tables, colours, times."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta

import pytest

from rota.cli.moments import ago, instant, shown, took
from rota.cli.style import clean, coloured, columns, shorten, terminal
from rota.cli.table import Column, table
from rota.errors import TriggerError

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
HEADS = [Column("NAME"), Column("TEXT", flexible=True), Column("STATE", word=True)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch) -> Callable[..., AbstractContextManager[Terminal]]:
    """Standard output as a terminal of 60 columns, while it is entered."""

    @contextmanager
    def entered(**environment: str) -> Iterator[Terminal]:
        stream = Terminal()
        monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in {"COLUMNS": "60", "TERM": "xterm", **environment}.items():
            monkeypatch.setenv(name, value)
        with redirect_stdout(stream):
            yield stream

    return entered


def test_a_table_fits_the_terminal(screen):
    with screen(NO_COLOR="1") as out:
        table(HEADS, [["acme.clean", "x" * 200, "failed (error)"], ["b", "short", "lost"]])
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) == 60
    assert lines[1].startswith("acme.clean  xxx")
    assert "…  failed (error)" in lines[1]
    assert lines[0].index("STATE") == lines[2].index("lost")
    assert "\x1b" not in out.getvalue()


def test_words_have_their_colour_on_a_terminal(screen):
    with screen() as out:
        table(HEADS, [["a", "b", "failed (error)"]])
    assert "\x1b[31mfailed (error)" in out.getvalue()


def test_wide_signs_keep_the_columns_straight(screen):
    with screen(NO_COLOR="1") as out:
        table(HEADS, [["掃除", "b", "x"], ["abcd", "b", "x"]])
    first, second = out.getvalue().splitlines()[1:]
    assert columns(first) == columns(second) == len(second)


@pytest.mark.parametrize("name, value", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_refused(screen, name, value):
    with screen():
        assert coloured()
    with screen(**{name: value}):
        assert not coloured()


def test_a_dumb_terminal_is_a_pipe(screen):
    with screen(TERM="dumb"):
        assert not terminal()


def test_times_are_near_on_a_terminal_only(screen):
    with screen():
        assert shown(datetime(2000, 1, 1, tzinfo=UTC)) == "2000-01-01 00:00Z"
        assert shown(None) == "–"


def test_times_are_whole_in_a_pipe():
    assert shown(NINE) == "2026-03-01T09:00:00Z"
    assert shown(None) == ""


@pytest.mark.parametrize(
    "seconds, said",
    [(0, "now"), (0.4, "now"), (1, "in 1 s"), (-59.9, "59 s ago"), (60, "in 1 min"),
     (-3600, "1 h ago"), (86_400 * 3, "in 3 d"), (86_400 * 61, "2026-05-01 09:00Z")],
)  # fmt: skip
def test_ago(seconds, said):
    assert ago(NINE + timedelta(seconds=seconds), NINE) == said


@pytest.mark.parametrize(
    "seconds, said",
    [(0, "0 ms"), (0.25, "250 ms"), (2.34, "2.3 s"), (75, "1 min 15 s"), (90_061, "1 d 1 h")],
)
def test_took(seconds, said):
    assert took(NINE, NINE + timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    "text, said",
    [
        ("2026-03-02", "2026-03-01T23:00:00+00:00"),
        ("2026-03-02T09:00", "2026-03-02T08:00:00+00:00"),
        ("2026-03-02 09:00:30", "2026-03-02T08:00:30+00:00"),
        ("2026-03-02T09:00:00.5Z", "2026-03-02T09:00:00.500000+00:00"),
        ("2026-03-02t09:00:00z", "2026-03-02T09:00:00+00:00"),
        ("2026-03-02T09:00:00-05:00", "2026-03-02T14:00:00+00:00"),
        ("2026-03-29T02:30", "2026-03-29T01:30:00+00:00"),  # does not exist: 03:30
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),  # twice: the first
    ],
)
def test_times_are_read_in_the_zone(text, said):
    assert instant(text, "Europe/Prague", "--at").isoformat() == said


@pytest.mark.parametrize(
    "text",
    ["", "now", "09:00", "2026", "2026-02-30", "2026-03-02T25:00", "2026-W10-1", "20260302",
     "2026-03-02T09:00+25:00", "0001-01-01", "9999-12-31T23:59:59-12:00", "２０２６-03-02"],
)  # fmt: skip
def test_times_that_cannot_be_read(text):
    with pytest.raises(TriggerError) as caught:
        instant(text, "Europe/Prague", "--at")
    (problem,) = caught.value.problems
    assert (problem.code, problem.part, problem.text) == ("E_TIME", "--at", text)


def test_control_signs_are_shown_not_obeyed():
    assert clean("a\x1b[31m\x00\u202eb") == r"a\x1b[31m\x00\u202eb"


@pytest.mark.parametrize("room", range(1, 12))
def test_shortened_text_fits(room):
    for text in ("abcdefghij", "掃除機をかける", "éé́é́é́é́é́é́"):
        assert columns(shorten(text, room)) <= max(room, 1)
