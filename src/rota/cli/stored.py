"""Whose a store is: a command without an application reads and edits what is there already."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from rota.database import read_url
from rota.errors import StoreRefused

__all__ = ("owner",)

HINT: Final = "name an existing store, or the application that makes one: --app module[:attribute]"


def owner(url: str) -> str:
    """The name of the application that the store at the URL belongs to.

    StoreRefused if there is no store: without an application none is made.
    """
    database = read_url(url)
    if database.kind != "sqlite":
        return "default"
    path = Path(database.path)
    if not path.is_file():
        reason = "there is no such file" if not path.exists() else "it is a folder"
        raise StoreRefused(reason, part="database", text=url, hint=HINT)
    found = None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as store:
            found = store.execute("SELECT value FROM rota_meta WHERE name = 'app'").fetchone()
    except sqlite3.Error as error:
        raise StoreRefused(f"this is no store of Rota ({error})", part="database", text=url,
                           hint=HINT) from None  # fmt: skip
    return str(found[0]) if found else "default"
