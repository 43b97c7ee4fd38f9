"""A real browser for the tests of the pages, which fails a test for what a person would notice."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, Playwright, Request, sync_playwright

import chromium

FLAGS = (
    "--no-sandbox",  # as root there is no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 10_000  # milliseconds


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium; without one the test is skipped, and fails where CI is set."""
    path = chromium.find()
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("no Chromium on this machine; python tools/chromium.py installs one")
    running = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
    yield running
    running.close()


@dataclass
class Watch:
    """Listens to a page and collects what must not happen on it."""

    console: tuple[str, ...] = ()  # patterns of messages that this test expects
    origins: tuple[str, ...] = ()  # others that it may ask
    dialogs: bool = False
    home: str | None = None
    faults: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        page.on("console", lambda said: said.type == "error" and self.say(said.text))
        page.on("pageerror", lambda error: self.say(str(error)))
        page.on("request", self.asked)
        if not self.dialogs:
            page.on("dialog", self.opened)

    def say(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self.console):
            self.faults.append(f"console: {text}")

    def asked(self, request: Request) -> None:
        origin = origin_of(request.url)
        if origin is None:
            return
        self.home = self.home or origin  # the first thing a page asks for is itself
        if origin not in (self.home, *self.origins):
            self.faults.append(f"left its origin: {request.method} {request.url}")

    def opened(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.type} “{dialog.message}”")
        dialog.dismiss()


def origin_of(url: str) -> str | None:
    """Scheme, host and port; None for what never leaves the page (data:, blob:, about:)."""
    parts = urlsplit(url)
    schemes = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
    return f"{schemes[parts.scheme]}://{parts.netloc}" if parts.scheme in schemes else None


@pytest.fixture
def open_page(
    browser: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a context of its own; the keywords are the marker `page`'s.

    `open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")`
    """
    marker = request.node.get_closest_marker("page")
    opened: list[tuple[Page, Watch]] = []

    def make(**wishes: Any) -> Page:
        wishes = {**(marker.kwargs if marker else {}), **wishes}
        tolerated = {
            name: wishes.pop(name) for name in ("console", "origins", "dialogs") if name in wishes
        }
        context = browser.new_context(**wishes)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        watch = Watch(**tolerated)
        watch.attach(page)
        opened.append((page, watch))
        return page

    yield make
    faults: list[str] = []
    for number, (page, watch) in enumerate(opened):
        faults += watch.faults
        if (watch.faults or failed(request.node)) and not page.is_closed():
            picture = tmp_path / f"page-{number}.png"
            page.screenshot(path=picture)
            print(f"screenshot: {picture}")
        page.context.close()
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A fresh page. A console error, a dialog or a request to another origin fails the test.

    `@pytest.mark.page(console=["status of 404"], dialogs=True, origins=["http://…"])` tolerates
    them; every other keyword of the marker goes to `browser.new_context`.
    """
    return open_page()


@pytest.fixture(scope="session")
def accessible() -> Callable[[Page], None]:
    """Asserts that axe-core finds nothing to complain about in a page."""
    axe = Axe()

    def judge(page: Page) -> None:
        found = axe.run(page)
        assert not found.response["violations"], found.generate_report()

    return judge


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[REPORTS] = [*item.stash.get(REPORTS, []), report]
    return report


REPORTS = pytest.StashKey[list[Any]]()


def failed(item: pytest.Item) -> bool:
    return any(report.failed for report in item.stash.get(REPORTS, []))
