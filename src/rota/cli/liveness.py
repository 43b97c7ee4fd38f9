"""Which nodes are believed to be alive by somebody who is no node and declares none dead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rota.engine.client.items import NodeItem

__all__ = ("heard",)

# Who was seen later than this holds a lease of its own, although another's is over.
SILENT: Final = timedelta(minutes=1)


def heard(nodes: Iterable[NodeItem], now: datetime, *, overdue: bool) -> list[NodeItem]:
    """Those that the store calls alive; where a lease is `overdue`, those that were seen lately.

    The last node that dies has nobody to declare it dead: its row goes on saying alive. While no
    lease is over all are alive, however long ago they renewed it: a lease may be an hour.
    """
    alive = [node for node in nodes if node.state == "alive"]
    return [node for node in alive if now - node.seen < SILENT] if overdue else alive
