"""Everything that can be done on the pages is done by keyboard alone: no test here has a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from rota import Run, manual
from web.newsroom import Newsroom, live
from web.visits import world

FARTHEST = 250  # stops that one page may have
# The stop that has the focus: its path, whether it is seen, and whether one sees that it has it.
STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const ringed = (one) => {
    if (!one) return false;
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) ||
      style.boxShadow !== "none";
  };
  const box = at.getBoundingClientRect();
  window.stops = window.stops || new Map();
  if (!window.stops.has(at)) window.stops.set(at, window.stops.size);
  return {
    number: window.stops.get(at), what: at.outerHTML.slice(0, 160),
    ringed: [at, at.nextElementSibling, at.closest("label")].some(ringed),
    shown: at.checkVisibility() && box.bottom > 0 && box.top < innerHeight &&
      box.right > 0 && box.left < innerWidth,
  };
}"""
# What a reader could press that no stop was: the buttons of one choice count as one stop.
LEFT_OUT = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']")].filter((one) =>
  one.checkVisibility() && !one.disabled && one.type !== "hidden" && one.tabIndex >= 0 &&
  !one.closest("[hidden], [inert], dialog:not([open])") && one.type !== "radio" &&
  !window.stops.has(one)).map((one) => one.outerHTML.slice(0, 160))"""


class Counting(Newsroom):
    """A run to watch that can be cancelled, and a schedule that lost its task."""

    def __init__(self) -> None:
        super().__init__()
        rota = self.rota

        @rota.task("news.count", schedule=manual(), title="Count the pages")
        def count(run: Run, limit: int = 10) -> str:
            run.log.info("counting begins")
            run.log.warning("page 7 is torn")
            while not self.go.wait(0.02):
                run.checkpoint()
            return f"{limit} pages counted"

        rota.schedules.add("old", "news.count", "daily at 09:00", parameters={"limit": 3})
        row = rota.schedules.context.need_schedule("old")
        rota.schedules.context.store.change_schedule("old", row.version, {"task": "news.counts"})


@pytest.fixture
def newsroom() -> Newsroom:
    return Counting()


@pytest.fixture
def address(newsroom: Newsroom) -> Iterator[str]:
    with newsroom.open() as where:
        yield where


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on with Tab until it has the focus."""
    expect(wanted).to_be_visible()
    handle = wanted.element_handle()
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("(one) => one === document.activeElement", handle):
            return
    raise AssertionError(f"{wanted} is not reached with Tab")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).last


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def walked(page: Page) -> None:
    """Tab goes through the whole page and round, and is seen at each stop."""
    seen, faults = 0, []
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:  # out of the page, on to its beginning
            continue
        if stop["number"] == 0 and seen > 1:
            break
        if not (stop["ringed"] and stop["shown"]):
            faults.append(f"not seen: {stop}")
        seen += 1
    else:
        raise AssertionError(f"{page.url} does not let go after {FARTHEST} stops")
    assert not faults, "\n".join(faults)
    left = page.evaluate(LEFT_OUT)
    assert not left, f"{page.url}: never reached:\n" + "\n".join(left)


WALKS = {
    "ordinary": ("/", "/schedules?status=attention", "/schedules/links", "/runs/4960", "/events",
                 "/audit", "/nodes", "/timeline", "/preview?trigger=evry",
                 "/schedules/links/pause"),
    "desk": ("/new", "/schedules/desk.tidy/edit", "/schedules/old/relink", "/schedules",
             "/schedules/old/revisions", "/schedules/desk.count/run-with"),
    "accounts": ("/sign-in",),
}  # fmt: skip


@pytest.mark.page(console=["status of 4"])
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", WALKS)
@pytest.mark.parametrize("width", [1440, 360])
def test_tab_walks_through_and_is_seen(page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    with world(name) as where:
        for path in WALKS[name]:
            page.goto(where + path)
            if page.locator("#live").count():  # a page to sign in on hears of nothing
                expect(page.locator("#live")).to_have_text("live")
            walked(page)
        page.goto("about:blank")


def test_help_opens_and_gives_the_focus_back(page: Page, address: str) -> None:
    live(page, f"{address}/schedules")
    press(page, "j", "?")
    expect(page.locator("#help")).to_be_visible()
    press(page, "j", "r")  # nothing happens behind it
    press(page, "Escape")
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("tr[data-row]").first).to_be_focused()
    expect(page.locator("tr[data-row]").first).not_to_contain_text("running")
    keys = page.locator("#keys")
    tab_to(page, keys)
    press(page, "Enter", "Escape")
    expect(keys).to_be_focused()
    press(page, "Enter", "Tab", "Tab", "Tab")  # it is a room of its own while it is open
    assert page.evaluate("document.activeElement === document.body || "
                         "!!document.activeElement.closest('#help')")  # fmt: skip


