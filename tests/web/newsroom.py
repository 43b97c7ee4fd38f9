"""A newsroom to look at: a real Rota, served, with one run that ends when the test says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from rota import Rota, every
from web.serving import serving


class Newsroom:
    """What every newsroom has; a test's own adds the tasks that it is about."""

    def __init__(self) -> None:
        self.rota = Rota("memory://", app="newsroom")
        self.go = threading.Event()  # what counts the pages may end

        @self.rota.task("news.tidy", schedule=every("1h"), title="Tidy up")
        def tidy() -> str:
            return "tidied"

    @contextmanager
    def open(self) -> Iterator[str]:
        """The address of its pages, while its node is at work."""
        self.rota.start()
        try:
            with serving(self.rota) as where:
                yield where
        finally:
            self.go.set()
            self.rota.stop()


def live(page: Page, address: str) -> None:
    """Go there, and wait until the page hears of changes."""
    page.goto(address)
    expect(page.locator("#live")).to_have_text("live")
