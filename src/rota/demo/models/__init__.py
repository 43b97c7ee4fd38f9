"""The same site's work once more, in the four programming models of `rota.cms`: one a file.

Read the one whose vendor you know. On Rota's page they are schedules and runs like all others.
"""

from __future__ import annotations

from rota import Rota
from rota.demo.folder import Folder
from rota.demo.models import kentico, sitecore, umbraco, umbraco8

__all__ = ("Models",)


class Models:
    """All four, on one application, before its store is opened."""

    def __init__(self, rota: Rota, folder: Folder) -> None:
        self.kentico = kentico.register(rota)
        sitecore.register(rota, folder)
        self.button = umbraco.button(umbraco.register(rota))
        umbraco8.register(rota, folder)

    def add_first_schedules(self) -> None:
        """What an administrator would make on the page."""
        kentico.configure(self.kentico)
