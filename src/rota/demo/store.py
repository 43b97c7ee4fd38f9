"""What the site's request handlers ask for in their signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from rota.demo.parts import Site, open_site

__all__ = ("OwnForm", "Store")


def _store(request: Request) -> Iterator[Site]:
    with open_site(request.app.state.folder) as site:
        yield site


def _own_form(request: Request) -> None:
    """Let a form of another site change nothing here."""
    told = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if told not in (None, "same-origin", "none") or origin not in (None, own):
        raise HTTPException(403, "This form was sent from another site. Open the page here first.")


Store = Annotated[Site, Depends(_store)]
OwnForm = Depends(_own_form)
