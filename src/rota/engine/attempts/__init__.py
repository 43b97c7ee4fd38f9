"""Attempts: a task's code at work, what it says meanwhile, and what stands in its way."""
