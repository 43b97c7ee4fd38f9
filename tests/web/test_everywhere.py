"""Every page there is, light and dark, wide and on a phone: axe-core finds nothing to complain of,
nothing scrolls sideways, and the browser's console stays silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rota import Rota, every, manual
from web.fake import HOSTILE, Fake, hostile, ordinary
from web.serving import serving

LOOKS = pytest.mark.parametrize(
    "look",
    [
        {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        for width in (1440, 360)
        for scheme in ("light", "dark")
    ],
    ids=["wide-light", "wide-dark", "phone-light", "phone-dark"],
)
Judge = Callable[[Page], None]

ORDINARY = (
    "/", "/schedules", "/schedules?status=attention", "/schedules?q=nothing", "/timeline",
    "/timeline?view=week", "/runs", "/runs?state=failed", "/events", "/audit", "/nodes", "/system",
    "/preview?trigger=every+5m", "/preview?trigger=evry", "/schedules/links",
    "/schedules/feeds?at=2026-01-01T00:00:00Z", "/schedules/report", "/schedules/links/edit",
    "/schedules/links/pause", "/runs/4963", "/runs/4960",
)  # fmt: skip
NASTY = (
    "/", "/schedules", "/timeline", "/timeline?view=week", "/runs", "/events", "/audit", "/nodes",
    "/system", "/schedules/nasty-1", "/schedules/nasty-8", "/schedules/nasty-9/edit",
    "/schedules/nasty-8/pause", "/runs/18", "/runs/10", "/preview?trigger=%3Cb%3E",
)  # fmt: skip
EMPTY = ("/", "/schedules", "/runs", "/timeline", "/events", "/nodes", "/audit", "/system")
KINDS = ("every", "daily", "weekly", "monthly", "yearly", "at", "manual", "rrule", "cron",
         "sitecore", "kentico", "text")  # fmt: skip


@pytest.fixture
def judged(open_page: Callable[..., Page], accessible: Judge, look: dict[str, Any]) -> Judge:
    """Asserts that the page shown fits and is accessible."""
    width = look["viewport"]["width"]

    def judge(page: Page) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        accessible(page)

    return judge


@pytest.mark.long
@pytest.mark.timeout(300)
@LOOKS
@pytest.mark.parametrize(
    "make, paths",
    [(ordinary, ORDINARY), (hostile, NASTY), (Fake, EMPTY)],
    ids=["ordinary", "hostile", "empty"],
)
def test_every_page_to_read(
    open_page: Callable[..., Page], judged: Judge, look: dict[str, Any],
    make: Callable[[], Fake], paths: tuple[str, ...],
) -> None:  # fmt: skip
    page = open_page(**look)
    with serving(make()) as where:
        for path in paths:
            page.goto(where + path)
            expect(page.locator("#live")).to_have_text("live")
            judged(page)
        page.goto("about:blank")


@contextmanager
def desk() -> Iterator[tuple[Rota, str]]:
    """A real application: an orphan, revisions, a run that waits, nasty words everywhere."""
    rota = Rota("memory://", app="desk")
    rota.task("desk.tidy", schedule=every("1h"), title="Tidy up")(lambda: None)

    @rota.task("desk.count", schedule=manual(), title=HOSTILE[0])
    def count(limit: int = 10, words: str = HOSTILE[1]) -> None: ...

    rota.schedules.add("old", "desk.count", "daily at 09:00", parameters={"limit": 3})
    rota.schedules.update("old", title=HOSTILE[8], reason=HOSTILE[1], user=HOSTILE[0])
    context = rota.schedules.context
    row = context.need_schedule("old")
    context.store.change_schedule("old", row.version, {"task": "desk.counts"})
    rota.schedules.run("desk.count")
    try:
        with serving(rota) as where:
            yield rota, where
    finally:
        rota.close()


@pytest.mark.long
@pytest.mark.timeout(300)
@LOOKS
@pytest.mark.page(console=["status of 4"])
def test_every_page_to_do_something(
    open_page: Callable[..., Page], judged: Judge, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    with desk() as (rota, where):
        for path in (
            "/schedules/old", "/schedules/old/relink", "/schedules/old/pause",
            "/schedules/old/revisions", "/schedules/desk.count/run-with", "/runs/1",
            "/runs/1/again-with", "/schedules/nope", "/schedules?status=odd",
            "/schedules/rota.housekeeping.prune", "/schedules/desk.tidy/edit",
        ):  # fmt: skip
            page.goto(where + path)
            judged(page)
        page.locator("#title").fill("Mine")
        rota.schedules.update("desk.tidy", title="Theirs")
        page.get_by_role("button", name="Save").last.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("changed it while you did")
        judged(page)
        page.goto("about:blank")


@pytest.mark.long
@pytest.mark.timeout(300)
@LOOKS
def test_every_kind_in_the_editor(
    open_page: Callable[..., Page], judged: Judge, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    with desk() as (_, where):
        for kind in KINDS:
            page.goto(f"{where}/new?kind={kind}")
            judged(page)
        page.goto("about:blank")


@pytest.mark.long
@pytest.mark.timeout(300)
@LOOKS
def test_what_became_of_many(
    open_page: Callable[..., Page], judged: Judge, look: dict[str, Any]
) -> None:
    page = open_page(**look)
    with desk() as (_, where):
        page.goto(f"{where}/schedules")
        expect(page.locator("#live")).to_have_text("live")
        for box in page.locator(".c-pick input[name]").all():
            box.check()
        judged(page)  # with the bar of what can be done to them
        page.locator("#bulk").get_by_role("button", name="Run now").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("started")
        judged(page)
        page.goto("about:blank")
