"""Every page there is, light and dark, wide and on a phone: axe-core finds nothing to complain of,
nothing scrolls sideways, nothing that a task wrote does anything, and the browser stays silent.

The short run shows every page at least once, the looks taken in turn; the long one all in each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rota.web.access import NEEDS
from web.visits import FILES, LOOKS, VISITS, desk, world

WORLDS = tuple(dict.fromkeys(name for visits in VISITS.values() for name in visits))
Judge = Callable[[Page], None]
every_look = pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
refusals = pytest.mark.page(console=["status of 4"])


def paths(name: str, most: int | None = None) -> list[str]:
    """The addresses of one world, of each page so many."""
    return [path for visits in VISITS.values() for path in visits.get(name, ())[:most]]


def test_every_page_is_visited() -> None:
    pages = {route[4:] for route in NEEDS if route.startswith("GET ") and "/api/" not in route}
    assert set(VISITS) == pages - set(FILES)
    for route, visits in VISITS.items():
        assert any(name.startswith("hostile") for name in visits), f"{route}: no hostile words"
        for path in (path for some in visits.values() for path in some):
            shape = [part for part in path.partition("?")[0].split("/") if part]
            wanted = [part for part in route.split("/") if part]
            assert len(shape) == len(wanted), path
            assert all(a == b or b[0] == "{" for a, b in zip(shape, wanted, strict=True)), path


def judge(page: Page, accessible: Judge, look: dict[str, Any]) -> None:
    """The page shown fits, and is accessible."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= look["viewport"]["width"], f"{page.url} is {width} px wide"
    accessible(page)


def see(page: Page, address: str) -> None:
    """The page, once it lives, as a whole answer."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status < 500, address
    if page.locator("#live").count():  # who signs in sees nothing that changes
        expect(page.locator("#live")).to_have_text("live")


def dress(page: Page, look: dict[str, Any]) -> None:
    """The page in that look from here on."""
    page.set_viewport_size(look["viewport"])
    page.emulate_media(color_scheme=look["color_scheme"])


@refusals
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", WORLDS)
def test_every_page_once(open_page: Callable[..., Page], accessible: Judge, name: str) -> None:
    page = open_page()
    with world(name) as where:
        for number, path in enumerate(paths(name, 1)):
            look = list(LOOKS.values())[(number + WORLDS.index(name)) % len(LOOKS)]
            dress(page, look)
            see(page, where + path)
            judge(page, accessible, look)
        page.goto("about:blank")


@refusals
@pytest.mark.long
@pytest.mark.timeout(600)
@every_look
@pytest.mark.parametrize("name", WORLDS)
def test_every_page_in_every_look(
    open_page: Callable[..., Page], accessible: Judge, look: dict[str, Any], name: str
) -> None:
    page = open_page(**look)
    with world(name) as where:
        for path in paths(name):
            see(page, where + path)
            judge(page, accessible, look)
        page.goto("about:blank")


@refusals
@pytest.mark.long
@pytest.mark.timeout(300)
@every_look
def test_what_another_one_changed(
    open_page: Callable[..., Page], accessible: Judge, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    with desk() as (rota, where):
        page.goto(f"{where}/schedules/desk.tidy/edit")
        page.locator("#title").fill("Mine")
        rota.schedules.update("desk.tidy", title="Theirs")
        page.get_by_role("button", name="Save").last.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("changed it while you did")
        judge(page, accessible, look)
        page.goto("about:blank")


@pytest.mark.long
@pytest.mark.timeout(300)
@every_look
def test_what_became_of_many(
    open_page: Callable[..., Page], accessible: Judge, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    with desk() as (_, where):
        see(page, f"{where}/schedules")
        for box in page.locator(".c-pick input[name]").all():
            box.check()
        judge(page, accessible, look)  # with the bar of what can be done to them
        page.locator("#bulk").get_by_role("button", name="Run now").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("started")
        judge(page, accessible, look)
        page.goto("about:blank")


@pytest.mark.long
@pytest.mark.timeout(300)
@every_look
def test_what_opens_over_a_page(
    open_page: Callable[..., Page], accessible: Judge, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    with world("ordinary") as where:
        see(page, f"{where}/schedules/links")
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        judge(page, accessible, look)
        page.keyboard.press("Escape")
        for summary in ("Pause…", "More…", "As text"):
            page.locator("summary", has_text=summary).first.click()
            judge(page, accessible, look)
        page.goto("about:blank")
