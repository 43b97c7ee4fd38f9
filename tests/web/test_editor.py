"""Making and editing schedules in a real browser: scripts on and off, wide and narrow."""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from rota import Rota, every, manual
from web.fake import HOSTILE
from web.serving import serving

SIZES = [(1440, 900), (360, 740)]


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


@dataclasses.dataclass
class Target:
    host: str
    port: int = 443


def desk() -> Rota:
    """An application with a task for each kind of parameter, and one with policies of its own."""
    rota = Rota("memory://", app="desk")

    @rota.task("desk.report", title="Weekly report")
    def report(
        readers: list[str], days: int = 7, draft: bool = False, since: date | None = None,
        wait: timedelta = timedelta(minutes=90), size: Size = Size.SMALL,
        way: Literal["mail", "print"] = "mail", target: Target | None = None,
    ) -> None: ...  # fmt: skip

    @rota.task("desk.tidy", schedule=every("1h"), title="Tidy up", timeout="5m", overlap="queue")
    def tidy() -> None: ...

    @rota.task("desk.count", schedule=manual(), title="Count the pages")
    def count(limit: int = 10) -> None: ...

    return rota


@pytest.fixture
def rota() -> Rota:
    return desk()


@pytest.fixture
def address(rota: Rota) -> Iterator[str]:
    with serving(rota) as where:
        yield where


def words(page: Page) -> Any:
    return page.locator("#outlook-words")


def pick(page: Page, kind: str) -> None:
    page.get_by_role("radio", name=kind, exact=True).check(force=True)


