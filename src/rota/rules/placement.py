"""Placement: which nodes a slot is for, and what becomes of a run whose node is gone.

A slot that is for several nodes becomes one run for each *target*. A target is a text that the
store keeps with the run: empty for a run that any node may take, `node:NAME` or `machine:NAME` for
one that is addressed. Any other text tells runs of one slot apart and addresses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

__all__ = (
    "Member",
    "address_of_machine",
    "address_of_node",
    "forsaken",
    "is_addressed",
    "is_host",
    "placement",
    "targets",
)

ADDRESSED = ("node:", "machine:")
NAMED = re.compile(r"(role|label|node):([A-Za-z0-9][A-Za-z0-9._@-]{0,199})")


class Member(Protocol):
    """What placement asks of a live node."""

    @property
    def name(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def machine(self) -> str: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def tasks(self) -> tuple[str, ...]: ...


def placement(value: object) -> str:
    """The placement in its one spelling; ValueError says what to write.

    >>> placement("role:publisher")
    'role:publisher'
    """
    if value in ("one", "every", "machine"):
        return str(value)
    if isinstance(value, str) and NAMED.fullmatch(value):
        return value
    raise ValueError("write one, every, machine, role:NAME, label:NAME or node:HOST")


def address_of_node(name: str) -> str:
    """The target of runs that only this node may take."""
    return f"node:{name}"


def address_of_machine(machine: str) -> str:
    """The target of runs that only nodes of this machine may take."""
    return f"machine:{machine}"


def is_addressed(target: str) -> bool:
    """Whether only some nodes may take a run of this target.

    >>> [is_addressed(target) for target in ("", "machine:web~1", "site:corporate")]
    [False, True, False]
    """
    return target.startswith(ADDRESSED)


def targets(where: str, task: str, alive: Iterable[Member]) -> list[str]:
    """The targets of a slot, in order: one run each. None if no live node is fit for it.

    Only nodes that know the task count. "node:x" is one run: of the node of that name, else of the
    machine whose host name is x, written in full or up to a dot, in any case.
    """
    known = [node for node in alive if task in node.tasks]
    kind, _, name = where.partition(":")
    if kind == "one":
        return [""]
    if kind == "machine":
        return sorted({address_of_machine(node.machine) for node in known})
    if kind == "node":
        return pinned(name, known)
    if kind == "role":
        known = [node for node in known if name in node.roles]
    elif kind == "label":
        known = [node for node in known if name in node.labels]
    return sorted(address_of_node(node.name) for node in known)


def pinned(name: str, known: Iterable[Member]) -> list[str]:
    known = list(known)
    for node in known:
        if node.name == name:
            return [address_of_node(name)]
    machines = {node.machine for node in known if is_host(name, node.host)}
    return [address_of_machine(min(machines))] if machines else []


def is_host(name: str, host: str) -> bool:
    """Whether an operator who writes this name means that host.

    >>> is_host("WEB1", "web1.example.com"), is_host("web1", "web10.example.com")
    (True, False)
    """
    name, host = name.lower(), host.lower()
    return host == name or host.startswith(f"{name}.")


def forsaken(target: str, task: str, alive: Iterable[Member]) -> bool:
    """Whether nobody is left who might take a waiting run of this target."""
    kind, _, name = target.partition(":")
    if not is_addressed(target):
        return False
    mine = (node.name if kind == "node" else node.machine for node in alive if task in node.tasks)
    return name not in mine
