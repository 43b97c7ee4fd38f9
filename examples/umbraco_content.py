"""What the recycle bin examples need of a CMS: content with a bin, and a scope as a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ("ContentService", "ScopeProvider")


class ContentService:
    """Content that was deleted, until somebody takes it out."""

    def __init__(self) -> None:
        self.bin = ["Old news", "Draft 7", "Copy of Home"]

    def count_children(self) -> int:
        """How many things are in the bin."""
        return len(self.bin)

    def empty_recycle_bin(self) -> None:
        """Delete them for good."""
        self.bin.clear()


class ScopeProvider:
    """Opens scopes: what is done in one is kept if it ends well."""

    def __init__(self, content: ContentService) -> None:
        self.content = content

    @contextmanager
    def create_core_scope(self) -> Iterator[ContentService]:
        """All or nothing."""
        before = list(self.content.bin)
        try:
            yield self.content
        except BaseException:
            self.content.bin[:] = before
            raise
