"""Run with other parameters, pause until, remove and take back, relink, revisions: in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rota import Rota, every, manual
from web.fake import HOSTILE
from web.serving import serving


@pytest.fixture
def rota() -> Rota:
    made = Rota("memory://", app="desk")

    @made.task("desk.count", schedule=manual(), title="Count the pages")
    def count(limit: int = 10) -> None: ...

    @made.task("desk.tidy", schedule=every("1h"), title="Tidy up")
    def tidy() -> None: ...

    return made


@pytest.fixture
def address(rota: Rota) -> Iterator[str]:
    with serving(rota) as where:
        yield where


@pytest.fixture
def orphan(rota: Rota) -> str:
    """A schedule whose task has another name in the code of today."""
    rota.schedules.add("old", "desk.count", "daily at 09:00", parameters={"limit": 3})
    context = rota.schedules.context
    row = context.need_schedule("old")
    context.store.change_schedule("old", row.version, {"task": "desk.counts"})
    return "old"


@pytest.mark.page(console=["status of 4"])
def test_run_now_with_other_parameters(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/schedules/desk.count")
    page.get_by_text("More…").click()
    page.get_by_role("link", name="Run with other parameters…").click()
    expect(page.get_by_label("Limit")).to_have_value("10")
    page.get_by_label("Limit").fill("many")
    page.get_by_role("button", name="Run now").click()
    expect(page.locator('[id="e-p.limit"]')).to_contain_text("not a whole number")
    expect(page.get_by_label("Limit")).to_have_value("many")
    page.get_by_label("Limit").fill("25")
    page.get_by_role("button", name="Run now").click()
    expect(page).to_have_url(f"{address}/runs/1")
    assert rota.runs.get(1).parameters == {"limit": 25}
    assert rota.schedules.get("desk.count").parameters == {}
    rota.runs.cancel(1)
    page.goto(f"{address}/runs/1/again-with")
    expect(page.get_by_label("Limit")).to_have_value("25")
    page.get_by_label("Limit").fill("26")
    page.get_by_role("button", name="Run again").click()
    expect(page).to_have_url(f"{address}/runs/2")
    assert (rota.runs.get(2).parameters, rota.runs.get(2).of) == ({"limit": 26}, 1)


@pytest.mark.page(java_script_enabled=False, console=["status of 4"])
def test_pause_until_a_time_with_a_reason(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/schedules/desk.tidy/pause")
    expect(page.locator(".short-list li")).to_have_count(5)
    page.get_by_role("radio", name="until", exact=True).check()
    page.get_by_label("Until this moment").fill("2020-01-01T00:00")
    page.get_by_label("Reason").fill("moving house")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#e-until")).to_contain_text("lies in the future")
    expect(page.get_by_label("Reason")).to_have_value("moving house")
    page.get_by_label("Until this moment").fill("2099-01-01T00:00")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#notice")).to_contain_text("Paused desk.tidy")
    paused = rota.schedules.get("desk.tidy")
    assert paused.paused_until is not None
    assert (paused.paused_until.year, paused.pause_reason) == (2099, "moving house")


@pytest.mark.page(console=["status of 404"])  # the open page asks once more for what is gone
def test_a_removed_schedule_comes_back_in_one_press(page: Page, rota: Rota, address: str) -> None:
    rota.schedules.add("mine", "desk.count", "daily at 09:00", parameters={"limit": 3}, retries=2)
    page.goto(f"{address}/schedules/mine")
    page.get_by_text("More…").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#notice")).to_contain_text("mine was removed")
    assert "mine" not in [one.name for one in rota.schedules.list()]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notice")).to_contain_text("mine is back")
    back = rota.schedules.get("mine")
    assert (back.trigger, back.parameters, back.policies) == (
        "daily at 09:00", {"limit": 3}, {"retries": 2}
    )  # fmt: skip


@pytest.mark.shows("K10")
def test_an_orphan_is_relinked(page: Page, rota: Rota, address: str, orphan: str) -> None:
    page.goto(f"{address}/schedules/{orphan}")
    page.get_by_role("link", name="Relink…").click()
    expect(page.get_by_label("Task")).to_have_value("desk.count")
    expect(page.get_by_label("Limit")).to_have_value("3")
    page.get_by_role("button", name="Relink").last.click()
    expect(page.locator("#notice")).to_contain_text("runs another task")
    saved = rota.schedules.get(orphan)
    assert (saved.task, saved.parameters, saved.status) == ("desk.count", {"limit": 3}, "waiting")
    assert rota.schedules.revisions(orphan, 1)[0].reason == "relinked from desk.counts"


@pytest.mark.page(console=["status of 4"])
def test_relinking_checks_the_parameters(page: Page, rota: Rota, address: str, orphan: str) -> None:
    page.goto(f"{address}/schedules/{orphan}/relink?task=desk.tidy")
    page.get_by_role("button", name="Relink").last.click()
    expect(page.locator(".wrong").first).to_contain_text("there is no such parameter")
    page.get_by_label("Other parameters").fill("")
    page.get_by_role("button", name="Relink").last.click()
    expect(page.locator("#notice")).to_contain_text("runs another task")
    assert rota.schedules.get(orphan).parameters == {}


def test_revisions_show_what_changed_and_lead_back(page: Page, rota: Rota, address: str) -> None:
    rota.schedules.add("mine", "desk.count", "daily at 09:00", user="ann")
    rota.schedules.update("mine", trigger="daily at 10:00", retries=3, user="bob", reason="later")
    page.goto(f"{address}/schedules/mine/revisions")
    expect(page.get_by_role("heading", level=1)).to_contain_text("by bob")
    newest = page.locator(".revisions > li").first
    expect(newest).to_contain_text("“later”")
    expect(newest.locator("tbody tr")).to_have_count(2)
    expect(newest.locator("tbody tr").first).to_contain_text("daily at 09:00")
    page.get_by_role("button", name="Back to revision 1").click()
    expect(page.locator("#notice")).to_contain_text("as it was then")
    back = rota.schedules.get("mine")
    assert (back.trigger, back.policies) == ("daily at 09:00", {})
    expect(page.locator(".revisions > li")).to_have_count(3)


def test_a_reason_given_in_the_editor_stands_in_the_revisions(
    page: Page, rota: Rota, address: str
) -> None:
    page.goto(f"{address}/schedules/desk.tidy/edit")
    page.get_by_label("Title").fill("Tidy the desk")
    page.get_by_label("Why").fill("a better name")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#notice")).to_contain_text("was saved")
    assert rota.schedules.revisions("desk.tidy", 1)[0].reason == "a better name"


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_and_are_accessible(
    open_page: Callable[..., Page], accessible: Callable[[Page], None], rota: Rota, address: str,
    orphan: str, width: int, scheme: str,
) -> None:  # fmt: skip
    for index in (0, 1, 8):
        text = HOSTILE[index]
        rota.schedules.update("desk.count", title=text, reason=text, user=text)
    run = rota.schedules.run("desk.count")
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (
        f"/schedules/{orphan}/relink", f"/schedules/{orphan}/pause", f"/schedules/{orphan}",
        "/schedules/desk.count/run-with", "/schedules/desk.count/revisions",
        f"/runs/{run.id}/again-with",
    ):  # fmt: skip
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        accessible(page)


def test_what_is_taken_back_keeps_its_grid(rota: Rota) -> None:
    made = rota.schedules.get("desk.tidy").created
    context = rota.schedules.context
    row = context.need_schedule("desk.tidy")
    context.store.change_schedule("desk.tidy", row.version, {"created": row.created - 90_000_000})
    rota.schedules.remove("desk.tidy")
    latest = rota.schedules.revisions("desk.tidy", 1)[0]
    back = rota.schedules.revert("desk.tidy", latest.number)
    assert made is not None
    assert back.created == made - timedelta(seconds=90)


@pytest.mark.page(viewport={"width": 360, "height": 740})
def test_many_tasks_on_a_phone(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/schedules")
    page.get_by_role("checkbox", name="Pick Tidy up").check()
    page.get_by_role("button", name="Pick all").click()
    expect(page.locator("#picked")).to_have_text("2 picked")
    page.locator("#bulk").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 tasks were paused")


def test_edit_and_new_by_keyboard_and_a_schedule_named_new(
    page: Page, rota: Rota, address: str
) -> None:
    rota.schedules.add("new", "desk.count", "daily at 09:00", title="Quite new")
    page.goto(f"{address}/schedules/new")
    expect(page.locator(".crumb")).to_contain_text("Quite new")
    expect(page.locator("#live")).to_have_text("live")
    page.keyboard.press("e")
    expect(page).to_have_url(f"{address}/schedules/new/edit")
    page.goto(f"{address}/schedules")
    expect(page.locator("#live")).to_have_text("live")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{address}/new")
