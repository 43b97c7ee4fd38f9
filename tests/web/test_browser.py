from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rota import Run, manual
from web.fake import ordinary
from web.newsroom import Newsroom, live
from web.serving import serving


class Counting(Newsroom):
    """A run that goes on until a test says so, whoever cancels it, and one that breaks."""

    def __init__(self) -> None:
        super().__init__()
        rota = self.rota

        @rota.task("news.count", schedule=manual(), title="Count the pages")
        def count(run: Run) -> str:
            run.log.info("counting begins")
            run.progress(0.25, "a quarter")
            self.go.wait(20)
            run.log.warning("<b>nearly</b> done")
            return "12 pages counted"

        @rota.task("news.break", schedule=manual(), title="Break")
        def broken() -> None:
            raise ValueError("no such page")


@pytest.fixture
def newsroom() -> Newsroom:
    return Counting()


@pytest.fixture
def address(newsroom: Newsroom) -> Iterator[str]:
    with newsroom.open() as where:
        yield where


def row(page: Page, name: str) -> Any:
    return page.locator(f'tr[id="s-{name}"]')


def test_run_now_and_the_result_arrives_without_a_reload(
    page: Page, newsroom: Newsroom, address: str
) -> None:
    live(page, f"{address}/schedules")
    page.evaluate("window.stayed = true")
    row(page, "news.count").get_by_role("button", name="Run now").click()
    expect(page.locator("#notice")).to_contain_text("Started news.count: run 1")
    expect(row(page, "news.count")).to_contain_text("running")
    expect(row(page, "news.count")).to_contain_text("25 %")
    newsroom.go.set()
    expect(row(page, "news.count").locator(".c-result")).to_have_text("12 pages counted")
    expect(row(page, "news.count")).to_contain_text("ran")
    assert page.evaluate("window.stayed")
    assert page.url == f"{address}/schedules"


