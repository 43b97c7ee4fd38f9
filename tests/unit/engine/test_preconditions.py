"""What a process must offer: fakes of the servers that take threads away, and of reloaders."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from rota import Rota
from rota.engine.hosting.preconditions import check_process, only_manages, only_reloads
from rota.errors import Refused


def uwsgi(worker: int = 1, threads: int | None = None, **options: object) -> dict[str, object]:
    module = SimpleNamespace(
        opt={name.replace("_", "-"): value for name, value in options.items()},
        worker_id=lambda: worker,
    )
    if threads is not None:
        module.has_threads = threads
    return {"uwsgi": module}


def green(library: str, part: str, question: str, *patched: str) -> dict[str, object]:
    return {f"{library}.{part}": SimpleNamespace(**{question: lambda name: name in patched})}


@pytest.mark.parametrize(
    "modules",
    [
        {},
        uwsgi(enable_threads=True),
        uwsgi(enable_threads=b"true"),
        uwsgi(threads=b"4"),
        uwsgi(threads=1),
        uwsgi(worker=0, enable_threads=True),
        uwsgi(worker=0, enable_threads=True, processes=b"1"),
        uwsgi(worker=0, enable_threads=True, master=True, lazy_apps=True),
        uwsgi(worker=0, enable_threads=True, master=True, py_call_uwsgi_fork_hooks=True),
        uwsgi(worker=2, enable_threads=True, master=True, processes=b"4"),
        green("gevent", "monkey", "is_module_patched", "socket"),
        green("eventlet", "patcher", "is_monkey_patched", "socket"),
    ],
)
def test_a_process_with_threads_may_be_a_node(modules: dict[str, object]) -> None:
    check_process(modules)


@pytest.mark.parametrize(
    "modules, cure",
    [
        (uwsgi(), "enable-threads = true"),
        (uwsgi(enable_threads=b"false"), "enable-threads = true"),
        (uwsgi(threads=0, enable_threads=False), "enable-threads = true"),
        (uwsgi(worker=0, enable_threads=True, master=True), "lazy-apps = true"),
        (uwsgi(worker=0, enable_threads=True, processes=b"4"), "lazy-apps = true"),
        (green("gevent", "monkey", "is_module_patched", "threading"), "rota node"),
        (green("eventlet", "patcher", "is_monkey_patched", "thread"), "rota node"),
    ],
)
def test_one_without_is_refused_with_the_cure(modules: dict[str, object], cure: str) -> None:
    with pytest.raises(Refused, match=cure):
        check_process(modules)


def test_a_node_is_refused_and_a_client_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = green("gevent", "monkey", "is_module_patched", "threading")
    monkeypatch.setitem(sys.modules, "gevent.monkey", modules["gevent.monkey"])
    rota = Rota("memory://")
    rota.task("t")(lambda: None)
    for begin in (rota.start, rota.tick, lambda: rota.run_here("t")):
        with pytest.raises(Refused, match="gevent has replaced the threads"):
            begin()
    assert not rota.running
    rota.schedules.add("s", "t", "every 1h")
    monkeypatch.setenv("ROTA_START", "0")
    rota.start()
    assert not rota.running
    rota.close()


@pytest.mark.parametrize(
    "line, environment, expected",
    [
        ("manage.py runserver", {}, True),
        ("django/__main__.py runserver 0:8000", {}, True),
        ("manage.py runserver", {"RUN_MAIN": "true"}, False),
        ("manage.py runserver --noreload", {}, False),
        ("manage.py migrate", {}, False),
        ("flask --app shop run --debug", {}, True),
        ("/usr/lib/flask/__main__.py --app shop run --debug", {}, True),
        ("flask run", {"FLASK_DEBUG": "1"}, True),
        ("flask run", {"FLASK_DEBUG": "0"}, False),
        ("flask run --reload", {}, True),
        ("flask run --debug --no-reload", {}, False),
        ("flask run --debug", {"WERKZEUG_RUN_MAIN": "true"}, False),
        ("flask run", {}, False),
        ("app.py run --debug", {}, False),
        ("", {}, False),
    ],
)
def test_who_only_reloads(line: str, environment: dict[str, str], expected: bool) -> None:
    assert only_reloads(line.split(), environment) is expected


def test_the_process_of_a_reloader_is_no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["manage.py", "runserver"])
    rota = Rota("memory://")
    rota.start()
    assert not rota.running
    monkeypatch.setenv("RUN_MAIN", "true")
    rota.start()
    assert rota.running
    rota.close()


@pytest.mark.parametrize(
    "line, expected",
    [
        ("manage.py migrate --noinput", True),
        ("manage.py createsuperuser", True),
        ("django/__main__.py shell", True),
        ("manage.py runserver", False),
        ("manage.py runserver_plus", False),
        ("manage.py check_feeds", False),
        ("manage.py", False),
        ("gunicorn site.wsgi check", False),
    ],
)
def test_djangos_own_commands_are_no_nodes(line: str, expected: bool) -> None:
    loaded: dict[str, object] = {"django.core.management": object()}
    assert only_manages(line.split(), loaded) is expected
    assert not only_manages(line.split(), {})