def test_a_menu_closes_and_gives_the_focus_back(page: Page, address: str) -> None:
    live(page, f"{address}/schedules/news.tidy")
    press(page, "p")
    expect(page.get_by_label("Until")).to_be_focused()
    press(page, "Tab")
    page.keyboard.type("never mind")
    press(page, "Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)
    expect(page.locator("summary", has_text="Pause…")).to_be_focused()
    tab_to(page, page.locator("summary", has_text="More…"))
    press(page, "Enter", "Tab")
    expect(page.get_by_role("link", name="Run with other parameters…")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("summary", has_text="More…")).to_be_focused()


def test_pause_with_a_reason_and_resume(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules/news.tidy")
    press(page, "p", "ArrowDown", "ArrowDown", "Tab")
    page.keyboard.type("the printer is broken")
    press(page, "Enter")
    heading(page).to_have_text("It is paused")
    paused = newsroom.rota.schedules.get("news.tidy")
    assert (paused.paused, paused.pause_reason) == (True, "the printer is broken")
    assert paused.paused_until is not None
    press(page, "p")
    expect(page.locator("#notice")).to_contain_text("Resumed news.tidy")
    assert not newsroom.rota.schedules.get("news.tidy").paused


def test_a_schedule_is_made(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules")
    press(page, "n")
    expect(page).to_have_url(f"{address}/new")
    tab_to(page, page.get_by_label("Title"))
    page.keyboard.type("Morning count")
    tab_to(page, page.get_by_label("Task", exact=True))
    page.keyboard.type("Count")
    tab_to(page, page.locator('input[name="kind"]:checked'))
    while not page.locator("#kind-daily").is_checked():
        press(page, "ArrowLeft")
    tab_to(page, page.locator(".k-daily").get_by_label("Times of day"))
    press(page, "Control+a")
    page.keyboard.type("7:30")
    expect(page.locator("#trigger")).to_have_value("daily at 07:30 in UTC")
    tab_to(page, page.get_by_label("Limit"))
    press(page, "Control+a")
    page.keyboard.type("25")
    tab_to(page, button(page, "Make the schedule"))
    press(page, "Enter")
    expect(page.locator("#notice")).to_contain_text("morning-count was made")
    made = newsroom.rota.schedules.get("morning-count")
    assert (made.trigger, made.task, made.parameters) == (
        "daily at 07:30 in UTC", "news.count", {"limit": 25},
    )  # fmt: skip


def test_a_schedule_is_edited(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules/news.tidy")
    press(page, "e")
    expect(page).to_have_url(f"{address}/schedules/news.tidy/edit")
    tab_to(page, page.locator("#trigger"))
    press(page, "Control+a")
    page.keyboard.type("every 2h")
    press(page, "Tab")
    tab_to(page, button(page, "Save"))
    press(page, "Enter")
    expect(page.locator("#notice")).to_contain_text("news.tidy was saved")
    assert newsroom.rota.schedules.get("news.tidy").trigger == "every 2h"


def test_run_watch_search_the_log_and_cancel(page: Page, address: str) -> None:
    live(page, f"{address}/schedules")
    press(page, "j", "r")
    expect(page.locator("#notice")).to_contain_text("Started news.count")
    tab_to(page, page.locator("#notice a"))
    press(page, "Enter")
    heading(page).to_have_text("It is running")
    expect(page.locator("#live")).to_have_text("live")
    expect(page.locator("#log li[data-level]")).to_have_count(2)
    press(page, "/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("torn")
    expect(page.locator("#log li:visible")).to_have_count(1)
    press(page, "Shift+Tab")
    expect(page.get_by_label("Level")).to_be_focused()
    page.keyboard.type("error")
    expect(page.locator("#log li:visible")).to_have_count(0)
    press(page, "Escape", "c")
    heading(page).to_contain_text("cancelled")
    press(page, "r")
    heading(page).to_have_text("It is running")


def test_many_are_picked_and_paused(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules")
    press(page, "j", "x", "j", "j", "x")
    expect(page.locator("#picked")).to_have_text("2 picked")
    press(page, "k", "k")
    for _ in range(FARTHEST):  # the actions stand before the rows
        press(page, "Shift+Tab")
        if page.evaluate("document.activeElement.value") == "pause":
            break
    press(page, "Enter")
    heading(page).to_have_text("2 tasks were paused")
    tab_to(page, button(page, "Undo"))
    press(page, "Enter")
    heading(page).to_have_text("2 tasks were resumed")
    assert not any(item.paused for item in newsroom.rota.schedules.list())


def test_an_orphan_is_relinked(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules/old")
    tab_to(page, page.get_by_role("link", name="Relink…"))
    press(page, "Enter")
    heading(page).to_contain_text("Which task")
    tab_to(page, page.locator("#task"))
    page.keyboard.type("Count")
    tab_to(page, page.get_by_label("Limit"))
    tab_to(page, button(page, "Relink"))
    press(page, "Enter")
    expect(page.locator("#notice")).to_contain_text("runs another task")
    assert newsroom.rota.schedules.get("old").task == "news.count"


def test_a_revision_is_found_and_gone_back_to(page: Page, newsroom: Newsroom, address: str) -> None:
    newsroom.rota.schedules.update("news.tidy", trigger="every 3h")
    live(page, f"{address}/schedules/news.tidy")
    tab_to(page, page.locator("summary", has_text="More…"))
    press(page, "Enter")
    tab_to(page, page.get_by_role("link", name="Revisions"))
    press(page, "Enter")
    tab_to(page, button(page, "Back to revision 1"))
    press(page, "Enter")
    expect(page.locator("#notice")).to_contain_text("is as it was then")
    assert newsroom.rota.schedules.get("news.tidy").trigger == "every 1h"


def test_why_is_asked_on_the_task_page(page: Page, address: str) -> None:
    live(page, f"{address}/schedules/news.tidy")
    tab_to(page, page.get_by_label("Time (", exact=False).first)
    page.keyboard.type("01012026")
    press(page, "Tab")
    page.keyboard.type("090000AM")
    tab_to(page, button(page, "Ask"))
    press(page, "Enter")
    expect(page.locator("#why-answer")).to_contain_text("No start was planned for then")


def test_the_pages_are_a_key_away(page: Page, address: str) -> None:
    live(page, f"{address}/")
    for key, path in (("t", "/schedules"), ("l", "/timeline"), ("r", "/runs"), ("e", "/events"),
                      ("n", "/nodes"), ("h", "/")):  # fmt: skip
        press(page, "g", key)
        expect(page).to_have_url(address + path)
        expect(page.locator("#live")).to_have_text("live")
    press(page, "Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press(page, "Enter")
    assert page.evaluate("document.activeElement.id") == "main"
