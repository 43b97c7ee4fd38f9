"""Files that editors upload: rows in the site's database, bytes in a folder."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

__all__ = ("LARGEST", "SHOWN_INLINE", "Upload", "Uploads", "kind_of")

LARGEST = 5_000_000  # bytes of one upload

BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF-": "application/pdf",
}
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif"})


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file."""

    id: int
    name: str
    stored: str
    kind: str
    size: int
    added_at: int
    binned_at: int | None

    @property
    def picture(self) -> bool:
        """Whether a browser may show it inside a page."""
        return self.kind in SHOWN_INLINE


def kind_of(data: bytes) -> str:
    """The media type by the file's first bytes; what its name claims is not asked.

    >>> kind_of(b"GIF89a..."), kind_of(b"<svg onload=...>")
    ('image/gif', 'text/plain')
    """
    for beginning, kind in BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain"


class Uploads:
    """Reads and changes the uploads over one connection and one folder."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self.connection = connection
        self.folder = folder

    def add(self, name: str, data: bytes, now: int) -> Upload:
        """Keep a file under a name of our own, so that its owner's cannot lead anywhere."""
        shown = PurePosixPath(name.replace("\\", "/")).name[:120] or "file"
        stored = secrets.token_hex(8)
        (self.folder / stored).write_bytes(data)
        cursor = self.connection.execute(
            "INSERT INTO uploads (name, stored, kind, size, added_at) VALUES (?, ?, ?, ?, ?)",
            (shown, stored, kind_of(data), len(data), now),
        )
        found = self.entry(cursor.lastrowid or 0)
        assert found is not None  # inserted a line above
        return found

    def entry(self, identity: int) -> Upload | None:
        """The upload of that id, binned or not."""
        row = self.connection.execute("SELECT * FROM uploads WHERE id = ?", (identity,)).fetchone()
        return Upload(**row) if row else None

    def kept(self) -> list[Upload]:
        """What is in use, newest first."""
        rows = self.connection.execute(
            "SELECT * FROM uploads WHERE binned_at IS NULL ORDER BY added_at DESC, id DESC"
        )
        return [Upload(**row) for row in rows]

    def binned(self) -> list[Upload]:
        """What lies in the recycle bin."""
        rows = self.connection.execute(
            "SELECT * FROM uploads WHERE binned_at IS NOT NULL ORDER BY binned_at DESC, id DESC"
        )
        return [Upload(**row) for row in rows]

    def bin(self, identity: int, now: int) -> None:
        """Move an upload to the recycle bin."""
        self.connection.execute(
            "UPDATE uploads SET binned_at = ? WHERE id = ? AND binned_at IS NULL", (now, identity)
        )

    def restore(self, identity: int) -> None:
        """Take an upload out of the bin."""
        self.connection.execute("UPDATE uploads SET binned_at = NULL WHERE id = ?", (identity,))

    def path(self, upload: Upload) -> Path:
        """Where its bytes are."""
        return self.folder / upload.stored

    def remove_binned(self, before: int) -> list[Upload]:
        """Delete for good, row and file, what was binned before that instant."""
        old = [upload for upload in self.binned() if (upload.binned_at or 0) < before]
        for upload in old:
            self.path(upload).unlink(missing_ok=True)
            self.connection.execute("DELETE FROM uploads WHERE id = ?", (upload.id,))
        return old
