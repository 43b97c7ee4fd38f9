"""Hosting: whether and how a node lives in a process, for good or for one visit."""
