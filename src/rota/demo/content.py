"""The site's pages: drafts, what is published, and the recycle bin."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rota.demo.database import transaction

__all__ = ("Content", "Page", "Section", "State", "slug_of")

Section = Literal["guide", "story", "note"]
State = Literal["draft", "published", "binned"]
Values = tuple[object, ...] | Mapping[str, object]  # of `?`, or of names: no Python warns of either


@dataclass(frozen=True, slots=True)
class Page:
    """One page, in whatever state it is."""

    id: int
    slug: str
    title: str
    summary: str
    body: str
    section: Section
    state: State
    publish_at: int | None
    published_at: int | None
    changed_at: int
    binned_at: int | None

    @property
    def address(self) -> str:
        """The page's path on the site."""
        return f"/pages/{self.slug}"


def slug_of(title: str) -> str:
    """The title as it stands in an address.

    >>> slug_of("Příliš žluťoučký kůň — 2nd part")
    'prilis-zlutoucky-kun-2nd-part'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80] or "page"


class Content:
    """Reads and changes the pages over one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def page(self, slug: str) -> Page | None:
        """The published page of that slug."""
        found = self._pages("slug = ? AND state = 'published'", (slug,))
        return found[0] if found else None

    def entry(self, identity: int) -> Page | None:
        """The page of that id in any state."""
        found = self._pages("id = ?", (identity,))
        return found[0] if found else None

    def published(self, section: Section | None = None, limit: int = 1000) -> list[Page]:
        """What readers can see, newest first."""
        return self._pages(
            "state = 'published' AND (:section IS NULL OR section = :section) "
            "ORDER BY published_at DESC, id DESC LIMIT :most",
            {"section": section, "most": limit},
        )

    def drafts(self) -> list[Page]:
        """What is being written: planned ones first, the next at the top."""
        return self._pages(
            "state = 'draft' ORDER BY publish_at IS NULL, publish_at, changed_at DESC", ()
        )

    def binned(self) -> list[Page]:
        """The recycle bin, the latest at the top."""
        return self._pages("state = 'binned' ORDER BY binned_at DESC, id DESC", ())

    def write(
        self,
        title: str,
        body: str,
        now: int,
        *,
        summary: str = "",
        section: Section = "story",
        publish_at: int | None = None,
        slug: str | None = None,
    ) -> int:
        """Keep a new draft and answer its id; its slug is made unique."""
        with transaction(self.connection):
            cursor = self.connection.execute(
                "INSERT INTO pages (slug, title, summary, body, section, publish_at, changed_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    self._free(slug or slug_of(title)),
                    title,
                    summary,
                    body,
                    section,
                    publish_at,
                    now,
                ),
            )
        assert cursor.lastrowid is not None  # an INSERT has one
        return cursor.lastrowid

    def change(
        self, identity: int, title: str, summary: str, body: str, now: int, publish_at: int | None
    ) -> None:
        """Save an edited page; its address stays, so that links to it hold."""
        self.connection.execute(
            "UPDATE pages SET title = ?, summary = ?, body = ?, publish_at = ?, changed_at = ? "
            "WHERE id = ?",
            (title, summary, body, publish_at, now, identity),
        )

    def due(self, now: int) -> list[Page]:
        """The drafts whose time has come."""
        return self._pages("state = 'draft' AND publish_at <= ? ORDER BY publish_at", (now,))

    def publish(self, identity: int, now: int) -> bool:
        """Show a draft to readers; False if somebody else was faster."""
        return self._moved(
            "UPDATE pages SET state = 'published', published_at = :now, publish_at = NULL, "
            "changed_at = :now WHERE id = :id AND state = 'draft'",
            {"now": now, "id": identity},
        )

    def bin(self, identity: int, now: int) -> bool:
        """Move a page to the recycle bin; False if it was there already."""
        return self._moved(
            "UPDATE pages SET state = 'binned', binned_at = :now, publish_at = NULL "
            "WHERE id = :id AND state <> 'binned'",
            {"now": now, "id": identity},
        )

    def restore(self, identity: int) -> bool:
        """Take a page out of the bin, as what it was before."""
        return self._moved(
            "UPDATE pages SET binned_at = NULL, "
            "state = CASE WHEN published_at IS NULL THEN 'draft' ELSE 'published' END "
            "WHERE id = ? AND state = 'binned'",
            (identity,),
        )

    def remove_binned(self, before: int) -> list[Page]:
        """Delete for good what was binned before that instant, and answer what it was."""
        with transaction(self.connection):
            old = self._pages("state = 'binned' AND binned_at < ?", (before,))
            self.connection.executemany(
                "DELETE FROM pages WHERE id = ?", [(page.id,) for page in old]
            )
        return old

    def _pages(self, where: str, values: Values) -> list[Page]:
        # `where` is always one of the literals above; what people typed goes through `values`
        rows = self.connection.execute(f"SELECT * FROM pages WHERE {where}", values)
        return [Page(**row) for row in rows]

    def _moved(self, statement: str, values: Values) -> bool:
        return self.connection.execute(statement, values).rowcount == 1

    def _free(self, slug: str) -> str:
        taken = {row["slug"] for row in self.connection.execute("SELECT slug FROM pages")}
        numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
        return slug if slug not in taken else next(name for name in numbered if name not in taken)
