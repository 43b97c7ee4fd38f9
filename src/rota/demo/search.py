"""The site's search: an index of words, and looking into it."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rota.demo.database import transaction

__all__ = ("Document", "Found", "Index", "words_of")

ARTICLES = frozenset(
    (
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "for",
        "has",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "so",
        "that",
        "the",
        "they",
        "to",
        "was",
        "with",
    )
)


@dataclass(frozen=True, slots=True)
class Document:
    """Something to be found: a page or a line of the logbook."""

    kind: str
    item: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search result; the address is empty for a line of the logbook."""

    title: str
    summary: str
    address: str


def words_of(text: str) -> Counter[str]:
    """The words worth finding, without accents, with how often each stands there.

    >>> sorted(words_of("The swans of Mělník, the swans!").items())
    [('melnik', 1), ('swans', 2)]
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return Counter(word for word in re.findall(r"[a-z0-9]{2,40}", plain) if word not in ARTICLES)


class Index:
    """Builds and asks the word index over one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def documents(self) -> list[Document]:
        """Everything that can be found, pages first."""
        pages = self.connection.execute(
            "SELECT 'page', id, title || ' ' || summary || ' ' || body FROM pages "
            "WHERE state = 'published' ORDER BY id"
        )
        lines = self.connection.execute(
            "SELECT 'logbook', id, day || ' ' || boat || ' ' || cargo FROM logbook ORDER BY id"
        )
        return [Document(*row) for rows in (pages, lines) for row in rows]

    def put(self, documents: Iterable[Document]) -> int:
        """Index these afresh, all in one transaction, and answer how many words that made."""
        written = 0
        with transaction(self.connection):
            for document in documents:
                found = words_of(document.text)
                self.connection.execute(
                    "DELETE FROM words WHERE kind = ? AND item = ? ", (document.kind, document.item)
                )
                self.connection.executemany(
                    "INSERT INTO words (word, kind, item, count) VALUES (?, ?, ?, ?)",
                    [(word, document.kind, document.item, n) for word, n in found.items()],
                )
                written += len(found)
        return written

    def drop_lost(self) -> int:
        """Forget the words of pages that readers cannot see any more."""
        return self.connection.execute(
            "DELETE FROM words WHERE kind = 'page' AND item NOT IN "
            "(SELECT id FROM pages WHERE state = 'published')"
        ).rowcount

    def size(self) -> int:
        """How many words of how many documents are known."""
        return int(self.connection.execute("SELECT count(*) FROM words").fetchone()[0])

    def find(self, query: str, limit: int = 40) -> list[Found]:
        """What has any of the asked words, best first; a page counts for more than a line."""
        asked = list(words_of(query))[:8]
        if not asked:
            return []
        marks = ", ".join("?" * len(asked))  # only question marks; the words go as values
        rows = self.connection.execute(
            f"SELECT kind, item, count(*) AS hits, sum(count) AS total FROM words "
            f"WHERE word IN ({marks}) GROUP BY kind, item "
            f"ORDER BY hits DESC, kind DESC, total DESC, item LIMIT ?",
            (*asked, limit),
        ).fetchall()
        return [found for row in rows if (found := self._found(row["kind"], row["item"]))]

    def _found(self, kind: str, item: int) -> Found | None:
        if kind == "page":
            page = self.connection.execute(
                "SELECT title, summary, slug FROM pages WHERE id = ? AND state = 'published'",
                (item,),
            ).fetchone()
            return Found(page["title"], page["summary"], f"/pages/{page['slug']}") if page else None
        line = self.connection.execute("SELECT * FROM logbook WHERE id = ?", (item,)).fetchone()
        return (
            Found(f"{line['boat']}, {line['day']}", f"{line['tons']} t of {line['cargo']}", "")
            if line
            else None
        )
