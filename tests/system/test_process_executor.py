"""Tasks in child processes: whatever they do there, the node and the other runs go on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from rota import Rota
from rota.engine.client.items import RunItem
from rota.errors import BadSetting
from rota.executors.process.pool import ProcessExecutor
from rota.instants import MILLISECOND
from rota.rules.states import FINAL
from waiting import eventually

if not hasattr(os, "fork"):
    pytest.skip("what these tasks do needs a POSIX system", allow_module_level=True)

import processes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["memory", "sqlite"])
def rota(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rota]:
    yield from serving("memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/r.db")


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Rota]:
    """On one store only: what does not touch the store."""
    yield from serving("memory://")


def serving(url: str) -> Iterator[Rota]:
    rota = processes.rota
    rota.use(url)
    rota.start()
    yield rota
    children = pids(rota)
    rota.close()
    eventually(lambda: not any(map(is_there, children)), within=10, because="a child is left")
    eventually(lambda: not sitting(), within=10, because="a thread is left")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is asked to stop has little time."""
    monkeypatch.setattr("rota.engine.holding.GRACE", 200 * MILLISECOND)


def pool(rota: Rota) -> ProcessExecutor:
    assert rota.node is not None
    found = rota.node.executors["process"]
    assert isinstance(found, ProcessExecutor)
    return found


def sitting() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("rota-child")]


def pids(rota: Rota) -> list[int]:
    """The children that run something here."""
    places = list(pool(rota).open.values())
    return [place.child.process.pid for place in places if place.child is not None]


