"""Company: the other nodes of a store, for who needs to know only whether there are any."""

from __future__ import annotations

from rota.ports.store import Store

__all__ = ("has_company",)


def has_company(store: Store, node: str) -> bool:
    """Whether a node other than this one is alive on the store."""
    return any(row.state == "alive" and row.name != node for row in store.nodes())
