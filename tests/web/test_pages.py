from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from rota.engine.client.items import EventItem
from rota.web import User, application
from web.fake import HOSTILE, Fake, hostile, now, ordinary, schedule

PAGES = ("/", "/schedules", "/timeline", "/audit", "/system", "/runs", "/events", "/nodes",
         "/preview",
         "/schedules/nasty-0", "/schedules/nasty-9", "/runs/1", "/runs/18")  # fmt: skip


def client_of(fake: Fake, mount: str = "/rota") -> TestClient:
    host = Starlette(routes=[Mount(mount, application(fake))])
    base = f"http://localhost{mount}"
    return TestClient(host, base_url=base, client=("127.0.0.1", 1), follow_redirects=False)


class Seen(HTMLParser):
    """What a browser would make of a page: its elements with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts = 0
        self.faults: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag in ("img", "iframe", "object", "base", "style"):
            self.faults.append(tag)
        for name, value in attrs:
            if name.startswith(("on", "style", "hx-on", "data-hx-on")):
                self.faults.append(f"{tag} {name}")
            if name in ("href", "src", "action") and not (value or "").startswith(("/rota/", "#")):
                self.faults.append(f"{tag} {name}={value}")


@pytest.mark.parametrize("path", PAGES)
def test_hostile_text_stays_text(path: str) -> None:
    page = client_of(hostile()).get(path)
    assert page.status_code == 200
    seen = Seen(page.text)
    assert (seen.faults, seen.scripts) == ([], 2)
    assert not {"\x1b", "\u202e", "\u200b"} & set(page.text)


QUESTIONS = {
    "/": ("did",),
    "/schedules": ("q", "status", "task", "last", "on", "origin", "sort", "cursor", "did"),
    "/timeline": ("day", "view"),
    "/runs": ("schedule", "state", "kind", "cursor"),
    "/events": ("q", "level", "kind", "schedule", "run", "cursor"),
    "/audit": ("user", "subject", "action", "cursor"),
    "/schedules/links": ("state", "cursor", "at"),
    "/runs/4000": ("level", "find"),
    "/preview": ("trigger",),
}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_questions_are_answered(text: str) -> None:
    client = client_of(ordinary())
    safe = text.encode("utf-8", "replace").decode()
    for path, keys in QUESTIONS.items():
        for key in keys:
            got = client.get(path, params={key: safe})
            assert got.status_code in (200, 400, 422), (path, key)
            assert Seen(got.text).faults == []
    noted = client.get("/", params={"did": "paused", "name": safe})
    assert Seen(noted.text).faults == []


def test_the_heading_is_the_answer() -> None:
    client = client_of(ordinary())
    assert "<h1>“Check the site’s links” needs you</h1>" in client.get("/").text
    assert "<h1>Nothing is scheduled yet</h1>" in client_of(Fake()).get("/").text
    assert "@rota.task" in client_of(Fake()).get("/").text


def test_the_list_is_filtered_and_sorted_by_its_address() -> None:
    client = client_of(ordinary())

    def names(query: str) -> list[str]:
        return re.findall(r'<tr id="s-([^"]+)"', client.get(f"/schedules?{query}").text)

    assert names("q=site") == ["links", "sitemap"]
    assert names("status=paused") == ["report"]
    assert names("status=attention") == ["links"]
    assert names("q=nothing-like-it") == []
    assert names("last=failed") == ["links"]
    assert names("task=site.feeds&on=yes") == ["feeds"]
    assert names("on=no") == []
    assert names("sort=name") == names("")
    assert set(names("sort=next")) == set(names("sort=last")) == set(names(""))
    assert client.get("/schedules?sort=drop").status_code == 400


def test_forms_work_without_javascript() -> None:
    fake = ordinary()
    client = client_of(fake)
    done = client.post("/schedules/feeds/pause", data={"back": "/?q=f", "for": "1h", "reason": "x"})
    assert done.headers["location"] == "/rota/?q=f&did=paused&name=feeds"
    assert fake.items["feeds"].paused
    page = client.get("/?q=f&did=paused&name=feeds").text
    assert "Paused feeds." in page
    assert 'action="/rota/schedules/feeds/resume"' in page
    run = client.post("/schedules/feeds/run", data={"back": "/"})
    assert "did=ran&name=feeds&run=" in run.headers["location"]
    assert client.post("/schedules/nope/run").status_code == 404


def test_many_at_once_each_with_its_own_answer() -> None:
    fake = ordinary()
    client = client_of(fake)
    page = client.post(
        "/schedules",
        data={"action": "pause", "name": ["feeds", "links", "nope"], "back": "/schedules?q=e"},
    )
    assert page.status_code == 200
    assert "<h1>2 of 3 tasks were paused</h1>" in page.text
    assert "there is no such schedule" in page.text
    assert 'href="/rota/schedules?q=e"' in page.text
    assert fake.items["feeds"].paused
    assert 'name="action" value="resume"' in page.text
    off = client.post("/schedules", data={"action": "disable", "name": "links"})
    assert "1 task was switched off" in off.text
    assert not fake.items["links"].enabled
    assert client.post("/schedules", data={"action": "drop", "name": "x"}).status_code == 400
    elsewhere = client.post("/schedules", data={"action": "run", "back": "//evil.example"})
    assert Seen(elsewhere.text).faults == []
    assert "evil" not in elsewhere.text


@pytest.mark.parametrize("name", [name for name in HOSTILE if len(name) <= 200])
def test_hostile_names_are_answered_one_by_one(name: str) -> None:
    safe = name.encode("utf-8", "replace").decode()
    page = client_of(hostile()).post("/schedules", data={"action": "pause", "name": safe})
    assert page.status_code in (200, 400)
    assert Seen(page.text).faults == []


def test_a_run_tells_what_happened_to_it() -> None:
    fake = ordinary()
    run = fake.all_runs[0].id
    fake.events.items = [
        EventItem(2, now(), "error", "run.failed", "links", run, "harbour-1", None, "it broke"),
        EventItem(1, now(), "info", "run.asked", "links", run, None, "ada", "links was asked"),
        EventItem(3, now(), "info", "run.asked", "links", run + 1, None, "ada", "another run"),
    ]
    page = client_of(fake).get(f"/runs/{run}").text.split("What happened</h2>")[1]
    assert page.index("links was asked") < page.index("it broke")
    assert "another run" not in page


def test_who_may_only_run_switches_nothing() -> None:
    fake = ordinary()
    host = Starlette(routes=[Mount("/rota", application(fake, user=lambda _: User("ada", "run")))])
    client = TestClient(host, base_url="http://localhost/rota")
    assert client.post("/schedules", data={"action": "disable", "name": "links"}).status_code == 403
    assert client.post("/schedules", data={"action": "pause", "name": "links"}).status_code == 200
    page = client.get("/schedules").text
    assert 'value="pause"' in page
    assert 'value="disable"' not in page
    assert "aria-checked" not in page


def test_links_follow_the_mount() -> None:
    for mount in ("/rota", "/deep/er/tasks"):
        page = client_of(ordinary(), mount).get("/").text
        local = re.findall(r'(?:href|src|action|data-hx-\w+)="(/[^"]*)"', page)
        assert local
        assert all(one.startswith(f"{mount}/") for one in local)


def test_the_zone_of_the_reader_comes_from_the_cookie() -> None:
    client = client_of(ordinary())
    for cookie, zone in (
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("../../etc/passwd", "UTC"),
        ("x" * 99, "UTC"),
    ):
        page = client.get("/", headers={"cookie": f"rota_zone={cookie}"}).text
        assert f"Times are {zone}" in page


def test_a_traceback_opens_at_the_own_line() -> None:
    fake = ordinary()
    failed = next(run.id for run in fake.all_runs if run.state == "failed")
    page = client_of(fake).get(f"/runs/{failed}").text
    own = re.search(r'<details class="frame own" open>.*?</details>', page, re.DOTALL)
    assert own
    assert "line 17" in own[0]
    assert page.count('<details class="library">') == 2
    text = client_of(fake).get(f"/runs/{failed}/log.txt")
    assert text.headers["content-disposition"] == f'attachment; filename="run-{failed}.txt"'
    assert text.headers["content-type"].startswith("text/plain")


def test_the_timeline_says_what_ran_and_warns_of_a_herd() -> None:
    fake = ordinary()
    client = client_of(fake)
    assert re.search(r"<h1>Today: \d+ runs, ", client.get("/timeline").text)
    assert "<h1>This week: " in client.get("/timeline?view=week").text
    assert client.get("/timeline?day=yesterday").status_code == 400
    assert client.get("/timeline?day=1900-01-01").status_code == 400
    soon = now() + timedelta(minutes=2)
    soon += timedelta(minutes=(3 - soon.minute) % 5)  # a minute at which nothing else starts
    for number in range(12):
        fake.items[f"herd-{number}"] = schedule(f"herd-{number}", next_run=soon)
    day = soon.date().isoformat()
    page = client.get(f"/timeline?day={day}").text
    assert "12 tasks start at" in page
    assert "<code>H</code>" in page


def test_a_gap_in_the_strip_leads_to_its_answer() -> None:
    client = client_of(ordinary())
    page = client.get("/schedules/feeds").text
    gap = re.search(r'href="/rota(/schedules/feeds\?at=[^"#]+)#why"', page)
    assert gap
    answer = client.get(gap[1].replace("&amp;", "&")).text
    assert "was skipped: the run before it had not ended." in answer
    assert re.search(r'<input id="at" type="datetime-local"[^>]* value="\d{4}-[^"Z]+"', answer)


def test_a_list_is_a_file_too() -> None:
    client = client_of(hostile())
    found = client.get("/events/export?format=jsonl&level=error")
    assert found.headers["content-disposition"] == 'attachment; filename="events.jsonl"'
    lines = [json.loads(line) for line in found.content.decode().splitlines()]
    assert [line["id"] for line in lines] == list(range(len(HOSTILE)))
    table = client.get("/audit/export?format=csv")
    assert table.headers["content-type"].startswith("text/csv")
    head, *rows = csv.reader(io.StringIO(table.content.decode(), newline=""))
    assert head[:4] == ["time", "user", "origin", "action"]
    assert len(rows) == len(HOSTILE)
    assert client.get("/events/export?format=xls").status_code == 400


def test_no_cell_of_a_file_is_a_formula() -> None:
    fake = Fake()
    fake.events.items = [
        EventItem(n, now(), "info", "k", None, None, None, None, sign + "cmd|' /C calc'!A0")
        for n, sign in enumerate("=+-@\t\r\n")
    ]
    table = client_of(fake).get("/events/export?format=csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert len(rows) == 7
    assert all(row["text"].startswith("'") for row in rows)


def test_a_long_list_comes_whole() -> None:
    fake = Fake()
    fake.events.items = [
        EventItem(n, now(), "info", "k", None, None, None, None, "text") for n in range(1_203)
    ]
    table = client_of(fake).get("/events/export").text
    assert len(table.splitlines()) == 1_204


def test_the_audit_says_what_differs() -> None:
    page = client_of(ordinary()).get("/audit").text
    assert "<h1>The last 3 changes, by 2 people</h1>" in page
    assert "<del>every 2h</del> <ins>every 1h</ins>" in page
    assert "the printer is broken" in page


def test_system_tasks_are_listed_with_what_they_did_and_no_button() -> None:
    page = client_of(ordinary()).get("/system").text
    assert "housekeeping.<wbr>prune" in page
    assert "312 rows deleted" in page
    assert "<button>" not in page.split("<main")[1].split("</main")[0]


def test_a_process_that_only_observes_says_so_on_every_page() -> None:
    fake = ordinary()
    fake.observing = "this store is a copy"
    client = client_of(fake)
    for path in ("/", "/schedules", "/nodes"):
        page = client.get(f"/rota{path}").text
        assert "only observes: this store is a copy" in page
        assert "rota adopt" in page


def test_a_run_says_which_node_or_machine_it_is_meant_for() -> None:
    fake = ordinary()
    fake.all_runs[0] = replace(fake.all_runs[0], target="machine:web-1", node=None)
    client = client_of(fake)
    assert "for machine web-1" in client.get("/runs").text
    page = client.get(f"/runs/{fake.all_runs[0].id}").text
    assert "Meant for" in page
    assert "machine web-" in page.partition("Meant for")[2][:40]
