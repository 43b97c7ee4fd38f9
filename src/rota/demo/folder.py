"""Where the demonstration keeps its things: one folder, kept between starts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

__all__ = ("Folder",)


@dataclass(frozen=True, slots=True)
class Folder:
    """The places inside one data folder.

    >>> Folder(Path("data")).content.as_posix()
    'data/site.db'
    """

    root: Path

    @property
    def content(self) -> Path:
        """The site's own database."""
        return self.root / "site.db"

    @property
    def schedules(self) -> Path:
        """Rota's database."""
        return self.root / "rota.db"

    @property
    def uploads(self) -> Path:
        """The uploaded files, under names of our own."""
        return self.root / "uploads"

    @property
    def backups(self) -> Path:
        """Verified copies of the site's database."""
        return self.root / "backups"

    @property
    def sitemap(self) -> Path:
        """The sitemap as it was last built."""
        return self.root / "sitemap.xml"

    @property
    def log(self) -> Path:
        """What the terminal is spared."""
        return self.root / "site.log"

    def make(self) -> None:
        """Make the folders that are not there yet."""
        for place in (self.root, self.uploads, self.backups):
            place.mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Forget everything the demonstration wrote, and touch nothing else in the folder."""
        for database in (self.content, self.schedules):
            for ending in ("", "-wal", "-shm", "-journal"):
                database.with_name(database.name + ending).unlink(missing_ok=True)
        for file in (self.sitemap, self.log, self.log.with_name(self.log.name + ".1")):
            file.unlink(missing_ok=True)
        for place in (self.uploads, self.backups):
            shutil.rmtree(place, ignore_errors=True)
