"""Sitecore's items, slots and permissions: what needs files, a database, or several threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from starlette.testclient import TestClient

from rota import Rota
from rota.cms.sitecore import (
    DatabaseAgent,
    DjangoItems,
    FileItems,
    Missing,
    ScheduleItem,
    Sitecore,
    SqlItems,
)
from rota.errors import BadSetting, Refused
from rota.testing.manual import ManualNode
from rota.web import User
from waiting import eventually

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOURLY = "||127|01:00:00"


class Work:
    seen: ClassVar[list[list[object]]] = []
    began: ClassVar[threading.Event]
    release: ClassVar[threading.Event]

    def execute(self, items: list[object], command: object, schedule: ScheduleItem) -> None:
        Work.seen.append(items)

    def holds(self) -> str:
        Work.began.set()
        return "let go" if Work.release.wait(30) else "forgotten"

    def quick(self) -> None: ...


class Site:
    def __init__(self) -> None:
        self.rota = Rota("memory://")
        self.sitecore = Sitecore(self.rota)
        Work.seen = []

    def create(self, items: str, text: str = HOURLY, **more: Any) -> ScheduleItem:
        command = self.sitecore.commands.create("Work", Work)
        return self.sitecore.schedules.create("Task", command, text, items=items, **more)

    def seen(self) -> list[object]:
        """What the next run is given."""
        Work.seen.clear()
        self.sitecore.schedules.execute("Task")
        self.run = [run for run in self.node.advance() if run.schedule == "Task"][-1]
        assert self.run.state == "succeeded", self.run.error or self.run.result
        return Work.seen[0]

    def fails(self) -> str:
        self.sitecore.schedules.execute("Task")
        self.run = [run for run in self.node.advance() if run.schedule == "Task"][-1]
        assert (self.run.state, self.run.error) == ("failed", None)
        return str(self.run.result)

    def lines(self) -> list[str]:
        return [line.text for line in self.rota.runs.log(self.run.id)]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    with ManualNode(made.rota, TEN) as made.node:  # type: ignore[attr-defined]
        yield made


# ----------------------------------------------------------------------- items


@pytest.mark.shows("S6", "SK 29")
def test_files_are_found_when_it_runs(site: Site, tmp_path: Path) -> None:
    site.sitecore.item_source("files", FileItems(tmp_path))
    (tmp_path / "in").mkdir()
    (tmp_path / "in/b.csv").write_text("")
    site.create("files: in/*.csv | notes.txt")
    assert site.seen() == [tmp_path / "in/b.csv"]
    assert "Items: notes.txt is not there and is left out" in site.lines()
    (tmp_path / "in/a.csv").write_text("")
    (tmp_path / "notes.txt").write_text("")
    assert site.seen() == [tmp_path / "in/a.csv", tmp_path / "in/b.csv", tmp_path / "notes.txt"]
    assert site.lines()[1] == "Items: 3"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A database with two pages."""
    file = tmp_path / "pages.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE page (name TEXT, state TEXT)")
        connection.execute("INSERT INTO page VALUES ('Home', 'live'), ('News', 'draft')")
    connection.close()
    return file


@pytest.mark.shows("S6", "SK 29")
def test_a_query_of_sql_is_resolved_when_it_runs(site: Site, pages: Path) -> None:
    site.sitecore.item_source("sql", SqlItems(lambda: sqlite3.connect(pages)))
    site.create("sql: SELECT name FROM page WHERE state = 'draft' ORDER BY name")
    assert site.seen() == [{"name": "News"}]
    connection = sqlite3.connect(pages)
    connection.execute("INSERT INTO page VALUES ('Blog', 'draft')")
    connection.commit()
    connection.close()
    assert site.seen() == [{"name": "Blog"}, {"name": "News"}]


@pytest.mark.shows("S6", "SK 29")
@pytest.mark.parametrize(
    "query, reason",
    [
        ("SELEKT name FROM page", "only a single SELECT"),
        ("SELECT nme FROM page", "no such column: nme"),
        ("SELECT 1; DROP TABLE page", "only a single SELECT"),
        ("DELETE FROM page", "only a single SELECT"),
    ],
)
def test_a_wrong_query_fails_the_run_and_names_the_field(
    site: Site, pages: Path, query: str, reason: str
) -> None:
    site.sitecore.item_source("sql", SqlItems(lambda: sqlite3.connect(pages)))
    site.create(f"sql: {query}")
    said = site.fails()
    assert said.startswith("Items “sql: ")
    assert reason in said
    assert Work.seen == []
    connection = sqlite3.connect(pages)
    assert connection.execute("SELECT count(*) FROM page").fetchone() == (2,)
    connection.close()


