"""All that the site knows, over one connection: what a request or a run is given."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rota.demo.content import Content
from rota.demo.database import opened
from rota.demo.folder import Folder
from rota.demo.logbook import Logbook
from rota.demo.search import Index
from rota.demo.traffic import Traffic
from rota.demo.uploads import Uploads
from rota.demo.weather import Bulletins

__all__ = ("Site", "open_site")


@dataclass(frozen=True, slots=True)
class Site:
    """The site's parts; they share a connection, so one request or run has them to itself."""

    folder: Folder
    connection: sqlite3.Connection
    content: Content
    uploads: Uploads
    traffic: Traffic
    index: Index
    logbook: Logbook
    bulletins: Bulletins


@contextmanager
def open_site(folder: Folder) -> Iterator[Site]:
    """The site of a folder, closed at the end."""
    with opened(folder.content) as connection:
        yield Site(
            folder,
            connection,
            Content(connection),
            Uploads(connection, folder.uploads),
            Traffic(connection),
            Index(connection),
            Logbook(connection),
            Bulletins(connection),
        )
