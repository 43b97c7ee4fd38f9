"""Tasks: what an application registers, what its functions take, and what they are given."""
