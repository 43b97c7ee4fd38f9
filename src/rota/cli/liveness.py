"""Which nodes are believed to be alive by somebody who is no node and declares none dead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rota.engine.client.items import NodeItem

__all__ = ("heard",)

# A lease is 15 seconds and is renewed each five; the rest is for clocks that differ.
SILENT: Final = timedelta(minutes=1)


def heard(nodes: Iterable[NodeItem], now: datetime) -> list[NodeItem]:
    """Those that the store calls alive and that were seen lately.

    The last node that dies has nobody to declare it dead: its row goes on saying alive.
    """
    return [node for node in nodes if node.state == "alive" and now - node.seen < SILENT]
