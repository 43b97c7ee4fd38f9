"""The store that keeps nothing: dictionaries under one lock, and the model of all others."""

from __future__ import annotations

from rota.stores.memory.store import MemoryStore

__all__ = ("MemoryStore",)