def test_whatever_a_query_does_is_rolled_back(pages: Path) -> None:
    source = SqlItems(lambda: sqlite3.connect(pages))
    with pytest.raises(sqlite3.OperationalError):
        source("WITH gone AS (DELETE FROM page RETURNING *) SELECT * FROM gone")
    assert len(source("SELECT * FROM page")) == 2


@pytest.mark.shows("S6")
def test_a_source_of_your_own_by_name_or_for_queries_without_one(site: Site) -> None:
    @site.sitecore.item_source("")
    def content(query: str) -> list[object]:
        tree = {"/sitecore/content/Home": "Home"}
        return [tree.get(path, Missing(path)) for path in query.split("|")]

    site.create("/sitecore/content/Home|/sitecore/content/Gone")
    assert site.seen() == ["Home"]
    assert "Items: /sitecore/content/Gone is not there and is left out" in site.lines()
    with pytest.raises(BadSetting, match="two item sources"):
        site.sitecore.item_source("", content)


@pytest.mark.shows("S6")
def test_none_and_too_many_items(site: Site) -> None:
    site.sitecore.item_source("numbers", lambda query: range(int(query)))
    site.create("")
    assert site.seen() == []
    site.sitecore.schedules.update("Task", items="numbers: 10001")
    assert "more than 10,000 items" in site.fails()
    with pytest.raises(Refused, match="no item source takes this query"):
        site.sitecore.schedules.update("Task", items="nobody: 1")


@pytest.mark.shows("S6")
def test_objects_of_a_django_model(site: Site) -> None:
    pytest.importorskip("django")
    from django.conf import settings

    if not settings.configured:
        databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        settings.configure(
            INSTALLED_APPS=["django.contrib.contenttypes"], DATABASES=databases, USE_TZ=True
        )
        import django

        django.setup()
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    with connection.schema_editor() as editor:
        editor.create_model(ContentType)
    for model in ("page", "article"):
        ContentType.objects.create(app_label="cms", model=model)
    ContentType.objects.create(app_label="shop", model="product")
    site.sitecore.item_source("django", DjangoItems())
    site.create("django: contenttypes.ContentType?app_label=cms&order_by=model")
    assert [one.model for one in site.seen()] == ["article", "page"]  # type: ignore[attr-defined]
    site.sitecore.schedules.update("Task", items="django: contenttypes.ContentType?nothing=1")
    assert "Cannot resolve keyword" in site.fails()
    site.sitecore.schedules.update("Task", items="django: shop.Nothing")
    assert site.fails().startswith("Items “django: shop.Nothing”: the query failed: LookupError")


# ------------------------------------------------------------------- run now


@pytest.mark.shows("SK 33")
@pytest.mark.parametrize("anchored, following", [(False, 20), (True, 0)])
def test_run_now_runs_outside_window_and_days_and_moves_what_counts_from_the_last_run(
    site: Site, *, anchored: bool, following: int
) -> None:
    site.create("", "20260302T100000||127|01:00:00", anchored=anchored)
    site.node.advance(minutes=20)  # type: ignore[attr-defined]
    site.sitecore.schedules.execute("Task", user="eva")
    (run,) = (one for one in site.node.advance() if one.schedule == "Task")  # type: ignore[attr-defined]
    assert (run.kind, run.user, run.state) == ("manual", "eva", "succeeded")
    item = site.sitecore.schedules.get("Task")
    assert item.next_run == TEN.replace(hour=11, minute=following)
    weekend = site.sitecore.schedules.update("Task", schedule="20260401||65|01:00:00")
    assert weekend.next_run is not None
    assert str(weekend.next_run)[:10] == "2026-04-04"
    site.seen()


