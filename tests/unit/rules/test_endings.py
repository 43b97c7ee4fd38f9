"""What an attempt's outcome makes of its run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.rules.endings import Ending, Outcome, ending
from rota.rules.retry import delay


def end(outcome: Outcome, asked: str | None = None, **rest: object) -> Ending:
    given = {
        "attempt": 1, "retries": 0, "backoff": (10, 100), "idempotent": False, "fraction": 1.0,
        **rest,
    }  # fmt: skip
    return ending(outcome, asked, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("state, reason", [("ignored", "role"), ("skipped", "condition")])
def test_a_declined_attempt_is_neither_failed_nor_tried_again(state: str, reason: str) -> None:
    outcome = Outcome("declined", declined=(state, reason))
    assert end(outcome, retries=3) == Ending(state, reason)
    assert end(outcome, "user", retries=3) == Ending(state, reason)


@pytest.mark.parametrize("asked", [None, "timeout", "shutdown"])
def test_a_postponed_attempt_waits_again_and_is_not_counted(asked: str | None) -> None:
    assert end(Outcome("postponed", wait=7), asked) == Ending("queued", wait=7, uncount=True)
    assert end(Outcome("postponed", wait=7), "user") == Ending("cancelled", "user")


@pytest.mark.parametrize("asked", [None, "user", "timeout", "shutdown", "overlap"])
def test_code_that_returns_has_done_its_work_whatever_it_was_asked(asked: str | None) -> None:
    assert end(Outcome("returned"), asked).state == "succeeded"


@pytest.mark.parametrize(
    "outcome, asked, rest, expected",
    [
        ("stopped", "user", {}, ("cancelled", "user")),
        ("stopped", "overlap", {}, ("cancelled", "overlap")),
        ("stopped", "user", {"retries": 3}, ("cancelled", "user")),
        ("stopped", "shutdown", {}, ("cancelled", "shutdown")),
        ("stopped", "shutdown", {"idempotent": True}, ("queued", None)),
        ("stopped", "timeout", {}, ("failed", "timeout")),
        ("stopped", "timeout", {"retries": 1}, ("retrying", "timeout")),
        ("stopped", None, {}, ("failed", "error")),
        ("raised", None, {}, ("failed", "error")),
        ("raised", "timeout", {}, ("failed", "timeout")),
        ("raised", None, {"retries": 1}, ("retrying", "error")),
        ("raised", None, {"retries": 1, "attempt": 2}, ("failed", "error")),
        ("failed", None, {"retries": 1}, ("retrying", "error")),
        ("killed", None, {}, ("failed", "killed")),
        ("killed", None, {"retries": 1}, ("retrying", "killed")),
        ("killed", "timeout", {}, ("failed", "timeout")),
        ("killed", "timeout", {"retries": 1}, ("retrying", "timeout")),
        ("killed", "user", {"retries": 3}, ("cancelled", "user")),
        ("killed", "overlap", {}, ("cancelled", "overlap")),
        ("killed", "shutdown", {}, ("cancelled", "shutdown")),
        ("killed", "shutdown", {"idempotent": True}, ("queued", None)),
        ("bad_parameters", None, {"retries": 9}, ("failed", "bad_parameters")),
        ("task_missing", None, {"retries": 9}, ("failed", "task_missing")),
    ],
)
def test_the_table_of_endings(
    outcome: str, asked: str | None, rest: dict[str, object], expected: tuple[str, str | None]
) -> None:
    found = end(Outcome(outcome), asked, **rest)  # type: ignore[arg-type]
    assert (found.state, found.reason) == expected


def test_an_attempt_given_back_at_shutdown_is_not_counted() -> None:
    assert end(Outcome("stopped"), "shutdown", idempotent=True).uncount


def test_an_abandoned_attempt_is_tried_again_only_if_that_is_harmless() -> None:
    gone = Outcome("stopped", abandoned=True)
    assert end(gone, "timeout", retries=1).state == "failed"
    assert end(gone, "timeout", retries=1, idempotent=True).state == "retrying"


@given(st.integers(1, 10**6), st.integers(1, 10**9), st.integers(1, 10**12), st.floats(0, 1))
def test_a_backoff_never_exceeds_its_cap(attempt: int, base: int, cap: int, part: float) -> None:
    assert 0 <= delay(attempt, (base, max(base, cap)), part) <= max(base, cap)
