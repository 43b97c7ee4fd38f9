"""The names of days and months in plain English, as every sentence about a trigger writes them."""

from __future__ import annotations

__all__ = ("DAYS", "MONTHS")

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