def is_there(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def begin(rota: Rota, task: str, parameters: dict[str, object] | None = None) -> int:
    """Run it, up to its first line; the process that printed that."""
    rota.schedules.run(task, parameters)
    return int(first_line(rota, newest(rota).id).split()[0])


def newest(rota: Rota) -> RunItem:
    return rota.runs.list(limit=1)[0]


def first_line(rota: Rota, run: int) -> str:
    return eventually(lambda: rota.runs.log(run, 0, 10), within=20)[0].text


def ended(rota: Rota, run: int) -> RunItem:
    def look() -> RunItem | None:
        item = rota.runs.get(run)
        return item if item.state in FINAL else None

    item = eventually(look, within=30)
    assert item is not None
    return item


def ran(rota: Rota, task: str, parameters: dict[str, object] | None = None) -> RunItem:
    return ended(rota, rota.schedules.run(task, parameters).id)


def texts(rota: Rota, run: int) -> list[str]:
    return [line.text for line in rota.runs.log(run, 0, 1_000)]


# ------------------------------------------------------------------ what works as elsewhere


def test_parameters_are_typed_and_services_provided(rota: Rota) -> None:
    given = {"day": "2026-03-05", "price": "1.50", "size": {"width": 4}}
    item = ran(rota, "typed", given)
    assert (item.state, item.result) == ("succeeded", "05.03. 2.50 8 1 manual"), item.error
    assert texts(rota, item.id) == ["mailer closed"]


def test_lines_progress_and_the_run_before_come_and_go(rota: Rota) -> None:
    first = ran(rota, "speaks")
    assert first.state == "succeeded", first.error
    pid, before = (first.result or "").split()
    assert (before, int(pid) != os.getpid()) == ("None", True)
    assert texts(rota, first.id) == ["one", "two"]
    assert (first.progress, first.message) == (0.75, "nearly")
    assert ran(rota, "speaks").result == f"{pid} {first.result}"  # the same child, kept warm


def test_coroutines_run_there_too(one: Rota) -> None:
    item = ran(one, "quick")
    assert (item.state, item.result != str(os.getpid())) == ("succeeded", True), item.error


def test_exceptions_failures_and_exits_end_as_in_a_thread(one: Rota) -> None:
    raised = ran(one, "raises")
    assert (raised.state, raised.reason) == ("failed", "error")
    assert (raised.error or "").endswith("ValueError: as an exception")
    assert "rota/child.py" not in (raised.error or "")
    failed = ran(one, "fails")
    assert (failed.state, failed.result, failed.error) == ("failed", "without a traceback", None)
    assert (ran(one, "leaves").error or "").endswith("SystemExit: 3")


def test_a_schedule_may_want_it_for_a_task_that_does_not(one: Rota) -> None:
    assert ran(one, "plain").result == str(os.getpid())
    one.schedules.add("apart", "plain", "manual", executor="process")
    item = ran(one, "apart")
    assert (item.state, item.result != str(os.getpid())) == ("succeeded", True), item.error


def test_in_an_asynchronous_host(tmp_path: Path) -> None:
    rota = processes.rota
    rota.use(f"sqlite:///{tmp_path}/r.db")

    async def host() -> tuple[RunItem, RunItem]:
        async with rota:
            return await asyncio.to_thread(ran, rota, "quick"), await asyncio.to_thread(
                ran, rota, "exits"
            )

    good, bad = asyncio.run(host())
    rota.close()
    assert (good.state, bad.reason) == ("succeeded", "killed")


# ------------------------------------------------------------------ being asked to stop


@pytest.mark.parametrize("task", ["waits", "awaits"])
def test_who_is_asked_stops_by_itself(one: Rota, task: str) -> None:
    pid = begin(one, task)
    run = newest(one).id
    one.runs.cancel(run)
    item = ended(one, run)
    assert (item.state, item.reason, item.abandoned) == ("cancelled", "user", False)
    assert is_there(pid)  # kept for the next one
    assert ran(one, "quick").result == str(pid)
    if task == "awaits":
        assert texts(one, run)[-1] == "tidied up"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("task", ["deaf", "bomb"])
def test_who_does_not_stop_is_ended_with_all_it_started(
    one: Rota, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rota.executors.process.child.LAST", 30.0)  # to put away, on any machine
    begin(one, task)
    run = newest(one).id
    started = [int(word) for word in first_line(one, run).split()]
    one.runs.cancel(run)
    item = ended(one, run)
    assert (item.state, item.reason, item.abandoned) == ("cancelled", "user", False)
    assert texts(one, run)[-1] == "put away"  # SIGTERM raises where the code stands
    eventually(lambda: not any(map(is_there, started)))
    assert ran(one, "quick").state == "succeeded"


@pytest.mark.usefixtures("impatient")
def test_who_ignores_even_that_is_killed(one: Rota) -> None:
    pid = begin(one, "ignores")
    run = newest(one).id
    one.runs.cancel(run)
    item = ended(one, run)
    assert (item.state, item.reason, item.abandoned) == ("cancelled", "user", False)
    assert "was ended by signal 9 (SIGKILL)" in (item.error or "")
    assert "it had been asked to stop (user)" in (item.error or "")
    eventually(lambda: not is_there(pid))


@pytest.mark.usefixtures("impatient")
def test_whose_time_is_over_is_killed_whatever_it_has_come_to(one: Rota) -> None:
    one.schedules.add("slow", "ignores", "manual", timeout="1s")
    run = one.schedules.run("slow").id
    item = ended(one, run)
    assert (item.state, item.reason, item.abandoned) == ("failed", "timeout", False)
    assert "it had been asked to stop (timeout)" in (item.error or "")
    assert ran(one, "quick").state == "succeeded"


@pytest.mark.usefixtures("impatient")
def test_a_sigterm_from_outside_is_for_the_node_to_answer(one: Rota) -> None:
    """A service manager signals every process of the host; then the node asks its runs to stop."""
    pid = begin(one, "deaf")
    run = newest(one).id
    os.kill(pid, signal.SIGTERM)
    other = begin(one, "waits")
    os.kill(other, signal.SIGTERM)
    assert {one.runs.get(run).state, newest(one).state} == {"running"}
    assert is_there(pid)
    for item in one.runs.list(limit=2):
        one.runs.cancel(item.id)
        assert ended(one, item.id).state == "cancelled"


@pytest.mark.usefixtures("impatient")
def test_cancelling_one_that_is_deaf_kills_it(one: Rota) -> None:
    pid = begin(one, "deaf")
    run = newest(one).id
    one.runs.cancel(run)
    item = ended(one, run)
    assert (item.state, item.reason, item.abandoned) == ("cancelled", "user", False)
    eventually(lambda: not is_there(pid))


def test_a_stop_kills_at_its_deadline(rota: Rota) -> None:
    pid = begin(rota, "deaf")
    run = newest(rota).id
    rota.stop(timeout=0.2)
    item = rota.runs.get(run)
    assert (item.state, item.reason, item.abandoned) == ("cancelled", "shutdown", False)
    eventually(lambda: not is_there(pid))
    rota.start()


# ------------------------------------------------------------------ sudden ends


@pytest.mark.parametrize(
    "task, parameters, words",
    [
        ("segfault", None, "was ended by signal 11 (SIGSEGV)"),
        ("abort", None, "was ended by signal 6 (SIGABRT)"),
        ("exits", {}, "ended with exit code 0 and without a result"),
        ("exits", {"code": 3}, "ended with exit code 3 and without a result"),
    ],
)
def test_a_child_that_dies_is_a_failed_run_that_says_how(
    one: Rota, task: str, parameters: dict[str, object] | None, words: str
) -> None:
    item = ran(one, task, parameters)
    assert (item.state, item.reason) == ("failed", "killed")
    assert (item.error or "").endswith(f"the child process {words}")
    if task == "segfault":
        assert "in segfault" in (item.error or "")  # the line where it happened
        assert texts(one, item.id) == ["about to"]  # what it said until then is kept
    assert one.health() == "ok"
    assert ran(one, "quick").state == "succeeded"


def test_fault_12_a_child_killed_from_outside_is_a_failed_run_and_is_replaced(rota: Rota) -> None:
    pid = begin(rota, "waits")
    run = newest(rota).id
    os.kill(pid, signal.SIGKILL)
    item = ended(rota, run)
    assert (item.state, item.reason) == ("failed", "killed")
    assert "signal 9 (SIGKILL)" in (item.error or "")
    again = ran(rota, "quick")
    assert (again.state, again.result != str(pid)) == ("succeeded", True)


def test_a_sudden_end_is_tried_again_like_any_failure(one: Rota) -> None:
    item = ran(one, "once_more")
    assert (item.state, item.attempt, item.result) == ("succeeded", 2, "the second time")


def test_a_child_that_died_while_it_was_idle_costs_nobody_anything(one: Rota) -> None:
    pid = int(ran(one, "quick").result or 0)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_there(pid))
    item = ran(one, "quick")
    assert (item.state, item.attempt) == ("succeeded", 1)


def test_output_and_results_without_end_are_bounded(one: Rota) -> None:
    item = ran(one, "prints")
    assert item.state == "succeeded", item.error
    assert len(item.result or "") < 70_000
    assert sum(map(len, texts(one, item.id))) < 1_100_000


def test_a_task_that_forks_ends_once(one: Rota) -> None:
    for _ in range(3):
        item = ran(one, "forks")
        assert (item.state, item.result) == ("succeeded", "original")


def test_a_task_that_closes_what_is_not_its_own_is_killed(one: Rota) -> None:
    pid = begin(one, "closes")
    item = ended(one, newest(one).id)
    assert (item.state, item.reason) == ("failed", "killed")
    assert "it closed its line to the node" in (item.error or "")
    assert not is_there(pid)


def test_a_task_that_writes_into_descriptors_of_others_harms_itself_only(one: Rota) -> None:
    assert ran(one, "scribbles", {"text": "rubbish\n"}).state == "succeeded"
    item = ran(one, "scribbles", {"text": '{"outcome": 3}\n'})
    assert (item.state, item.reason) == ("failed", "killed")
    assert "could not be understood" in (item.error or "")
    assert one.health() == "ok"
    assert ran(one, "quick").state == "succeeded"


# ------------------------------------------------------------------ children come and go


def test_a_child_is_replaced_after_so_many_runs(one: Rota) -> None:
    pool(one).runs = 2
    found = [int(ran(one, "quick").result or 0) for _ in range(5)]
    assert found[0] == found[1] != found[2] == found[3] != found[4]
    eventually(lambda: not is_there(found[0]))


def test_no_more_children_than_slots_and_half_of_them_are_kept(one: Rota) -> None:
    runs = [one.schedules.run("waits").id for _ in range(6)]
    eventually(lambda: len(pids(one)) == 4, within=20)
    for run in runs:
        one.runs.cancel(run)
    for run in runs:
        ended(one, run)
    eventually(lambda: len(sitting()) == 2, within=20)


def test_no_child_is_started_before_a_task_wants_one(one: Rota) -> None:
    assert ran(one, "plain").state == "succeeded"
    assert sitting() == []


def test_a_child_that_nobody_needs_ends(one: Rota) -> None:
    pool(one).patience = 0.1
    pid = int(ran(one, "quick").result or 0)
    eventually(lambda: not is_there(pid) and not sitting(), within=10)
    assert ran(one, "quick").state == "succeeded"


def test_an_application_that_cannot_be_imported_there_is_a_failed_run(
    one: Rota, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROCESSES_BREAK", "1")
    item = ran(one, "quick")
    assert (item.state, item.reason) == ("failed", "error")
    assert (item.error or "").endswith("cannot be imported today")
    monkeypatch.delenv("PROCESSES_BREAK")
    assert ran(one, "quick").state == "succeeded"


@pytest.fixture
def sudden() -> Iterator[str]:
    """A task that this process registers, and a child that imports the application does not."""
    processes.rota.task("sudden", executor="process")(processes.plain)
    yield "sudden"
    del processes.rota.registry.tasks["sudden"]


def test_a_task_that_the_import_does_not_register_is_said_so(sudden: str, one: Rota) -> None:
    item = ran(one, sudden)
    assert (item.state, item.reason) == ("failed", "error")
    assert "in the child process: task “sudden”: there is no such task here" in (item.error or "")


# ------------------------------------------------------------------ programs

PARENT = """
import processes, threading
processes.rota.start()
processes.rota.schedules.run({task!r})
print("started", flush=True)
threading.Event().wait()
"""


@pytest.mark.parametrize("task", ["deaf", "ignores", "bomb", "leaves_one"])
def test_no_child_outlives_its_node(task: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}/src{os.pathsep}{ROOT}/tests"}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(task=task)], env=environment, cwd=tmp_path,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert parent.stderr is not None
        child = [int(word) for word in parent.stderr.readline().split()]  # what the task prints
    finally:
        parent.kill()
        parent.wait()
        parent.stderr.close()
    assert child
    eventually(lambda: not any(map(is_there, child)))


SCRIPT = """
from rota import Rota
rota = Rota("memory://")
@rota.task("acme.mine", executor="process")
def mine() -> str:
    return "done"
if __name__ == "__main__":
    rota.start()
    run = rota.schedules.run("acme.mine")
    import time
    while rota.runs.get(run.id).finished is None:
        pass
    print(rota.runs.get(run.id).result)
    rota.stop()
"""


def program(folder: Path, *how: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(SCRIPT)
    return subprocess.run(
        [sys.executable, *how], cwd=folder, capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}/src", **environment},
    )  # fmt: skip


def test_tasks_of_a_script_are_refused_with_the_cure(tmp_path: Path) -> None:
    done = program(tmp_path, "script.py")
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert "task acme.mine, executor" in said
    assert "python -m" in said
    assert "ROTA_APP" in said


def test_the_cures_work(tmp_path: Path) -> None:
    assert program(tmp_path, "-m", "script").stdout == "done\n"
    assert program(tmp_path, "script.py", ROTA_APP="script").stdout == "done\n"


def test_a_rota_that_no_module_holds_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = ModuleType("nowhere")
    monkeypatch.setitem(sys.modules, "nowhere", module)
    module.rota = rota = Rota("memory://")
    rota.task("mine", executor="process")(processes.plain)
    with pytest.raises(BadSetting, match="imports the application by name"):
        rota.start()
    rota.close()