@pytest.mark.shows("SK 33")
def test_without_the_permission_to_run_nothing_runs(site: Site) -> None:
    site.create("", "20260401||127|01:00:00")
    web = site.rota.web(user=lambda request: User("ada", request.headers["x-role"]))
    client = TestClient(web, base_url="https://10.0.0.9")
    path = "/api/v1/schedules/Task/run"
    assert client.post(path, json={}, headers={"x-role": "view"}).status_code == 403
    assert not site.rota.runs.list("Task")
    assert client.post(path, json={}, headers={"x-role": "run"}).status_code in (200, 201, 202)
    (run,) = site.rota.runs.list("Task")
    assert (run.kind, run.user) == ("manual", "ada")


# ------------------------------------------------------------------- on the page


@pytest.mark.shows("SK 22", "SK 23", "S11")
@pytest.mark.parametrize(
    "agent, said",
    [
        (DatabaseAgent(polls=True), "It is looked for every 10m, and cannot run more often"),
        (
            DatabaseAgent(interval="00:00:00"),
            "scheduler disabled: the agent Master_Database_Agent has the interval 00:00:00",
        ),
    ],
)
def test_the_page_says_what_an_agents_interval_means(agent: DatabaseAgent, said: str) -> None:
    rota = Rota("memory://")
    sitecore = Sitecore(rota, agents=[agent])
    with ManualNode(rota, TEN):
        sitecore.commands.create("quick", Work, "quick")
        sitecore.schedules.create("Task", "quick", "||127|00:01:00")
        web = TestClient(rota.web(), base_url="http://127.0.0.1", client=("127.0.0.1", 1))
        assert said in web.get("/schedules/Task").text
        assert ("scheduler disabled" in web.get("/").text) == (not agent.seconds)


# ------------------------------------------------------------------- slots of an agent


@pytest.fixture
def held() -> Iterator[type[Work]]:
    Work.began, Work.release = threading.Event(), threading.Event()
    yield Work
    Work.release.set()


def two_tasks(slots: int, *, is_async: bool = False) -> Rota:
    """A holds its slot; B is due a moment later."""
    rota = Rota("memory://")
    sitecore = Sitecore(rota, agents=[DatabaseAgent(slots=slots)])
    rota.start()
    for name, method in (("A", "holds"), ("B", "quick")):
        sitecore.commands.create(method, Work, method)
        sitecore.schedules.create(name, method, HOURLY, is_async=is_async)
        assert name == "B" or Work.began.wait(10)
    return rota


@pytest.mark.shows("SK 26", "S7")
def test_synchronous_schedules_of_an_agent_wait_for_each_other(held: type[Work]) -> None:
    rota = two_tasks(1)
    try:
        (waiting,) = eventually(lambda: rota.runs.list("B"))
        assert waiting.state == "queued"
        assert rota.runs.list("A")[0].state == "running"
        held.release.set()
        b = eventually(lambda: (one := rota.runs.list("B")[0]).finished and one)
        a = rota.runs.list("A")[0]
        assert a.finished
        assert b.started
        assert b.started >= a.finished
    finally:
        held.release.set()
        rota.stop()


@pytest.mark.shows("SK 26", "S7")
@pytest.mark.parametrize("slots, is_async", [(2, False), (1, True)])
def test_with_two_slots_or_asynchronously_they_do_not(
    held: type[Work], slots: int, *, is_async: bool
) -> None:
    rota = two_tasks(slots, is_async=is_async)
    try:
        eventually(lambda: rota.runs.list("B", states=("succeeded",)))
        assert rota.runs.list("A")[0].state == "running"
    finally:
        held.release.set()
        rota.stop()


# ------------------------------------------------------------------- two instances


@pytest.mark.shows("SK 32", "S1")
def test_two_instances_with_the_same_files_make_one_schedule_and_one_run(tmp_path: Path) -> None:
    url, folder = f"sqlite:///{tmp_path}/site.db", tmp_path / "items"
    first = Sitecore(Rota("memory://"), folder)
    first.commands.create("Quick", Work, "quick")
    first.schedules.create("Task", "Quick", HOURLY)
    nodes = [Rota(url) for _ in range(3)]
    models = [Sitecore(rota, folder) for rota in nodes]
    try:
        for rota in nodes:
            rota.start()
        eventually(lambda: nodes[0].runs.list("Task", states=("succeeded",)), within=10)
        assert len(nodes[0].runs.list("Task")) == 1
        assert [len(model.schedules.list()) for model in models] == [1, 1, 1]
    finally:
        for rota in nodes:
            rota.stop()
