"""Leases: when to renew, and until when a node may trust itself.

Trust is counted from the *start* of the last successful renewal: the answer may have been slow, the
lease was not longer for it. A node stops trusting itself a margin before others stop trusting it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rota.instants import SECOND

__all__ = ("Lease",)


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease of so many microseconds (15 s unless said).

    >>> Lease(15 * SECOND).trusted_until(0), Lease(15 * SECOND).renewal
    (12000000, 5000000)
    """

    length: int = 15 * SECOND

    @property
    def renewal(self) -> int:
        """How long after the start of a renewal the next one begins."""
        return self.length // 3

    @property
    def margin(self) -> int:
        """How long before its end the node stops trusting it."""
        return self.length // 5

    def trusted_until(self, renewal_began: int) -> int:
        """The boot-clock reading after which nothing may be started."""
        return renewal_began + self.length - self.margin
