"""What a process must offer before a node may live in it: real threads, and that it is neither the
reloader of another process nor a command that soon ends. Pure: it is handed what the process has
loaded and was started with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from rota.errors import Problem, Refused

__all__ = ("check_process", "only_manages", "only_reloads")

ELSEWHERE = "set ROTA_START=0 here and start “rota node” in a process of its own"
SAYS_NO = ("", "0", "false", "no", "off")
# What Django brings that does something and ends; runserver and testserver serve.
DJANGOS_OWN = frozenset((
    "changepassword", "check", "clearsessions", "collectstatic", "compilemessages",
    "createcachetable", "createsuperuser", "dbshell", "diffsettings", "dumpdata", "findstatic",
    "flush", "inspectdb", "loaddata", "makemessages", "makemigrations", "migrate", "ogrinspect",
    "optimizemigration", "remove_stale_contenttypes", "sendtestemail", "shell", "showmigrations",
    "sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations", "startapp", "startproject",
    "test",
))  # fmt: skip


def check_process(modules: Mapping[str, object]) -> None:
    """Refused, with the cure, where a node could not keep its lease: `modules` is `sys.modules`.

    >>> check_process({})
    """
    problems = [*patched(modules), *under_uwsgi(modules.get("uwsgi"))]
    if problems:
        raise Refused(problems)


def patched(modules: Mapping[str, object]) -> list[Problem]:
    """Green threads: one call that does not yield would stop the lease, and with it every run."""
    found = []
    for library, part, question, subject in (
        ("gevent", "monkey", "is_module_patched", "threading"),
        ("eventlet", "patcher", "is_monkey_patched", "thread"),
    ):
        ask = getattr(modules.get(f"{library}.{part}"), question, None)
        if ask is not None and ask(subject):
            reason = f"{library} has replaced the threads of this process, and Rota needs real ones"
            found.append(Problem("refused", "process", library, reason, ELSEWHERE))
    return found


def under_uwsgi(module: object) -> list[Problem]:
    """uWSGI without threads; or its master, whose forks would take themselves for the node."""
    if module is None:
        return []
    options = getattr(module, "opt", {})
    threads = getattr(module, "has_threads", None)
    if not (
        is_on(options, "enable-threads") or "threads" in options if threads is None else threads
    ):
        reason = "uWSGI runs this process without threads, and Rota lives in threads"
        hint = f"set “enable-threads = true” for uWSGI, or {ELSEWHERE}"
        return [Problem("refused", "process", "uwsgi", reason, hint)]
    number = getattr(module, "worker_id", lambda: 1)()
    later = any(is_on(options, name) for name in ("lazy-apps", "lazy", "py-call-uwsgi-fork-hooks"))
    if number == 0 and forks(options) and not later:
        reason = "this is uWSGI's master: the processes it forks would have no node of their own"
        hint = f"set “lazy-apps = true” for uWSGI, or {ELSEWHERE}"
        return [Problem("refused", "process", "uwsgi", reason, hint)]
    return []


def forks(options: Mapping[str, object]) -> bool:
    return "master" in options or any(
        text(options.get(name, "1")) != "1" for name in ("processes", "workers")
    )


def is_on(options: Mapping[str, object], name: str) -> bool:
    value = options.get(name, False)
    return value if isinstance(value, bool) else text(value).lower() not in SAYS_NO


def text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def only_reloads(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether this is the process of a reloader that starts the real one again at every change.

    It has loaded the application too, and would go on running its old code beside the new one.

    >>> only_reloads(["manage.py", "runserver"], {})
    True
    >>> only_reloads(["manage.py", "runserver"], {"RUN_MAIN": "true"})
    False
    """
    program, words = PurePath(arguments[0] if arguments else ""), arguments[1:]
    if words[:1] == ["runserver"]:  # manage.py, django-admin, python -m django
        return environment.get("RUN_MAIN") != "true" and "--noreload" not in words
    flask = program.stem == "flask" or program.parts[-2:] == ("flask", "__main__.py")
    if flask and "run" in words and environment.get("WERKZEUG_RUN_MAIN") != "true":
        debug = environment.get("FLASK_DEBUG", "").lower() not in SAYS_NO
        wanted = "--debug" in words or debug or "--reload" in words
        return wanted and "--no-reload" not in words
    return False


def only_manages(arguments: Sequence[str], modules: Mapping[str, object]) -> bool:
    """Whether this is one of Django's own commands, which load the application, do one thing and
    end: a run that they began would end with them.

    >>> only_manages(["manage.py", "migrate"], {"django.core.management": ...})
    True
    >>> only_manages(["manage.py", "work"], {"django.core.management": ...})  # a command of yours
    False
    """
    return "django.core.management" in modules and not DJANGOS_OWN.isdisjoint(arguments[1:2])