def test_a_sentence_becomes_a_schedule(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/new")
    page.get_by_label("Title").fill("Monday letter")
    page.get_by_label("Task", exact=True).select_option("desk.count")
    pick(page, "Weekly")
    for day in ("Tue", "Wed", "Fri"):
        page.locator(".k-weekly").get_by_role("checkbox", name=day).uncheck(force=True)
    page.locator(".k-weekly").get_by_label("Times of day").fill("9, 17:30")
    page.get_by_label("Time zone").fill("Europe/Prague")
    expect(words(page)).to_have_text("Monday and Thursday at 09:00 and 17:30, Prague time")
    expect(page.locator("#trigger")).to_have_value(
        "weekly on mon,thu at 09:00,17:30 in Europe/Prague"
    )
    expect(page.locator(".next li")).to_have_count(10)
    expect(page.locator(".clocks")).to_contain_text("the clock goes from")
    page.get_by_role("button", name="Make the schedule").click()
    expect(page.locator("#notice")).to_contain_text("monday-letter was made")
    made = rota.schedules.get("monday-letter")
    assert made.trigger == "weekly on mon,thu at 09:00,17:30 in Europe/Prague"
    assert (made.title, made.parameters, made.policies) == ("Monday letter", {}, {})


def test_the_text_changes_the_sentence(page: Page, address: str) -> None:
    page.goto(f"{address}/new")
    page.locator("#trigger").fill("every 90m on mon-fri between 08:00-18:00 in Europe/Prague")
    expect(words(page)).to_have_text(re.compile("^Every 1 hour and 30 minutes"))
    expect(page.locator("#kind-every")).to_be_checked()
    expect(page.locator(".k-every").get_by_label("How many")).to_have_value("90")
    expect(page.locator(".k-every").get_by_role("checkbox", name="Fri")).to_be_checked()
    expect(page.locator(".k-every").get_by_role("checkbox", name="Sat")).not_to_be_checked()
    page.locator(".k-every").get_by_label("How many").fill("2")
    page.locator(".k-every").get_by_label("Unit of time").select_option("h")
    expect(page.locator("#trigger")).to_have_value(
        "every 2h on mon-fri between 08:00-18:00 in Europe/Prague"
    )


def test_typing_is_never_blocked_and_a_mend_is_one_press(page: Page, address: str) -> None:
    page.goto(f"{address}/new")
    page.locator("#trigger").fill("")
    page.locator("#trigger").type("daily at 9:00", delay=20)
    expect(page.locator("#trigger")).to_have_value("daily at 9:00")
    expect(words(page)).to_have_text("That cannot be read yet")
    page.get_by_role("button", name="Write daily at 09:00").click()
    expect(page.locator("#trigger")).to_have_value("daily at 09:00")
    expect(page.locator("#kind-daily")).to_be_checked()
    expect(words(page)).to_have_text(re.compile("^Every day at 09:00"))
    page.locator("#trigger").fill("monthly on 31 at 09:00 until 2030-05-01")
    page.get_by_role("button", name="Include the whole day").click()
    expect(page.locator("#trigger")).to_have_value("monthly on 31 at 09:00 until 2030-05-01T23:59")


@pytest.mark.page(console=["status of 4"])
def test_every_error_stands_beside_its_field_and_nothing_typed_is_lost(
    page: Page, rota: Rota, address: str
) -> None:
    page.goto(f"{address}/new?task=desk.report")
    page.get_by_label("Name").fill("9 lives!")
    page.get_by_label("Days", exact=True).fill("seven")
    page.get_by_label("Readers").fill("[1, ")
    page.locator("#trigger").fill("daily at 25:00")
    page.locator("summary", has_text="When it goes wrong").click()
    page.get_by_label("It is stopped after").fill("soon")
    page.get_by_role("button", name="Make the schedule").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("5 things need mending")
    for field, said in (
        ("name", "a name begins with"), ("p.days", "not a whole number"),
        ("p.readers", "not JSON"), ("policy.timeout", "duration"),
    ):  # fmt: skip
        expect(page.locator(f'[id="e-{field}"]')).to_contain_text(said)
    expect(page.locator("#outlook")).to_contain_text("no time of day")
    expect(page.get_by_label("Days", exact=True)).to_have_value("seven")
    expect(page.get_by_label("Readers")).to_have_value("[1, ")
    expect(page.get_by_label("It is stopped after")).to_have_value("soon")
    assert [one.name for one in rota.schedules.list()] == ["desk.count", "desk.tidy"]


@pytest.mark.page(console=["status of 4"])
def test_a_name_that_is_taken_is_said_with_a_free_one(page: Page, address: str) -> None:
    page.goto(f"{address}/new?task=desk.tidy")
    page.get_by_label("Name").fill("desk.tidy")
    page.get_by_role("button", name="Make the schedule").click()
    expect(page.locator("#e-name")).to_contain_text("write desk.tidy-2")


def test_parameters_have_fields_of_their_kind(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/new")
    page.get_by_label("Task", exact=True).select_option("desk.report")
    expect(page.get_by_label("Wait", exact=True)).to_have_value("90m")
    page.get_by_label("Readers").fill('["ann", "bob"]')
    page.get_by_label("Since").fill("2026-03-02")
    page.get_by_label("Size").select_option(label="large")
    page.locator('[id="p.draft"]').check()
    page.get_by_label("Target").fill('{"host": "example.org"}')
    page.get_by_label("Title", exact=True).first.fill("Report")
    page.get_by_role("button", name="Make the schedule").click()
    expect(page.locator("#notice")).to_contain_text("report was made")
    assert rota.schedules.get("report").parameters == {
        "readers": ["ann", "bob"], "since": "2026-03-02", "size": "large", "draft": True,
        "target": {"host": "example.org"},
    }  # fmt: skip


def test_policies_are_sentences_and_what_is_left_alone_stays_the_tasks(
    page: Page, rota: Rota, address: str
) -> None:
    page.goto(f"{address}/schedules/desk.tidy/edit")
    overlap = page.get_by_label("If it is still running, the next start", exact=True)
    expect(overlap.locator("option").first).to_have_text(
        "waits until it has ended (as its task says)"
    )
    overlap.select_option("number")
    page.get_by_label("If it is still running, the next start: how many").fill("3")
    page.locator("summary", has_text="When it goes wrong").click()
    expect(page.get_by_label("It is stopped after")).to_have_attribute("placeholder", "5m")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#notice")).to_contain_text("desk.tidy was saved")
    assert rota.schedules.get("desk.tidy").policies == {"overlap": 3}
    page.goto(f"{address}/schedules/desk.tidy/edit")
    page.get_by_label("If it is still running, the next start", exact=True).select_option("")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#notice")).to_contain_text("desk.tidy was saved")
    assert rota.schedules.get("desk.tidy").policies == {}


def test_a_last_run_that_would_swallow_the_first_start_is_offered_to_be_cleared(
    page: Page, rota: Rota, address: str
) -> None:
    rota.schedules.add("cms", "desk.count", "manual")
    context = rota.schedules.context
    now = context.now()
    context.store.change_schedule("cms", None, {"last_run": now, "last_finished": now})
    start = datetime.now(UTC) + timedelta(hours=2)
    page.goto(f"{address}/schedules/cms/edit")
    page.locator("#trigger").fill(f"sitecore {start:%Y%m%dT%H%M%S}||127|1.00:00:00")
    expect(page.locator("#outlook")).to_contain_text("will be skipped")
    page.get_by_role("checkbox", name="Clear the last run").check()
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#notice")).to_contain_text("cms was saved")
    saved = rota.schedules.get("cms")
    assert saved.last_run is None
    assert saved.next_run == start.replace(microsecond=0)


def test_saving_what_was_not_touched_writes_nothing(page: Page, rota: Rota, address: str) -> None:
    before = rota.schedules.get("desk.tidy").version
    page.goto(f"{address}/schedules/desk.tidy/edit")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#notice")).to_contain_text("was saved")
    assert rota.schedules.get("desk.tidy").version == before


@pytest.mark.page(console=["status of 4"])
def test_two_who_edit_at_once_see_both_versions(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/schedules/desk.count/edit")
    page.get_by_label("Title").fill("Count everything")
    page.get_by_label("Limit").fill("99")
    rota.schedules.update("desk.count", title="Count twice", retries=2)
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Somebody changed it while you did")
    rows = page.locator(".diff tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Count twice")
    expect(rows.nth(0)).to_contain_text("Count everything")
    rows.filter(has_text="Count twice").get_by_role("radio").first.check()
    page.get_by_role("button", name="Save what is chosen").click()
    expect(page.locator("#notice")).to_contain_text("was saved")
    saved = rota.schedules.get("desk.count")
    assert (saved.title, saved.parameters) == ("Count twice", {"limit": 99})
    assert saved.policies == {"retries": 2}


@pytest.mark.page(java_script_enabled=False)
def test_without_scripts_the_whole_form_works(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/new")
    page.get_by_label("Task", exact=True).select_option("desk.count")
    page.get_by_role("button", name="Choose").click()
    page.get_by_label("Limit").fill("5")
    pick(page, "Daily")
    page.locator(".k-daily").get_by_label("Times of day").fill("07:15")
    page.get_by_role("button", name="Read it").click()
    expect(words(page)).to_have_text(re.compile("^Every day at 07:15"))
    expect(page.locator("#trigger")).to_have_value(re.compile("^daily at 07:15"))
    page.locator("#trigger").fill("daily at 8:30")
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Write daily at 08:30").click()
    expect(page.locator(".k-daily").get_by_label("Times of day")).to_have_value("08:30")
    page.get_by_label("Title").fill("Morning count")
    page.get_by_role("button", name="Make the schedule").click()
    made = rota.schedules.get("morning-count")
    assert (made.trigger, made.parameters) == ("daily at 08:30", {"limit": 5})


@pytest.mark.page(java_script_enabled=False)
def test_without_scripts_two_changes_that_differ_are_asked_about(page: Page, address: str) -> None:
    page.goto(f"{address}/new?trigger=daily+at+07:00&task=desk.count")
    page.locator(".k-daily").get_by_label("Times of day").fill("08:00")
    page.locator("#trigger").fill("daily at 09:00")
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="daily at 08:00").click()
    expect(page.locator("#trigger")).to_have_value("daily at 08:00")


def test_the_keyboard_is_enough(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/new?task=desk.count")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("By keys")
    page.locator("#kind-weekly").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#kind-daily")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("06:00")
    expect(words(page)).to_have_text(re.compile("^Every day at 06:00"))
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("by-keys was made")
    assert rota.schedules.get("by-keys").trigger.startswith("daily at 06:00")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_and_is_accessible(
    open_page: Callable[..., Page], accessible: Callable[[Page], None], address: str,
    size: tuple[int, int], scheme: str,
) -> None:  # fmt: skip
    for path in (
        "/new?task=desk.report&trigger=monthly+on+31+at+02:30+in+Europe/Prague",
        "/new?trigger=nonsense", "/schedules/desk.tidy/edit",
    ):  # fmt: skip
        page = open_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        page.goto(address + path)
        page.evaluate(
            "for (const one of document.querySelectorAll('main details')) one.open = true"
        )
        for kind in page.locator("input[name=kind]").all():
            kind.evaluate("one => one.click()")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0], (path, kind.get_attribute("value"), wide)
        accessible(page)


@pytest.mark.page(console=["status of 4"])
def test_hostile_texts_stay_texts(page: Page, rota: Rota, address: str) -> None:
    for text in HOSTILE:
        if "\ud83d" in text:
            continue  # what no form can send
        page.goto(f"{address}/new?task=desk.report")
        page.get_by_label("Title").first.fill(text[:200])
        page.locator("#trigger").fill(text[:1000])
        expect(words(page)).to_have_text("That cannot be read yet")
        page.get_by_label("Readers").fill(text)
        page.get_by_role("button", name="Make the schedule").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("need")
        expect(page.get_by_label("Readers")).to_have_value(text.replace("\r\n", "\n"))
