"""What ships for tests: a settable clock, a node driven by hand, the conformance suite every store
must pass, a simulated cluster, and the checker that judges its history.
"""

from __future__ import annotations

from rota.testing.clock import SettableClock
from rota.testing.manual import ManualNode

__all__ = ("ManualNode", "SettableClock")
