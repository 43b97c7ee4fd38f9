"""What `rota doctor` looks at: one function a question, each answering with checks."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from rota.cli.application import aside, chosen
from rota.cli.liveness import heard
from rota.cli.moments import now
from rota.cli.settings import Settings
from rota.errors import RotaError
from rota.instants import from_datetime, rfc3339
from rota.version import __version__

if TYPE_CHECKING:
    from rota.app import Rota

__all__ = ("Check", "examine")

BUILT: Final = 2026  # no clock that is right shows an earlier year
SLACK: Final = 1_000.0  # milliseconds that a node's clock may be off


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `ok`, `warning` or `wrong`, what was found, and what to do."""

    name: str
    state: str
    text: str
    hint: str = ""

    def json(self) -> dict[str, str]:
        """The check as a JSON object."""
        return asdict(self)


def examine(settings: Settings) -> list[Check]:
    """Every check, in the order in which one would look."""
    return [
        *installation(), zones(), web(), clock(), *application(settings)
    ]  # fmt: skip


def installation() -> Iterator[Check]:
    """Rota and the Python it runs on."""
    yield Check("rota", "ok", __version__)
    supported = sys.version_info >= (3, 11)
    yield Check("python", "ok" if supported else "wrong", platform.python_version(),
                "" if supported else "Rota needs Python 3.11 or newer")  # fmt: skip


def zones() -> Check:
    """Whether local time can be reckoned, and by which edition of the rules."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo("Europe/Prague")
    except (OSError, ValueError, LookupError):
        return Check("time zones", "wrong", "there is no time zone data", "pip install tzdata")
    return Check("time zones", "ok", f"tzdata {package('tzdata') or 'of the system'}")


def web() -> Check:
    """Whether `rota serve` and `rota.web()` can work."""
    from rota.web import extra

    missing = extra.missing()
    if not missing:
        return Check("web", "ok", "the web application's libraries are installed")
    return Check("web", "warning", f"not installed: {', '.join(missing)}",
                 "for the web application: pip install 'rota[web]'")  # fmt: skip


def clock() -> Check:
    """Whether this machine's clock can be right at all."""
    present = now()
    right = present.year >= BUILT
    return Check("clock", "ok" if right else "wrong", f"{present:%Y-%m-%dT%H:%M:%SZ}",
                 "" if right else "set this machine's clock")  # fmt: skip


def package(name: str) -> str | None:
    """The installed version of a package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def application(settings: Settings) -> Iterator[Check]:
    """The application, then its store, then what lives in it; the first failure ends it."""
    from rota.engine.hosting.process import clients_only

    clients_only()
    try:
        rota = chosen(settings)
    except RotaError as error:
        yield Check("application" if settings.application else "store", "wrong", str(error))
        return
    named = settings.application
    yield (
        Check("application", "ok", f"{named} imports")
        if named
        else Check("application", "warning", "none is named", "write --app module[:attribute]")
    )
    try:
        with aside():
            rota.open()
        yield from store(rota)
    except RotaError as error:
        yield Check("store", "wrong", f"{rota.url}: {error}")
    finally:
        rota.close()


def store(rota: Rota) -> Iterator[Check]:
    """The store's settings, the tasks it knows, and the nodes that run them."""
    found = ", ".join(
        f"{name} {value}"
        for name, value in rota.describe().items()
        if name not in ("kind", "place", "identity")
    )  # the URL says these
    yield Check("store", "ok", f"{rota.url} ({found})")
    yield environment(rota)
    yield from tasks(rota)
    yield from nodes(rota)


def environment(rota: Rota) -> Check:
    """Whether a node of this environment would fire the store, or only observe it."""
    reason = rota.place.would_observe(rota.context)
    if reason:
        return Check("environment", "wrong", reason, "if it is to fire from here: rota adopt")
    return Check("environment", "ok", rota.place.environment or "not named")


def tasks(rota: Rota) -> Iterator[Check]:
    """Whether every task that a schedule names can still be run by somebody."""
    known = rota.tasks.list()
    missing = [task.identifier for task in known if task.missing and task.schedules]
    if missing:
        yield Check("tasks", "wrong", f"no code for {', '.join(missing)}",
                    "start a node that registers them, or edit their schedules")  # fmt: skip
    else:
        yield Check("tasks", "ok", f"{len(known)} registered")


def nodes(rota: Rota) -> Iterator[Check]:
    """Whether somebody runs what is due, and whether the nodes agree about the time."""
    listed = [node for node in rota.nodes.list() if node.state == "alive"]
    alive = heard(listed, now(), overdue=rota.context.store.overdue())
    for node in listed:
        if node not in alive:
            yield Check("nodes", "warning", f"{node.name} is silent since "
                        f"{rfc3339(from_datetime(node.seen))}, and nobody has declared it dead",
                        "the next node that starts takes over what it had")  # fmt: skip
    waiting = bool(rota.schedules.list(limit=1))
    if not alive:
        yield Check("nodes", "wrong" if waiting else "warning", "none is alive: nothing will run",
                    "start rota serve or rota node")  # fmt: skip
    else:
        yield Check("nodes", "ok", ", ".join(node.name for node in alive))
    for node in alive:
        if abs(node.clock_offset_ms) > SLACK:
            yield Check("clock", "wrong", f"{node.name} is {node.clock_offset_ms:.0f} ms off",
                        "synchronise its clock, with NTP")  # fmt: skip
