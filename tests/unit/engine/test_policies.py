"""Policies: read, checked, put into one canonical form, and resolved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rota.engine.policies import NAMES, Policies, check, resolve
from rota.errors import BadPolicy
from rota.instants import SECOND


@pytest.mark.parametrize(
    "given, canonical",
    [
        ({"catch_up": 5}, {"catch_up": 5}),
        ({"grace": timedelta(minutes=5)}, {"grace": "5m"}),
        ({"grace": None}, {"grace": None}),
        ({"timeout": 90}, {"timeout": "1m30s"}),
        ({"backoff": "10s"}, {"backoff": "10s..10s"}),
        ({"retention": "1000, 30d"}, {"retention": "30d, 1000"}),
        ({"retention": "7d"}, {"retention": "7d"}),
        ({"jitter": "0s"}, {"jitter": "0s"}),
        ({"placement": "one", "executor": "thread"}, {"placement": "one", "executor": "thread"}),
    ],
)
def test_values_are_put_into_one_form(
    given: dict[str, object], canonical: dict[str, object]
) -> None:
    assert check(given) == canonical
    assert check(check(given)) == canonical


@pytest.mark.parametrize(
    "given",
    [
        {"catch_up": 0}, {"catch_up": 101}, {"catch_up": True}, {"catch_up": "some"},
        {"grace": "-5s"}, {"grace": "5"}, {"timeout": "5 fortnights"}, {"timeout": 1e300},
        {"retries": -1}, {"retries": 1.5}, {"retries": "3"}, {"backoff": "1h..10s"},
        {"backoff": "0s..1h"}, {"overlap": 0}, {"overlap": "kill"}, {"priority": 10**9},
        {"unique": 1}, {"idempotent": "yes"}, {"retention": "soon"}, {"retention": "1d, 2d"},
        {"retention": ""}, {"run_as": ""}, {"executor": "fork"}, {"placement": "all"},
        {"placement": "role:"}, {"retrys": 1},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(BadPolicy) as caught:
        check(given)
    problem = caught.value.problems[0]
    assert problem.reason
    assert next(iter(given)) in (problem.part, problem.text)


def test_all_problems_are_listed_and_typing_errors_get_the_nearest_name() -> None:
    with pytest.raises(BadPolicy) as caught:
        check({"retrys": 1, "timeout": "soon", "unique": 3})
    assert len(caught.value.problems) == 3
    assert "did you mean retries?" in str(caught.value)


def test_a_schedule_overrides_its_task() -> None:
    found = resolve(check({"retries": 3, "timeout": "1m"}), check({"timeout": None}))
    assert (found.retries, found.timeout) == (3, None)


def test_nothing_given_means_the_defaults() -> None:
    assert resolve({}, {}) == Policies()
    assert Policies().retention == (30 * 86_400 * SECOND, 1_000)


def test_every_policy_of_the_contract_is_known() -> None:
    assert set(NAMES) == {
        "catch_up", "grace", "overlap", "timeout", "retries", "backoff", "priority", "max_running",
        "unique", "jitter", "start_delay", "poll", "idempotent", "executor", "placement",
        "retention", "delete_after_last_run", "enabled", "run_as",
    }  # fmt: skip
