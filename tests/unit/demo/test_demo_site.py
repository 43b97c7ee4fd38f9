"""The demonstration's site, without Rota: pages, forms, uploads and the recycle bin."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rota.demo.database import moment
from rota.demo.folder import Folder
from rota.demo.markup import to_html
from rota.demo.parts import Site, open_site
from rota.demo.site import create_site, prepare

PAGES = (
    "/", "/pages", "/pages/the-ferry", "/pictures", "/search", "/search?q=piano", "/robots.txt",
    "/desk", "/desk/new", "/desk/pages/1", "/desk/uploads", "/desk/bin", "/desk/backups",
    "/desk/reports", "/static/site.css", "/static/icon.svg",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "data")
    assert prepare(folder)
    return folder


@pytest.fixture
def browser(folder: Folder) -> TestClient:
    return TestClient(create_site(folder), base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture
def site(folder: Folder) -> Iterator[Site]:
    with open_site(folder) as site:
        yield site


@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers(browser: TestClient, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "<script" not in answer.text
    if "html" in answer.headers["content-type"]:
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_what_is_not_there_says_so_in_a_page(browser: TestClient) -> None:
    for address in ("/pages/no-such", "/files/99/x", "/nothing", "/sitemap.xml"):
        answer = browser.get(address)
        assert answer.status_code == 404
        assert "All pages" in answer.text


def test_a_draft_is_written_and_cannot_be_read_yet(browser: TestClient, site: Site) -> None:
    answer = browser.post("/desk/new", data={"title": "Ducks & drakes", "body": "x", "when": "60"})
    assert answer.status_code == 303
    [draft] = [page for page in site.content.drafts() if page.slug == "ducks-drakes"]
    assert draft.publish_at is not None
    assert moment() < draft.publish_at <= moment() + 60
    assert browser.get(draft.address).status_code == 404
    assert "Ducks &amp; drakes" in browser.get("/desk").text


@pytest.mark.parametrize(
    "form,says",
    [
        ({"title": " ", "body": "kept text"}, "has no title"),
        ({"title": "T", "body": "kept text", "when": "at", "at": "soon"}, "no date and time"),
        ({"title": "T", "body": "kept text", "when": "later"}, "Choose when"),
    ],
)
def test_a_wrong_form_says_why_and_keeps_what_was_typed(
    browser: TestClient, form: dict[str, str], says: str
) -> None:
    answer = browser.post("/desk/new", data=form)
    assert answer.status_code == 422
    assert says in answer.text
    assert "kept text" in answer.text


def test_a_form_of_another_site_changes_nothing(browser: TestClient, site: Site) -> None:
    foreign = ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"})
    for headers in foreign:
        assert browser.post("/desk/pages/1/bin", headers=headers).status_code == 403
    assert site.content.binned() and all(page.id != 1 for page in site.content.binned())
    own = {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"}
    assert browser.post("/desk/pages/1/bin", headers=own).status_code == 303
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400


def test_an_upload_comes_back_as_it_went_in(browser: TestClient, site: Site) -> None:
    data = b"<script>alert(1)</script>"
    sent = {"file": ("../../evil.html", data, "text/html")}
    assert browser.post("/desk/uploads", files=sent).status_code == 303
    upload = site.uploads.kept()[0]
    assert upload.name == "evil.html"
    answer = browser.get(f"/files/{upload.id}/evil.html")
    assert answer.content == data
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_file_and_a_file_too_large_are_refused(browser: TestClient, site: Site) -> None:
    before = len(os.listdir(site.uploads.folder))  # noqa: PTH208 — how many, no paths
    assert "Choose a file" in browser.post("/desk/uploads").text
    large = {"file": ("large.bin", b"\0" * 5_000_001)}
    assert "larger than 5 MB" in browser.post("/desk/uploads", files=large).text
    assert len(os.listdir(site.uploads.folder)) == before  # noqa: PTH208


def test_what_was_binned_by_mistake_is_put_back(browser: TestClient, site: Site) -> None:
    page = site.content.page("the-ferry")
    assert page is not None
    browser.post(f"/desk/pages/{page.id}/bin")
    assert browser.get("/pages/the-ferry").status_code == 404
    browser.post(f"/desk/bin/page/{page.id}/restore")
    assert browser.get("/pages/the-ferry").status_code == 200


def test_readers_are_counted_and_our_own_walker_is_not(browser: TestClient, site: Site) -> None:
    def views() -> int:
        row = site.connection.execute("SELECT sum(count) FROM views WHERE slug = 'the-ferry'")
        return int(row.fetchone()[0])

    before = views()
    browser.get("/pages/the-ferry")
    browser.get("/pages/the-ferry", headers={"user-agent": "lock-nine-link-walker"})
    assert views() == before + 1


def test_a_second_start_keeps_what_there_is(folder: Folder) -> None:
    assert not prepare(folder)
    (folder.root / "mine.txt").write_text("not the demonstration's")
    folder.clear()
    assert [path.name for path in folder.root.iterdir()] == ["mine.txt"]
    assert prepare(folder)


def test_markup_lets_no_html_and_no_odd_address_through() -> None:
    assert "<img" not in to_html("<img src=x onerror=alert(1)>")
    for address in ("javascript:alert(1)", "//evil.example", 'x"onclick="y'):
        assert "<a" not in to_html(f"[here]({address})")
    assert to_html("## Head\n\n- one\n- two") == "<h2>Head</h2>\n<ul><li>one</li><li>two</li></ul>"
