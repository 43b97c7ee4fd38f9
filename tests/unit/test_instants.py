"""Times as text, read alike by every Python."""

from __future__ import annotations

import pytest

from rota.instants import from_iso


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T24:00:00Z", "2026-03-02 24:00", "20260302T24", "20260302t2400",
        "2026-W10-1T24:00:00,000+01:00", "2026-03-02T24:00:00.000Z",
    ],
)  # fmt: skip
def test_hour_24_is_no_time_on_any_python(text: str) -> None:
    with pytest.raises(ValueError, match="hour must be in"):
        from_iso(text)


@pytest.mark.parametrize(
    "text, read",
    [
        ("2026-03-24", "2026-03-24T00:00:00"),
        ("2026-03-24T02:24", "2026-03-24T02:24:00"),
        ("2026-12-24T00:00:00.24", "2026-12-24T00:00:00.240000"),
        ("2026-03-02T23:59:24+00:24", "2026-03-02T23:59:24+00:24"),
        ("20260324T0024", "2026-03-24T00:24:00"),
    ],
)
def test_24_elsewhere_is_just_a_number(text: str, read: str) -> None:
    assert from_iso(text).isoformat() == read
