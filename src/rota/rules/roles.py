"""Server roles: which of several servers acts for all of them, and until when it may think so.

One node holds the *term* of scheduling publisher. Terms are numbered by the store and end some time
before the holder's lease does, so that the next holder is there before that lease would have ended.
"""

from __future__ import annotations

from rota.rules.leases import Lease

__all__ = ("PUBLISHER", "ROLES", "SINGLE", "SUBSCRIBER", "UNKNOWN", "server_role", "term_length")

UNKNOWN = "unknown"
SINGLE = "single"
SUBSCRIBER = "subscriber"
PUBLISHER = "scheduling_publisher"
ROLES = (UNKNOWN, SINGLE, SUBSCRIBER, PUBLISHER)


def server_role(holder: str | None, node: str, *, alone: bool) -> str:
    """The role of a node, by who holds the publisher's term and whether other nodes are alive.

    A node that is alone and holds no term is no `single`: the one before it may still act.

    >>> server_role("a-1", "a-1", alone=True), server_role("a-1", "b-2", alone=True)
    ('single', 'subscriber')
    >>> server_role("a-1", "a-1", alone=False), server_role(None, "b-2", alone=False)
    ('scheduling_publisher', 'unknown')
    """
    if holder is None:
        return UNKNOWN
    if holder != node:
        return SUBSCRIBER
    return SINGLE if alone else PUBLISHER


def term_length(lease: Lease) -> int:
    """How long a term lasts from its last renewal: as long as the holder trusts its own lease.

    >>> term_length(Lease(15_000_000))
    12000000
    """
    return lease.length - lease.margin
