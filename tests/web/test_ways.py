"""The way back through long lists, and slots that were for several nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from rota import Rota, Run, every, manual
from rota.instants import SECOND, rfc3339
from rota.ports.records import Decision, Finish, NewRun, NodeRow
from rota.web.show.steps import BETWEEN, LONGEST, steps
from web.serving import serving

SLOTS = 30
HOUR = 3_600 * SECOND
WARM = "news.warm"


@pytest.fixture
def rota() -> Iterator[Rota]:
    """Thirty slots for two nodes each, of which the second failed in the last; and 230 runs."""
    rota = Rota("memory://", app="ways")

    @rota.task(WARM, schedule=every("1h"), title="Warm up", placement="every")
    def warm() -> None: ...

    @rota.task("news.count", schedule=manual(), title="Count")
    def count(run: Run) -> None: ...

    rota.open()
    store = rota.context.store
    names = [
        store.join(NodeRow("", host, 1, "1", tasks=(WARM,)), 100 * HOUR).name
        for host in ("web-1", "web-2")
    ]
    for number in range(1, SLOTS + 1):
        row = store.schedule(WARM)
        assert row is not None
        assert row.next_due is not None
        due, new = row.next_due, NewRun(WARM, row.next_due, schedule=WARM, placement="every")
        store.decide([Decision(WARM, row.version, due, due + HOUR, due, (new,))], due)
        for name in names:
            (run,) = store.take(name, (WARM,), 10, due, 0)
            state = "failed" if number == SLOTS and name == names[1] else "succeeded"
            store.finish([Finish(run.id, run.fence, state, due + 5 * SECOND)], due + 5 * SECOND)
    for _ in range(170):
        rota.schedules.run("news.count")
    yield rota
    rota.close()


@pytest.fixture
def address(rota: Rota) -> Iterator[str]:
    with serving(rota) as where:
        yield where


def first_id(page: Page) -> str:
    return page.locator("tr[data-row] a[data-open]").first.inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_a_long_list_goes_on_and_back(open_page, address: str, script: bool) -> None:
    page = open_page(java_script_enabled=script)
    page.goto(f"{address}/runs")
    seen = [first_id(page)]
    for _ in range(2):
        page.get_by_role("link", name="Older").click()
        expect(page.locator("tr[data-row] a[data-open]").first).not_to_have_text(seen[-1])
        seen.append(first_id(page))
    assert seen == ["230", "130", "2 nodes"]  # the slot of 30 and 29
    expect(page.get_by_role("link", name="Older")).to_have_count(0)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator("tr[data-row] a[data-open]").first).to_have_text("130")
    page.get_by_role("link", name="Newer").click()
    expect(page.locator("tr[data-row] a[data-open]").first).to_have_text("230")
    expect(page.get_by_role("link", name=re.compile("Newe"))).to_have_count(0)
    assert page.url == f"{address}/runs"


def test_another_filter_begins_at_the_first_page(page: Page, address: str) -> None:
    page.goto(f"{address}/runs?cursor=130&trail=")
    page.get_by_label("State").select_option("succeeded")
    page.wait_for_url(f"{address}/runs?state=succeeded")


def test_the_way_back_is_bounded_and_never_lies() -> None:
    given: dict[str, str] = {}
    cursors = [f"{number:0100}" for number in range(1, 40)]
    for cursor in cursors:
        found = steps(given, cursor)
        assert found.next is not None
        given = found.next
        assert len(given["trail"]) <= LONGEST + len(BETWEEN)
    walked = []
    while (back := steps(given, None).previous) is not None:
        given = back
        walked.append(given["cursor"])
    assert walked == cursors[-2 : -2 - len(walked) : -1]
    assert 10 < len(walked) < 39
    assert steps(given, None).first == {"cursor": "", "trail": ""}
    assert steps({"cursor": "1", "trail": "a." * 50_000}, None).previous is None
    again = steps(given, "next")
    assert again.next is not None
    assert steps(again.next, None).previous is not None


def test_a_slot_stands_once_with_what_became_of_it_on_each_node(
    page: Page, rota: Rota, address: str
) -> None:
    page.goto(f"{address}/schedules/{WARM}")
    slots = page.locator("#history tr.slot")
    expect(slots).to_have_count(13)  # 25 runs, and the rest of the slot they end in
    expect(slots.first).to_contain_text("2 nodes")
    expect(slots.first).to_contain_text("failed")
    expect(slots.first).to_contain_text("1 failed, 1 ran")
    within = page.locator("#history tbody").first.locator("tr.within")
    expect(within).to_have_count(2)
    expect(within.first).to_contain_text("web-2")
    page.get_by_role("link", name="Older").click()
    expect(slots.last).to_contain_text("2 ran")
    expect(page.get_by_role("link", name="Older")).to_be_visible()
    page.get_by_role("link", name="Older").click()
    expect(slots).to_have_count(4)


def test_among_all_runs_a_slot_stands_once_too(page: Page, rota: Rota, address: str) -> None:
    page.goto(f"{address}/runs?schedule={WARM}")
    slot = page.locator("#list tr.slot").first
    expect(slot).to_contain_text("2 nodes")
    expect(slot.locator("td.c-name")).not_to_be_empty()
    expect(slot).to_contain_text("1 failed, 1 ran")
    assert page.locator("#list tr[id]").evaluate_all("all => new Set(all.map(r => r.id)).size") == (
        page.locator("#list tr[id]").count()
    )
    slot.get_by_role("link", name="2 nodes").click()
    expect(page.locator("#why-answer")).to_contain_text("was for 2 nodes")


def test_why_answers_for_every_node(page: Page, rota: Rota, address: str) -> None:
    row = rota.context.store.schedule(WARM)
    assert row is not None
    assert row.next_due is not None
    page.goto(f"{address}/schedules/{WARM}?at={rfc3339(row.next_due - HOUR)}")
    answer = page.locator("#why-answer")
    expect(answer).to_contain_text("was for 2 nodes: 1 ran, 1 failed")
    expect(answer.get_by_role("listitem")).to_have_count(2)
    answer.get_by_role("link").last.click()
    expect(page.locator("h1")).to_contain_text("It failed")


def test_runs_are_named_by_title_and_times_in_both_zones(
    open_page, rota: Rota, address: str
) -> None:
    rota.schedules.add("mail", "news.count", "daily at 03:30 in Europe/Prague", title="The letter")
    rota.schedules.run("mail")
    page = open_page(timezone_id="America/New_York")
    page.goto(f"{address}/runs")
    expect(page.locator("#list tbody tr").first).to_contain_text("The letter")
    page.get_by_role("link", name="231").click()
    expect(page).to_have_title(re.compile("^The letter, run 231: queued"))
    expect(page.locator(".crumb")).to_contain_text("The letter")
    page.goto(f"{address}/schedules/mail")
    times = page.locator("section:has(> h2:text-matches('Next times')) li")
    expect(times.first).to_contain_text(re.compile(r"2[12]:30.*03:30 Prague"))