def test_a_run_is_watched_as_it_goes(page: Page, newsroom: Newsroom, address: str) -> None:
    run = newsroom.rota.schedules.run("news.count")
    live(page, f"{address}/runs/{run.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("It is running")
    expect(page.locator("#log li")).to_have_count(1)
    newsroom.go.set()
    expect(page.get_by_role("heading", level=1)).to_contain_text("It ran and took")
    expect(page.locator("#log li")).to_have_count(2)
    expect(page.locator("#log li").last).to_contain_text("<b>nearly</b> done")
    page.get_by_label("Level").select_option("warning")
    expect(page.locator("#log li:visible")).to_have_count(1)
    assert page.url.endswith("?level=warning")


def test_pause_with_a_reason_then_undo(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules/news.tidy")
    page.get_by_text("Pause…").click()
    page.get_by_label("Until").select_option("1h")
    page.get_by_label("Reason").fill("the printer is broken")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is paused")
    expect(page.locator(".lead")).to_contain_text("the printer is broken")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notice")).to_contain_text("Resumed news.tidy")
    assert newsroom.rota.schedules.get("news.tidy").paused is False


def test_a_long_run_is_cancelled(page: Page, newsroom: Newsroom, address: str) -> None:
    run = newsroom.rota.schedules.run("news.count")
    live(page, f"{address}/runs/{run.id}")
    page.get_by_role("button", name="Cancel run").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("asked to stop")
    newsroom.go.set()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("asked to stop")


def test_search_keeps_the_focus_and_goes_into_the_address(page: Page, address: str) -> None:
    live(page, f"{address}/schedules")
    page.keyboard.press("/")
    page.keyboard.type("tidy")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("#q")).to_be_focused()
    expect(page).to_have_url(f"{address}/schedules?q=tidy")
    page.go_back()


def test_the_keyboard_alone(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(row(page, "news.count")).to_be_focused()
    page.keyboard.press("r")
    expect(row(page, "news.count")).to_contain_text("running")
    expect(row(page, "news.count")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/schedules/news.count")
    expect(page.locator("#live")).to_have_text("live")
    page.keyboard.press("p")
    expect(page.get_by_label("Until")).to_be_focused()


def test_new_runs_wait_while_the_pointer_is_on_the_list(
    page: Page, newsroom: Newsroom, address: str
) -> None:
    newsroom.rota.schedules.run("news.tidy")
    live(page, f"{address}/runs")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.locator("tr[data-row]").first.hover()
    newsroom.rota.schedules.run("news.tidy")
    expect(page.get_by_role("button", name="Show 1 new")).to_be_visible()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("button", name="Show 1 new").click()
    expect(page.locator("tr[data-row]")).to_have_count(2)


def test_the_preview_reads_while_one_types(page: Page, address: str) -> None:
    live(page, f"{address}/preview")
    field = page.get_by_label("When should it run?")
    field.press_sequentially("daily at 09:00 in Europe/Pragu", delay=5)
    expect(page.get_by_role("heading", level=1)).to_have_text("That cannot be read yet")
    page.get_by_role("link", name="Write daily at 09:00 in Europe/Prague").click()
    expect(page.locator(".times li")).to_have_count(10)
    expect(page.get_by_role("heading", level=1)).to_contain_text("09:00")


@pytest.mark.page(console=["status of 404"])
def test_a_refused_change_is_said_and_the_page_stays(
    page: Page, newsroom: Newsroom, address: str
) -> None:
    live(page, f"{address}/schedules")
    page.locator("#live").click()
    newsroom.rota.schedules.remove("news.tidy")
    row(page, "news.tidy").get_by_text("Pause…").click()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("news.tidy")
    expect(row(page, "news.tidy")).to_be_visible()


def test_the_chip_tells_when_the_page_rests(page: Page, address: str) -> None:
    live(page, f"{address}/schedules")
    page.locator("#live").click()
    expect(page.locator("#live")).to_have_text("paused")
    page.locator("#live").click()
    expect(page.locator("#live")).to_have_text("live")


@pytest.mark.page(java_script_enabled=False)
def test_without_javascript(page: Page, newsroom: Newsroom, address: str) -> None:
    newsroom.go.set()
    page.goto(f"{address}/schedules")
    row(page, "news.tidy").get_by_role("button", name="Run now").click()
    expect(page.locator("#notice")).to_contain_text("Started news.tidy")
    page.locator("#notice a").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_picked_rows_stay_picked_while_the_list_lives(
    page: Page, newsroom: Newsroom, address: str
) -> None:
    live(page, f"{address}/schedules")
    expect(page.locator("#bulk")).to_be_hidden()
    row(page, "news.tidy").get_by_role("checkbox").check()
    expect(page.locator("#picked")).to_have_text("1 picked")
    newsroom.go.set()
    newsroom.rota.schedules.run("news.count")
    expect(row(page, "news.count").locator(".c-result")).to_have_text("12 pages counted")
    expect(row(page, "news.tidy").get_by_role("checkbox")).to_be_checked()
    page.locator("#all").check()
    expect(page.locator("#picked")).to_have_text("3 picked")
    page.locator("#bulk").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 tasks were paused")
    newsroom.rota.schedules.run("news.count")  # the page tells what was done, whatever happens
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 tasks were resumed")
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(f"{address}/schedules")


def test_the_switch_and_its_undo(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules")
    row(page, "news.tidy").get_by_role("switch").click()
    expect(row(page, "news.tidy").get_by_role("switch")).to_have_text("off")
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "news.tidy").get_by_role("switch")).to_have_text("on")
    assert newsroom.rota.schedules.get("news.tidy").enabled


def test_light_or_dark_is_the_readers_choice_and_stays(page: Page, address: str) -> None:
    live(page, f"{address}/")
    ink = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ink)
    page.locator("#look").click()
    assert page.evaluate(ink) == light
    page.locator("#look").click()
    expect(page.locator("#look")).to_have_text("look: dark")
    dark = page.evaluate(ink)
    assert dark != light
    page.goto(f"{address}/runs")
    assert page.evaluate(ink) == dark
    page.locator("#look").click()
    assert page.evaluate(ink) == light


def test_many_tasks_by_keyboard_alone(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/schedules")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("#picked")).to_have_text("2 picked")
    page.locator("#bulk").get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 tasks were paused")
    expect(page.locator("#live")).to_have_text("live")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(f"{address}/")
    expect(page.locator("#g-paused tr[data-row]")).to_have_count(2)


def test_a_gap_is_followed_to_its_answer_in_the_browser(page: Page) -> None:
    with serving(ordinary()) as where:
        live(page, f"{where}/schedules/feeds")
        page.locator(".strip .gap a").first.click()
        expect(page.locator("#why-answer")).to_contain_text("was skipped")
        expect(page.locator("#at")).not_to_have_value("")
        page.goto("about:blank")


def test_the_home_page_lives(page: Page, newsroom: Newsroom, address: str) -> None:
    live(page, f"{address}/")
    newsroom.go.set()
    newsroom.rota.schedules.run("news.break")
    expect(page.get_by_role("heading", level=1)).to_have_text("“Break” needs you")
    expect(page.locator("#g-attention")).to_contain_text("no such page")


SEEN_MORE = """known => new MutationObserver((_, watch) => {
    const rows = [...document.querySelectorAll("tr[data-row]")];
    const done = rows.filter((row) => row.textContent.includes("tidied"));
    if (done.length <= known) return;
    window.seen = Date.now();
    watch.disconnect();
}).observe(document.body, {childList: true, subtree: true, characterData: true})"""


def test_a_finished_run_is_on_an_open_list_within_a_second(
    page: Page, newsroom: Newsroom, address: str
) -> None:
    """The best of three: what else this machine has to do is not the page's affair."""
    late = []
    for _ in range(3):
        live(page, f"{address}/runs")
        page.mouse.move(0, 0)
        page.evaluate("window.seen = 0")
        known = page.locator("tr[data-row]").count()
        page.evaluate(SEEN_MORE, known)
        run = newsroom.rota.schedules.run("news.tidy")
        expect(page.locator("tr[data-row]", has_text="tidied")).to_have_count(known + 1)
        finished = newsroom.rota.runs.get(run.id).finished
        assert finished is not None
        late.append(page.evaluate("window.seen") / 1000 - finished.timestamp())
    assert min(late) < 1
