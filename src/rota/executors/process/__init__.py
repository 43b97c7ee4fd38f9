"""Attempts in child processes: what kills, leaks or blocks there harms nobody else.

`pool` hands attempts to children, `child` is the parent's end of one, `wire` what they speak, and
`program` is what a child imports. The child's own end is
`rota.child`.
"""
