"""Schedules and their runs: what people and programs do with them, and read of them."""
