"""Roles: who a node is, and what it is among the others of its store and of its machine."""
