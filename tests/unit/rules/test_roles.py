"""Server roles, as rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.instants import SECOND
from rota.rules.leases import Lease
from rota.rules.roles import ROLES, server_role, term_length


@pytest.mark.parametrize(
    "holder, alone, role",
    [
        (None, True, "unknown"),
        (None, False, "unknown"),
        ("me", True, "single"),
        ("me", False, "scheduling_publisher"),
        ("other", False, "subscriber"),
        ("other", True, "subscriber"),  # its holder is gone, but its term is not over
    ],
)
def test_the_role_follows_from_the_term_and_the_company(
    holder: str | None, alone: bool, role: str
) -> None:
    assert server_role(holder, "me", alone=alone) == role
    assert role in ROLES


@given(st.integers(SECOND, 3_600 * SECOND))
def test_a_survivor_that_looks_every_second_is_elected_within_one_lease(length: int) -> None:
    lease = Lease(length)
    tick = min(SECOND, lease.renewal // 2)

    assert term_length(lease) + tick <= lease.length
    assert term_length(lease) >= lease.trusted_until(0)  # it ends no earlier than the node's trust
