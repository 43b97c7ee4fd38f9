"""Claiming ahead: how far before its slot a launch may be written and taken.

What is durable before its slot can start within a fraction of a millisecond of it, whatever the
store takes for a commit. The price is small and known: a node that is killed loses the starts of
this window, and whoever pauses a schedule from another process waits until what was claimed can no
longer begin.
"""

from __future__ import annotations

from rota.instants import MILLISECOND, SECOND

__all__ = ("AHEAD", "ALONG", "FRESH")

AHEAD = 300 * MILLISECOND
"""Slots this far in the future are decided and taken."""

ALONG = 1 * SECOND
"""Slots this far in the future come along when ends are written, by a node that is alone: a
schedule of every second then costs one commit a run, which ends one and launches the next. Where
others are, they would have no part in it."""

FRESH = 1_500 * MILLISECOND
"""A claim that is older than this when its start comes goes back to the queue and is taken anew:
somebody may have withdrawn it, and the node may not have heard."""
