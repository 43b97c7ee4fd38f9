"""The demonstration's work, each piece called as the plain function it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from rota import Failed, Run
from rota.demo.database import moment
from rota.demo.folder import Folder
from rota.demo.parts import Site, open_site
from rota.demo.site import prepare
from rota.demo.tasks.backup import Backup
from rota.demo.tasks.cleaning import empty_bin, forget_readers
from rota.demo.tasks.copying import copy_logbook
from rota.demo.tasks.gauge import GaugeError, keepers_note, read_gauge
from rota.demo.tasks.indexing import index_search
from rota.demo.tasks.links import check_links
from rota.demo.tasks.publishing import publish_due
from rota.demo.tasks.report import weekly_report
from rota.demo.tasks.sitemap import rebuild_sitemap
from rota.demo.walk import Walker
from rota.demo.weather import Station


class QuietRun:
    """As much of a run as the tasks use; it is cancelled at the checkpoint of that number."""

    def __init__(self, cancelled_at: int = -1) -> None:
        self.log = logging.getLogger("test.demo")
        self.told: list[tuple[float, str]] = []
        self.left = cancelled_at

    def progress(self, fraction: float, message: str = "") -> None:
        self.told.append((fraction, message))

    def checkpoint(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt  # as little an Exception as what Rota raises

    def trace(self, _start: str, _end: str) -> AbstractContextManager[None]:
        return nullcontext()


def quiet(cancelled_at: int = -1) -> Any:
    return cast("Run", QuietRun(cancelled_at))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = Folder(tmp_path)
    prepare(folder)
    with open_site(folder) as site:
        yield site


def test_what_is_due_comes_out_once(site: Site) -> None:
    site.content.write("Due", "", 0, publish_at=moment())
    site.content.write("Later", "", 0, publish_at=moment() + 999)
    assert publish_due(quiet(), site) == "published Due"
    assert publish_due(quiet(), site) is None
    assert site.content.page("later") is None


def test_the_bin_loses_rows_and_files_that_are_old_enough(site: Site) -> None:
    files = len(list(site.uploads.folder.iterdir()))
    assert empty_bin(quiet(), site) == "1 item removed"
    assert empty_bin(quiet(), site, keep_seconds=90) == "3 items removed"
    assert len(list(site.uploads.folder.iterdir())) == files - 2
    assert empty_bin(quiet(), site, keep_seconds=90) is None


def test_forgetting_readers_only_counts_until_it_is_really_meant(site: Site) -> None:
    day = date(2100, 1, 1)
    assert isinstance(forget_readers(quiet(), site, before=day), Failed)
    before = site.traffic.before(date(2100, 1, 1))
    assert "nothing was deleted" in str(forget_readers(quiet(), site))
    forget_readers(quiet(), site, before=date(2000, 1, 1), really=True)
    assert site.traffic.before(date(2100, 1, 1)) == before


def test_a_backup_is_what_was_copied_and_few_are_kept(site: Site) -> None:
    assert "verified" in str(Backup(site).execute(quiet()))
    [row] = site.connection.execute("SELECT * FROM backups").fetchall()
    assert (site.folder.backups / row["name"]).stat().st_size == row["size"]


def test_a_copy_that_differs_is_refused_and_deleted(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Backup._copy
    monkeypatch.setattr(
        Backup, "_copy", lambda self, target: honest(self, target) | {"pages": 10_000}
    )
    wrong = Backup(site).execute(quiet())
    assert isinstance(wrong, Failed)
    assert "not 10000" in wrong.text
    assert not list(site.folder.backups.iterdir())


def test_the_report_counts_the_week_and_draws_it(site: Site) -> None:
    assert "views" in weekly_report(quiet(), site)
    row = site.connection.execute("SELECT * FROM reports").fetchone()
    assert row["chart"].startswith("<svg ")
    assert row["total"] == sum(site.traffic.week(date.fromisoformat(row["monday"])))


def test_the_gauge_fails_with_a_traceback_when_its_bulletin_is_in_pieces(site: Site) -> None:
    station = Station("ok, broken")
    assert "cm" in asyncio.run(read_gauge(quiet(), site, station))
    with pytest.raises(GaugeError, match="breaks off") as caught:
        asyncio.run(read_gauge(quiet(), site, station))
    assert isinstance(caught.value.__cause__, ValueError)
    assert "comes out in 10 s" in str(asyncio.run(keepers_note(site)))


def test_the_search_is_indexed_in_steps_and_finds_what_it_read(site: Site) -> None:
    run = quiet()
    index_search(run, site, pace="at once")
    assert run.told[-1][0] == 1.0
    assert len(run.told) > 100
    assert site.index.find("swans")[0].address == "/pages/the-swans"
    assert site.index.find("the of and") == []


def test_an_index_cancelled_in_the_middle_keeps_the_steps_that_are_done(site: Site) -> None:
    with pytest.raises(KeyboardInterrupt):
        index_search(quiet(cancelled_at=4), site, pace="at once")
    assert 0 < site.index.size() < 2_000
    assert not site.connection.in_transaction


def test_the_logbook_is_copied_once_with_a_word_on_each_line(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "test.demo")
    before = site.logbook.size()
    copy_logbook(quiet(), site)
    levels = {record.levelname for record in caplog.records}
    assert len(caplog.records) > 2_500
    assert levels == {"DEBUG", "INFO", "WARNING", "ERROR"}
    assert site.logbook.size() > before + 2_500
    assert copy_logbook(quiet(), site).startswith("0 lines of 1926")


def test_the_sitemap_is_written_when_something_changed(site: Site) -> None:
    walker = Walker("http://127.0.0.1/")
    assert "pages written" in str(asyncio.run(rebuild_sitemap(site, walker)))
    assert asyncio.run(rebuild_sitemap(site, walker)) is None
    assert "<loc>http://127.0.0.1/pages/the-ferry</loc>" in site.folder.sitemap.read_text()


class DrawnWalker(Walker):
    """Walks a drawing of a site instead of the network."""

    drawn: ClassVar = {"": ["/a", "/desk", "http://other.example/"], "a": ["/", "/gone#x", "/gone"]}

    def _ask(self, address: str) -> tuple[int, list[str]]:
        links = self.drawn.get(address.removeprefix(self.address))
        return (200, links) if links is not None else (404, [])


def test_broken_links_are_named_with_the_page_they_stand_on() -> None:
    walker = DrawnWalker("http://127.0.0.1/")
    broken = check_links(quiet(), walker)
    assert isinstance(broken, Failed)
    assert broken.text == "1 of 3 links lead nowhere: /gone (on /a)"
    everything = check_links(quiet(), walker, scope="everything")
    assert isinstance(everything, Failed)
    assert "2 of 4" in everything.text
