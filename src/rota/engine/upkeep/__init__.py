"""Upkeep: what nodes do for the store beside running tasks, told in the diary."""
