"""The table of states, and its picture in ARCHITECTURE.md."""

from __future__ import annotations

from pathlib import Path

from rota.rules.states import FINAL, OPEN, REASONS, STATES, TRANSITIONS, advance

ROOT = Path(__file__).parents[3]


def test_the_picture_in_the_architecture_page_is_this_table() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.split("## The states of a run")[1].split("##")[0]
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in section.splitlines()
        if line.startswith("|") and "---" not in line and "what happened" not in line
    ]

    assert {(before, event): after for before, event, after in rows} == TRANSITIONS


def test_no_way_leads_out_of_a_final_state() -> None:
    assert not [state for state, _ in TRANSITIONS if state in FINAL]


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    reached = {"queued", "skipped", *TRANSITIONS.values()}
    assert reached == set(STATES)
    assert {state for state, _ in TRANSITIONS} == set(OPEN)


def test_what_cannot_happen_is_refused_as_a_value() -> None:
    assert advance("queued", "returned") is None
    assert advance("lost", "returned") is None


def test_reasons_belong_to_final_states() -> None:
    assert set(REASONS) <= set(FINAL)
