"""The public Python of one application, on both stores of this release."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rota import Failed, Rota, Run, at, cron, every, manual
from rota.engine.client.items import RunItem
from rota.errors import (
    AlreadyExists,
    BadParameters,
    BadPolicy,
    BadSetting,
    Conflict,
    DuplicateTask,
    Refused,
    StoreRefused,
    TriggerError,
    UnknownRun,
    UnknownSchedule,
    UnknownTask,
)
from rota.instants import SECOND
from rota.ports.records import Decision, NewRun, NodeRow
from rota.rules.states import FINAL
from rota.testing.clock import SettableClock
from waiting import eventually


@pytest.fixture(params=["memory", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/rota.db"


@pytest.fixture
def rota(url: str) -> Iterator[Rota]:
    rota = Rota(url)

    @rota.task("acme.greet")
    def greet(name: str = "you") -> str:
        return f"hello {name}"

    yield rota
    rota.close()


@pytest.fixture
def still(rota: Rota) -> tuple[Rota, SettableClock]:
    """An application whose clock only moves by hand; it is no node."""
    clock = SettableClock()
    rota.clock = clock  # type: ignore[assignment]
    rota.context.clock = clock
    return rota, clock


def result(rota: Rota, identifier: str, **parameters: object) -> RunItem:
    """Run it, wait for its end, and give the run."""
    run = rota.schedules.run(identifier, parameters or None).id
    return eventually(lambda: (item := rota.runs.get(run)).state in FINAL and item, within=10)


# ------------------------------------------------------------------ schedules


def test_a_schedule_is_made_read_listed_and_removed(still: tuple[Rota, SettableClock]) -> None:
    rota, _ = still
    item = rota.schedules.add("g", "acme.greet", "every 5m", title="Greeting")

    assert item.json()["next_run"] == "2026-03-01T00:05:00Z"
    assert (item.status, item.words, item.zone, item.title, item.runs) == (
        "waiting", "Every 5 minutes", "UTC", "Greeting", 0,
    )  # fmt: skip
    assert rota.schedules.get("g") == item
    assert [one.name for one in rota.schedules.list()] == ["g"]
    rota.schedules.remove("g")
    with pytest.raises(UnknownSchedule):
        rota.schedules.get("g")


def test_a_name_that_is_taken_is_refused_by_add_and_changed_by_put(rota: Rota) -> None:
    rota.schedules.add("g", "acme.greet", "every 5m")
    with pytest.raises(AlreadyExists):
        rota.schedules.add("g", "acme.greet", "every 6m")

    assert rota.schedules.put("g", "acme.greet", "every 6m").trigger == "every 6m"
    version = rota.schedules.get("g").version
    assert rota.schedules.put("g", "acme.greet", every("6m")).version == version


def test_everything_that_is_wrong_is_said_at_once(rota: Rota) -> None:
    with pytest.raises(Refused) as caught:
        rota.schedules.add(
            "no name!", "acme.great", "evry 5m", parameters={"nam": 1}, retrys=3, timeout="soon"
        )

    parts = {problem.part for problem in caught.value.problems}
    assert {"name", "policy", "timeout", "task"} <= parts
    assert "acme.greet" in str(caught.value)
    assert "retries" in str(caught.value)
    assert rota.schedules.list() == []


@pytest.mark.parametrize(
    "what, error",
    [
        ({"trigger": "cron 61 * * * *"}, TriggerError),
        ({"task": "nobody"}, UnknownTask),
        ({"parameters": {"name": 5}}, BadParameters),
        ({"parameters": {"nom": "x"}}, BadParameters),
        ({"policies": {"retries": -1}}, BadPolicy),
        ({"policies": {"executor": "fork"}}, BadPolicy),
        ({"policies": {"placement": "somewhere"}}, BadPolicy),
    ],
)
def test_a_refused_schedule_changes_nothing(
    rota: Rota, what: dict[str, object], error: type[Exception]
) -> None:
    given: dict[str, object] = {"task": "acme.greet", "trigger": "every 5m", **what}
    policies = given.pop("policies", {})
    with pytest.raises(error):
        rota.schedules.add("g", **given, **policies)  # type: ignore[arg-type]
    assert rota.schedules.list() == []


def test_the_zone_of_the_application_is_written_into_texts_that_name_none(url: str) -> None:
    rota = Rota(url, zone="Europe/Prague")
    rota.task("t")(lambda: None)
    item = rota.schedules.add("a", "t", "daily at 02:30")
    other = rota.schedules.add("b", "t", "daily at 02:30 in Asia/Tokyo")

    assert (item.trigger, item.zone) == ("daily at 02:30 in Europe/Prague", "Europe/Prague")
    assert other.zone == "Asia/Tokyo"
    rota.close()


def test_an_edit_made_stale_by_another_is_a_conflict(rota: Rota) -> None:
    seen = rota.schedules.add("g", "acme.greet", "every 5m")
    rota.schedules.update("g", title="first", version=seen.version)

    with pytest.raises(Conflict):
        rota.schedules.update("g", title="second", version=seen.version)

    assert rota.schedules.get("g").title == "first"


def test_an_edited_trigger_moves_the_next_run_and_keeps_the_anchor(
    still: tuple[Rota, SettableClock],
) -> None:
    rota, clock = still
    rota.schedules.add("g", "acme.greet", "every 10m")
    clock.advance(65)
    item = rota.schedules.update("g", trigger="every 1m")
    assert item.json()["next_run"] == "2026-03-01T00:02:00Z"


def test_a_schedule_that_is_switched_off_has_no_next_run_and_says_why(
    still: tuple[Rota, SettableClock],
) -> None:
    rota, clock = still
    rota.schedules.add("g", "acme.greet", "every 10m", enabled=False)
    item = rota.schedules.get("g")
    assert (item.enabled, item.status, item.next_run) == (False, "disabled", None)
    clock.advance(1_500)

    item = rota.schedules.update("g", enabled=True)

    assert item.json()["next_run"] == "2026-03-01T00:30:00Z"
    why = rota.schedules.why("g", datetime(2026, 3, 1, 0, 20, tzinfo=UTC))
    assert (why.decision, why.reason) == ("skipped", "disabled")


def test_a_pause_stops_launches_and_its_slots_stay_skipped(
    still: tuple[Rota, SettableClock],
) -> None:
    rota, clock = still
    rota.schedules.add("g", "acme.greet", "every 10m")
    item = rota.schedules.pause("g", reason="stocktaking")
    assert (item.status, item.paused, item.next_run) == ("paused", True, None)
    clock.advance(1_500)
    open_answer = rota.schedules.why("g", datetime(2026, 3, 1, 0, 10, tzinfo=UTC))
    assert (open_answer.decision, open_answer.reason) == ("skipped", "paused")

    item = rota.schedules.resume("g")

    assert (item.status, item.json()["next_run"]) == ("waiting", "2026-03-01T00:30:00Z")
    answer = rota.schedules.why("g", datetime(2026, 3, 1, 0, 10, tzinfo=UTC))
    assert (answer.decision, answer.reason) == ("skipped", "paused")
    assert [run.skips for run in rota.runs.list("g")] == [2]


def test_a_pause_until_an_instant_shows_the_first_run_after_it(
    still: tuple[Rota, SettableClock],
) -> None:
    rota, _ = still
    rota.schedules.add("g", "acme.greet", "every 10m")
    end = datetime(2026, 3, 1, 0, 45, tzinfo=UTC)
    item = rota.schedules.pause("g", until=end)
    assert (item.paused_until, item.json()["next_run"]) == (end, "2026-03-01T00:50:00Z")
    with pytest.raises(Refused):
        rota.schedules.pause("g", until=end - timedelta(days=1))


def test_why_tells_slots_from_other_instants(still: tuple[Rota, SettableClock]) -> None:
    rota, _ = still
    rota.schedules.add("g", "acme.greet", "every 10m")
    planned = rota.schedules.why("g", datetime(2026, 3, 1, 1, 0, tzinfo=UTC))
    none = rota.schedules.why("g", datetime(2026, 3, 1, 1, 1, tzinfo=UTC))

    assert (planned.decision, planned.reason) == ("planned", None)
    assert (none.decision, none.reason) == ("none", "no_slot")
    assert none.due == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


def test_a_schedule_whose_text_cannot_be_read_is_shown_and_can_be_mended(
    still: tuple[Rota, SettableClock],
) -> None:
    rota, clock = still
    rota.schedules.add("g", "acme.greet", "every 10m")
    rota.context.store.change_schedule("g", None, {"trigger": "every now and then"})
    clock.advance(1_500)
    item = rota.schedules.get("g")
    assert (item.status, item.next_run) == ("invalid", None)
    assert "now" in item.problem
    assert rota.schedules.pause("g").paused

    item = rota.schedules.update("g", trigger="every 20m")

    assert (item.status, item.trigger) == ("paused", "every 20m")


def test_lists_come_in_pages(rota: Rota) -> None:
    for number in range(5):
        rota.schedules.add(f"s{number}", "acme.greet", "manual")
    first = rota.schedules.list(limit=2)
    second = rota.schedules.list(limit=2, cursor=first.next)
    third = rota.schedules.list(limit=2, cursor=second.next)

    assert [item.name for page in (first, second, third) for item in page] == [
        "s0", "s1", "s2", "s3", "s4",
    ]  # fmt: skip
    assert third.next is None


# ----------------------------------------------------------------------- code


def test_a_schedule_from_code_is_inserted_and_follows_the_code(url: str, tmp_path: Path) -> None:
    if url == "memory://":
        pytest.skip("memory forgets between two applications")

    def application(rule: str) -> Rota:
        rota = Rota(url)
        rota.task("t", schedule=rule)(lambda: None)
        return rota

    first = application("every 5m")
    first.open()
    assert first.schedules.get("t").origin == "code"
    first.close()

    client = application("every 6m")
    client.open()
    assert client.schedules.get("t").trigger == "every 5m"  # a client never updates
    client.close()

    node = application("every 6m")
    node.start()
    assert node.schedules.get("t").trigger == "every 6m"
    node.schedules.update("t", trigger="every 7m")
    node.close()

    later = application("every 8m")
    later.start()
    assert later.schedules.get("t").trigger == "every 7m"  # somebody edited it
    later.close()


def test_a_second_task_of_one_identifier_is_refused_and_both_places_are_named(rota: Rota) -> None:
    with pytest.raises(DuplicateTask) as caught:

        @rota.task("acme.greet")
        def other() -> None: ...

    assert str(caught.value).count("test_rota.py:") == 2


def test_shapes_that_cannot_be_called_by_name_are_refused_at_registration(rota: Rota) -> None:
    with pytest.raises(BadParameters):
        rota.task("positional")(lambda a, /: None)
    with pytest.raises(BadParameters):
        rota.task("stars")(lambda *a: None)


def test_a_class_gets_its_services_by_constructor_one_instance_a_run(rota: Rota) -> None:
    class Mailer:
        def __init__(self) -> None:
            self.sent: list[str] = []

    made: list[object] = []
    closed: list[Mailer] = []

    def mailer() -> Iterator[Mailer]:
        one = Mailer()
        yield one
        closed.append(one)

    rota.provide(Mailer, mailer)

    @rota.task("acme.mail")
    class Mail:
        def __init__(self, mailer: Mailer) -> None:
            self.mailer = mailer
            made.append(self)

        def execute(self, run: Run, to: str) -> str:
            self.mailer.sent.append(to)
            return f"{len(self.mailer.sent)} to {to} by {run.task}"

    rota.start()
    first, second = (result(rota, "acme.mail", to=to) for to in ("ann", "bob"))

    assert first.result == "1 to ann by acme.mail"
    assert second.result == "1 to bob by acme.mail"
    assert len(made) == len(closed) == 2
    with pytest.raises(BadParameters):
        rota.schedules.run("acme.mail", {"to": "ann", "mailer": "x"})


def test_what_cannot_be_resolved_is_refused_at_start(url: str) -> None:
    rota = Rota(url)

    class Strange: ...

    @rota.task("t")
    def strange(thing: Strange) -> None: ...

    with pytest.raises(BadSetting) as caught:
        rota.start()
    assert "rota.provide" in str(caught.value)
    assert not rota.running
    rota.close()


# ----------------------------------------------------------------------- runs


def test_runs_keep_how_they_ended(rota: Rota) -> None:
    @rota.task("acme.refuse")
    def refuse() -> Failed:
        return Failed("3 broken links")

    @rota.task("acme.break")
    async def break_it() -> None:
        raise KeyError("lost")

    rota.start()
    good, refused, broken = (
        result(rota, name) for name in ("acme.greet", "acme.refuse", "acme.break")
    )

    assert (good.state, good.result, good.error, good.attempt) == (
        "succeeded", "hello you", None, 1,
    )  # fmt: skip
    assert (refused.state, refused.reason, refused.result) == ("failed", "error", "3 broken links")
    assert refused.error is None
    assert (broken.state, broken.reason) == ("failed", "error")
    assert broken.error.rstrip().endswith("KeyError: 'lost'")
    assert "test_rota.py" in broken.error
    assert good.fence < refused.fence < broken.fence


def test_the_run_tells_what_it_is(rota: Rota) -> None:
    seen: list[Run] = []
    previous: list[object] = []

    @rota.task("acme.look")
    def look(run: Run, n: int = 1) -> str:
        seen.append(run)
        previous.append(run.previous)
        run.progress(0.5, "half")
        with run.trace("counting", "counted"):
            run.log.debug("one")
        return f"n={n}"

    rota.schedules.add("l", "acme.look", "manual", parameters={"n": 2})
    rota.start()
    first, second = result(rota, "l"), result(rota, "l")

    run = seen[0]
    assert (run.id, run.schedule, run.task, run.kind, run.attempt) == (
        first.id, "l", "acme.look", "manual", 1,
    )  # fmt: skip
    assert (run.parameters, run.node, run.fence) == ({"n": 2}, rota.node_name, first.fence)
    assert run.due == first.due
    assert previous[0] is None
    assert previous[1].id == first.id
    assert (second.result, second.progress, second.message) == ("n=2", 0.5, "half")
    lines = [line.text for line in rota.runs.log(first.id)]
    assert lines[:2] == ["counting", "one"]
    assert lines[2].startswith("counted (")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_running_run_is_cancelled_and_a_final_one_is_not(rota: Rota, kind: str) -> None:
    begun = threading.Event()

    @rota.task("sync")
    def blocks(run: Run) -> None:
        begun.set()
        while True:
            run.checkpoint()
            threading.Event().wait(0.01)

    @rota.task("async")
    async def waits() -> None:
        begun.set()
        await asyncio.Event().wait()

    rota.start()
    run = rota.schedules.run(kind).id
    assert begun.wait(5)
    rota.runs.cancel(run, user="ann")

    item = eventually(lambda: (got := rota.runs.get(run)).state in FINAL and got)
    assert (item.state, item.reason) == ("cancelled", "user")
    with pytest.raises(Refused):
        rota.runs.cancel(run)


def test_a_waiting_run_is_cancelled_at_once(rota: Rota) -> None:
    run = rota.schedules.run("acme.greet").id
    assert rota.runs.cancel(run).state == "cancelled"


def test_a_node_that_stops_is_shown_as_stopping(url: str) -> None:
    rota = Rota(url)
    running, go_on = threading.Event(), threading.Event()

    @rota.task("slow")
    def slow() -> None:
        running.set()
        go_on.wait(30)

    rota.start()
    rota.schedules.run("slow")
    assert running.wait(30)
    stopping = threading.Thread(target=rota.stop, args=(30,))
    stopping.start()
    assert eventually(lambda: [node.state for node in rota.nodes.list()] == ["stopping"])
    go_on.set()
    stopping.join(60)
    assert [node.state for node in rota.nodes.list()] == ["stopped"]
    rota.close()


def test_running_again_makes_a_new_run_for_the_same_slot(rota: Rota) -> None:
    rota.start()
    first = result(rota, "acme.greet", name="ann")
    second = rota.runs.again(first.id)
    third = rota.runs.again(first.id, {"name": "bob"})

    assert (second.kind, second.of, second.due) == ("again", first.id, first.due)
    assert eventually(lambda: rota.runs.get(second.id).result) == "hello ann"
    assert eventually(lambda: rota.runs.get(third.id).result) == "hello bob"
    assert rota.runs.get(first.id) == first


def test_a_manual_run_leaves_the_planned_next_run_where_it_is(rota: Rota) -> None:
    before = rota.schedules.add("g", "acme.greet", "every 1h")
    rota.start()
    result(rota, "g")
    after = rota.schedules.get("g")
    assert after.next_run == before.next_run
    assert (after.runs, after.last_result) == (1, "hello you")


def test_unknown_names_and_numbers_are_refused_with_the_nearest(rota: Rota) -> None:
    rota.schedules.add("publish", "acme.greet", "manual")
    with pytest.raises(UnknownSchedule, match="did you mean publish"):
        rota.schedules.run("publsh")
    for strange in (0, -1, 10**30, True, "1"):
        with pytest.raises(UnknownRun):
            rota.runs.get(strange)  # type: ignore[arg-type]


# ---------------------------------------------------------------------- nodes


def test_slots_fire_on_time_while_the_node_runs(url: str) -> None:
    rota = Rota(url)
    fired: list[Run] = []
    rota.task("tick", schedule=every("1s"))(one_argument(fired))
    rota.start()
    eventually(lambda: len(fired) >= 3, within=10)
    rota.close()

    dues = [run.due for run in fired]
    assert dues == sorted(set(dues))
    assert all(due.microsecond == 0 for due in dues)


def one_argument(fired: list[Run]) -> object:
    def task(run: Run) -> None:
        fired.append(run)

    return task


def test_a_one_off_runs_once_and_is_finished(url: str) -> None:
    rota = Rota(url)
    fired: list[Run] = []
    soon = datetime.now(UTC) + timedelta(seconds=1)
    rota.task("once", schedule=at(soon.replace(microsecond=0) + timedelta(seconds=1)))(
        one_argument(fired)
    )
    rota.task("never", schedule=manual())(lambda: None)
    rota.start()
    eventually(lambda: rota.schedules.get("once").status == "finished", within=10)
    assert rota.schedules.get("never").status == "waiting"
    rota.close()
    assert len(fired) == 1


def test_it_lives_inside_a_running_loop_and_its_coroutines_run_there(url: str) -> None:
    rota = Rota(url)
    loops: list[object] = []

    @rota.task("where")
    async def where() -> None:
        loops.append(asyncio.get_running_loop())

    async def host() -> object:
        async with rota.lifespan(object()):
            assert rota.running
            run = (await rota.aio.schedules.run("where")).id
            while (await rota.aio.runs.get(run)).state not in FINAL:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            return asyncio.get_running_loop()

    loop = asyncio.run(host())

    assert loops == [loop]
    assert not rota.running
    rota.close()


def test_stopping_asks_all_at_once_and_has_one_deadline_for_all(url: str) -> None:
    rota = Rota(url)
    begun = threading.Semaphore(0)
    release = threading.Event()

    @rota.task("polite")
    async def polite() -> None:
        begun.release()
        await asyncio.Event().wait()

    @rota.task("again", idempotent=True)
    async def again() -> None:
        begun.release()
        await asyncio.Event().wait()

    @rota.task("deaf")
    def deaf() -> None:
        begun.release()
        release.wait(30)

    rota.start()
    for name in ("polite", "again", "deaf", "deaf"):
        rota.schedules.run(name)
    for _ in range(4):
        assert begun.acquire(timeout=5)
    began = rota.clock.boot()
    rota.stop(timeout=0.5)
    took = (rota.clock.boot() - began) / SECOND
    release.set()

    by_task = {item.task: item for item in rota.runs.list()}
    assert took < 3
    assert (by_task["polite"].state, by_task["polite"].reason) == ("cancelled", "shutdown")
    assert (by_task["again"].state, by_task["again"].attempt) == ("queued", 0)
    assert (by_task["deaf"].state, by_task["deaf"].abandoned) == ("cancelled", True)
    assert [node.state for node in rota.nodes.list()] == ["stopped"]
    rota.close()


def test_a_tick_does_what_is_due_and_leaves(rota: Rota) -> None:
    rota.schedules.run("acme.greet")
    report = rota.tick(limit=10)

    assert report["launched"] == 0
    assert [run.result for run in report["runs"]] == ["hello you"]
    assert not rota.running
    assert rota.tick(limit=10)["runs"] == []


def test_a_run_here_is_done_by_this_process(rota: Rota) -> None:
    item = rota.run_here("acme.greet", {"name": "ann"})
    assert (item.state, item.result) == ("succeeded", "hello ann")
    assert not rota.running


def test_clients_start_nothing(rota: Rota, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROTA_START", "0")
    rota.start()
    assert not rota.running


# ----------------------------------------------------------------- settings


@pytest.mark.parametrize(
    "url, says",
    [
        ("mysql://x", "mysql"),
        ("rota.db", "sqlite:///rota.db"),
        ("sqlite://", "path"),
        ("sqlite:///x?wal=1", "wal"),
        ("memory://x", "memory://"),
        ("oracle://x", "oracle"),
    ],
)
def test_a_url_that_names_no_store_is_refused_with_an_example(url: str, says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        Rota(url)


def test_all_settings_that_make_no_sense_are_listed_at_once() -> None:
    with pytest.raises(BadSetting) as caught:
        Rota("memory://", app="", zone="Europe/Pragu", concurrency=0, lease="1ms")
    assert len(caught.value.problems) == 4
    assert "Europe/Prague" in str(caught.value)


def test_without_a_url_the_environment_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rota = Rota()
    with pytest.raises(BadSetting, match="ROTA_DATABASE"):
        rota.open()
    monkeypatch.setenv("ROTA_DATABASE", "memory://")
    rota.open()
    assert rota.url == "memory://"
    rota.close()


def test_the_store_of_another_application_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rota.db"
    first = Rota(url, app="shop")
    first.open()
    first.close()
    with pytest.raises(StoreRefused, match="shop"):
        Rota(url, app="blog").open()


def test_without_a_name_it_is_whoever_s_store_it_is_but_none_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rota.db"
    with pytest.raises(StoreRefused):
        Rota(url, app=None).open()
    assert not (tmp_path / "rota.db").exists()
    first = Rota(url, app="shop")
    first.task("t", schedule="every 5m")(lambda: None)
    first.open()
    first.close()

    reader = Rota(url, app=None)
    assert [item.status for item in reader.schedules.list()] == ["waiting"]
    reader.close()
    with closing(Rota(url, app="shop")) as again:
        again.open()


def test_the_page_without_its_extra_says_what_to_install(
    rota: Rota, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rota.web.extra.find_spec", lambda name: None if name == "jinja2" else name)
    with pytest.raises(Refused, match=r"needs jinja2; install it with: pip install 'rota\[web\]'"):
        rota.web()


def test_a_trigger_is_read_when_the_task_is_registered(rota: Rota) -> None:
    with pytest.raises(TriggerError):
        rota.task("t", schedule="evry 5m")
    rota.task("u", schedule=cron("0 9 * * 1-5"))(lambda: None)


def test_why_answers_for_every_node_that_a_slot_was_for(
    still: tuple[Rota, SettableClock],
) -> None:
    rota, clock = still
    rota.schedules.add("g", "acme.greet", "every 10m", placement="every")
    store = rota.context.store
    ours, other = (
        store.join(NodeRow("", host, 1, "1", tasks=("acme.greet",)), 3_600 * SECOND).name
        for host in ("web-1", "web-2")
    )
    clock.advance(600)
    row = store.schedule("g")
    assert row is not None
    assert row.next_due is not None
    launch = NewRun("acme.greet", row.next_due, schedule="g", placement="every")
    due = row.next_due
    decision = Decision("g", row.version, due, due + 600 * SECOND, due, (launch,))
    store.decide([decision], clock.now())
    store.take(ours, ("acme.greet",), 10, clock.now(), 0)

    why = rota.schedules.why("g", datetime(2026, 3, 1, 0, 10, tzinfo=UTC))

    assert why.decision == "ran"
    assert [(one.target, one.run.state) for one in why.targets] == [
        (f"node:{ours}", "running"), (f"node:{other}", "queued")
    ]  # fmt: skip
    told = why.json()["targets"]
    assert isinstance(told, list)
    assert [one["decision"] for one in told] == ["ran", "ran"]
    assert "targets" not in rota.schedules.why("g", datetime(2026, 3, 1, 0, 5, tzinfo=UTC)).json()
